"""Shared forecasts, for staff."""

from __future__ import annotations

from django.urls import path

from planning.views import sharing

urlpatterns = [
    path("sharing/", sharing.ShareIndex.as_view(), name="forecast-shares-index"),
    path("sharing/terms/", sharing.SharingTerms.as_view(), name="forecast-terms"),
    path("sharing/<int:pk>/", sharing.SharePage.as_view(), name="forecast-share"),
    path("sharing/<int:pk>/forecast.csv", sharing.ShareFile.as_view(), name="forecast-share-file"),
    path("sharing/terms/<int:pk>/", sharing.SetTerms.as_view(), name="forecast-terms-edit"),
    path("sharing/terms/<int:pk>/now/", sharing.ShareNow.as_view(), name="forecast-share-now"),
]

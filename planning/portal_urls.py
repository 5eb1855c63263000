"""Pages of planning that suppliers open by their secret link, beside the other pages of it."""

from __future__ import annotations

from django.urls import path

from planning.views import portal_forecast

urlpatterns = [
    path(
        "supplier/<str:token>/forecast/",
        portal_forecast.ForecastPage.as_view(),
        name="supplier-portal-forecast",
    ),
    path(
        "supplier/<str:token>/forecast/forecast.csv",
        portal_forecast.ForecastFile.as_view(),
        name="supplier-portal-forecast-file",
    ),
]

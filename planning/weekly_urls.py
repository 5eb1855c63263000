"""The weekly meeting."""

from __future__ import annotations

from django.urls import path

from planning.views import weekly_pack

urlpatterns = [
    path("weekly/", weekly_pack.PackPage.as_view(), name="weekly-pack"),
    path("weekly/<int:pk>/", weekly_pack.PackPage.as_view(), name="weekly-pack-of"),
    path(
        "weekly/deviations/<int:pk>/",
        weekly_pack.DecideDeviation.as_view(),
        name="pack-item-decide",
    ),
]

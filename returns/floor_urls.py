"""The return floor: parcels and inspection."""

from __future__ import annotations

from django.urls import path

from returns.views import floor_pages, floor_scans

urlpatterns = [
    path("floor/returns/", floor_pages.Arrivals.as_view(), name="return-arrivals"),
    path("floor/returns/inspect/", floor_pages.Inspect.as_view(), name="return-inspect"),
    path("floor/returns/<int:pk>/", floor_pages.Arrival.as_view(), name="return-arrival"),
    path(
        "floor/returns/scan/<str:screen>/", floor_scans.ReturnScanned.as_view(), name="return-scan"
    ),
]

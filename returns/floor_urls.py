"""The return floor: parcels and inspection."""

from __future__ import annotations

from django.urls import path

from returns.views import floor_index, floor_pages, floor_scans

urlpatterns = [
    path("returns/parcels/", floor_index.ParcelIndex.as_view(), name="return-parcels"),
    path("returns/<int:pk>/missing/", floor_index.CloseMissing.as_view(), name="return-missing"),
    path("floor/returns/", floor_pages.Arrivals.as_view(), name="return-arrivals"),
    path("floor/returns/inspect/", floor_pages.Inspect.as_view(), name="return-inspect"),
    path("floor/returns/<int:pk>/", floor_pages.Arrival.as_view(), name="return-arrival"),
    path(
        "floor/returns/scan/<str:screen>/", floor_scans.ReturnScanned.as_view(), name="return-scan"
    ),
]

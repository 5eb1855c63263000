"""The component catalogue and the scanner check."""

from __future__ import annotations

from django.urls import path

from core.views import catalogue, saved_views, scanner

urlpatterns = [
    path("catalogue/", catalogue.CataloguePage.as_view(), name="catalogue"),
    path("catalogue/index/", catalogue.CatalogueIndex.as_view(), name="catalogue-index"),
    path("catalogue/object/", catalogue.CatalogueObject.as_view(), name="catalogue-object"),
    path("catalogue/floor/", catalogue.CatalogueFloor.as_view(), name="catalogue-floor"),
    path("catalogue/portal/", catalogue.CataloguePortal.as_view(), name="catalogue-portal"),
    path("views/save/", saved_views.SaveView.as_view(), name="saved-view-save"),
    path("views/<int:pk>/remove/", saved_views.RemoveView.as_view(), name="saved-view-remove"),
    path("scanner/", scanner.ScannerCheck.as_view(), name="scanner-check"),
    path("scanner/parse/", scanner.ScannerParse.as_view(), name="scanner-parse"),
]

"""The pages of imports (A9)."""

from __future__ import annotations

from django.urls import path

from core.views import imports

urlpatterns = [
    path("imports/", imports.ImportIndex.as_view(), name="imports-index"),
    path("imports/new/", imports.ImportNew.as_view(), name="import-new"),
    path("imports/<int:pk>/", imports.ImportPage.as_view(), name="import"),
    path("imports/<int:pk>/map/", imports.ImportMap.as_view(), name="import-map"),
    path("imports/<int:pk>/apply/", imports.ImportApply.as_view(), name="import-apply"),
    path("imports/<int:pk>/undo/", imports.ImportUndo.as_view(), name="import-undo"),
    path("imports/<int:pk>/stop/", imports.ImportStop.as_view(), name="import-stop"),
    path("imports/<int:pk>/problems/", imports.ImportErrors.as_view(), name="import-problems"),
]

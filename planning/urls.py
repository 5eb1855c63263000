"""Where the pages of planning are mounted: each topic adds its own line."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("planning.proposal_urls")),
    path("", include("planning.sharing_urls")),
]

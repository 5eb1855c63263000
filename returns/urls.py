"""Pages of returns: each topic has a module of its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("returns.policy_urls")),
    path("", include("returns.claim_urls")),
    path("", include("returns.request_urls")),
    path("", include("returns.label_urls")),
    path("", include("returns.portal_urls")),
    path("", include("returns.message_urls")),
    path("", include("returns.insight_urls")),
    path("", include("returns.money_urls")),
    path("", include("returns.floor_urls")),
]

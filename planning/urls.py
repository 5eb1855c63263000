"""Where the pages of planning are mounted: each topic adds its own line."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("planning.alert_urls")),
    path("", include("planning.forecast_urls")),
    path("", include("planning.placement_urls")),
    path("", include("planning.policy_urls")),
    path("", include("planning.proposal_urls")),
    path("", include("planning.sharing_urls")),
    path("", include("planning.weekly_urls")),
    path("", include("planning.repurchase_urls")),
    path("", include("planning.report_urls")),
    path("", include("planning.risk_urls")),
    path("", include("planning.what_if_urls")),
]

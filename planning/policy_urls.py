"""Policies by category and SKU, proposed kinds, and seasons."""

from __future__ import annotations

from django.urls import path

from planning.views import policies, policy_acts, seasons

urlpatterns = [
    path("policies/", policies.PolicyIndex.as_view(), name="policy-index"),
    path("policies/category/", policies.PolicyCategory.as_view(), name="policy-category"),
    path("policies/skus/", policies.SkuPolicyIndex.as_view(), name="sku-policies-index"),
    path("policies/skus/<int:pk>/", policies.PolicyCard.as_view(), name="policy-card"),
    path(
        "policies/skus/<int:pk>/change/", policy_acts.SetSkuPolicy.as_view(), name="sku-policy-new"
    ),
    path("policies/skus/<int:pk>/color/", policy_acts.SetBand.as_view(), name="band-new"),
    path(
        "policies/exceptions/<int:pk>/withdraw/",
        policy_acts.WithdrawSkuPolicy.as_view(),
        name="sku-policy-withdraw",
    ),
    path(
        "policies/colors/<int:pk>/withdraw/",
        policy_acts.WithdrawBand.as_view(),
        name="band-withdraw",
    ),
    path(
        "policies/kinds/<int:pk>/accept/",
        policy_acts.AcceptKind.as_view(),
        name="kind-accept",
    ),
    path(
        "policies/kinds/<int:pk>/refuse/",
        policy_acts.RefuseKind.as_view(),
        name="kind-refuse",
    ),
    path("seasons/", seasons.SeasonIndex.as_view(), name="season-index"),
    path("seasons/buyers/", seasons.SeasonBuyers.as_view(), name="season-buyers"),
    path("seasons/<int:pk>/accept/", seasons.AcceptSeason.as_view(), name="season-accept"),
    path("seasons/<int:pk>/dismiss/", seasons.DismissSeason.as_view(), name="season-dismiss"),
]

"""Missing parcels and claims on carriers."""

from __future__ import annotations

from django.urls import path

from returns.views import claims

urlpatterns = [
    path("returns/claims/", claims.ClaimIndex.as_view(), name="carrier-claims"),
    path("returns/claims/<int:pk>/", claims.CarrierClaimPage.as_view(), name="carrier-claim"),
    path(
        "returns/claims/<int:pk>/send/",
        claims.SendCarrierClaim.as_view(),
        name="carrier-claim-send",
    ),
    path(
        "returns/claims/<int:pk>/pay/", claims.PayCarrierClaim.as_view(), name="carrier-claim-pay"
    ),
    path(
        "returns/claims/<int:pk>/refuse/",
        claims.RefuseCarrierClaim.as_view(),
        name="carrier-claim-refuse",
    ),
    path(
        "returns/claims/<int:pk>/withdraw/",
        claims.WithdrawCarrierClaim.as_view(),
        name="carrier-claim-withdraw",
    ),
    path("returns/missing/", claims.CaseIndex.as_view(), name="delivery-cases"),
    path("returns/missing/new/", claims.ReportMissing.as_view(), name="delivery-case-new"),
    path("returns/missing/<int:pk>/", claims.CasePage.as_view(), name="delivery-case"),
    path(
        "returns/missing/<int:pk>/send-again/",
        claims.ReshipCase.as_view(),
        name="delivery-case-reship",
    ),
    path(
        "returns/missing/<int:pk>/refund/",
        claims.RefundCase.as_view(),
        name="delivery-case-refund",
    ),
    path("returns/missing/<int:pk>/close/", claims.CloseCase.as_view(), name="delivery-case-close"),
    path(
        "returns/<int:pk>/claim-damage/", claims.ClaimDamage.as_view(), name="return-claim-damage"
    ),
]

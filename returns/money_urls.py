"""Pages of refunds and store credit."""

from __future__ import annotations

from django.urls import path

from returns.views import credit, refunds

urlpatterns = [
    path("returns/refunds/", refunds.RefundIndex.as_view(), name="refund-index"),
    path("returns/refunds/<int:pk>/", refunds.RefundPage.as_view(), name="refund-page"),
    path(
        "returns/refunds/<int:pk>/approve/",
        refunds.ApproveRefund.as_view(),
        name="refund-approve",
    ),
    path(
        "returns/refunds/<int:pk>/decline/",
        refunds.DeclineRefund.as_view(),
        name="refund-decline",
    ),
    path("returns/refunds/<int:pk>/cancel/", refunds.CancelRefund.as_view(), name="refund-cancel"),
    path(
        "returns/refund-approvals/<int:pk>/",
        refunds.RefundApproval.as_view(),
        name="refund-approval",
    ),
    path(
        "returns/refund-payments/<int:pk>/confirm/",
        refunds.ConfirmPayment.as_view(),
        name="refund-payment-confirm",
    ),
    path(
        "returns/refund-payments/<int:pk>/retry/",
        refunds.RetryPayment.as_view(),
        name="refund-payment-retry",
    ),
    path(
        "returns/refund-payments/<int:pk>/reroute/",
        refunds.ReroutePayment.as_view(),
        name="refund-payment-reroute",
    ),
    path("returns/orders/<int:pk>/refund/", refunds.GiveRefund.as_view(), name="refund-give"),
    path(
        "returns/<int:pk>/refund-now/",
        refunds.RefundReturnNow.as_view(),
        name="return-refund-now",
    ),
    path(
        "returns/recoverables/<int:pk>/settle/",
        refunds.SettleRecoverable.as_view(),
        name="recoverable-settle",
    ),
    path(
        "returns/customers/<int:pk>/credit/",
        credit.CustomerCredit.as_view(),
        name="customer-credit",
    ),
    path(
        "returns/customers/<int:pk>/credit/spend/",
        credit.SpendCredit.as_view(),
        name="customer-credit-spend",
    ),
    path(
        "returns/customers/<int:pk>/credit/correct/",
        credit.CorrectCredit.as_view(),
        name="customer-credit-correct",
    ),
]

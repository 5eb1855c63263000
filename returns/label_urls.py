"""Ways back and exchanges on a return's page."""

from __future__ import annotations

from django.urls import path, re_path

from returns.views import exchanges, labels

urlpatterns = [
    re_path(
        r"^returns/(?P<pk>[0-9]+)/label/(?P<kind>label|slip|customs|code|code_card)/$",
        labels.LabelFile.as_view(),
        name="return-label-file",
    ),
    path("returns/<int:pk>/label/issue/", labels.IssueLabel.as_view(), name="return-label-issue"),
    path("returns/<int:pk>/label/void/", labels.VoidLabel.as_view(), name="return-label-void"),
    path("returns/<int:pk>/label/retry/", labels.RetryLabel.as_view(), name="return-label-retry"),
    path(
        "returns/<int:pk>/label/tracking/",
        labels.TellTracking.as_view(),
        name="return-label-tracking",
    ),
    path("returns/exchanges/<int:pk>/choose/", exchanges.Choose.as_view(), name="exchange-choose"),
    path("returns/exchanges/<int:pk>/order/", exchanges.OrderNow.as_view(), name="exchange-order"),
    path("returns/exchanges/<int:pk>/send/", exchanges.Send.as_view(), name="exchange-send"),
    path(
        "returns/exchanges/<int:pk>/cancel/",
        exchanges.CancelOrder.as_view(),
        name="exchange-cancel",
    ),
    path(
        "returns/exchanges/<int:pk>/repaired/",
        exchanges.Repaired.as_view(),
        name="exchange-repaired",
    ),
]

"""Return policies, reasons, dry runs."""

from __future__ import annotations

from django.urls import path

from returns.views import policies, reasons

urlpatterns = [
    path("returns/policies/", policies.PolicyList.as_view(), name="return-policies"),
    path("returns/policies/new/", policies.PolicyEditor.as_view(), name="return-policy-new"),
    path("returns/policies/test/", policies.PolicyTest.as_view(), name="return-policy-test"),
    path("returns/policies/<int:pk>/", policies.PolicyPage.as_view(), name="return-policy"),
    path(
        "returns/policies/<int:pk>/edit/",
        policies.PolicyEditor.as_view(),
        name="return-policy-edit",
    ),
    path(
        "returns/policies/<int:pk>/publish/",
        policies.PublishPolicy.as_view(),
        name="return-policy-publish",
    ),
    path(
        "returns/policies/<int:pk>/pause/",
        policies.PausePolicy.as_view(),
        name="return-policy-pause",
    ),
    path(
        "returns/policies/trials/<int:pk>/",
        policies.PolicyTrialPage.as_view(),
        name="return-policy-trial",
    ),
    path(
        "returns/policies/books/<int:pk>/put-back/",
        policies.PutBookBack.as_view(),
        name="return-rulebook-put-back",
    ),
    path("returns/reasons/", reasons.ReasonList.as_view(), name="return-reasons"),
    path("returns/reasons/new/", reasons.ReasonEditor.as_view(), name="return-reason-new"),
    path("returns/reasons/<int:pk>/", reasons.ReasonEditor.as_view(), name="return-reason"),
]

"""Pages of approvals, below approvals/."""

from django.urls import path

from suppliers.views import approval_rules, approvals

urlpatterns = [
    path("", approvals.ApprovalInbox.as_view(), name="approvals"),
    path("rules/", approval_rules.ApprovalRules.as_view(), name="approval-rules"),
    path("rules/new/", approval_rules.RulePage.as_view(), name="approval-rule-new"),
    path("rules/<int:pk>/", approval_rules.RulePage.as_view(), name="approval-rule"),
    path(
        "rules/<int:pk>/retire/", approval_rules.RetireRule.as_view(), name="approval-rule-retire"
    ),
    path("substitutes/", approval_rules.Substitutes.as_view(), name="approval-substitutes"),
    path(
        "substitutes/<int:pk>/end/",
        approval_rules.EndSubstitute.as_view(),
        name="approval-substitute-end",
    ),
    path("<int:pk>/", approvals.ApprovalCard.as_view(), name="approval"),
    path("<int:pk>/approve/", approvals.Approve.as_view(), name="approval-approve"),
    path("<int:pk>/reject/", approvals.Reject.as_view(), name="approval-reject"),
    path("<int:pk>/ask/", approvals.AskAuthor.as_view(), name="approval-ask"),
    path("<int:pk>/answer/", approvals.AnswerApprover.as_view(), name="approval-answer"),
    path("<int:pk>/withdraw/", approvals.Withdraw.as_view(), name="approval-withdraw"),
]

"""Pages of proposals and of how long goods last."""

from django.urls import path

from planning.views import proposal_acts, proposal_card, proposals, sku_planning, start_review

urlpatterns = [
    path("proposals/", proposals.ProposalIndex.as_view(), name="proposal-index"),
    path("proposals/accept/", proposal_acts.AcceptProposals.as_view(), name="proposal-accept"),
    path("proposals/snooze/", proposal_acts.SnoozeProposals.as_view(), name="proposal-bulk-snooze"),
    path("proposals/review/", start_review.StartReview.as_view(), name="proposal-review"),
    path("proposals/<int:pk>/", proposal_card.ProposalCard.as_view(), name="proposal-card"),
    path("proposals/<int:pk>/peek/", proposal_card.ProposalPeek.as_view(), name="proposal-peek"),
    path("proposals/<int:pk>/quantity/", proposal_acts.ChangeQty.as_view(), name="proposal-qty"),
    path(
        "proposals/<int:pk>/snooze/",
        proposal_acts.SnoozeProposal.as_view(),
        name="proposal-snooze",
    ),
    path(
        "proposals/<int:pk>/dismiss/",
        proposal_acts.DismissProposal.as_view(),
        name="proposal-dismiss",
    ),
    path(
        "proposals/<int:pk>/reopen/",
        proposal_acts.ReopenProposal.as_view(),
        name="proposal-reopen",
    ),
    path("covers/", proposals.CoverIndex.as_view(), name="cover-index"),
    path("skus/<int:pk>/", sku_planning.SkuPlanning.as_view(), name="sku-planning"),
]

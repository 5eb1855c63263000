"""Who approves what at the demo company."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from core.actors import SYSTEM
from core.approvals.matching import Step
from core.approvals.policies import PolicyDraft, save
from core.models import ApprovalPolicy, Role, User
from suppliers.services.purchase_approving import KIND


def rules(*, at: dt.datetime) -> int:
    """Put three rules in force and return how many there are; safe to repeat.

    What waits already goes on waiting, under the rule that fits it.
    """
    known = ApprovalPolicy.objects.in_force(KIND).count()
    if known:
        return known
    role = Step(Role.objects.get(code="approver").pk)
    head = Step(None, frozenset({User.objects.get(username="anna").pk}))
    agreed = {"off_agreement": ["no"], "risk": ["low", "medium"]}
    drafts = (
        PolicyDraft(
            KIND,
            "Small, at agreed prices",
            below_amount=Decimal(250),
            conditions=agreed,
            is_automatic=True,
        ),
        PolicyDraft(
            KIND, "Up to 5,000", below_amount=Decimal(5000), from_amount=Decimal(250), steps=(role,)
        ),
        PolicyDraft(KIND, "From 5,000", 2, from_amount=Decimal(5000), steps=(head,)),
    )
    for draft in drafts:
        save(draft, actor=SYSTEM, at=at)
    return len(drafts)

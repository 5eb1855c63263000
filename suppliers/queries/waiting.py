"""What waits for approvers and for suppliers, in one number each: for the home page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Min, QuerySet

from core.approvals import inbox
from core.permissions import Principal
from suppliers.models import PurchaseOrder

#: Kinds of documents that the approval pages show.
KINDS: Final = ("purchase_order", "agreement")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, and since when the oldest does; None where none does."""

    count: int
    since: dt.datetime | None


def for_approver(principal: Principal, *, at: dt.datetime) -> Waiting:
    """Return what a person may decide on now."""
    return _waiting(inbox.waiting_for(principal, KINDS, at=at), "requested_at")


def for_suppliers(principal: Principal) -> Waiting:
    """Return the orders in a person's reach that suppliers have not answered. One query."""
    return _waiting(PurchaseOrder.objects.visible_to(principal).filter(state="sent"), "sent_at")


def _waiting(rows: QuerySet[Any], since: str) -> Waiting:
    found = rows.order_by().aggregate(count=Count("pk", distinct=True), since=Min(since))
    return Waiting(found["count"], found["since"])

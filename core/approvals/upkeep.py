"""What the clock does to requests: remind, escalate, end."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Q, QuerySet

from core import settings_store
from core.actors import SYSTEM
from core.approvals import people, requesting, telling
from core.approvals.settings import ESCALATION_HOURS, REMINDER_HOURS
from core.jobs import JobRun
from core.models import ApprovalRequest
from core.wiring import resolve


def run(job: JobRun, **_newer: object) -> dict[str, int]:
    """Remind, escalate and end what is due now; return how many of each. Repeatable."""
    now = job.now
    return {
        "expired": expire_due(now),
        "escalated": escalate_due(now),
        "reminded": remind_due(now),
    }


def expire_due(at: dt.datetime) -> int:
    """End each request whose time is over, through the owner of its document; return how many.

    The owner locks the document first, so each request has a transaction of its own. Repeatable.
    """
    due = ApprovalRequest.objects.overdue(at).order_by("pk").values_list("pk", "kind")
    ended = 0
    for request_id, kind in list(due):
        ended += bool(resolve(people.kind_of(kind).expired)(request_id, at=at))
    return ended


def escalate_due(at: dt.datetime) -> int:
    """Let the highest approvers decide what waited too long, and tell them; return how many."""
    limit = at - _hours(ESCALATION_HOURS)
    due = ApprovalRequest.objects.waiting().filter(
        tier_since__lte=limit, escalated_at=None, expires_at__gt=at
    )
    return sum(_escalate(request_id, at) for request_id in list(_ids(due)))


@transaction.atomic
def _escalate(request_id: int, at: dt.datetime) -> int:
    found = ApprovalRequest.objects.select_for_update().get(pk=request_id)
    before = {one.user_id for one in people.approvers_for(found, at)}
    if found.escalated_at or not requesting.claim(found, escalated_at=at):
        return 0
    after = {one.user_id for one in people.approvers_for(found, at)}
    # Where nobody stands higher, those who let it wait hear of it once more.
    telling.tell_approvers(found, (after - before) or after, "escalation", at)
    requesting.note("approvals.escalated", found, SYSTEM, at, {"step": found.tier})
    return 1


def remind_due(at: dt.datetime) -> int:
    """Remind the approvers of what waits since a day, once per step; return of how many."""
    limit = at - _hours(REMINDER_HOURS)
    due = ApprovalRequest.objects.waiting().filter(
        Q(reminded_at=None) | Q(reminded_at__lt=F("tier_since")),
        tier_since__lte=limit,
        expires_at__gt=at,
    )
    return sum(_remind(request_id, at) for request_id in list(_ids(due)))


@transaction.atomic
def _remind(request_id: int, at: dt.datetime) -> int:
    found = ApprovalRequest.objects.select_for_update().get(pk=request_id)
    if found.reminded_at or not requesting.claim(found, reminded_at=at):
        return 0
    able = [one.user_id for one in people.approvers_for(found, at)]
    telling.tell_approvers(found, able, "reminder", at)
    return 1


def _ids(rows: QuerySet[ApprovalRequest]) -> QuerySet[ApprovalRequest, int]:
    return rows.order_by("pk").values_list("pk", flat=True)


def _hours(name: str) -> dt.timedelta:
    return dt.timedelta(hours=int(str(settings_store.get(name))))

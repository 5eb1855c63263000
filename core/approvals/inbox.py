"""What one person has to decide, and what of one's own waits for others."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from core.approvals import people
from core.models import ApprovalDelegation, ApprovalRequest, User, UserRole
from core.permissions import Principal, principal_for_user

Requests = QuerySet[ApprovalRequest]


def waiting_for(principal: Principal, kind: str, *, at: dt.datetime) -> Requests:
    """Return the requests of a kind that a person may decide now, as `approvers_for` says.

    By own right, in the place of others, and what was escalated to the highest approvers. What the
    person, or the one in whose place it would be, wrote or decided on before is left out.
    """
    rows = ApprovalRequest.objects.visible_to(principal).waiting().filter(kind=kind)
    me = principal.actor.id
    if principal.actor.kind != "user" or me is None:
        return rows.none()
    if not principal.may(people.kind_of(kind).capability):
        return rows.none()
    rows = rows.filter(expires_at__gt=at).not_authored_by([me]).not_decided_by([me])
    top = people.top_people(kind)
    mine = _own(me, me in top)
    for giver in _givers(me, at):
        mine |= _as(giver, kind, giver.pk in top)
    return rows.filter(mine)


def _givers(taker_id: int, at: dt.datetime) -> list[User]:
    given = ApprovalDelegation.objects.active(at).filter(taker=taker_id)
    return list(User.objects.filter(pk__in=given.values("giver")).order_by("pk"))


def _own(user_id: int, is_top: bool) -> Q:
    roles = list(UserRole.objects.filter(user=user_id, role__archived=False).values_list("role_id"))
    ids = ApprovalRequest.objects.addressed_to(user_id, [role_id for (role_id,) in roles])
    fits = Q(pk__in=ids.values("pk"))
    return fits | Q(escalated_at__isnull=False) if is_top else fits


def _as(giver: User, kind: str, is_top: bool) -> Q:
    principal = principal_for_user(giver)
    if not principal.may(people.kind_of(kind).capability):
        return Q(pk__in=[])
    free = ApprovalRequest.objects.visible_to(principal).waiting()
    free = free.not_authored_by([giver.pk]).not_decided_by([giver.pk])
    return Q(pk__in=free.values("pk")) & _own(giver.pk, is_top)


def asked_by(principal: Principal, kind: str) -> Requests:
    """Return the waiting requests of a kind that a person asked for or wrote."""
    rows = ApprovalRequest.objects.visible_to(principal).waiting().filter(kind=kind)
    return rows.authored_by(principal.actor.id or 0)

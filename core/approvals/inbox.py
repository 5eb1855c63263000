"""What one person has to decide, and what of one's own waits for others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, Q, QuerySet

from core.approvals import people
from core.models import (
    EVERY,
    ApprovalDelegation,
    ApprovalPolicyStep,
    ApprovalRequest,
    User,
    UserScope,
)
from core.permissions import Principal

Requests = QuerySet[ApprovalRequest]


def waiting_for(principal: Principal, kinds: Iterable[str], *, at: dt.datetime) -> Requests:
    """Return the requests of some kinds that a person may decide now, as `approvers_for` says.

    By own right, in the place of others, and what was escalated to the highest approvers. What the
    person, or the one in whose place it would be, wrote or decided on before is left out.
    """
    able = [kind for kind in kinds if principal.may(people.kind_of(kind).capability)]
    rows = ApprovalRequest.objects.visible_to(principal).waiting().filter(kind__in=able)
    me = principal.actor.id
    if principal.actor.kind != "user" or me is None:
        return rows.none()
    rows = rows.filter(expires_at__gt=at).not_authored_by([me]).not_decided_by([me])
    mine = Q()
    for group in _alike(able):
        mine |= Q(kind__in=group) & _decidable(me, group[0], at)
    return rows.filter(mine)


def _alike(kinds: Iterable[str]) -> list[list[str]]:
    """Return kinds in groups of the same right and the same rules: each is looked up once."""
    groups: dict[tuple[str, str], list[str]] = {}
    for kind in kinds:
        known = people.kind_of(kind)
        groups.setdefault((known.capability, known.rules or kind), []).append(kind)
    return list(groups.values())


def _decidable(me: int, kind: str, at: dt.datetime) -> Q:
    top = people.top_steps(kind)
    mine = _own(me, top)
    for giver_id, codes in _givers(me, kind, at).items():
        mine |= _own(giver_id, top) & _as(giver_id, codes)
    return mine


def _own(user_id: int, top: QuerySet[ApprovalPolicyStep]) -> Q:
    """Return the filter of what is addressed to a person, or escalated to that person."""
    addressed = ApprovalRequest.objects.addressed_to(user_id)
    is_top = User.objects.filter(people.named_by(top), pk=user_id)
    return Q(pk__in=addressed.values("pk")) | Q(Exists(is_top), escalated_at__isnull=False)


def _as(giver_id: int, codes: frozenset[str]) -> Q:
    """Return the filter of what a giver, who sees these warehouses, is free to decide."""
    free = ApprovalRequest.objects.not_authored_by([giver_id]).not_decided_by([giver_id])
    if EVERY not in codes:
        free = free.filter(warehouse_code__in=["", *sorted(codes)])
    return Q(pk__in=free.values("pk"))


def _givers(taker_id: int, kind: str, at: dt.datetime) -> dict[int, frozenset[str]]:
    """Return for each person in whose place another decides the warehouses that person sees."""
    given = ApprovalDelegation.objects.active(at).filter(taker=taker_id)
    givers = people.able(kind).filter(pk__in=given.values("giver"))
    found = {user_id: set[str]() for user_id in givers.order_by("pk").values_list("pk", flat=True)}
    if found:
        scopes = UserScope.objects.filter(user__in=found, kind="warehouse")
        for user_id, code in scopes.values_list("user_id", "code"):
            found[user_id].add(code)
    return {user_id: frozenset(codes) for user_id, codes in found.items()}


def asked_by(principal: Principal, kinds: Iterable[str]) -> Requests:
    """Return the waiting requests of some kinds that a person asked for or wrote."""
    rows = ApprovalRequest.objects.visible_to(principal).waiting().filter(kind__in=list(kinds))
    return rows.authored_by(principal.actor.id or 0)

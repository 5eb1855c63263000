"""Who may decide on a request at this moment."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from core.approval_kinds import ApprovalKind
from core.approvals import matching
from core.models import (
    EVERY,
    ApprovalAuthor,
    ApprovalDelegation,
    ApprovalPolicy,
    ApprovalPolicyStep,
    ApprovalRequest,
    ApprovalStep,
    User,
    UserRole,
    UserScope,
)
from core.querysets.people import UserQuerySet
from core.wiring import wired


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person who may decide; `for_id` is the person in whose place, None for the own right."""

    user_id: int
    for_id: int | None = None


def kind_of(kind: str) -> ApprovalKind:
    """Return how a kind of document takes part.

    Raises:
        LookupError: the wiring has no such kind.
    """
    found: ApprovalKind = wired("APPROVALS")[kind]
    return found


def rules_of(kind: str) -> list[matching.Rule]:
    """Return the rules in force for a kind, as matching sees them."""
    return [rule_of(row) for row in policies_of(kind)]


def policies_of(kind: str) -> QuerySet[ApprovalPolicy]:
    """Return the stored rules that count for a kind: its own, or those of the kind it follows."""
    return _in_force(kind).prefetch_related("parts")


def _in_force(kind: str) -> QuerySet[ApprovalPolicy]:
    other = kind_of(kind).rules
    rows = ApprovalPolicy.objects.in_force(other or kind)
    return rows.filter(is_automatic=False) if other else rows


def rule_of(row: ApprovalPolicy, step_count: int | None = None) -> matching.Rule:
    """Return one stored rule as matching sees it; its steps are counted where none are given."""
    return matching.Rule(
        id=row.pk,
        level=row.level,
        step_count=len(row.parts.all()) if step_count is None else step_count,
        from_amount=row.from_amount,
        below_amount=row.below_amount,
        conditions=row.conditions,
        is_automatic=row.is_automatic,
    )


def able(kind: str, warehouse_code: str = "") -> UserQuerySet:
    """Return the active people with the right of a kind who see a warehouse."""
    people: UserQuerySet = User.objects.holding(kind_of(kind).capability)
    if warehouse_code:
        reach = UserScope.objects.filter(kind="warehouse", code__in=(warehouse_code, EVERY))
        people = people.filter(pk__in=reach.values("user"))
    return people


def holders(kind: str, warehouse_code: str = "") -> list[int]:
    """Return the ids of `able` people, in order."""
    return list(able(kind, warehouse_code).order_by("pk").values_list("pk", flat=True))


def named_in(step: ApprovalPolicyStep) -> set[int]:
    """Return the ids of the people a step names, by role or one by one."""
    return named(step.role_id, step.people.values_list("pk", flat=True))


def named(role_id: int | None, user_ids: Iterable[int]) -> set[int]:
    """Return the ids of the active people of a role and of a list."""
    wanted = Q(pk__in=list(user_ids))
    if role_id is not None:
        wanted |= Q(role_grants__role=role_id, role_grants__role__archived=False)
    return set(User.objects.filter(wanted, is_active=True).values_list("pk", flat=True))


def top_steps(kind: str) -> QuerySet[ApprovalPolicyStep]:
    """Return the last step of the strictest rule; nothing without rules."""
    steps = ApprovalPolicyStep.objects.filter(
        policy__in=_in_force(kind).order_by().values("pk"), policy__is_automatic=False
    )
    parts: dict[ApprovalPolicy, list[ApprovalPolicyStep]] = defaultdict(list)
    for step in steps.select_related("policy").order_by("policy", "tier"):
        parts[step.policy].append(step)
    rule = matching.highest(rule_of(row, len(found)) for row, found in parts.items())
    last = [found[-1].pk for row, found in parts.items() if rule is not None and row.pk == rule.id]
    return ApprovalPolicyStep.objects.filter(pk__in=last)


def named_by(steps: QuerySet[ApprovalPolicyStep]) -> Q:
    """Return the filter that keeps the people whom one of the steps names."""
    listed = ApprovalPolicyStep.people.through._base_manager.filter(
        approvalpolicystep__in=steps.values("pk")
    )
    roles = UserRole.objects.filter(role__in=steps.values("role"), role__archived=False)
    return Q(pk__in=listed.values("user")) | Q(pk__in=roles.values("user"))


def approvers_for(found: ApprovalRequest, at: dt.datetime) -> list[Candidate]:
    """Return who may decide on the present step, own rights first; empty when it is closed.

    A substitute stands in only for somebody who may decide by own right: there are no chains. The
    authors and those who decided an earlier step are left out, also as givers.
    """
    if found.state != ApprovalRequest.State.PENDING:
        return []
    free = _free(found)
    own = free
    if found.policy_id is not None:
        steps = ApprovalPolicyStep.objects.filter(policy=found.policy_id, tier=found.tier)
        wanted = named_by(steps)
        if found.escalated_at:
            wanted |= named_by(top_steps(found.kind))
        own = free.filter(wanted)
    ids = list(own.order_by("pk").values_list("pk", flat=True))
    return [Candidate(user_id) for user_id in ids] + _stand_ins(ids, free, at)


def _free(found: ApprovalRequest) -> UserQuerySet:
    """Return the able people who are no authors and decided no earlier step."""
    authors = ApprovalAuthor.objects.filter(request=found)
    steps = ApprovalStep.objects.filter(request=found)
    given = steps.filter(on_behalf_of__isnull=False)
    return (
        able(found.kind, found.warehouse_code)
        .exclude(pk__in=authors.values("user"))
        .exclude(pk__in=steps.values("approver"))
        .exclude(pk__in=given.values("on_behalf_of"))
    )


def _stand_ins(own: list[int], free: UserQuerySet, at: dt.datetime) -> list[Candidate]:
    rows = ApprovalDelegation.objects.active(at).filter(giver__in=own)
    rows = rows.filter(taker__in=free.values("pk")).exclude(taker__in=own)
    pairs = rows.order_by("giver", "pk").values_list("taker_id", "giver_id")
    first: dict[int, int] = {}
    for taker_id, giver_id in pairs:
        first.setdefault(taker_id, giver_id)
    return [Candidate(taker_id, first[taker_id]) for taker_id in sorted(first)]


def names_of(user_ids: Iterable[int]) -> str:
    """Return names in the order of ids, as one text."""
    people = User.objects.in_bulk(list(user_ids))
    return ", ".join(str(people[key]) for key in sorted(people))

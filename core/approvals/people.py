"""Who may decide on a request at this moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

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
    UserScope,
)
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
    rows = ApprovalPolicy.objects.in_force(kind).prefetch_related("parts")
    return [rule_of(row) for row in rows]


def rule_of(row: ApprovalPolicy) -> matching.Rule:
    """Return one stored rule as matching sees it."""
    return matching.Rule(
        id=row.pk,
        level=row.level,
        step_count=len(row.parts.all()),
        from_amount=row.from_amount,
        below_amount=row.below_amount,
        conditions=row.conditions,
        is_automatic=row.is_automatic,
    )


def holders(kind: str, warehouse_code: str = "") -> list[int]:
    """Return the ids of the active people with the right of a kind who see a warehouse."""
    people = User.objects.holding(kind_of(kind).capability)
    if warehouse_code:
        reach = UserScope.objects.filter(kind="warehouse", code__in=(warehouse_code, EVERY))
        people = people.filter(pk__in=reach.values("user"))
    return list(people.order_by("pk").values_list("pk", flat=True))


def named_in(step: ApprovalPolicyStep) -> set[int]:
    """Return the ids of the people a step names, by role or one by one."""
    return named(step.role_id, step.people.values_list("pk", flat=True))


def named(role_id: int | None, user_ids: Iterable[int]) -> set[int]:
    """Return the ids of the active people of a role and of a list."""
    wanted = Q(pk__in=list(user_ids))
    if role_id is not None:
        wanted |= Q(role_grants__role=role_id, role_grants__role__archived=False)
    return set(User.objects.filter(wanted, is_active=True).values_list("pk", flat=True))


def top_people(kind: str) -> set[int]:
    """Return whom the last step of the strictest rule names; nobody without rules."""
    rule = matching.highest(rules_of(kind))
    if rule is None:
        return set()
    last = ApprovalPolicyStep.objects.filter(policy=rule.id).order_by("tier").last()
    return named_in(last) if last is not None else set()


def excluded(found: ApprovalRequest) -> set[int]:
    """Return who never decides on a request: its authors, and who decided an earlier step."""
    out = set(ApprovalAuthor.objects.filter(request=found).values_list("user_id", flat=True))
    for approver_id, for_id in ApprovalStep.objects.filter(request=found).values_list(
        "approver_id", "on_behalf_of_id"
    ):
        out |= {approver_id} | ({for_id} if for_id else set())
    return out


def approvers_for(found: ApprovalRequest, at: dt.datetime) -> list[Candidate]:
    """Return who may decide on the present step, own rights first; empty when it is closed.

    A substitute stands in only for somebody who may decide by own right: there are no chains. The
    authors and those who decided an earlier step are left out, also as givers.
    """
    if found.state != ApprovalRequest.State.PENDING:
        return []
    able = set(holders(found.kind, found.warehouse_code))
    never = excluded(found)
    own = sorted((_called(found, able) & able) - never)
    return [Candidate(user_id) for user_id in own] + _stand_ins(own, able - never, at)


def _called(found: ApprovalRequest, able: set[int]) -> set[int]:
    if found.policy_id is None:
        return able
    step = ApprovalPolicyStep.objects.filter(policy=found.policy_id, tier=found.tier).first()
    called = named_in(step) if step is not None else set()
    return called | top_people(found.kind) if found.escalated_at else called


def _stand_ins(own: list[int], able: set[int], at: dt.datetime) -> list[Candidate]:
    rows = ApprovalDelegation.objects.active(at).filter(giver__in=own, taker__in=able - set(own))
    pairs = rows.order_by("giver", "pk").values_list("taker_id", "giver_id")
    first: dict[int, int] = {}
    for taker_id, giver_id in pairs:
        first.setdefault(taker_id, giver_id)
    return [Candidate(taker_id, first[taker_id]) for taker_id in sorted(first)]


def names_of(user_ids: Iterable[int]) -> str:
    """Return names in the order of ids, as one text."""
    people = User.objects.in_bulk(list(user_ids))
    return ", ".join(str(people[key]) for key in sorted(people))

"""Which kind the sales of each category speak for; a person accepts or refuses."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import TruncMonth
from numpy.typing import NDArray

from core.actors import Actor
from core.audit.recording import record
from core.errors import StateConflict
from inventory.models import Sku
from planning.domain import categories
from planning.domain.categories import Facts
from planning.domain.category_facts import Sales, facts_of
from planning.domain.purchases import day_number
from planning.models import CategoryPolicy, DemandHistory, KindProposal
from planning.queries.policies import policies_of_categories
from planning.services.policies import CATEGORY_NUMBERS, CategoryEntry, set_category
from planning.services.policy_errors import ReasonMissing
from planning.services.repurchase_rows import read_bought

#: A refused kind is not proposed again before so many days.
REST_DAYS = 90
#: Months of demand that are read.
MONTHS = 36


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a pass did: proposals newly opened, and those that the data no longer speak for."""

    opened: int
    lapsed: int


def measure(*, now: dt.datetime) -> dict[str, Facts]:
    """Return the facts of each category with demand before `now`. Three statements."""
    monthly = _monthly(now.date())
    bought = read_bought(now)
    category = dict(Sku.objects.order_by("pk").values_list("pk", "product__category"))
    names = sorted({name or "" for name in category.values()})
    place = {name: number for number, name in enumerate(names)}
    by_sku = np.array([place[category.get(pk) or ""] for pk in bought.skus], dtype=np.int64)
    places = by_sku[bought.sku] if len(by_sku) else np.zeros(0, dtype=np.int64)
    return facts_of(
        Sales(names, bought.customer, places, bought.day), day_number(now.date()), monthly
    )


def refresh(*, now: dt.datetime) -> Refreshed:
    """Open a proposal where the facts speak for another kind than is in force; lapse the others.

    Goods without a category get none. Idempotent: the same facts change nothing.
    """
    found = {name: facts for name, facts in measure(now=now).items() if name}
    wanted = {name: (categories.propose(facts), facts) for name, facts in found.items()}
    since = now - dt.timedelta(days=REST_DAYS)
    refused = set(
        KindProposal.objects.filter(state="refused", decided_at__gt=since).values_list(
            "category", "kind"
        )
    )
    standing = dict(KindProposal.objects.filter(state="open").values_list("category", "kind"))
    in_force = policies_of_categories(wanted)
    new, kept = [], set()
    for name, (proposal, facts) in sorted(wanted.items()):
        kind = proposal.kind
        if kind is None or (name, kind) in refused or in_force[name].kind == kind:
            continue
        kept.add((name, kind))
        if standing.get(name) != kind:
            new.append(_row(name, proposal, facts, now))
    gone = [name for name, kind in standing.items() if (name, kind) not in kept]
    with transaction.atomic():
        lapsed = KindProposal.objects.filter(state="open", category__in=gone).update(
            state="lapsed", decided_at=now
        )
        KindProposal.objects.bulk_create(new, ignore_conflicts=True)
    return Refreshed(len(new), lapsed)


def accept(proposal_id: int, *, actor: Actor, now: dt.datetime) -> CategoryPolicy:
    """Make the proposed kind the category's policy, with the numbers of that kind.

    Raises: StateConflict when it was decided before or the data moved on.
    """
    with transaction.atomic():
        row = _decide(proposal_id, "accepted", "", actor, now)
        standing = CategoryPolicy.objects.filter(category=row.category).first()
        entry = CategoryEntry(
            category=row.category,
            kind=row.kind,
            reason=f"proposed from data: {_why(row)}"[:200],
            numbers=dict.fromkeys(CATEGORY_NUMBERS),
            version=standing.version if standing else 0,
        )
        return set_category(entry, actor=actor, now=now)


def refuse(proposal_id: int, *, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Keep the policy in force; the same kind is proposed again after 90 days at the earliest.

    Raises: ReasonMissing; StateConflict when it was decided before.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        row = _decide(proposal_id, "refused", reason.strip(), actor, now)
        record(
            actor=actor,
            action="planning.kind_refused",
            target=f"kind_proposal:{row.pk}",
            at=now,
            after={"category": row.category, "kind": row.kind},
            reason=reason.strip(),
        )


def _decide(
    proposal_id: int, state: str, reason: str, actor: Actor, now: dt.datetime
) -> KindProposal:
    changed = KindProposal.objects.filter(pk=proposal_id, state="open").update(
        state=state, decided_at=now, decided_by=actor.key, decision_reason=reason
    )
    if not changed:
        raise StateConflict
    return KindProposal.objects.get(pk=proposal_id)


def _row(name: str, proposal: categories.Proposal, facts: Facts, now: dt.datetime) -> KindProposal:
    return KindProposal(
        category=name,
        kind=proposal.kind or "",
        facts=asdict(facts),
        reasons=[
            {"fact": fact, "value": float(value), "bound": float(bound)}
            for fact, value, bound in proposal.reasons
        ],
        computed_at=now,
    )


def _why(row: KindProposal) -> str:
    return ", ".join(
        f"{reason['fact']} {reason['value']:.3g} ({reason['bound']:.3g})" for reason in row.reasons
    )


def _monthly(today: dt.date) -> dict[str, NDArray[np.float64]]:
    """Return units of complete months by category, from its first month on.

    Samples and inserts go where other goods go: they say nothing about their category.
    """
    until = today.replace(day=1)
    year, month = divmod(until.year * 12 + until.month - 1 - MONTHS, 12)
    rows: Any = (
        DemandHistory.objects.filter(on__gte=dt.date(year, month + 1, 1), on__lt=until)
        .exclude(Q(sku__kind=Sku.Kind.INSERT) | Q(sku__list_price=0))
        .annotate(month=TruncMonth("on"))
        .order_by("sku__product__category", "month")
        .values_list("sku__product__category", "month")
        .annotate(units=Sum(F("qty") - F("netted_qty") - F("project_qty")))
    )
    units: dict[str, dict[int, float]] = {}
    for category, first_day, qty in rows:
        own = units.setdefault(category or "", {})
        place = first_day.year * 12 + first_day.month
        own[place] = own.get(place, 0.0) + float(qty)
    last = until.year * 12 + until.month
    return {
        name: np.array([own.get(place, 0.0) for place in range(min(own), last)])
        for name, own in units.items()
    }

"""What a review found, written down: one cover per SKU-warehouse, proposals in their place."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, Max

from core import numbers
from core.actors import SYSTEM
from planning.domain.alert_bands import Band
from planning.domain.position import near_position, runs_out_in
from planning.domain.proposal_states import LAPSED, OPEN, SNOOZED
from planning.domain.review import Advice
from planning.models import CoverStatus, Proposal, ReviewRun
from planning.queries.review_stock import Pair
from planning.services.review_inputs import Case, Inputs, confidence_of
from planning.services.review_store import upsert
from planning.services.sourcing import Plan

BATCH: Final = 500
CENT: Final = Decimal("0.0001")
#: Days ahead that are looked at for the day the stock ends.
HORIZON_DAYS: Final = 180
#: Reviews that write at the same moment wait for each other (PostgreSQL).
REVIEW_LOCK: Final = 0x51A7_0502
LAPSE_REASON: Final = "NO_LONGER_NEEDED"
_COVER_FIELDS: Final = [
    field.name
    for field in CoverStatus._meta.concrete_fields
    if field.name not in {"id", "sku", "warehouse"}
]
#: What a review writes of a proposal that waits.
_WRITTEN: Final = (
    "review_id",
    "band",
    "reason",
    "computed_qty",
    "fast_qty",
    "source_kind",
    "mode",
    "fast_mode",
    "slow_mode",
    "supplier_id",
    "from_warehouse_id",
    "unit_cost_amount",
    "currency",
    "total_base_amount",
    "at_risk_amount",
    "order_by_on",
    "terms",
)
#: What is written over: that, and what changes as it wakes up or a person's quantity ends.
_REWRITTEN: Final = (
    *(name.removesuffix("_id") for name in _WRITTEN),
    "state",
    "snoozed_until",
    "version",
    "override_qty",
    "override_reason",
    "override_by",
    "override_until",
)
#: Changes of these are changes of the proposal: whoever has it open reads it again.
_DECIDING: Final = (
    "computed_qty",
    "fast_qty",
    "source_kind",
    "mode",
    "supplier_id",
    "from_warehouse_id",
)


_Terms = Mapping[Pair, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Extra:
    """Units that red goods `of` ask of what is bought after them, and how they came about."""

    of: Pair
    code: str
    qty: int
    planned: float
    past: float
    chance: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole review in memory. `is_whole`: it looked at all SKU-warehouses."""

    inputs: Inputs
    advices: Sequence[Advice]
    plans: Mapping[Pair, Plan]
    extras: Mapping[Pair, Sequence[Extra]]
    figures: dict[str, Any]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The proposals that waited before the stock was read, and the newest one's key."""

    waiting: Mapping[int, Pair]
    newest: int


def snapshot() -> Snapshot:
    """Return which proposals wait. Take it before reading stock: see `write`."""
    rows = Proposal.objects.waiting().order_by("pk").values_list("pk", "sku_id", "warehouse_id")
    newest = Proposal.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return Snapshot({pk: (sku, place) for pk, sku, place in rows}, newest)


@transaction.atomic
def write(outcome: Outcome, before: Snapshot, *, as_of: dt.datetime, now: dt.datetime) -> ReviewRun:
    """Write the run, its covers and its proposals, and return it.

    The newest run is returned as it is when it found the same on the same day and its proposals
    still wait: nothing is written. A pair whose proposal was decided or made by somebody else since
    the snapshot is left alone: the stock was read before, so what was ordered meanwhile is not in
    the need (X25). Locks the waiting proposals in pk order.
    """
    _one_at_a_time()
    waiting = {
        (row.sku_id, row.warehouse_id): row
        for row in Proposal.objects.waiting()
        .select_for_update(of=("self",), no_key=True)
        .defer("terms")
        .order_by("pk")
    }
    digest = _digest(outcome, now.date())
    newest = ReviewRun.objects.newest()
    if newest is not None and newest.inputs_hash == digest and _stands(outcome, waiting, now):
        return newest
    run = ReviewRun.objects.create(
        as_of=as_of,
        forecast_run=outcome.inputs.run,
        rows=len(outcome.inputs.cases),
        inputs_hash=digest,
        created_at=now,
    )
    taken = _taken(waiting, before)
    terms = {
        case.pair: terms_of(case, advice, outcome)
        for case, advice in zip(outcome.inputs.cases, outcome.advices, strict=True)
    }
    drafts = _drafts(outcome, terms, run, now)
    wanted = {pair: draft for pair, draft in drafts.items() if pair not in taken}
    figures = _save(wanted, waiting, taken, outcome, now)
    _covers(outcome, terms, run)
    run.figures = {**outcome.figures, **figures}
    run.save(update_fields=["figures"])
    return run


def _digest(outcome: Outcome, today: dt.date) -> str:
    """Return one word for what was read and what came of it on a day."""
    hidden = hashlib.sha256(outcome.inputs.digest())
    hidden.update(repr((today, outcome.is_whole, sorted(outcome.extras.items()))).encode())
    for pair, plan in sorted(outcome.plans.items()):
        values = (pair, plan.kind, plan.qty, plan.fast_qty, plan.unit_cost, plan.total_base)
        hidden.update(repr((values, plan.decision, plan.options)).encode())
    return hidden.hexdigest()


def _stands(outcome: Outcome, waiting: Mapping[Pair, Proposal], now: dt.datetime) -> bool:
    """Tell whether what waits is what is wanted, and none of it wakes up or ends today."""
    today = now.date()
    wanted = {pair for pair, plan in outcome.plans.items() if _is_proposed(plan)}
    if outcome.is_whole:
        seen = set(waiting)
    else:
        seen = {case.pair for case in outcome.inputs.cases} & set(waiting)
    return wanted == seen and not any(
        _is_over(row, today) or _wakes(row, today) for row in waiting.values()
    )


def _is_over(row: Proposal, today: dt.date) -> bool:
    return row.override_until is not None and row.override_until < today


def _wakes(row: Proposal, today: dt.date) -> bool:
    is_due = row.snoozed_until is not None and row.snoozed_until <= today
    return row.state == SNOOZED and is_due


def _one_at_a_time() -> None:
    """Wait for a review that is writing; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REVIEW_LOCK])


def _taken(waiting: Mapping[Pair, Proposal], before: Snapshot) -> set[Pair]:
    """Return the pairs about which somebody decided since the snapshot."""
    still = {row.pk for row in waiting.values()}
    gone = {pair for pk, pair in before.waiting.items() if pk not in still}
    newer = Proposal.objects.filter(pk__gt=before.newest).values_list("sku_id", "warehouse_id")
    return gone | set(newer)


def _drafts(
    outcome: Outcome, terms: _Terms, run: ReviewRun, now: dt.datetime
) -> dict[Pair, Proposal]:
    """Return the proposals that the plans stand for, not saved, by pair."""
    return {
        pair: _proposal(plan, terms[pair], run, now)
        for pair, plan in outcome.plans.items()
        if _is_proposed(plan)
    }


def _is_proposed(plan: Plan) -> bool:
    """Tell whether a plan is for a person to decide: units to get, or nobody to get them from."""
    if plan.qty < 1:
        return False
    return plan.kind != "wait" or plan.decision == "NO_SUPPLIER"


def _proposal(plan: Plan, terms: dict[str, Any], run: ReviewRun, now: dt.datetime) -> Proposal:
    case, advice = plan.case, plan.advice
    offer = case.offer if plan.kind == "purchase" else None
    return Proposal(
        review_id=run.pk,
        sku_id=case.pair[0],
        warehouse_id=case.pair[1],
        state=OPEN,
        band=advice.color.band.value,
        reason=plan.decision,
        computed_qty=plan.qty,
        fast_qty=plan.fast_qty,
        source_kind=plan.kind,
        mode=plan.mode,
        fast_mode=plan.fast_mode,
        slow_mode=plan.slow_mode,
        supplier_id=offer.supplier_id if offer else None,
        from_warehouse_id=plan.from_warehouse_id,
        unit_cost_amount=plan.unit_cost,
        currency=plan.currency,
        total_base_amount=plan.total_base,
        at_risk_amount=at_risk(case),
        order_by_on=_in_days(now, advice.order_by_in_days),
        terms={
            **terms,
            "tier_qty": plan.tier_qty,
            "qty": plan.qty,
            "decision": plan.decision,
            "is_air_flagged": advice.color.band == Band.RED and not advice.color.is_covered,
            "options": list(plan.options),
        },
        created_at=now,
    )


def _save(
    wanted: Mapping[Pair, Proposal],
    waiting: Mapping[Pair, Proposal],
    taken: set[Pair],
    outcome: Outcome,
    now: dt.datetime,
) -> dict[str, int]:
    """Update what waits, add what is new, let go what is no longer needed; return the counts."""
    looked_at = {case.pair for case in outcome.inputs.cases}
    fresh = [draft for pair, draft in wanted.items() if pair not in waiting]
    kept = [_update(waiting[pair], draft, now) for pair, draft in wanted.items() if pair in waiting]
    lapsed = [
        row
        for pair, row in waiting.items()
        if pair not in wanted and pair not in taken and (pair in looked_at or outcome.is_whole)
    ]
    for row, number in zip(fresh, _numbers(len(fresh)), strict=True):
        row.number = number
    upsert(Proposal, fresh, unique=(), update=())
    changed = [row for row, _is_changed in kept]
    upsert(Proposal, changed, unique=["id"], update=_REWRITTEN, with_keys=True)
    Proposal.objects.filter(pk__in=[row.pk for row in lapsed]).update(
        state=LAPSED,
        decided_at=now,
        decided_by=SYSTEM.key,
        decision_reason=LAPSE_REASON,
        version=F("version") + 1,
        partner_of=None,
    )
    _link(wanted, outcome)
    return {
        "new": len(fresh),
        "changed": sum(is_changed for _row, is_changed in kept),
        "unchanged": sum(not is_changed for _row, is_changed in kept),
        "lapsed": len(lapsed),
        "left_alone": len(taken),
    }


def _numbers(count: int) -> list[str]:
    return numbers.take("proposal", count) if count else []


def _update(row: Proposal, draft: Proposal, now: dt.datetime) -> tuple[Proposal, bool]:
    """Write a draft's values over a waiting proposal; a person's quantity stays until its day."""
    today = now.date()
    is_changed = any(getattr(row, name) != getattr(draft, name) for name in _DECIDING)
    for name in _WRITTEN:
        setattr(row, name, getattr(draft, name))
    if _is_over(row, today):
        row.override_qty = row.override_until = None
        row.override_reason = row.override_by = ""
        is_changed = True
    if _wakes(row, today):
        row.state, row.snoozed_until = OPEN, None
        is_changed = True
    row.version += is_changed
    return row, is_changed


def _link(wanted: Mapping[Pair, Proposal], outcome: Outcome) -> None:
    """Point the proposals of companions at the red one they belong to, others at none (B-13)."""
    leads = {
        pair: outcome.extras[pair][0].of
        for pair in wanted
        if pair in outcome.extras and outcome.extras[pair][0].of in wanted
    }
    asked = Proposal.objects.waiting().defer("terms")
    linked = asked.filter(partner_of__isnull=False)
    rows = {
        (row.sku_id, row.warehouse_id): row
        for row in asked.filter(sku_id__in={pair[0] for pair in (*leads, *leads.values())})
    }
    rows |= {(row.sku_id, row.warehouse_id): row for row in linked}
    changed = []
    for pair, row in rows.items():
        if pair not in wanted:
            continue
        lead = rows.get(leads[pair]) if pair in leads else None
        if row.partner_of_id != (lead.pk if lead else None):
            row.partner_of = lead
            changed.append(row)
    Proposal.objects.bulk_update(changed, ["partner_of"], batch_size=BATCH)


def _covers(outcome: Outcome, terms: _Terms, run: ReviewRun) -> None:
    """Write a cover per case over the last one; a whole review removes what it did not see."""
    rows = (
        _cover(outcome, run, case, advice, terms[case.pair])
        for case, advice in zip(outcome.inputs.cases, outcome.advices, strict=True)
    )
    upsert(CoverStatus, rows, unique=["sku", "warehouse"], update=_COVER_FIELDS)
    if outcome.is_whole:
        CoverStatus.objects.exclude(review=run).delete()


def _cover(
    outcome: Outcome, run: ReviewRun, case: Case, advice: Advice, terms: dict[str, Any]
) -> CoverStatus:
    now = run.created_at
    plan = outcome.plans.get(case.pair)
    covers = advice.color.terms
    picture = case.row.picture
    qty = plan.qty if plan is not None and plan.kind != "wait" else 0
    return CoverStatus(
        sku_id=case.pair[0],
        warehouse_id=case.pair[1],
        review=run,
        band=advice.color.band.value,
        flat_band=advice.color.flat.value,
        lead_band=advice.color.lead_aware.value,
        reason=advice.color.reason,
        is_covered=advice.color.is_covered,
        on_hand_qty=picture.on_hand,
        sellable_qty=picture.sellable,
        inbound_qty=sum(one.qty for one in picture.arrivals),
        daily_qty=case.row.daily,
        cover_days=covers["stock_days"],
        near_days=covers["near_days"],
        position_days=covers["position_days"],
        order_by_on=_in_days(now, advice.order_by_in_days),
        runs_out_on=_in_days(now, runs_out_in(picture, case.row.daily, HORIZON_DAYS))
        if case.row.daily > 0
        else None,
        buffer_qty=advice.buffer_qty,
        overstock=advice.overstock.value,
        turnover_days=case.row.turnover_days,
        confidence=confidence_of(case, outcome.inputs.risk),
        recommended_qty=qty,
        decision=plan.decision if plan is not None else advice.reason,
        stock_value_amount=case.value.quantize(CENT),
        at_risk_amount=at_risk(case),
        terms=terms,
        reviewed_at=now,
    )


def at_risk(case: Case) -> Decimal:
    """Return the sales lost before a regular order placed now lands, in the base currency.

    Units asked for until then less usable ones and all that arrives by then, at the list price
    (else at cost).
    """
    days = case.row.terms.regular.mean_days
    short = case.row.daily * days - near_position(case.row.picture, round(days))
    return Decimal(repr(max(0.0, short) * case.lost_per_unit)).quantize(CENT)


def terms_of(case: Case, advice: Advice, outcome: Outcome) -> dict[str, Any]:
    """Return every number that decided, under the names the pages add up."""
    picture, terms = case.row.picture, case.row.terms
    found = {
        **{name: _short(value) for name, value in advice.color.terms.items()},
        **{name: _short(value) for name, value in advice.terms.items()},
        "on_hand": picture.on_hand,
        "held": picture.held,
        "reserved": picture.reserved,
        "buffer": picture.buffer,
        "backordered": picture.backordered,
        "lead_days": _short(terms.regular.mean_days),
        "regular_days": _short(terms.regular.mean_days),
        "fastest_days": _short(terms.fastest.mean_days),
        "receipts": terms.regular.own_n,
        "delay_days": case.delay_days,
        "margin": _short(case.margin),
        "order_by_in_days": advice.order_by_in_days,
        "is_forecast": case.is_forecast,
        "warnings": list(advice.color.warnings),
    }
    if case.demand is not None and case.demand.repurchase:
        found["repurchase"] = case.demand.repurchase
    if case.row.stock_limits is not None:
        found["min_qty"], found["max_qty"] = case.row.stock_limits
    if case.offer is not None and case.offer.is_backup:
        found["is_backup"] = True
    rows = outcome.extras.get(case.pair)
    if rows:
        found["extra_rows"] = [_extra_row(one) for one in rows]
    return found


def _extra_row(one: Extra) -> dict[str, Any]:
    return {
        "why": "PARTNER",
        "sku_id": one.of[0],
        "name": one.code,
        "qty": one.qty,
        "planned": _short(one.planned),
        "past": _short(one.past),
        "chance": _short(one.chance),
    }


def _short(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def _in_days(now: dt.datetime, days: int | None) -> dt.date | None:
    """Return the day so many days from now; None for never, or beyond the calendar's use."""
    if days is None or abs(days) > 3650:
        return None
    return now.date() + dt.timedelta(days=days)

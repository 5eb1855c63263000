"""Seasons bought in batches: proposed before they begin, ordered when a person accepts (B-44)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from core import notices
from core.actors import Actor
from core.audit.recording import record
from core.errors import DomainError, StateConflict, gettext_noop
from planning.domain.policies import PolicyFor
from planning.domain.replenishment import SEASON_BATCHES, SEASON_DAYS, stage_season
from planning.models import DemandEvent, Forecast, ForecastRun, SeasonPlan
from planning.queries.policies import policies_for
from planning.queries.review_terms import Offer, offers, read_defaults
from planning.services.policy_errors import ReasonMissing
from suppliers.services.purchase_drafting import create_system_draft
from suppliers.services.purchase_drafts import LineAsk, OrderDraft

#: Events are looked for so many days ahead: the longest preparation a policy may ask for.
LOOK_AHEAD_DAYS = 365
Pair = tuple[int, int]


class SeasonWithoutSupplier(DomainError):
    """Nobody sells the goods, so nothing can be ordered."""

    code = "SEASON_WITHOUT_SUPPLIER"
    status = 422
    text = gettext_noop("%(sku)s has no supplier in use. Add one, then accept the season again.")


@dataclass(frozen=True, slots=True)
class Staged:
    """What a pass did: plans newly proposed, plans brought up to date, people reminded."""

    proposed: int
    updated: int
    reminded: int


def stage(*, now: dt.datetime) -> Staged:
    """Propose the batches of each season whose preparation has begun, and remind planners once.

    The base is the typical week of the newest forecast over the season's days; the event's factor
    multiplies it (2.8 = 180 % more). Goods of an event without SKU and category are those planned
    as seasonal. Open plans follow the forecast; decided ones never change. Idempotent.
    """
    today = now.astimezone(dt.UTC).date()
    run = ForecastRun.objects.order_by("-from_on", "-created_at", "-pk").first()
    if run is None:
        return Staged(0, 0, 0)
    events = DemandEvent.objects.filter(
        kind="season",
        factor__gt=1,
        from_on__gt=today,
        from_on__lte=today + dt.timedelta(days=LOOK_AHEAD_DAYS),
    ).order_by("from_on", "pk")
    proposed = updated = reminded = 0
    for event in events:
        wanted = _plans_of(event, run, now)
        with transaction.atomic():
            made, changed = _keep(event, wanted, now)
        proposed, updated = proposed + made, updated + changed
        reminded += _remind(event, now) if wanted else 0
    return Staged(proposed, updated, reminded)


def accept(plan_id: int, *, actor: Actor, now: dt.datetime) -> SeasonPlan:
    """Write one draft of a purchase order for each batch and settle the plan.

    All or nothing; a double click or a second person meets the settled state. The drafts are the
    system's until a buyer takes them on; each is wanted by its batch's day.

    Raises: StateConflict when it was decided before; SeasonWithoutSupplier; what
        `create_system_draft` raises.
    """
    with transaction.atomic():
        plan = _decide(plan_id, "accepted", "", actor, now)
        if plan.supplier_id is None:
            raise SeasonWithoutSupplier(sku=plan.sku.code)
        calls = [call for call in plan.calls if call["qty"] > 0]
        orders = [
            create_system_draft(
                OrderDraft(
                    supplier_id=plan.supplier_id,
                    warehouse_id=plan.warehouse_id,
                    lines=[LineAsk(plan.sku_id, call["qty"])],
                    required_by=dt.date.fromisoformat(call["on"]),
                    reason=f"{plan.event.name}: {number}/{len(calls)}",
                ),
                source_key=f"season:{plan.pk}:{number}",
                at=now,
            )
            for number, call in enumerate(calls, start=1)
        ]
        plan.order_ids = [order.pk for order in orders]
        SeasonPlan.objects.filter(pk=plan.pk).update(order_ids=plan.order_ids)
        record(
            actor=actor,
            action="planning.season_accepted",
            target=f"season_plan:{plan.pk}",
            at=now,
            after={"orders": ", ".join(order.number for order in orders), "qty": plan.total_qty},
        )
    return plan


def dismiss(plan_id: int, *, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Settle a plan without buying. Raises: ReasonMissing; StateConflict when it was decided."""
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        plan = _decide(plan_id, "dismissed", reason.strip(), actor, now)
        record(
            actor=actor,
            action="planning.season_dismissed",
            target=f"season_plan:{plan.pk}",
            at=now,
            reason=reason.strip(),
        )


def _decide(plan_id: int, state: str, reason: str, actor: Actor, now: dt.datetime) -> SeasonPlan:
    changed = SeasonPlan.objects.filter(pk=plan_id, state="open").update(
        state=state, decided_at=now, decided_by=actor.key, decision_reason=reason
    )
    if not changed:
        raise StateConflict
    return SeasonPlan.objects.select_related("event", "sku").get(pk=plan_id)


def _plans_of(event: DemandEvent, run: ForecastRun, now: dt.datetime) -> list[SeasonPlan]:
    """Return the plans that an event asks for today, not yet stored. About 10 statements."""
    today = now.astimezone(dt.UTC).date()
    weekly = _typical(event, run)
    policies = policies_for(weekly, today)
    only_seasonal = event.sku_id is None and not event.category
    known = offers(now, read_defaults(), sku_ids={sku_id for sku_id, _warehouse in weekly})
    found = []
    for pair, week_qty in weekly.items():
        policy = policies[pair]
        if policy.is_stopped or (only_seasonal and policy.kind != "seasonal"):
            continue
        plan = _plan(event, pair, week_qty, policy, known)
        if plan.remind_on <= today and plan.total_qty:
            found.append(plan)
    return found


def _typical(event: DemandEvent, run: ForecastRun) -> dict[Pair, float]:
    """Return units of a typical week of the goods and places that an event means."""
    rows = Forecast.objects.filter(run=run, channel=None, typical_week__gt=0)
    if event.sku_id is not None:
        rows = rows.filter(sku_id=event.sku_id)
    if event.category:
        rows = rows.filter(Q(sku__product__category=event.category))
    if event.warehouse_id is not None:
        rows = rows.filter(warehouse_id=event.warehouse_id)
    found = rows.order_by("sku", "warehouse").values_list("sku", "warehouse", "typical_week")
    return {(sku_id, warehouse_id): float(qty) for sku_id, warehouse_id, qty in found}


def _plan(
    event: DemandEvent,
    pair: Pair,
    week_qty: float,
    policy: PolicyFor,
    known: Mapping[int, Offer],
) -> SeasonPlan:
    days = (event.until_on - event.from_on).days + 1
    factor = event.factor or 1
    offer = known.get(pair[0])
    seasonal = policy.kind == "seasonal"
    staged = stage_season(
        week_qty / 7 * days,
        float((factor - 1) * 100),
        event.from_on,
        batches=policy.batches if seasonal else SEASON_BATCHES,
        pack_qty=offer.pack_qty if offer else 1,
        prepare_days=policy.prepare_days if seasonal else SEASON_DAYS,
    )
    return SeasonPlan(
        event=event,
        sku_id=pair[0],
        warehouse_id=pair[1],
        supplier_id=offer.supplier_id if offer else None,
        remind_on=staged.remind_on,
        base_qty=staged.base_qty,
        factor=factor,
        total_qty=staged.total_qty,
        calls=[{"on": call.on.isoformat(), "qty": call.qty} for call in staged.calls],
    )


def _keep(event: DemandEvent, wanted: list[SeasonPlan], now: dt.datetime) -> tuple[int, int]:
    """Store new plans, bring open ones up to date, drop open ones that nothing asks for."""
    standing = {
        (row.sku_id, row.warehouse_id): row
        for row in SeasonPlan.objects.select_for_update().filter(event=event)
    }
    new, changed = [], 0
    for plan in wanted:
        row = standing.pop((plan.sku_id, plan.warehouse_id), None)
        if row is None:
            plan.created_at = now
            new.append(plan)
        elif row.state == "open" and _numbers(row) != _numbers(plan):
            changed += SeasonPlan.objects.filter(pk=row.pk, state="open").update(**_numbers(plan))
    gone = [row.pk for row in standing.values()]
    SeasonPlan.objects.filter(pk__in=gone, state="open").delete()
    SeasonPlan.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    return len(new), changed


def _numbers(plan: SeasonPlan) -> dict[str, object]:
    names = ("supplier_id", "remind_on", "base_qty", "factor", "total_qty", "calls")
    return {name: getattr(plan, name) for name in names}


def _remind(event: DemandEvent, now: dt.datetime) -> int:
    """Tell planners and buyers once that the season has to be prepared."""
    rows = SeasonPlan.objects.filter(event=event, state="open", reminded_at__isnull=True)
    count = rows.update(reminded_at=now)
    if not count:
        return 0
    draft = notices.NoticeDraft(
        kind="planning.season",
        text=gettext_noop(
            "%(name)s begins on %(day)s: decide about the batches of %(count)s SKUs now."
        ),
        data={"name": event.name, "day": event.from_on.isoformat(), "count": count},
        at=now,
        target=f"demand_event:{event.pk}",
        url=reverse("season-index"),
        dedupe_key=f"season:{event.pk}",
    )
    return sum(notices.notify_role(role, draft) for role in ("planner", "buyer"))

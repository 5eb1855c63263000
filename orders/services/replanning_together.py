"""Plan unreleased orders together, so that scarce stock goes where it saves most (algorithms 4.2).

One order after the other takes what is cheapest for itself. Every half hour the orders nobody has
released are looked at as one wave: what each would cost from each warehouse, with the stock they
hold themselves, goes into `domain.wave_plan`. Orders that another warehouse serves cheaper move in
one call, in which no unit is free in between. Promises are kept: a warehouse that is later than
promised is no choice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from core import settings_store
from core.actors import SYSTEM, Actor
from core.jobs import JobRun
from inventory.services import releasing
from inventory.services.reservations import InsufficientStock
from orders.domain import defaults, states
from orders.domain.stock_book import Key, StockBook
from orders.domain.wave_plan import WaveLine, WaveOrder, WavePlan, cost_of, plan_wave
from orders.models import Order, OrderLine, RoutingDecision, Shipment
from orders.services import master_data, replanning, snapshots, stages
from orders.services.dossier import Dossier, open_dossiers, read_dossiers
from orders.services.errors import OrderMoveRefused
from orders.services.master_data import MasterData
from orders.services.planning import Job, Planner
from orders.services.replanning import Moved, Wish

logger = logging.getLogger(__name__)

MOST_ORDERS = 300
#: What a move must save, in the cost currency: orders don't change warehouse for pennies.
LEAST_SAVING = 0.25
WISH = Wish("replan-together", reason="PLANNED_TOGETHER")
_PLENTY = 1_000_000

Sites = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """What a look at the wave brought: orders looked at and moved, amount saved (cost currency).

    `was_overtaken` says that stock or an order changed meanwhile, so nothing was moved.
    """

    looked_at: int = 0
    moved: tuple[int, ...] = ()
    saved_amount: float = 0.0
    was_overtaken: bool = False


class Overtaken(OrderMoveRefused):
    """An order or its stock changed between the plan and the move; nothing was moved."""


@dataclass(frozen=True, slots=True)
class _Member:
    """An order of the wave: what it looked like, its costs by warehouse, where it goes from now.

    In `order` the present warehouses cost `LEAST_SAVING` less than in `costed`.
    """

    version: int
    costed: WaveOrder
    order: WaveOrder
    sites: Sites


@dataclass(slots=True)
class _Wave:
    members: dict[int, _Member] = field(default_factory=dict)
    stock: dict[Key, int] = field(default_factory=dict)


class _Plenty(StockBook):
    """Stock without end: asks what a warehouse would cost, not whether it has the goods."""

    def atp(self, warehouse_id: int, sku_id: int) -> int:
        return _PLENTY

    def usable(self, warehouse_id: int, sku_id: int, on: dt.date) -> int:
        return _PLENTY

    def take(self, legs: object) -> None:
        """Leave everything as it is."""


def replan_together(
    *, at: dt.datetime, limit: int = MOST_ORDERS, actor: Actor = SYSTEM
) -> Together:
    """Plan at most `limit` unreleased orders together and move those that save by it.

    Reads without locks and solves for at most ten seconds, then locks only the orders that move,
    in pk order, and their stock levels in one call. Left alone are orders that a person routed,
    that wait for units, or whose SKUs are tracked by lot. Repeatable: a second run moves nothing.
    """
    data = master_data.current(at)
    wave = _read_wave(data, limit, at)
    if len(wave.members) < 2:
        return Together(len(wave.members))
    split = float(data.presets["balanced"].split_amount)
    orders = [member.order for member in wave.members.values()]
    plan = plan_wave(orders, wave.stock, split_amount=split)
    targets = _moves(wave, plan)
    if not targets:
        return Together(len(orders))
    saved = sum(
        cost_of(wave.members[pk].costed, wave.members[pk].sites, split_amount=split)
        - cost_of(wave.members[pk].costed, plan.sites[pk], split_amount=split)
        for pk in targets
    )
    try:
        _move(targets, wave, data, actor=actor, at=at)
    except (Overtaken, InsufficientStock):
        logger.info("orders.replan_together.overtaken", extra={"orders": len(targets)})
        return Together(len(orders), was_overtaken=True)
    return Together(len(orders), tuple(targets), round(saved, 2))


def run(job: JobRun, **_newer: Any) -> dict[str, int | float]:
    """Plan unreleased orders together, as many as the setting says: the job of each half hour.

    It stands here, not with the other upkeep: nobody else shall wait for the solver's import.
    """
    limit = int(str(settings_store.get(defaults.REPLAN_TOGETHER.name)))
    done = replan_together(at=job.now, limit=limit)
    return {"looked_at": done.looked_at, "moved": len(done.moved), "saved": done.saved_amount}


def _read_wave(data: MasterData, limit: int, at: dt.datetime) -> _Wave:
    dossiers = [one for one in read_dossiers(_candidate_ids(limit)) if _is_free(one)]
    ids = {line.sku_id for one in dossiers for line in one.demand_lines if line.sku_id}
    skus = master_data.skus_by_id(ids, data.default_weight_g)
    book = snapshots.read_book(data, skus.values(), as_of=at)
    plenty = Planner(data, _Plenty({}, loads=book.loads, prices=book.prices), as_of=at)
    wave = _Wave(stock=dict(book.units))
    for dossier in dossiers:
        job = replanning.job_of(dossier, data, [], WISH)
        member = _member(dossier, job, data, plenty)
        if member is None:
            continue
        wave.members[dossier.order.pk] = member
        for line, site in zip(member.order.lines, member.sites, strict=True):
            key = (site or 0, line.sku_id)
            wave.stock[key] = wave.stock.get(key, 0) + line.qty
    return wave


def _candidate_ids(limit: int) -> list[int]:
    """Return orders of which nothing is released, the earliest promise first."""
    mine = Shipment.objects.filter(order=OuterRef("pk"))
    begun = mine.exclude(status__in=(states.PLANNED, states.CANCELLED))
    waiting = OrderLine.objects.filter(order=OuterRef("pk"), backorder_qty__gt=0)
    by_hand = RoutingDecision.objects.filter(order=OuterRef("pk")).exclude(overridden_by="")
    rows = Order.objects.filter(stage="routed", is_history=False).exclude(
        Exists(begun) | Exists(waiting) | Exists(by_hand) | Exists(mine.exclude(exception=""))
    )
    return list(rows.order_by("promised_by", "pk").values_list("pk", flat=True)[:limit])


def _is_free(dossier: Dossier) -> bool:
    active = dossier.active_shipments
    return bool(active) and replanning.movable_shipments(dossier) == active


def _member(dossier: Dossier, job: Job, data: MasterData, plenty: Planner) -> _Member | None:
    """Return the order with its costs, or None when it must stay as it is."""
    where = _where(dossier)
    if where is None or any(job.skus[sku_id].is_lot_tracked for sku_id, _qty in where):
        return None
    current = set(where.values())
    parcels = {
        site.id: cost
        for site in data.network.sites
        if (cost := _cost_from(site.id, job, plenty, is_current=site.id in current)) is not None
    }
    if not current <= parcels.keys():
        return None
    stay = {site: cost - LEAST_SAVING * (site in current) for site, cost in parcels.items()}
    lines = tuple(WaveLine(sku_id, qty) for sku_id, qty in where)
    pk = dossier.order.pk
    return _Member(
        dossier.order.version,
        WaveOrder(pk, parcels, lines),
        WaveOrder(pk, stay, lines),
        tuple(where.values()),
    )


def _where(dossier: Dossier) -> dict[tuple[int, int], int] | None:
    """Map (SKU id, units) to the warehouse; None when a SKU comes from two or is short."""
    units: dict[int, int] = {}
    sites: dict[int, int] = {}
    for shipment in dossier.active_shipments:
        for line in dossier.shipment_lines.get(shipment.pk, ()):
            if line.reserved_qty != line.qty:
                return None
            if sites.setdefault(line.sku_id, shipment.warehouse_id) != shipment.warehouse_id:
                return None
            units[line.sku_id] = units.get(line.sku_id, 0) + line.qty
    return {(sku_id, qty): sites[sku_id] for sku_id, qty in sorted(units.items())} or None


def _cost_from(site_id: int, job: Job, plenty: Planner, *, is_current: bool) -> float | None:
    """Return the score of sending everything from one warehouse; None when it may not."""
    only = Job(
        job.order, job.channel, job.lines, job.open_qty, job.skus, frozenset({site_id}), job.preset
    )
    plan = plenty.plan(only).plan
    if plan is None or not plan.is_full:
        return None
    promised_by = job.order.promised_by
    if not is_current and promised_by is not None and plan.arrives_by > promised_by:
        return None
    return float(plan.score)


def _moves(wave: _Wave, plan: WavePlan) -> dict[int, frozenset[int]]:
    """Return where the orders go that shall move, by order id."""
    if plan.unserved():
        return {}
    return {
        pk: frozenset(site for site in plan.sites[pk] if site is not None)
        for pk, member in sorted(wave.members.items())
        if plan.sites[pk] != member.sites
    }


@transaction.atomic
def _move(
    targets: Mapping[int, frozenset[int]],
    wave: _Wave,
    data: MasterData,
    *,
    actor: Actor,
    at: dt.datetime,
) -> None:
    dossiers = open_dossiers(targets)
    for dossier in dossiers:
        _check_unchanged(dossier, wave.members[dossier.order.pk])
    jobs = [_job(dossier, targets[dossier.order.pk], data) for dossier in dossiers]
    skus = {fact.id: fact for job in jobs for fact in job.skus.values()}
    book = snapshots.read_book(data, skus.values(), as_of=at)
    for dossier in dossiers:
        replanning.give_back(book, dossier, dossier.active_shipments)
    planner = Planner(data, book, as_of=at)
    moved: list[Moved] = []
    for dossier, job in zip(dossiers, jobs, strict=True):
        planned = planner.plan(job)
        if planned.plan is None or not planned.plan.is_full:
            raise Overtaken(state=dossier.order.stage, event=WISH.event)
        movable = dossier.active_shipments
        moved.append(replanning.rewrite(dossier, planned, movable, WISH, at=at))
        replanning.finish(dossier, planned, data, WISH, actor=actor, at=at)
    _move_promises(moved, actor=actor, at=at)
    stages.refresh(list(targets), at=at)


def _check_unchanged(dossier: Dossier, member: _Member) -> None:
    where = _where(dossier)
    same = (
        dossier.order.version == member.version
        and not dossier.holds
        and _is_free(dossier)
        and where is not None
        and tuple(where.values()) == member.sites
    )
    if not same:
        raise Overtaken(state=dossier.order.stage, event=WISH.event)


def _job(dossier: Dossier, sites: frozenset[int], data: MasterData) -> Job:
    wish = Wish(WISH.event, WISH.reason, only_warehouses=sites)
    return replanning.job_of(dossier, data, [], wish)


def _move_promises(moved: Sequence[Moved], *, actor: Actor, at: dt.datetime) -> None:
    keys = "|".join(one.group.event_key for one in moved)
    releasing.reassign(
        [owner for one in moved for owner in one.old_owners],
        [need for one in moved for need in one.group.demands],
        event_key=f"{WISH.event}:{hashlib.sha256(keys.encode()).hexdigest()[:40]}",
        reason=WISH.event,
        actor=actor,
        at=at,
    )

"""Give arriving stock to waiting orders, and units to an order that goes before others (X12).

Nobody presses "reprocess": `inventory.stock_available` brings the job that calls
`retry_backorders`. Each order is planned in a transaction of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from core import audit
from core.actors import SYSTEM, Actor
from core.errors import StateConflict, gettext_noop
from inventory.services import level_sql
from inventory.services.reservations import InsufficientStock
from orders.domain import attention, states
from orders.domain.priorities import Waiting, may_take
from orders.models import Order, OrderHold, OrderLine, Shipment
from orders.models.orders import OrderStatus
from orders.services import master_data, replanning, stages
from orders.services.dossier import Dossier, open_dossiers
from orders.services.errors import OrderNotFound, ReasonMissing
from orders.services.replanning import Replanned, Wish
from orders.services.unpromising import take_back_planned


class NobodyGivesUnits(StateConflict):
    """No lower order holds units that may be taken."""

    code = "NOBODY_GIVES_UNITS"
    text = gettext_noop(
        "No lower order can give units without breaking its promise. A supervisor may decide it."
    )


class NothingMoved(StateConflict):
    """The warehouses asked for can't serve the order; `codes` say why."""

    code = "NOTHING_MOVED"
    text = gettext_noop("Those warehouses can't serve the order (%(codes)s). Choose others.")


@dataclass(frozen=True, slots=True)
class RetryReport:
    """What a round of re-allocation did."""

    looked_at: int
    served: tuple[int, ...]


def waiting_orders(sku_ids: Collection[int] | None = None, *, limit: int = 500) -> list[int]:
    """Return the ids of confirmed orders with waiting units, first come by rank first.

    Orders under a hold wait until it is released; `sku_ids` None looks at every SKU.
    """
    lines = OrderLine.objects.filter(backorder_qty__gt=0, order__status=OrderStatus.CONFIRMED)
    if sku_ids is not None:
        lines = lines.filter(sku_id__in=list(sku_ids))
    held = OrderHold.objects.filter(released_at__isnull=True).values("order_id")
    rows = (
        Order.objects.filter(pk__in=lines.values("order_id"))
        .exclude(pk__in=held)
        .order_by("priority", F("promised_by").asc(nulls_last=True), "paid_at", "pk")
        .values_list("pk", "priority", "promised_by", "paid_at")[:limit]
    )
    ranked = sorted((Waiting(*row) for row in rows), key=Waiting.rank)
    return [one.order_id for one in ranked]


def retry_backorders(
    *,
    sku_ids: Collection[int] | None = None,
    actor: Actor = SYSTEM,
    at: dt.datetime,
    limit: int = 500,
) -> RetryReport:
    """Plan the waiting orders again, the first in rank first; return whom it served. Repeatable."""
    ids = waiting_orders(sku_ids, limit=limit)
    wish = Wish("stock-available", must_improve=True)
    served = [order_id for order_id in ids if _retry_one(order_id, wish, actor, at)]
    return RetryReport(len(ids), tuple(served))


def _retry_one(order_id: int, wish: Wish, actor: Actor, at: dt.datetime) -> bool:
    try:
        return replanning.replan(order_id, wish, actor=actor, at=at).has_changed
    except InsufficientStock:
        # Three times others were quicker: the next arrival asks again.
        return False


def ask_about_waiting(*, as_of: dt.datetime, limit: int = 500) -> int:
    """Ask a person about orders that have waited their days (X02); return how many. Repeatable."""
    due = Order.objects.filter(decide_at__lte=as_of, status=OrderStatus.CONFIRMED)
    ids = list(due.order_by("decide_at", "pk").values_list("pk", flat=True)[:limit])
    for order_id in ids:
        with transaction.atomic():
            order = Order.objects.filter(pk=order_id, decide_at__lte=as_of).lock().first()
            if order is None:
                continue
            codes = [code for code in order.attention_codes if code != attention.WAITING]
            order.attention_codes = list(dict.fromkeys([*codes, attention.DECISION_DUE]))
            order.decide_at = None
            order.save(update_fields=["attention_codes", "decide_at"])
            audit.record(actor=SYSTEM, action="orders.decision_due", target=order.key, at=as_of)
            stages.refresh([order_id], at=as_of)
    return len(ids)


def reroute(
    order_id: int,
    *,
    warehouse_ids: Collection[int] | None,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    preset: str = "",
) -> Replanned:
    """Plan an order's unreleased part again, on a person's word only from these warehouses.

    The override and its reason are kept with the decision. Nothing changes when the warehouses
    can't serve all of it.

    Raises:
        ReasonMissing: an override without a reason.
        NothingMoved: units would be left without a warehouse.
        OrderNotFound, OrderMoveRefused: as for every change.
    """
    if warehouse_ids is not None and not reason.strip():
        raise ReasonMissing
    wish = Wish(
        "rerouted",
        reason=reason,
        is_override=warehouse_ids is not None,
        only_warehouses=None if warehouse_ids is None else frozenset(warehouse_ids),
        preset=preset,
    )
    before = _waiting_qty(order_id)
    with transaction.atomic():
        done = replanning.replan(order_id, wish, actor=actor, at=at)
        if done.waiting_qty > before:
            raise NothingMoved(codes=", ".join(done.codes))
    return done


def _waiting_qty(order_id: int) -> int:
    rows = OrderLine.objects.filter(order_id=order_id).values_list("backorder_qty", flat=True)
    return sum(rows)


def take_from_lower(
    order_id: int,
    *,
    actor: Actor,
    at: dt.datetime,
    is_supervisor: bool = False,
    reason: str = "",
) -> tuple[int, ...]:
    """Give a waiting order of high priority the units of lower ones; return the victims' ids.

    A victim is in no wave and, unless a supervisor says otherwise with a reason, is served from
    elsewhere in time. Victims are planned anew at once and told about a later promise.

    Raises:
        NobodyGivesUnits: no victim may be taken from.
        ReasonMissing: a supervisor's word without a reason.
        OrderNotFound: no such order.
    """
    if is_supervisor and not reason.strip():
        raise ReasonMissing
    for victim_id in _victims_of(order_id, at):
        if _take_from(order_id, victim_id, actor, at, is_supervisor=is_supervisor, reason=reason):
            return (victim_id,)
    raise NobodyGivesUnits(order_id=order_id)


def _victims_of(order_id: int, at: dt.datetime) -> Sequence[int]:
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound(order_id=order_id)
    short = OrderLine.objects.filter(order_id=order_id, backorder_qty__gt=0)
    high = master_data.current(at).high_priority
    rows = (
        Shipment.objects.filter(
            status=states.PLANNED,
            exception="",
            lines__sku_id__in=short.values("sku_id"),
            lines__reserved_qty__gt=0,
            order__priority__gt=max(high, order.priority),
        )
        .order_by("-order__priority", "-order__promised_by", "-order_id")
        .values_list("order_id", flat=True)
    )
    return list(dict.fromkeys(rows[:200]))


class _NotWorthIt(Exception):
    """The swap would not help, or would break a promise: undo it."""


def _take_from(  # one swap between two orders
    order_id: int,
    victim_id: int,
    actor: Actor,
    at: dt.datetime,
    *,
    is_supervisor: bool,
    reason: str,
) -> bool:
    try:
        with transaction.atomic():
            taker, victim = _both(order_id, victim_id)
            _lock_levels(taker, victim, at)
            promised_by = victim.order.promised_by
            before = sum(line.backorder_qty for line in taker.lines)
            take_back_planned(
                victim, event=f"taken-{order_id}-{taker.order.version}", actor=actor, at=at
            )
            wish = Wish("priority", reason=reason, must_improve=True)
            done = replanning.replan_locked(taker, wish, actor=actor, at=at)
            if done.waiting_qty >= before:
                raise _NotWorthIt
            [fresh] = open_dossiers([victim_id])
            again = replanning.replan_locked(
                fresh, Wish("priority-victim", reason=reason), actor=actor, at=at
            )
            late = again.waiting_qty > 0 or (
                promised_by is not None
                and fresh.order.promised_by is not None
                and _arrives_by(victim_id) > promised_by
            )
            _check_rights(taker, victim, late=late, is_supervisor=is_supervisor, at=at)
    except (_NotWorthIt, InsufficientStock):
        return False
    return True


def _both(order_id: int, victim_id: int) -> tuple[Dossier, Dossier]:
    found = {one.order.pk: one for one in open_dossiers([order_id, victim_id])}
    return found[order_id], found[victim_id]


def _lock_levels(taker: Dossier, victim: Dossier, at: dt.datetime) -> None:
    """Lock every level the swap may touch at once, in pk order, before either order is planned."""
    skus = {line.sku_id for one in (taker, victim) for line in one.demand_lines if line.sku_id}
    sites = {site.id for site in master_data.current(at).network.sites}
    level_sql.lock_levels([(site, sku_id) for site in sites for sku_id in skus])


def _arrives_by(order_id: int) -> dt.date:
    rows = Shipment.objects.filter(order_id=order_id).exclude(status=states.CANCELLED)
    days = [day for day in rows.values_list("promised_by", flat=True) if day is not None]
    return max(days, default=dt.date.max)


def _check_rights(
    taker: Dossier, victim: Dossier, *, late: bool, is_supervisor: bool, at: dt.datetime
) -> None:
    if not may_take(
        taker_priority=taker.order.priority,
        victim_priority=victim.order.priority,
        high_priority=master_data.current(at).high_priority,
        breaks_promise=late,
        is_supervisor=is_supervisor,
    ):
        raise _NotWorthIt

"""Holds: several independent reasons why an order may not go on, and what they do to its stock.

A hold stops the next step at every stage: wave release, pick, pack, label and manifest ask
`check_may_proceed` or `stops` first. Stock stays promised, for the hours of the setting; after that
it is given back, the hold stays, and the order keeps its place in the queue.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db import transaction

from core import audit, events
from core.actors import SYSTEM, Actor
from core.errors import StateConflict, gettext_noop
from orders.domain import attention, states
from orders.models import Order, OrderHold, Shipment
from orders.services import master_data, replanning, stages
from orders.services.dossier import Dossier, open_dossier
from orders.services.errors import OrderOnHold, ReasonMissing, ShipmentNotFound
from orders.services.order_rows import keep_stock_until
from orders.services.replanning import Wish
from orders.services.unpromising import take_back_planned


class HoldNotOpen(StateConflict):
    """No open hold of this kind stands on the order."""

    code = "HOLD_NOT_OPEN"
    text = gettext_noop("There is no open %(kind)s hold. Somebody released it; reload the order.")


@transaction.atomic
def place_hold(  # a hold is this many facts, all but two with defaults
    order_id: int,
    kind: str,
    *,
    actor: Actor,
    at: dt.datetime,
    note: str = "",
    until: dt.datetime | None = None,
) -> OrderHold:
    """Put a hold on an order; the same kind twice returns the one that stands.

    Locks the order. What is picked stays where it is: the next step of the floor is refused.

    Raises:
        OrderNotFound: no such order.
        OrderMoveRefused: it is completed or cancelled.
    """
    dossier = open_dossier(order_id)
    dossier.demand("hold")
    standing = next((hold for hold in dossier.holds if hold.kind == kind), None)
    if standing is not None:
        return standing
    hold = OrderHold(
        order=dossier.order,
        kind=kind,
        owner_key=actor.key,
        note=note[:500],
        until=until,
        placed_at=at,
        placed_by=actor.key,
    )
    keep_stock_until([hold], master_data.current(at).stock_hold)
    hold.save(force_insert=True)
    _log(dossier.order, "orders.held", kind, actor=actor, at=at, reason=note)
    stages.refresh([order_id], at=at)
    return hold


def release_hold(order_id: int, kind: str, *, reason: str, actor: Actor, at: dt.datetime) -> str:
    """Release one hold; others stay. Return the order's stage.

    When it was the last one, units that wait are looked for at once.

    Raises:
        HoldNotOpen: no open hold of this kind.
        ReasonMissing: `reason` is empty.
        OrderNotFound, OrderMoveRefused: as for every change.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        dossier = open_dossier(order_id)
        dossier.demand("release_hold")
        _release(dossier, kind, reason=reason, actor=actor, at=at)
        stage = stages.refresh([order_id], at=at)[order_id]
        wants_units = not dossier.holds and any(line.backorder_qty for line in dossier.lines)
    if wants_units and dossier.order.status == states.CONFIRMED:
        wish = Wish("hold-released", must_improve=True)
        replanning.replan(order_id, wish, actor=actor, at=at)
        stage = Order.objects.values_list("stage", flat=True).get(pk=order_id)
    return stage


def _release(dossier: Dossier, kind: str, *, reason: str, actor: Actor, at: dt.datetime) -> None:
    hold = next((one for one in dossier.holds if one.kind == kind), None)
    if hold is None:
        raise HoldNotOpen(kind=kind)
    OrderHold.objects.filter(pk=hold.pk, released_at__isnull=True).update(
        released_at=at, released_by=actor.key, release_reason=reason[:500]
    )
    dossier.holds.remove(hold)
    order = dossier.order
    codes = [code for code in order.attention_codes if code != attention.HOLD_EXPIRED]
    if codes != order.attention_codes and not dossier.holds:
        order.attention_codes = codes
        order.save(update_fields=["attention_codes"])
    _log(order, "orders.hold_released", kind, actor=actor, at=at, reason=reason)


def _log(  # one entry and one fact
    order: Order, name: str, kind: str, *, actor: Actor, at: dt.datetime, reason: str
) -> None:
    audit.record(
        actor=actor, action=name, target=order.key, after={"kind": kind}, reason=reason, at=at
    )
    events.publish(name, target=order.key, at=at, order_id=order.pk, kind=kind)


def release_due(*, as_of: dt.datetime, limit: int = 500) -> int:
    """Release holds whose time has come (`until` <= `as_of`); return how many. Repeatable."""
    due = OrderHold.objects.filter(released_at__isnull=True, until__lte=as_of)
    rows = list(due.order_by("until", "pk").values_list("order_id", "kind")[:limit])
    done = 0
    for order_id, kind in rows:
        try:
            release_hold(order_id, kind, reason="time has come", actor=SYSTEM, at=as_of)
            done += 1
        except HoldNotOpen:
            # A person was quicker: nothing is left to do for this one.
            continue
    return done


def expire_stock(*, as_of: dt.datetime, limit: int = 500) -> int:
    """Give back the stock of orders held for too long; return how many orders. Repeatable.

    Only what nobody has released to the floor is given back. The order says HOLD_EXPIRED and keeps
    its place in the queue: the day it was placed does not change.
    """
    due = OrderHold.objects.filter(
        released_at__isnull=True, stock_until__lte=as_of, stock_released_at__isnull=True
    )
    rows = list(due.order_by("stock_until", "pk").values_list("order_id", flat=True)[:limit])
    order_ids = list(dict.fromkeys(rows))
    for order_id in order_ids:
        _expire_one(order_id, as_of)
    return len(order_ids)


@transaction.atomic
def _expire_one(order_id: int, at: dt.datetime) -> None:
    dossier = open_dossier(order_id)
    OrderHold.objects.filter(
        order_id=order_id, released_at__isnull=True, stock_until__lte=at
    ).update(stock_released_at=at)
    if not any(hold.stock_until and hold.stock_until <= at for hold in dossier.holds):
        return
    if not take_back_planned(dossier, event="hold-expired", actor=SYSTEM, at=at):
        return
    order = dossier.order
    order.attention_codes = [*dict.fromkeys([*order.attention_codes, attention.HOLD_EXPIRED])]
    order.updated_at = at
    order.save(update_fields=["attention_codes", "updated_at"])
    audit.record(actor=SYSTEM, action="orders.hold_stock_released", target=order.key, at=at)
    stages.refresh([order_id], at=at)


def stops(shipment_ids: Collection[int]) -> dict[int, str]:
    """Return for each shipment what stops its next step: "" for nothing, else a code.

    Codes: ON_HOLD:<kinds>, CANCELLED, the shipment's exception (such as CANCEL_PENDING), NOT_FOUND.
    Two queries.
    """
    found = dict.fromkeys(shipment_ids, "NOT_FOUND")
    rows = Shipment.objects.filter(pk__in=list(shipment_ids)).order_by("pk")
    facts = list(rows.values_list("pk", "order_id", "status", "exception", "order__status"))
    kinds: dict[int, list[str]] = defaultdict(list)
    holds = OrderHold.objects.filter(
        order_id__in={order_id for _pk, order_id, *_rest in facts}, released_at__isnull=True
    )
    for order_id, kind in holds.values_list("order_id", "kind").order_by("kind", "pk"):
        kinds[order_id].append(kind)
    for pk, order_id, status, exception, order_status in facts:
        if states.CANCELLED in {status, order_status}:
            found[pk] = "CANCELLED"
        elif exception:
            found[pk] = exception
        else:
            found[pk] = f"ON_HOLD:{','.join(kinds[order_id])}" if kinds[order_id] else ""
    return found


def check_may_proceed(shipment_ids: Collection[int]) -> None:
    """Refuse when a hold, a recall or a cancellation stops one of the shipments.

    Raises:
        ShipmentNotFound: an id is unknown.
        OrderOnHold: `kinds` says what stops it.
    """
    for pk, code in stops(shipment_ids).items():
        if code == "NOT_FOUND":
            raise ShipmentNotFound(shipment_id=pk)
        if code:
            raise OrderOnHold(kinds=code.removeprefix("ON_HOLD:"), shipment_id=pk)

"""Plan an order again: when stock came, an address changed, a person asked for another warehouse.

Only shipments that nobody released are moved; what is in a wave or beyond stays. The promise moves
with the shipment lines in one call of the reservation service, so no unit is free in between. One
order per transaction: its levels are locked together, in pk order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from core import audit, events, numbers
from core.actors import Actor
from inventory.domain.demand import Group
from inventory.models import Reservation
from inventory.services import releasing, reservations
from inventory.services.reservations import InsufficientStock
from orders.domain import attention, states
from orders.domain.stock_book import StockBook
from orders.models import OrderHold, OrderLine, RoutingDecision, Shipment, ShipmentLine
from orders.services import allotting, master_data, promising, snapshots, stages
from orders.services.decisions import decision_row
from orders.services.dossier import Dossier, open_dossier
from orders.services.master_data import MasterData
from orders.services.order_rows import keep_stock_until
from orders.services.planning import Job, Planned, Planner

MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """What a re-plan is for. `event` names the cause in event keys and the audit log.

    `must_improve`: leave everything as it is unless more units are found. `only_warehouses`,
    `reason` and `is_override` belong to a person's choice. `keep_planned`: plan only what waits.
    """

    event: str
    reason: str = ""
    must_improve: bool = False
    keep_planned: bool = False
    is_override: bool = False
    only_warehouses: frozenset[int] | None = None
    preset: str = ""


@dataclass(frozen=True, slots=True)
class Replanned:
    """What a re-plan did: whether anything changed, units still waiting, the codes that say why."""

    order_id: int
    has_changed: bool
    waiting_qty: int
    codes: tuple[str, ...] = ()
    shipment_ids: tuple[int, ...] = ()


def replan(order_id: int, wish: Wish, *, actor: Actor, at: dt.datetime) -> Replanned:
    """Plan one order again and move its promises; tries thrice when stock moves meanwhile.

    Raises:
        OrderNotFound: no such order.
        OrderMoveRefused: it is not confirmed.
    """
    for tries_left in reversed(range(MOST_TRIES)):
        try:
            with transaction.atomic():
                return replan_locked(open_dossier(order_id), wish, actor=actor, at=at)
        except InsufficientStock:
            if not tries_left:
                raise
    raise AssertionError("unreachable")


def replan_locked(dossier: Dossier, wish: Wish, *, actor: Actor, at: dt.datetime) -> Replanned:
    """Plan a locked order again inside the caller's transaction.

    Raises:
        InsufficientStock: units went to someone else since the snapshot; nothing of it is kept.
    """
    dossier.demand("route")
    data = master_data.current(at)
    movable = [] if wish.keep_planned else movable_shipments(dossier)
    kept = [row for row in dossier.active_shipments if row not in movable]
    job = job_of(dossier, data, kept, wish)
    book = snapshots.read_book(data, job.skus.values(), as_of=at)
    give_back(book, dossier, movable)
    planned = Planner(data, book, as_of=at).plan(job)
    before = sum(line.backorder_qty for line in dossier.lines)
    after = sum(planned.waiting.values())
    if wish.must_improve and after >= before:
        _note_codes(dossier, planned, at)
        return Replanned(dossier.order.pk, False, before, tuple(planned.codes))
    with transaction.atomic():
        moved = rewrite(dossier, planned, movable, wish, at=at)
        _move_promises(moved, wish, actor=actor, at=at)
    finish(dossier, planned, data, wish, actor=actor, at=at)
    stages.refresh([dossier.order.pk], at=at)
    return Replanned(
        dossier.order.pk,
        True,
        after,
        tuple(planned.codes),
        tuple(shipment.pk for shipment in moved.shipments),
    )


def movable_shipments(dossier: Dossier) -> list[Shipment]:
    """Return the shipments that may still be planned anew: nobody has released them."""
    return [row for row in dossier.shipments if row.status == states.PLANNED and not row.exception]


def job_of(dossier: Dossier, data: MasterData, kept: Sequence[Shipment], wish: Wish) -> Job:
    """Return what is to be planned of an order: the units its kept shipments leave open."""
    ids = {line.sku_id for line in dossier.demand_lines if line.sku_id is not None}
    return Job(
        dossier.order,
        data.channel_by_id(dossier.order.channel_id),
        dossier.lines,
        dossier.open_qty(kept),
        master_data.skus_by_id(ids, data.default_weight_g),
        wish.only_warehouses,
        wish.preset,
        is_backorder=any(row.status != states.CANCELLED for row in kept),
    )


def give_back(book: StockBook, dossier: Dossier, movable: Sequence[Shipment]) -> None:
    """Count the units the movable shipments hold as free: the plan may use them again."""
    sites = {row.pk: row.warehouse_id for row in movable}
    lines = dossier.lines_of(movable)
    until: dict[str, dt.date | None] = {}
    if book.books:
        rows = Reservation.objects.pending().filter(owner_key__in=[line.key for line in lines])
        until = dict(rows.values_list("owner_key", "usable_until"))
    for line in lines:
        key = (sites[line.shipment_id], line.sku_id)
        book.units[key] = book.units.get(key, 0) + line.reserved_qty
        if key in book.books and line.key in until:
            book.books[key].add_need(until[line.key], -line.reserved_qty)


def _note_codes(dossier: Dossier, planned: Planned, at: dt.datetime) -> None:
    """Keep the newest reason why an order waits, even when nothing else changed."""
    order = dossier.order
    codes = [*attention.without_stock_codes(order.attention_codes), *planned.codes]
    still = [code for code in order.attention_codes if code in {attention.DECISION_DUE}]
    codes = list(dict.fromkeys([*codes, *still]))
    if planned.codes and sorted(codes) != sorted(order.attention_codes):
        order.attention_codes, order.updated_at = codes, at
        order.save(update_fields=["attention_codes", "updated_at"])
        stages.refresh([order.pk], at=at)


@dataclass(frozen=True, slots=True)
class Moved:
    """New shipments of an order, the lines that gave theirs up, and the promises to be moved."""

    shipments: list[Shipment]
    old_lines: list[ShipmentLine]
    group: Group

    @property
    def old_owners(self) -> list[str]:
        """Return the owner keys whose promises end."""
        return [line.key for line in self.old_lines if line.reserved_qty]


def rewrite(
    dossier: Dossier, planned: Planned, movable: Sequence[Shipment], wish: Wish, *, at: dt.datetime
) -> Moved:
    """Cancel the moved shipments of a locked order and write the new ones; promises come after."""
    old_lines = dossier.lines_of(movable)
    if movable:
        ids = [row.pk for row in movable]
        Shipment.objects.filter(pk__in=ids, status=states.PLANNED).update(status=states.CANCELLED)
        ShipmentLine.objects.filter(shipment_id__in=ids).update(reserved_qty=0)
    part = allotting.draught(planned, at)
    if part.shipments:
        taken = numbers.take("shipment", len(part.shipments))
        for shipment, number in zip(part.shipments, taken, strict=True):
            shipment.number = number
        Shipment.objects.bulk_create(part.shipments)
        for line in part.lines:
            line.shipment_id = line.shipment.pk
        ShipmentLine.objects.bulk_create(part.lines)
    dossier.order.version += 1
    return Moved(part.shipments, old_lines, allotting.group_of(part, wish.event))


def _move_promises(moved: Moved, wish: Wish, *, actor: Actor, at: dt.datetime) -> None:
    owners, demands, event_key = moved.old_owners, moved.group.demands, moved.group.event_key
    if owners and demands:
        releasing.reassign(
            owners, demands, event_key=event_key, reason=wish.event, actor=actor, at=at
        )
    elif demands:
        reservations.reserve(demands, event_key=event_key, actor=actor, at=at)
    elif owners:
        releasing.release(owners, event_key=event_key, reason=wish.event, actor=actor, at=at)


def finish(
    dossier: Dossier,
    planned: Planned,
    data: MasterData,
    wish: Wish,
    *,
    actor: Actor,
    at: dt.datetime,
) -> None:
    """Write waiting units, codes, holds, promise, decision, audit entry and facts of a re-plan."""
    order = dossier.order
    changed = []
    for line in dossier.demand_lines:
        waiting = planned.waiting.get(line.position, 0)
        dropped = planned.dropped.get(line.position, 0)
        if line.backorder_qty != waiting or dropped:
            line.backorder_qty = waiting
            line.cancelled_qty += dropped
            changed.append(line)
    OrderLine.objects.bulk_update(changed, ["backorder_qty", "cancelled_qty"])
    codes = [*attention.without_stock_codes(order.attention_codes), *planned.codes]
    order.attention_codes = list(dict.fromkeys(codes))
    order.decide_at = (order.decide_at or planned.decide_at) if planned.waiting else None
    promised_by = order.promised_by
    allotting.promise_order(order, planned)
    order.updated_at = at
    order.save()
    if order.promised_by != promised_by:
        promising.note_revision(order, before=promised_by, at=at)
    _place_holds(dossier, planned, data, at)
    if planned.plan is not None:
        overridden_by = actor.key if wish.is_override else ""
        row = decision_row(
            order.pk, planned.plan, at=at, overridden_by=overridden_by, reason=wish.reason
        )
        RoutingDecision.objects.bulk_create([row])
    sites = [] if planned.plan is None else [leg.warehouse_code for leg in planned.plan.legs]
    audit.record(
        actor=actor,
        action="orders.rerouted",
        target=order.key,
        after={"cause": wish.event, "warehouses": " ".join(sites), "codes": " ".join(codes)},
        reason=wish.reason,
        at=at,
    )
    name = "orders.allocated" if planned.has_legs else "orders.backordered"
    events.publish(name, target=order.key, at=at, order_id=order.pk)


def _place_holds(dossier: Dossier, planned: Planned, data: MasterData, at: dt.datetime) -> None:
    standing = {hold.kind for hold in dossier.holds}
    rows = [
        OrderHold(
            order=dossier.order,
            kind=kind,
            owner_key="system",
            note=note,
            placed_at=at,
            placed_by="system",
        )
        for kind, note in planned.holds
        if kind not in standing
    ]
    keep_stock_until(rows, data.stock_hold)
    OrderHold.objects.bulk_create(rows)

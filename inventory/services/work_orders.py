"""Work orders: components are promised at once, claimed at the release, given back at the end.

Building and taking apart: `kit_building`. A BOM edited meanwhile changes nothing: an order keeps
the version it was planned with (X14).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from core import audit, numbers
from core.actors import Actor
from core.errors import NotFound, StateConflict, gettext_noop
from inventory.domain.demand import Demand, PickWant
from inventory.domain.kits import KitUndefined, Part
from inventory.models import (
    MOST_UNITS,
    Bin,
    BinReservation,
    BinStock,
    Bom,
    Reservation,
    Sku,
    Warehouse,
    WorkOrder,
    WorkOrderLine,
)
from inventory.queries.kits import direct_parts, read_boms
from inventory.querysets.stock import OPEN_QTY
from inventory.services import ledger, picking, releasing, reservations
from inventory.services.move_facts import BadQuantity, OtherWarehouse
from inventory.services.reservations import InsufficientStock

PURPOSE = "KIT"
#: Orders are kept before work orders when a promise breaks.
PRIORITY = 6

State = WorkOrder.State
TRANSITIONS: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.RELEASED, State.CANCELLED}),
    State.RELEASED: frozenset({State.IN_PROGRESS, State.DONE, State.CANCELLED}),
    State.IN_PROGRESS: frozenset({State.DONE}),
    State.DONE: frozenset(),
    State.CANCELLED: frozenset(),
}


class UnknownWorkOrder(NotFound):
    """No such work order."""

    code = "UNKNOWN_WORK_ORDER"
    text = gettext_noop("This work order does not exist. Scan its number again.")


class WorkOrderStateConflict(StateConflict):
    """The work order is not where this step begins."""

    code = "WORK_ORDER_STATE_CONFLICT"
    text = gettext_noop("The work order is %(state)s. Reload it to see what can be done now.")


class NotAssembled(StateConflict):
    """Only assembled kits have stock of their own."""

    code = "NOT_ASSEMBLED"
    text = gettext_noop("%(kit)s is not an assembled kit. Only these are built by work order.")


class KitNeedsLots(StateConflict):
    """A kit without lots would lose the lots of its components."""

    code = "KIT_NEEDS_LOTS"
    text = gettext_noop(
        "%(component)s is tracked by lot, %(kit)s is not. Make %(kit)s tracked by lot first."
    )


class KitComponentOos(StateConflict):
    """A component is not there in the quantity the kits need."""

    code = "KIT_COMPONENT_OOS"
    text = gettext_noop(
        "%(component)s lacks %(units)s units. Plan fewer kits, or bring more of it first."
    )


class KitsExist(StateConflict):
    """A work order is cancelled although kits were made."""

    code = "KITS_EXIST"
    text = gettext_noop("%(made_qty)s kits are made. Close the work order short instead.")


@dataclass(frozen=True, slots=True)
class WorkOrderDraft:
    """Kits to be built (or, `is_unkit`, taken apart). Without a bin the kit's usual one is used."""

    kit_id: int
    warehouse_id: int
    planned_qty: int
    is_unkit: bool = False
    output_bin_id: int | None = None
    due_on: dt.date | None = None


@transaction.atomic
def create(draft: WorkOrderDraft, *, actor: Actor, at: dt.datetime) -> WorkOrder:
    """Plan a work order and promise it what it takes: all of it or nothing.

    Of an optional component it gets what whole kits there are; the rest is built without (X14).

    Raises:
        KitComponentOos: a component (or the kit to be taken apart) lacks units; it is named.
        NotAssembled, KitUndefined, KitNeedsLots, BadQuantity, OtherWarehouse: nothing is written.
    """
    if type(draft.planned_qty) is not int or not 0 < draft.planned_qty <= MOST_UNITS:
        raise BadQuantity(qty=draft.planned_qty)
    kit = Sku.objects.filter(pk=draft.kit_id).first()
    if kit is None or kit.kind != Sku.Kind.ASSEMBLED_KIT:
        raise NotAssembled(kit=kit.code if kit else draft.kit_id)
    bom = Bom.objects.current().filter(kit=kit).first()
    if bom is None:
        raise KitUndefined(kit_id=kit.pk)
    parts = direct_parts(kit.pk, read_boms([kit.pk]))
    _check_lots(kit, parts)
    order = WorkOrder.objects.create(
        number=numbers.take("work_order")[0],
        kit=kit,
        bom=bom,
        warehouse_id=draft.warehouse_id,
        output_bin_id=_output_bin(draft),
        is_unkit=draft.is_unkit,
        planned_qty=draft.planned_qty,
        due_on=draft.due_on,
        created_at=at,
        created_by=actor.key,
    )
    WorkOrderLine.objects.bulk_create(
        [
            WorkOrderLine(
                work_order=order,
                component_id=part.component_id,
                per_kit_qty=part.qty,
                is_optional=part.is_optional,
            )
            for part in parts
        ]
    )
    # Two reservations follow; every level is locked before the first, in pk order as everywhere.
    ledger.lock_moves((), {(order.warehouse_id, part.component_id) for part in parts})
    _promise(order, actor=actor, at=at)
    after: dict[str, Any] = {"kit": kit.code, "qty": order.planned_qty, "version": bom.version}
    without = {} if order.is_unkit else _promise_optional(order, actor=actor, at=at)
    if without:
        after["without"] = without
    note(order, "planned", actor=actor, at=at, after=after)
    return order


@transaction.atomic
def release(work_order_id: int, *, actor: Actor, at: dt.datetime) -> WorkOrder:
    """Send a work order to the floor: bins and lots are claimed, first expired first.

    Raises:
        WorkOrderStateConflict: it is not a draft.
    """
    order = lock(work_order_id)
    go(order, State.RELEASED, released_at=at)
    claim(order, "release", actor=actor, at=at)
    note(order, "released", actor=actor, at=at)
    return order


@transaction.atomic
def cancel(work_order_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> WorkOrder:
    """Stop a work order of which nothing was made; everything is free again.

    Raises:
        KitsExist, WorkOrderStateConflict: nothing is changed.
    """
    order = lock(work_order_id)
    if order.made_qty:
        raise KitsExist(made_qty=order.made_qty)
    go(order, State.CANCELLED, closed_at=at, reason=reason[:64])
    give_back(order, actor=actor, at=at)
    note(order, "cancelled", actor=actor, at=at, reason=reason)
    return order


@transaction.atomic
def close(work_order_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> WorkOrder:
    """End a work order with the kits made so far; the rest of its components is free again.

    Raises:
        WorkOrderStateConflict: it is not on the floor.
    """
    order = lock(work_order_id)
    finish(order, reason=reason if order.left_qty else "", actor=actor, at=at)
    return order


def finish(order: WorkOrder, *, reason: str, actor: Actor, at: dt.datetime) -> None:
    """End a locked work order and give back what it still holds."""
    go(order, State.DONE, closed_at=at, reason=reason[:64])
    give_back(order, actor=actor, at=at)
    after = {"made": order.made_qty, "of": order.planned_qty}
    note(order, "done", actor=actor, at=at, after=after, reason=reason)


def give_back(order: WorkOrder, *, actor: Actor, at: dt.datetime) -> None:
    """Free what a work order still holds in bins and at levels."""
    keys = owner_keys(order)
    key = f"work_order:{order.pk}"
    picking.release_bins(keys, event_key=f"{key}:unclaim", actor=actor, at=at)
    releasing.release(
        keys, event_key=f"{key}:release", reason="WORK_ORDER_CLOSED", actor=actor, at=at
    )


def claim(order: WorkOrder, key: str, *, actor: Actor, at: dt.datetime) -> None:
    """Claim bins for what a released order has promised and not yet claimed."""
    if order.is_unkit:
        skus = {order.owner_key: order.kit_id}
    else:
        skus = {line.owner_key: line.component_id for line in lines_of(order)}
    promised = dict(
        Reservation.objects.pending()
        .filter(owner_key__in=skus)
        .annotate(open_qty=OPEN_QTY)
        .values_list("owner_key", "open_qty")
    )
    claimed: dict[str, int] = {}
    for claim_row in BinReservation.objects.pending().filter(owner_key__in=skus):
        claimed[claim_row.owner_key] = claimed.get(claim_row.owner_key, 0) + claim_row.qty
    wants = [
        PickWant(
            owner,
            order.warehouse_id,
            skus[owner],
            qty - claimed.get(owner, 0),
            one_lot_preferred=False,
        )
        for owner, qty in sorted(promised.items())
        if qty > claimed.get(owner, 0)
    ]
    if wants:
        picking.reserve_bins(
            wants, event_key=f"work_order:{order.pk}:claim:{key}", actor=actor, at=at
        )


def kits_without(order: WorkOrder, lines: Sequence[WorkOrderLine]) -> dict[str, int]:
    """Return the kits still to be built that go without an optional component, by its code."""
    rows = [line for line in lines if line.is_optional]
    if not rows:
        return {}
    promised = dict(
        Reservation.objects.pending()
        .filter(owner_key__in=[line.owner_key for line in rows])
        .annotate(open_qty=OPEN_QTY)
        .values_list("owner_key", "open_qty")
    )
    return {
        line.component.code: order.left_qty
        - min(order.left_qty, promised.get(line.owner_key, 0) // line.per_kit_qty)
        for line in rows
    }


def lines_of(order: WorkOrder) -> list[WorkOrderLine]:
    """Return the components of an order in the order of its BOM."""
    rows = WorkOrderLine.objects.filter(work_order=order).select_related("component")
    return list(rows.order_by("pk"))


def owner_keys(order: WorkOrder) -> list[str]:
    """Return the keys under which an order holds promises and claims."""
    return [order.owner_key, *(line.owner_key for line in lines_of(order))]


def lock(work_order_id: int) -> WorkOrder:
    """Return the work order, locked.

    Raises:
        UnknownWorkOrder: there is none.
    """
    rows = WorkOrder.objects.select_for_update(of=("self",), no_key=True).select_related("kit")
    order = rows.filter(pk=work_order_id).first()
    if order is None:
        raise UnknownWorkOrder
    return order


def go(order: WorkOrder, state: str, **columns: Any) -> None:
    """Bring a locked order from the state it was read in to `state`; on SQLite too.

    Raises:
        WorkOrderStateConflict: no step leads there, or somebody was faster.
    """
    if state not in TRANSITIONS[order.state]:
        raise WorkOrderStateConflict(state=order.get_state_display())
    same = WorkOrder.objects.filter(pk=order.pk, state=order.state)
    if not same.update(state=state, **columns):
        raise WorkOrderStateConflict(state=order.get_state_display())
    for name, value in {"state": state, **columns}.items():
        setattr(order, name, value)


def note(
    order: WorkOrder,
    what: str,
    *,
    actor: Actor,
    at: dt.datetime,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write what was done to a work order into its timeline."""
    audit.record(
        actor=actor,
        action=f"inventory.work_order_{what}",
        target=f"work_order:{order.pk}",
        at=at,
        after={"state": str(order.state), **(after or {})},
        reason=reason,
    )


def _promise(order: WorkOrder, *, actor: Actor, at: dt.datetime) -> None:
    if order.is_unkit:
        asked = [(order.owner_key, order.kit_id, order.planned_qty)]
    else:
        asked = [
            (line.owner_key, line.component_id, line.per_kit_qty * order.planned_qty)
            for line in lines_of(order)
            if not line.is_optional
        ]
    demands = [
        Demand(owner, order.warehouse_id, sku_id, qty, purpose=PURPOSE, priority=PRIORITY)
        for owner, sku_id, qty in asked
    ]
    try:
        reservations.reserve(
            demands, event_key=f"work_order:{order.pk}:promise", actor=actor, at=at
        )
    except InsufficientStock as error:
        (_place, sku_id), units = max(error.short_qty.items(), key=lambda row: (row[1], row[0]))
        code = Sku.objects.values_list("code", flat=True).get(pk=sku_id)
        raise KitComponentOos(component=code, units=units) from error


def _promise_optional(order: WorkOrder, *, actor: Actor, at: dt.datetime) -> dict[str, int]:
    """Promise optional components for as many kits as they reach; return the kits left without.

    Each try asks for less, by what the one before lacked, so it ends also while others take units.
    """
    without: dict[str, int] = {}
    for line in lines_of(order):
        kits = order.planned_qty if line.is_optional else 0
        while kits and (lacking := _reserve_kits(order, line, kits, actor=actor, at=at)):
            kits -= min(kits, -(-lacking // line.per_kit_qty))
        if line.is_optional and kits < order.planned_qty:
            without[line.component.code] = order.planned_qty - kits
    return without


def _reserve_kits(
    order: WorkOrder, line: WorkOrderLine, kits: int, *, actor: Actor, at: dt.datetime
) -> int:
    """Promise a component for so many kits; return the units lacking, 0 when it is promised."""
    demand = Demand(
        line.owner_key,
        order.warehouse_id,
        line.component_id,
        line.per_kit_qty * kits,
        purpose=PURPOSE,
        priority=PRIORITY,
    )
    key = f"work_order:{order.pk}:promise:{line.pk}:{kits}"
    try:
        with transaction.atomic():
            reservations.reserve([demand], event_key=key, actor=actor, at=at)
    except InsufficientStock as error:
        return max(error.short_qty.values())
    return 0


def _check_lots(kit: Sku, parts: Sequence[Part]) -> None:
    if kit.lot_tracked:
        return
    tracked = Sku.objects.filter(pk__in=[part.component_id for part in parts], lot_tracked=True)
    code = tracked.order_by("pk").values_list("code", flat=True).first()
    if code is not None:
        raise KitNeedsLots(component=code, kit=kit.code)


def _output_bin(draft: WorkOrderDraft) -> int:
    bins = Bin.objects.filter(warehouse_id=draft.warehouse_id, is_active=True)
    if draft.output_bin_id is not None:
        found = bins.filter(pk=draft.output_bin_id).first()
    else:
        held = BinStock.objects.present().filter(bin=OuterRef("pk"), sku_id=draft.kit_id)
        usual = bins.filter(is_pickable=True).annotate(holds=Exists(held))
        found = usual.order_by("-holds", "pick_sequence", "pk").first()
    if found is None:
        place = Warehouse.objects.filter(pk=draft.warehouse_id).first()
        raise OtherWarehouse(warehouse=place.code if place else "")
    return found.pk

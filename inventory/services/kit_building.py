"""Kits are built and taken apart through ASSEMBLY: components in, kits out, or the other way.

A kit lot holds kits of exactly the same component lots. Its expiry is the earliest of theirs, its
family tree stands in `KitPart`, its cost is what its components cost. Locks: the order, then lots,
then all levels together in pk order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal

from django.db.models import F

from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from inventory.domain.costing import STEP
from inventory.domain.demand import Demand, DispatchLine
from inventory.domain.kits import round_shares
from inventory.domain.moves import GOOD, Move, Place
from inventory.domain.places import ASSEMBLY, SCRAP
from inventory.domain.transit import (
    Chunk,
    skip_chunks,
    split_cost,
    take_chunks,
    worth,
)
from inventory.models import (
    BinReservation,
    KitPart,
    Lot,
    Reservation,
    WorkOrder,
    WorkOrderLine,
)
from inventory.queries.layers import chunks_of
from inventory.querysets.stock import OPEN_QTY
from inventory.services import dispatching, ledger, level_sql, releasing, work_orders
from inventory.services.event_log import Call, open_event
from inventory.services.kit_parts import PartTaken, WrongParts, check_parts, parts_of
from inventory.services.lots import lock_lots, take_lots
from inventory.services.move_facts import BadQuantity, check_reason, read_facts
from inventory.services.posting import post_call
from inventory.services.reservations import InsufficientStock
from inventory.services.retrying import stock_write
from inventory.services.work_orders import (
    KitComponentOos,
    State,
    WorkOrderStateConflict,
)

_OUTSIDE = Place(ASSEMBLY, None)


class TooManyKits(StateConflict):
    """More kits than the order still asks for."""

    code = "TOO_MANY_KITS"
    text = gettext_noop("Only %(left_qty)s kits are left in this work order.")


@dataclass(frozen=True, slots=True)
class Apart:
    """Kits of one lot to take apart; `damaged`: units per line id that come back broken."""

    kits: int
    lot_id: int | None
    damaged: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Built:
    """What a confirmation did: `lot_code` of the kits, or of the kits taken apart."""

    made_qty: int
    lot_code: str = ""
    is_done: bool = False


@stock_write()
def build(
    work_order_id: int,
    kits: int,
    parts: Sequence[PartTaken],
    *,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
) -> Built:
    """Make kits of the given component lots; the last one ends the order. Idempotent.

    An optional component may be missing among the parts when too few of it are claimed (X14).

    Raises:
        KitComponentOos: a lot does not reach for so many kits; WrongParts, TooManyKits,
        WorkOrderStateConflict, LotFrozen: nothing is written.
    """
    done = _repeated(work_order_id, event_key)
    if done is not None:
        return done
    order = _locked(work_order_id, kits, is_unkit=False)
    lines = {line.pk: line for line in work_orders.lines_of(order)}
    left_out = check_parts(parts, lines)
    lot = _kit_lot(order, parts, lines, at=at)
    keys = {(order.warehouse_id, line.component_id) for line in lines.values()}
    ledger.lock_moves((), {*keys, (order.warehouse_id, order.kit_id)})
    loads = [
        load
        for part in parts
        for load in _loads(order, lines[part.line_id].owner_key, part.lot_id, part.qty * kits)
    ]
    used = dispatching.dispatch(
        loads, event_key=f"{event_key}:in", actor=actor, at=at, keep_rest=True
    )
    total, currency = worth(chunks_of(used.move_ids))
    _put_out(
        order,
        [(order.kit_id, lot.pk if lot else None, GOOD, split_cost(total, kits, currency))],
        Call(f"{event_key}:out", "assemble", actor, at, cause_key=f"work_order:{order.pk}"),
    )
    for part in parts:
        _count(lines[part.line_id], "consumed_qty", part.qty * kits)
    for line in left_out:
        _count(line, "left_out_qty", line.per_kit_qty * kits)
    without = [line.component.code for line in left_out]
    return _made(order, kits, lot.code if lot else "", actor=actor, at=at, without=without)


@stock_write()
def take_apart(
    work_order_id: int,
    apart: Apart,
    *,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
) -> Built:
    """Take kits of one lot apart: the components come back, under their own lots where known.

    A component whose lot nobody knows gets the kit lot's code and expiry. The cost of the kits is
    shared by the price shares of the BOM. Idempotent by `event_key`.

    Raises:
        KitComponentOos: the lot has fewer kits; TooManyKits, WrongParts, WorkOrderStateConflict:
            nothing is written.
    """
    done = _repeated(work_order_id, event_key)
    if done is not None:
        return done
    kits, lot_id = apart.kits, apart.lot_id
    order = _locked(work_order_id, kits, is_unkit=True)
    lines = {line.pk: line for line in work_orders.lines_of(order)}
    kit_lot = Lot.objects.filter(pk=lot_id).first() if lot_id is not None else None
    recovered = _recovered(order, kit_lot, lines, kits, at=at)
    # Before the levels, as every service that locks both: `_put_out` asks for them again.
    lock_lots(recovered_lot for _line, recovered_lot, _units in recovered)
    keys = {(order.warehouse_id, line.component_id) for line in lines.values()}
    ledger.lock_moves((), {*keys, (order.warehouse_id, order.kit_id)})
    used = dispatching.dispatch(
        _loads(order, order.owner_key, lot_id, kits),
        event_key=f"{event_key}:in",
        actor=actor,
        at=at,
        keep_rest=True,
    )
    code = kit_lot.code if kit_lot else ""
    total, currency = worth(chunks_of(used.move_ids))
    outs = _outs(order, lines, recovered, apart.damaged, (total, currency))
    call = Call(f"{event_key}:out", "unkit", actor, at, cause_key=f"work_order:{order.pk}")
    _put_out(order, outs, call)
    for line, _lot_id, units in recovered:
        _count(line, "recovered_qty", units)
    return _made(order, kits, code, actor=actor, at=at)


@stock_write()
def scrap_component(
    work_order_id: int,
    part: PartTaken,
    *,
    reason: str,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
) -> bool:
    """Throw claimed units of a component away and claim others instead.

    Returns whether the order still has all components it needs. Idempotent by `event_key`.

    Raises:
        KitComponentOos: fewer units are claimed; ReasonMissing, WorkOrderStateConflict:
            nothing is written.
    """
    check_reason(reason)
    if level_sql.find_event(event_key) is not None:
        return True
    order = _locked(work_order_id, 1, is_unkit=False)
    line = WorkOrderLine.objects.get(pk=part.line_id, work_order=order)
    dispatching.dispatch(
        _loads(order, line.owner_key, part.lot_id, part.qty, SCRAP),
        event_key=event_key,
        actor=actor,
        at=at,
        keep_rest=True,
    )
    _count(line, "scrapped_qty", part.qty)
    after = {"line": line.pk, "units": part.qty}
    work_orders.note(order, "scrapped", actor=actor, at=at, after=after, reason=reason)
    return _refill(order, line, event_key, actor=actor, at=at)


def _refill(
    order: WorkOrder, line: WorkOrderLine, event_key: str, *, actor: Actor, at: dt.datetime
) -> bool:
    rows = Reservation.objects.pending().filter(owner_key=line.owner_key)
    held = sum(rows.annotate(open_qty=OPEN_QTY).values_list("open_qty", flat=True))
    wanted = line.per_kit_qty * order.left_qty
    if held >= wanted:
        return True
    demand = Demand(
        line.owner_key,
        order.warehouse_id,
        line.component_id,
        wanted,
        purpose=work_orders.PURPOSE,
        priority=work_orders.PRIORITY,
    )
    try:
        releasing.reassign(
            [line.owner_key],
            [demand],
            event_key=f"{event_key}:more",
            reason="SCRAPPED",
            actor=actor,
            at=at,
        )
    except InsufficientStock:
        return False
    work_orders.claim(order, event_key[-40:], actor=actor, at=at)
    return True


def _repeated(work_order_id: int, event_key: str) -> Built | None:
    """Return the answer to a call that was made before; None: it was not."""
    order = work_orders.lock(work_order_id)
    if level_sql.find_event(f"{event_key}:in") is None:
        return None
    return Built(0, is_done=order.state == State.DONE)


def _locked(work_order_id: int, kits: int, *, is_unkit: bool) -> WorkOrder:
    order = work_orders.lock(work_order_id)
    if order.is_unkit != is_unkit or order.state not in {State.RELEASED, State.IN_PROGRESS}:
        raise WorkOrderStateConflict(state=order.get_state_display())
    if type(kits) is not int or kits < 1:
        raise BadQuantity(qty=kits)
    if kits > order.left_qty:
        raise TooManyKits(left_qty=order.left_qty)
    return order


def _kit_lot(
    order: WorkOrder,
    parts: Sequence[PartTaken],
    lines: Mapping[int, WorkOrderLine],
    *,
    at: dt.datetime,
) -> Lot | None:
    """Return the order's kit lot of exactly these component lots, made when it is the first."""
    if not order.kit.lot_tracked:
        return None
    wanted = {(lines[part.line_id].component_id, part.lot_id): part.qty for part in parts}
    known: dict[int, dict[tuple[int, int | None], int]] = {}
    for row in KitPart.objects.filter(work_order=order).order_by("kit_lot_id", "pk"):
        known.setdefault(row.kit_lot_id, {})[row.component_id, row.component_lot_id] = row.qty
    for lot_id, recipe in known.items():
        if recipe == wanted:
            lock_lots([lot_id])
            return Lot.objects.get(pk=lot_id)
    days = Lot.objects.filter(pk__in=[part.lot_id for part in parts if part.lot_id is not None])
    expiries = [day for day in days.values_list("expires_on", flat=True) if day is not None]
    code = f"{order.number}-{len(known) + 1}"
    made = take_lots([(order.kit_id, code, min(expiries, default=None))], at=at)
    lot = made[order.kit_id, code]
    KitPart.objects.bulk_create(
        [
            KitPart(
                kit_lot=lot,
                component_id=component_id,
                component_lot_id=lot_id,
                qty=qty,
                work_order=order,
            )
            for (component_id, lot_id), qty in wanted.items()
        ]
    )
    return lot


def _loads(
    order: WorkOrder, owner_key: str, lot_id: int | None, units: int, to_bin_id: int = ASSEMBLY
) -> list[DispatchLine]:
    """Return the lines that take units of a lot out of the bins claimed for this owner."""
    of_lot = {"bin_stock__lot": None} if lot_id is None else {"bin_stock__lot_id": lot_id}
    claims = BinReservation.objects.pending().filter(owner_key=owner_key, **of_lot)
    claims = claims.select_related("bin_stock").order_by("pk")
    rest, loads = units, []
    for claim in claims:
        qty = min(rest, claim.qty)
        if qty:
            rest -= qty
            held = claim.bin_stock
            loads.append(
                DispatchLine(
                    owner_key,
                    order.warehouse_id,
                    held.sku_id,
                    held.lot_id,
                    qty,
                    held.bin_id,
                    to_bin_id,
                )
            )
    if rest:
        raise KitComponentOos(component=_code_of(order, owner_key), units=rest)
    return loads


def _code_of(order: WorkOrder, owner_key: str) -> str:
    if owner_key == order.owner_key:
        return order.kit.code
    pk = int(owner_key.rpartition(":")[2])
    return WorkOrderLine.objects.select_related("component").get(pk=pk).component.code


Out = tuple[int, int | None, str, list[Chunk]]
"""(SKU id, lot id, condition, units by cost) that come out of ASSEMBLY."""


def _put_out(order: WorkOrder, outs: Sequence[Out], call: Call) -> None:
    facts = read_facts(bins=[order.output_bin_id], skus=[sku_id for sku_id, *_rest in outs])
    facts.lots = lock_lots(lot_id for _sku, lot_id, *_rest in outs)
    target = facts.entrance(order.output_bin_id)
    event_id = open_event(call)
    if event_id is None:
        return
    moves = []
    for sku_id, lot_id, condition, chunks in outs:
        units = sum(chunk.qty for chunk in chunks)
        facts.check(sku_id, lot_id, units)
        moves += [
            Move(
                sku_id,
                chunk.qty,
                _OUTSIDE,
                target,
                lot_id,
                GOOD,
                condition,
                sellable_after=facts.is_sellable(lot_id, condition),
                unit_cost=chunk.unit_cost,
                currency=chunk.currency or facts.currency_of(sku_id),
                owner_key=order.owner_key,
            )
            for chunk in chunks
        ]
    post_call(call, event_id, moves)


def _recovered(
    order: WorkOrder,
    kit_lot: Lot | None,
    lines: Mapping[int, WorkOrderLine],
    kits: int,
    *,
    at: dt.datetime,
) -> list[tuple[WorkOrderLine, int | None, int]]:
    """Return (line, lot id, units) that come back from so many kits."""
    by_sku = {line.component_id: line for line in lines.values()}
    tree = list(KitPart.objects.filter(kit_lot=kit_lot).order_by("pk")) if kit_lot else []
    if tree and {row.component_id for row in tree} <= by_sku.keys():
        return [(by_sku[row.component_id], row.component_lot_id, row.qty * kits) for row in tree]
    code = kit_lot.code if kit_lot else order.number
    expires_on = kit_lot.expires_on if kit_lot else None
    wanted = [
        (sku_id, code, expires_on)
        for sku_id, line in sorted(by_sku.items())
        if line.component.lot_tracked
    ]
    lots = take_lots(wanted, at=at)
    return [
        (
            line,
            lots[sku_id, code].pk if line.component.lot_tracked else None,
            line.per_kit_qty * kits,
        )
        for sku_id, line in by_sku.items()
    ]


def _outs(
    order: WorkOrder,
    lines: Mapping[int, WorkOrderLine],
    recovered: Sequence[tuple[WorkOrderLine, int | None, int]],
    damaged: Mapping[int, int],
    cost: tuple[Decimal | None, str],
) -> list[Out]:
    costs = _shared(order, lines, recovered, cost)
    broken = dict(damaged)
    outs: list[Out] = []
    for line, lot_id, units in recovered:
        chunks = take_chunks(costs[line.pk], units)
        costs[line.pk] = skip_chunks(costs[line.pk], units)
        bad = min(units, broken.get(line.pk, 0))
        broken[line.pk] = broken.get(line.pk, 0) - bad
        parts = (("damaged", take_chunks(chunks, bad)), (GOOD, skip_chunks(chunks, bad)))
        outs += [(line.component_id, lot_id, condition, part) for condition, part in parts if part]
    if any(left > 0 for left in broken.values()):
        raise WrongParts
    return outs


def _shared(
    order: WorkOrder,
    lines: Mapping[int, WorkOrderLine],
    recovered: Sequence[tuple[WorkOrderLine, int | None, int]],
    cost: tuple[Decimal | None, str],
) -> dict[int, list[Chunk]]:
    """Share the cost of kits over their components by the BOM's price shares, to the millionth."""
    total, currency = cost
    units: dict[int, int] = {}
    for line, _lot_id, qty in recovered:
        units[line.pk] = units.get(line.pk, 0) + qty
    if total is None:
        return {pk: [Chunk(qty, None)] for pk, qty in units.items()}
    shares = {part.component_id: part.price_share for part in parts_of(order.bom)}
    inside = {lines[pk].component_id for pk in units}
    if inside < shares.keys() and any(shares[component_id] for component_id in inside):
        # Built without an optional component: the others are worth the whole kit.
        kept = sorted(inside)
        scaled = round_shares([shares[component_id] for component_id in kept])
        shares = dict(zip(kept, scaled, strict=True))
    if shares.keys() != inside:
        # A virtual kit inside was edited since: the units say what came out.
        even = round_shares([Decimal(qty) for qty in units.values()])
        shares = {lines[pk].component_id: part for pk, part in zip(units, even, strict=True)}
    amounts = {
        pk: (total * shares[lines[pk].component_id]).quantize(STEP, rounding=ROUND_DOWN)
        for pk in units
    }
    last = max(units)
    amounts[last] += total - sum(amounts.values(), Decimal(0))
    return {pk: split_cost(amounts[pk], qty, currency) for pk, qty in units.items()}


def _made(
    order: WorkOrder,
    kits: int,
    lot_code: str,
    *,
    actor: Actor,
    at: dt.datetime,
    without: Sequence[str] = (),
) -> Built:
    open_orders = WorkOrder.objects.filter(pk=order.pk, planned_qty__gte=F("made_qty") + kits)
    if not open_orders.update(made_qty=F("made_qty") + kits):
        raise TooManyKits(left_qty=order.left_qty)
    order.made_qty += kits
    if order.state == State.RELEASED:
        work_orders.go(order, State.IN_PROGRESS)
    what = "unbuilt" if order.is_unkit else "built"
    after: dict[str, object] = {"kits": kits, "lot": lot_code}
    if without:
        after["without"] = dict.fromkeys(without, kits)
    work_orders.note(order, what, actor=actor, at=at, after=after)
    if not order.left_qty:
        work_orders.finish(order, reason="", actor=actor, at=at)
    return Built(kits, lot_code, order.state == State.DONE)


def _count(line: WorkOrderLine, column: str, qty: int) -> None:
    WorkOrderLine.objects.filter(pk=line.pk).update(**{column: F(column) + qty})

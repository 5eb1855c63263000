"""The kitting screen's scans (W11): components are checked, kits confirmed, or taken apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from core.actors import Actor
from core.permissions import Principal
from fulfillment.domain import kit_steps
from fulfillment.domain.kit_steps import KitFacts, KitStep, KitTally, Part
from fulfillment.domain.pick_steps import Scanned
from fulfillment.models import Station
from fulfillment.services import desk_states, printing, resolving
from fulfillment.services.scan_desk import ScanAnswer
from inventory.models import BinReservation, KitPart, Lot, Sku, WorkOrder, WorkOrderLine
from inventory.services import kit_building, work_orders
from inventory.services.kit_building import Apart
from inventory.services.kit_parts import PartTaken

SHORT = "CLOSED_ON_FLOOR"


def scan(
    order: WorkOrder, raw: str, *, actor: Actor, at: dt.datetime, station_code: str = ""
) -> ScanAnswer:
    """Answer one scan for a work order and book the kit it completes.

    A kit that is built prints its label at the station, when one is known.

    Raises:
        What the kit services raise: nothing is booked.
    """
    if order.state not in {"released", "in_progress"}:
        return ScanAnswer("reject", "KIT_ORDER_CLOSED", {"scanned": order.number})
    key = _key(order)
    tally = KitTally.from_json(desk_states.lock(key, at=at))
    facts = facts_of(order, tally)
    scanned = _resolve(order, tally, raw)
    step = kit_steps.advance(tally, facts, scanned)
    data = _data(order, step, scanned.value or raw[:64])
    if step.done:
        return _book(order, step, data, actor=actor, at=at, station_code=station_code)
    if step.tally != tally:
        desk_states.keep(key, step.tally.as_json(), at=at)
    return ScanAnswer(step.verdict, step.why, data)


def open_by_code(code: str, principal: Principal) -> ScanAnswer | None:
    """Open the work order of this number on the task home."""
    if not principal.may("fulfillment.build_kits"):
        return None
    order = WorkOrder.objects.visible_to(principal).on_floor().filter(number=code).first()
    if order is None:
        return None
    return ScanAnswer("accept", "OPENED", {"scanned": code}, f"work_order:{order.pk}")


def to_do(principal: Principal) -> QuerySet[WorkOrder]:
    """Return the work orders on the floor of the principal's warehouses, the most urgent first."""
    rows = WorkOrder.objects.visible_to(principal).on_floor()
    return rows.select_related("kit", "warehouse").order_by("due_on", "pk")


def tally_of(order: WorkOrder) -> KitTally:
    """Return what was scanned for the kit at hand."""
    return KitTally.from_json(desk_states.read(_key(order)))


def facts_of(order: WorkOrder, tally: KitTally) -> KitFacts:
    """Return what the order asks for, with the claimed units by lot; two or three statements."""
    lines = work_orders.lines_of(order)
    claims = _claims(order, lines)
    inside = _inside(order, tally, lines)
    return KitFacts(
        order.kit.code,
        order.left_qty,
        tuple(
            Part(
                line.component.code,
                line.per_kit_qty,
                claims.get(line.owner_key, ()),
                line.is_optional,
                inside is not None and line.component_id not in inside,
            )
            for line in lines
        ),
        order.is_unkit,
        claims.get(order.owner_key, ()),
    )


def bins_of(order: WorkOrder) -> dict[tuple[str, str], str]:
    """Return where the claimed units of each (SKU code, lot code) lie."""
    keys = work_orders.owner_keys(order)
    rows = BinReservation.objects.pending().filter(owner_key__in=keys).order_by("-pk")
    return {
        (sku, lot or ""): place
        for sku, lot, place in rows.values_list(
            "bin_stock__sku__code", "bin_stock__lot__code", "bin_stock__bin__code"
        )
    }


def _inside(order: WorkOrder, tally: KitTally, lines: list[WorkOrderLine]) -> set[int] | None:
    """Return the components in the kit lot being taken apart; None: all, as far as is known."""
    if not tally.kit_lot or not any(line.is_optional for line in lines):
        return None
    parts = KitPart.objects.filter(kit_lot__sku_id=order.kit_id, kit_lot__code=tally.kit_lot)
    return set(parts.values_list("component_id", flat=True)) or None


def _claims(order: WorkOrder, lines: list[WorkOrderLine]) -> dict[str, tuple[tuple[str, int], ...]]:
    keys = [order.owner_key, *(line.owner_key for line in lines)]
    rows = (
        BinReservation.objects.pending()
        .filter(owner_key__in=keys)
        .values_list("owner_key", "bin_stock__lot__code", "bin_stock__lot__expires_on", "qty", "pk")
    )
    units: dict[str, dict[str, int]] = {}
    for owner, lot, _day, qty, _pk in sorted(rows, key=lambda row: (row[2] or dt.date.max, row[4])):
        lots = units.setdefault(owner, {})
        lots[lot or ""] = lots.get(lot or "", 0) + qty
    return {owner: tuple(lots.items()) for owner, lots in units.items()}


def _key(order: WorkOrder) -> str:
    return f"work_order:{order.pk}"


def _resolve(order: WorkOrder, tally: KitTally, raw: str) -> Scanned:
    sku_id = None
    if tally.waiting:
        sku_id = Sku.objects.values_list("pk", flat=True).get(code=tally.waiting[0])
    return resolving.resolve(raw, warehouse_id=order.warehouse_id, sku_id=sku_id)


def _book(
    order: WorkOrder,
    step: KitStep,
    data: dict[str, Any],
    *,
    actor: Actor,
    at: dt.datetime,
    station_code: str,
) -> ScanAnswer:
    key = _event_key(order)
    desk_states.forget(_key(order))
    if step.done == "close":
        work_orders.close(order.pk, reason=SHORT, actor=actor, at=at)
        return ScanAnswer(step.verdict, step.why, data, next_key="next")
    if step.done == "scrap":
        sku, lot = step.scrap
        line = _lines(order)[sku]
        part = PartTaken(line.pk, _lot_id(line.component_id, lot), 1)
        enough = kit_building.scrap_component(
            order.pk, part, reason="BROKEN", event_key=key, actor=actor, at=at
        )
        desk_states.keep(_key(order), step.tally.as_json(), at=at)
        why = step.why if enough else "PART_SCRAPPED_LAST"
        return ScanAnswer(step.verdict, why, {**data, "sku": sku, "lot": lot})
    if step.done == "build":
        built = kit_building.build(
            order.pk, step.kits, _parts(order, step.tally), event_key=key, actor=actor, at=at
        )
        _print_labels(order, step.kits, built.lot_code, station_code, actor=actor, at=at)
    else:
        built = kit_building.take_apart(
            order.pk, _apart(order, step), event_key=key, actor=actor, at=at
        )
    data |= {"kits": step.kits, "lot": built.lot_code, "made": data["made"] + step.kits}
    why = "KIT_ORDER_DONE" if built.is_done else step.why
    return ScanAnswer(step.verdict, why, data, next_key="next" if built.is_done else "")


def _print_labels(
    order: WorkOrder,
    kits: int,
    lot_code: str,
    station_code: str,
    *,
    actor: Actor,
    at: dt.datetime,
) -> None:
    if not Station.objects.filter(code=station_code, is_active=True).exists():
        return
    lot_id = _lot_id(order.kit_id, lot_code) if lot_code else None
    printing.print_document(
        "kit_label",
        f"lot:{lot_id}" if lot_id else f"sku:{order.kit_id}",
        station_code=station_code,
        copies=kits,
        actor=actor,
        at=at,
    )


def _event_key(order: WorkOrder) -> str:
    """Return a key that grows with each booking; the desk's own row is locked."""
    scrapped = sum(line.scrapped_qty for line in work_orders.lines_of(order))
    return f"work_order:{order.pk}:{order.made_qty}:{scrapped}"


def _lines(order: WorkOrder) -> dict[str, WorkOrderLine]:
    return {line.component.code: line for line in work_orders.lines_of(order)}


def _lot_id(sku_id: int, code: str) -> int | None:
    if not code:
        return None
    return Lot.objects.values_list("pk", flat=True).get(sku_id=sku_id, code=code)


def _parts(order: WorkOrder, tally: KitTally) -> list[PartTaken]:
    lines = _lines(order)
    units: dict[tuple[str, str], int] = {}
    for sku, lot, qty in tally.taken:
        units[sku, lot] = units.get((sku, lot), 0) + qty
    return [
        PartTaken(lines[sku].pk, _lot_id(lines[sku].component_id, lot), qty)
        for (sku, lot), qty in units.items()
    ]


def _apart(order: WorkOrder, step: KitStep) -> Apart:
    lines = _lines(order)
    broken = {lines[sku].pk: 1 for sku in step.tally.broken}
    return Apart(step.kits, _lot_id(order.kit_id, step.tally.kit_lot), broken)


def _data(order: WorkOrder, step: KitStep, scanned: str) -> dict[str, Any]:
    waiting = step.tally.waiting
    return {
        "scanned": scanned,
        "wanted": step.wanted,
        "sku": waiting[0] if waiting else step.wanted,
        "kit": order.kit.code,
        "kits": step.kits,
        "made": order.made_qty,
        "planned": order.planned_qty,
        "left": order.left_qty,
    }

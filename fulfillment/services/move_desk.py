"""The move screens' scans (W7): refills of pick faces, and any goods from one bin to another."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db.models import F, Q, QuerySet

from core.actors import Actor
from core.permissions import Principal
from fulfillment.domain import move_steps, pick_steps
from fulfillment.domain.move_steps import Contents, Load, MoveStep
from fulfillment.domain.pick_steps import PickCard, Scanned, StepName
from fulfillment.services import desk_states, resolving
from fulfillment.services.scan_desk import ScanAnswer
from inventory.models import Bin, BinStock, Lot, ReplenishTask, Sku, Warehouse
from inventory.services import replenishing, stock

#: What a refill says where a pick would speak of a tote.
WORDS = {
    "SCAN_TOTE_NOW": "REFILL_SCAN_TARGET",
    "WRONG_TOTE": "REFILL_WRONG_TARGET",
    "SHORT_SCAN_TOTE": "REFILL_PART",
    "TASK_DONE": "REFILL_DONE",
}


def to_do(principal: Principal) -> QuerySet[ReplenishTask]:
    """Return the refills of the principal's warehouses, the urgent first."""
    rows = ReplenishTask.objects.visible_to(principal).open()
    return rows.select_related("face__bin", "face__sku", "from_bin", "warehouse", "lot")


def waiting(principal: Principal) -> QuerySet[ReplenishTask]:
    """Return the refills that wait for the principal."""
    return ReplenishTask.objects.visible_to(principal).open()


def card_of(task: ReplenishTask) -> PickCard:
    """Return the refill as the rules of pick scans see it; the face stands for the tote."""
    steps: dict[str, StepName] = {"bin": "bin", "item": "item", "lot": "lot", "tote": "tote"}
    return PickCard(
        bin_code=task.from_bin.code,
        sku_code=task.face.sku.code,
        lot_code=task.lot.code if task.lot else "",
        tote_code=task.face.bin.code,
        qty=task.qty,
        counted_qty=task.counted_qty,
        step=steps[task.step],
    )


def scan_refill(task: ReplenishTask, raw: str, *, actor: Actor, at: dt.datetime) -> ScanAnswer:
    """Answer one scan for a refill and book what it completes.

    Raises:
        RefillIsDone, BinShort: nothing is booked.
    """
    if task.state != ReplenishTask.State.OPEN:
        raise replenishing.RefillIsDone(state=task.get_state_display())
    card = card_of(task)
    scanned = resolving.resolve(raw, warehouse_id=task.warehouse_id, sku_id=task.face.sku_id)
    if card.step == "tote" and scanned.kind == "bin":
        scanned = replace(scanned, kind="tote")
    step = pick_steps.advance(card, scanned)
    why = WORDS.get(step.why, step.why)
    data = _refill_data(step.card, scanned.value or raw[:64])
    if step.verdict == "reject":
        return ScanAnswer("reject", why, data)
    if step.done == "short" and not step.card.counted_qty:
        more = replenishing.report_empty(task.pk, actor=actor, at=at)
        return ScanAnswer("warn", "REFILL_EMPTY", {**data, "more": len(more)}, "next")
    if step.done in {"pick", "short"}:
        replenishing.confirm(task.pk, qty=step.card.counted_qty, actor=actor, at=at)
        return ScanAnswer("complete", "REFILL_DONE", data, "next")
    if step.done == "skip":
        replenishing.store_step(task.pk, step="bin", counted_qty=0)
        return ScanAnswer("warn", "TASK_SKIPPED", data, "next")
    replenishing.store_step(task.pk, step=step.card.step, counted_qty=step.card.counted_qty)
    return ScanAnswer(step.verdict, why, data)


def scan_move(
    place: Warehouse, raw: str, *, scan_id: str, actor: Actor, at: dt.datetime
) -> ScanAnswer:
    """Answer one scan of a free move in a warehouse; the second bin books it.

    Raises:
        What `stock.move` raises: nothing is booked.
    """
    key = move_key(place, actor)
    load = Load.from_json(desk_states.lock(key, at=at))
    scanned = _resolve(place, load, raw)
    contents = contents_of(place, load.from_bin)
    step = move_steps.advance(load, contents, scanned)
    data = _move_data(step, scanned.value or raw[:64])
    if step.to_bin:
        lines = _lines(place, step)
        reason = "DAMAGED" if step.load.is_damaged else "FLOOR_MOVE"
        stock.move(lines, event_key=f"scan:{scan_id}", actor=actor, at=at, reason=reason)
        desk_states.keep(key, Load().as_json(), at=at)
        return ScanAnswer("complete", step.why, data)
    if step.load != load:
        desk_states.keep(key, step.load.as_json(), at=at)
    return ScanAnswer(step.verdict, step.why, data)


def move_key(place: Warehouse, actor: Actor) -> str:
    """Return the key under which a worker's load in a warehouse is kept."""
    return f"move:{place.pk}:{actor.key}"[:40]


def load_of(place: Warehouse, actor: Actor) -> Load:
    """Return what the worker has in hand."""
    return Load.from_json(desk_states.read(move_key(place, actor)))


def contents_of(place: Warehouse, bin_code: str) -> Contents:
    """Return the free good units in a bin by SKU and lot code."""
    if not bin_code:
        return {}
    rows = BinStock.objects.filter(
        ~Q(qty=F("reserved")),
        bin__warehouse=place,
        bin__code=bin_code,
        condition="good",
        qty__gt=0,
    )
    return {
        (sku, lot or ""): free
        for sku, lot, free in rows.order_by("sku__code", "pk").values_list(
            "sku__code", "lot__code", F("qty") - F("reserved")
        )
    }


def _resolve(place: Warehouse, load: Load, raw: str) -> Scanned:
    sku_id = None
    if load.waiting:
        sku_id = Sku.objects.values_list("pk", flat=True).get(code=load.waiting[0])
    return resolving.resolve(raw, warehouse_id=place.pk, sku_id=sku_id)


def _lines(place: Warehouse, step: MoveStep) -> list[stock.MoveLine]:
    bins = dict(
        Bin.objects.filter(warehouse=place, code__in=(step.load.from_bin, step.to_bin)).values_list(
            "code", "pk"
        )
    )
    units: dict[tuple[str, str], int] = {}
    for sku, lot, qty in step.load.taken:
        units[sku, lot] = units.get((sku, lot), 0) + qty
    skus = dict(Sku.objects.filter(code__in=[s for s, _l in units]).values_list("code", "pk"))
    lots = {
        (sku_id, code): pk
        for pk, sku_id, code in Lot.objects.filter(
            sku__in=skus.values(), code__in=[lot for _s, lot in units if lot]
        ).values_list("pk", "sku_id", "code")
    }
    return [
        stock.MoveLine(
            bins[step.load.from_bin],
            bins[step.to_bin],
            skus[sku],
            qty,
            lot_id=lots[skus[sku], lot] if lot else None,
            condition_to="damaged" if step.load.is_damaged else "good",
        )
        for (sku, lot), qty in units.items()
    ]


def _refill_data(card: PickCard, scanned: str) -> dict[str, Any]:
    wanted = {
        "bin": card.bin_code,
        "item": card.sku_code,
        "lot": card.lot_code,
        "tote": card.tote_code,
    }
    return {
        "scanned": scanned,
        "wanted": wanted[card.step],
        "bin": card.bin_code,
        "sku": card.sku_code,
        "lot": card.lot_code,
        "target": card.tote_code,
        "counted": card.counted_qty,
        "qty": card.qty,
    }


def _move_data(step: MoveStep, scanned: str) -> dict[str, Any]:
    load = step.load
    sku = load.waiting[0] if load.waiting else (load.taken[-1][0] if load.taken else "")
    return {
        "scanned": scanned,
        "bin": load.from_bin or "A-…",
        "sku": sku or scanned,
        "qty": sum(row[2] for row in load.taken),
        "target": step.to_bin,
    }

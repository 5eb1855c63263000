"""The put wall (W10): a batch tote is emptied unit by unit into a slot per order.

The sorter scans the tote, then each item; the wall shows the order's slot, and the slot's scan
books the units from the tote into the slot's bin, their claim with them. A slot whose order has
all its units goes to packing by the scan of its code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from core import audit
from core.actors import Actor
from core.permissions import Principal
from fulfillment.domain.pick_steps import Scanned
from fulfillment.models import CartSlot, PickRound, PickTask, PutBackTask, PutWall, WallSlot
from fulfillment.services import resolving, wall_overflow
from fulfillment.services.round_errors import NothingToSort, SlotElsewhere, WallIsFull
from fulfillment.services.round_making import UNDONE
from fulfillment.services.scan_desk import ScanAnswer
from inventory.models import Bin
from inventory.services import picking as stock_picking
from orders.services import floor

#: Units of a batch that still lie in its tote.
TO_SORT = Q(round__method="batch", picked_qty__gt=F("sorted_qty"))


@dataclass(frozen=True, slots=True)
class Filled:
    """How far the order in a slot is: units in the slot of all that its shipment needs."""

    slot: WallSlot
    sorted_qty: int
    qty: int

    @property
    def is_complete(self) -> bool:
        """Say whether every unit of the order is in the slot."""
        return self.qty > 0 and self.sorted_qty >= self.qty


def open_by_code(code: str, principal: Principal) -> ScanAnswer | None:
    """Open the wall that a scanned code names; None if it names none."""
    wall = PutWall.objects.visible_to(principal).filter(code=code, is_active=True).first()
    if wall is None or not principal.may("fulfillment.pick"):
        return None
    return ScanAnswer("accept", "OPENED", {"scanned": code}, f"wall:{wall.pk}")


def scan(
    wall: PutWall, raw: str, *, actor: Actor, at: dt.datetime, scan_id: str = ""
) -> ScanAnswer:
    """Answer one scan at a put wall and book what it completes. Locks the wall.

    `scan_id`: the device's own id of the scan.

    Raises:
        NothingToSort, WallIsFull, SlotElsewhere: the tote or the order can't be sorted here.
        StepStopped, StateConflict: as `inventory.services.picking.carry`.
    """
    wall = (
        PutWall.objects.select_for_update(of=("self",))
        .select_related("tote", "overflow_bin", "task__sku", "task__lot")
        .get(pk=wall.pk)
    )
    sku_id = wall.task.sku_id if wall.task else None
    scanned = resolving.resolve(raw, warehouse_id=wall.warehouse_id, sku_id=sku_id)
    if wall.task is None and wall_overflow.pending(wall):
        key = scan_id or raw[:40]
        answer = _overflow_scan(wall, scanned, key, actor=actor, at=at)
        if answer is not None:
            return answer
    if scanned.kind == "command":
        return _command(wall, scanned.value)
    if wall.task is not None:
        return _slot_scan(wall, wall.task, scanned, actor=actor, at=at)
    return _free_hand_scan(wall, scanned, raw, at=at)


def _free_hand_scan(wall: PutWall, scanned: Scanned, raw: str, *, at: dt.datetime) -> ScanAnswer:
    if scanned.kind == "tote":
        return _tote_scan(wall, scanned.value)
    if scanned.kind == "item" and wall.tote is not None:
        return _item_scan(wall, wall.tote, scanned, at=at)
    why = "SCAN_ITEM_TO_SORT" if wall.tote else "SCAN_BATCH_TOTE"
    return ScanAnswer("reject", why, _data(wall, scanned.value or raw[:64]))


def _overflow_scan(
    wall: PutWall, scanned: Scanned, key: str, *, actor: Actor, at: dt.datetime
) -> ScanAnswer | None:
    """Book what waits for the overflow when it is scanned; None: another scan, go on with that."""
    if scanned.value == wall.overflow_bin.code:
        return wall_overflow.book(wall, scan_key=key, actor=actor, at=at)
    wall_overflow.forget(wall)
    if scanned.value == "CMD-UNDO":
        return ScanAnswer("accept", "STEP_UNDONE", _data(wall, scanned.value))
    return None


def to_sort(tote_id: int) -> QuerySet[PickTask]:
    """Return the tasks with units in a batch tote, the most urgent order first."""
    return (
        PickTask.objects.filter(TO_SORT, tote_id=tote_id, shipment__status="picking")
        .select_related("sku", "lot", "shipment__order")
        .order_by(
            "shipment__order__priority",
            F("shipment__cutoff_at").asc(nulls_last=True),
            "shipment_id",
            "pk",
        )
    )


def filled(wall: PutWall) -> list[Filled]:
    """Return every slot of the wall with how far its order is. Three queries."""
    slots = list(wall.slots.select_related("bin", "shipment__order").order_by("position"))
    done: dict[int, int] = {}
    tasks = PickTask.objects.filter(shipment_id__in=[slot.shipment_id for slot in slots])
    for shipment_id, units in tasks.values_list("shipment_id", "sorted_qty"):
        done[shipment_id] = done.get(shipment_id, 0) + units
    rows = []
    for slot in slots:
        qty = slot.shipment.unit_qty if slot.shipment else 0
        rows.append(Filled(slot, done.get(slot.shipment_id or 0, 0), qty))
    return rows


def _tote_scan(wall: PutWall, code: str) -> ScanAnswer:
    tote = Bin.objects.filter(warehouse_id=wall.warehouse_id, code=code).first()
    if tote is None or not to_sort(tote.pk).exists():
        raise NothingToSort(tote=code)
    wall.tote = tote
    wall.save(update_fields=["tote"])
    return ScanAnswer("accept", "TOTE_AT_WALL", _data(wall, code))


def _item_scan(wall: PutWall, tote: Bin, scanned: Scanned, *, at: dt.datetime) -> ScanAnswer:
    rows = [task for task in to_sort(tote.pk) if _fits(task, scanned)]
    why = floor.may_proceed({task.shipment_id for task in rows})
    live = [task for task in rows if not why[task.shipment_id]]
    if not live:
        told = wall_overflow.begin(wall, tote, scanned, is_stopped=bool(rows), at=at)
        return ScanAnswer("warn", told, _data(wall, scanned.value))
    task = next((row for row in live if _left(row) >= scanned.qty), None)
    if task is None:
        return ScanAnswer("reject", "TOO_MANY_TO_SORT", _data(wall, scanned.value))
    slot = _slot_for(wall, task)
    wall.task, wall.in_hand_qty = task, scanned.qty
    wall.save(update_fields=["task", "in_hand_qty"])
    return ScanAnswer("accept", "PUT_INTO_SLOT", _data(wall, scanned.value, slot))


def _fits(task: PickTask, scanned: Scanned) -> bool:
    lot = task.lot.code if task.lot else ""
    return task.sku.code == scanned.value and (not scanned.lot or scanned.lot == lot)


def _left(task: PickTask) -> int:
    return task.picked_qty - task.sorted_qty


def _slot_for(wall: PutWall, task: PickTask) -> WallSlot:
    """Return the slot that collects the task's order, a free one if it has none yet."""
    own = WallSlot.objects.filter(shipment_id=task.shipment_id).select_related("wall", "bin")
    mine = own.first()
    if mine is not None and mine.wall_id != wall.pk:
        raise SlotElsewhere(wall=mine.wall.code, slot=mine.position)
    if mine is not None:
        return mine
    slots = list(wall.slots.select_related("bin", "shipment").order_by("position"))
    bins = [slot.bin_id for slot in slots]
    held = set(
        PutBackTask.objects.filter(from_bin__in=bins, state="open").values_list(
            "from_bin_id", flat=True
        )
    )
    for slot in slots:
        collecting = slot.shipment is not None and slot.shipment.status in {"released", "picking"}
        if not collecting and slot.bin_id not in held:
            slot.shipment_id = task.shipment_id
            slot.save(update_fields=["shipment"])
            return slot
    raise WallIsFull(count=len(slots))


def _slot_scan(
    wall: PutWall, task: PickTask, scanned: Scanned, *, actor: Actor, at: dt.datetime
) -> ScanAnswer:
    slot = _slot_for(wall, task)
    data = _data(wall, scanned.value, slot)
    if scanned.value != slot.bin.code:
        return ScanAnswer("reject", "WRONG_WALL_SLOT", data)
    tote, in_hand = wall.tote, wall.in_hand_qty
    units = min(in_hand, _left(task))
    if units:
        _put(task, slot, units, actor=actor, at=at)
    wall.task, wall.in_hand_qty = None, 0
    wall.save(update_fields=["task", "in_hand_qty"])
    if units == 0:
        if tote is not None:
            stopped = Scanned("item", task.sku.code, qty=max(in_hand, 1))
            wall_overflow.begin(wall, tote, stopped, is_stopped=True, at=at)
        return ScanAnswer("warn", "TO_OVERFLOW_PUT_BACK", data)
    sorted_out = _finish_tote(wall, actor=actor, at=at)
    if _is_complete(task.shipment_id):
        return ScanAnswer("complete", "SLOT_COMPLETE", data)
    return ScanAnswer("accept", "TOTE_SORTED" if sorted_out else "PUT_OK", data)


def _put(task: PickTask, slot: WallSlot, units: int, *, actor: Actor, at: dt.datetime) -> None:
    # Before the level that `carry` takes: who stops a shipment locks its tasks first, too.
    list(PickTask.objects.select_for_update(of=("self",)).filter(pk=task.pk).values_list("pk"))
    stock_picking.carry(
        [stock_picking.BinPick(task.owner_key, units, slot.bin_id)],
        event_key=f"sort:{task.pk}:{task.attempt}:{task.sorted_qty + units}",
        actor=actor,
        at=at,
    )
    task.sorted_qty += units
    if task.sorted_qty == task.picked_qty:
        task.tote_id = slot.bin_id
    task.updated_at = at
    task.save(update_fields=["sorted_qty", "tote", "updated_at"])
    audit.record(
        actor=actor,
        action="fulfillment.sorted",
        target=f"shipment:{task.shipment_id}",
        after={"task": task.pk, "qty": units, "slot": slot.bin.code},
        at=at,
    )


def _is_complete(shipment_id: int) -> bool:
    rows = PickTask.objects.filter(shipment_id=shipment_id)
    return not rows.filter(TO_SORT | Q(state__in=UNDONE)).exists()


def _finish_tote(wall: PutWall, *, actor: Actor, at: dt.datetime) -> bool:
    """Let the tote go when nothing in it waits for the wall; with it, its round. Say whether."""
    tote_id = wall.tote_id
    if tote_id is None or PickTask.objects.filter(TO_SORT, tote_id=tote_id).exists():
        return False
    slots = CartSlot.objects.filter(tote_id=tote_id, is_open=True, round__state="sorting")
    round_ids: Sequence[int] = list(slots.values_list("round_id", flat=True))
    slots.update(is_open=False)
    PickRound.objects.filter(pk__in=round_ids, state="sorting").update(state="closed")
    for round_id in round_ids:
        audit.record(
            actor=actor, action="fulfillment.round_sorted", target=f"round:{round_id}", at=at
        )
    wall.tote = None
    wall.save(update_fields=["tote"])
    return True


def _command(wall: PutWall, command: str) -> ScanAnswer:
    data = _data(wall, command)
    if command.startswith("CMD-QTY-") and wall.task is not None:
        return _quantity(wall, wall.task, command.removeprefix("CMD-QTY-"), data)
    if command != "CMD-UNDO":
        return ScanAnswer("reject", "COMMAND_NOT_HERE", data)
    if wall.task is None:
        return ScanAnswer("reject", "NOTHING_TO_UNDO", data)
    wall.task, wall.in_hand_qty = None, 0
    wall.save(update_fields=["task", "in_hand_qty"])
    return ScanAnswer("accept", "STEP_UNDONE", data)


def _quantity(wall: PutWall, task: PickTask, digits: str, data: dict[str, Any]) -> ScanAnswer:
    units = int(digits) if digits.isdecimal() else 0
    if not 0 < units <= _left(task):
        return ScanAnswer("reject", "TOO_MANY_TO_SORT", data)
    wall.in_hand_qty = units
    wall.save(update_fields=["in_hand_qty"])
    slot = _slot_for(wall, task)
    return ScanAnswer("accept", "PUT_INTO_SLOT", _data(wall, task.sku.code, slot))


def _data(wall: PutWall, scanned: str, slot: WallSlot | None = None) -> dict[str, Any]:
    return {
        "scanned": scanned,
        "tote": wall.tote.code if wall.tote else "—",
        "slot": slot.bin.code if slot else "—",
        "wanted": slot.bin.code if slot else "",
        "qty": wall.in_hand_qty,
        "overflow": wall.overflow_bin.code,
    }

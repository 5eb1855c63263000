"""Picking: confirm a task, report it short, skip it, undo it.

A confirmed task moves its units from the bin to a tote and counts them on the shipment line. A
short one does the five things of X09 in one transaction: the bin is set to what was found and
locked, a count task is due, other bins and lots of the warehouse are tried, then other warehouses
and the backorder, and what nothing covers waits for a person's decision.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from core import audit
from core.actors import Actor
from fulfillment.models import CartSlot, PickTask, Wave
from fulfillment.services import shorts, waves
from fulfillment.services.errors import StepStopped, TaskNotOpen, ToteInUse
from inventory.models import Bin, BinStock, Lot
from inventory.services import lot_swaps
from inventory.services import missing as stock_missing
from inventory.services import picking as stock_picking
from inventory.services.retrying import stock_write
from orders.services import floor
from orders.services.shipment_locks import lock_shipments


@dataclass(frozen=True, slots=True)
class Picked:
    """What to confirm: `qty` units of a task now in the tote `tote_id`."""

    task_id: int
    qty: int
    tote_id: int


@dataclass(frozen=True, slots=True)
class AtStep:
    """Where a picker stands within a task: the scan awaited, units counted, reason of a short."""

    step: str
    counted_qty: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ShortReport:
    """What the picker found: `found_qty` units in `tote_id` (None when none), and the reason."""

    task_id: int
    found_qty: int
    reason: str
    tote_id: int | None = None


@dataclass(slots=True)
class ShortResult:
    """What became of the missing units.

    `steps` lists (code, units) in the order tried: OTHER_BIN, OTHER_WAREHOUSE, SUBSTITUTE,
    BACKORDER; `new_task_ids` are picks that replace the missing ones at once.
    """

    missing_qty: int
    steps: list[tuple[str, int]] = field(default_factory=list)
    new_task_ids: list[int] = field(default_factory=list)
    decision_id: int | None = None
    count_task_id: int | None = None
    rechecked_owner_keys: list[str] = field(default_factory=list)


@transaction.atomic
def confirm(*, picked: Picked, actor: Actor, at: dt.datetime) -> PickTask:
    """Move the task's units into the tote and count them on the shipment; return the task.

    Locks the shipment, the task row, the tote, then the bin stock. A second confirmation is
    refused.

    Raises:
        TaskNotOpen: it was finished, skipped or cancelled meanwhile.
        StepStopped: a hold or a cancellation stops the shipment.
        ToteInUse: the tote holds another shipment's goods.
    """
    task = _locked(picked.task_id)
    _check_may_proceed(task.shipment_id)
    _check_totes([(task, picked.tote_id)])
    _move_to_tote([(task, picked.qty, picked.tote_id)], actor=actor, at=at)
    _finish(task, "picked", actor=actor, at=at)
    waves.close_if_done(task.wave_id, at=at)
    return task


@transaction.atomic
def confirm_many(*, picks: Sequence[Picked], actor: Actor, at: dt.datetime) -> int:
    """Confirm whole tasks of one walk together; return how many. Locks them in pk order.

    Raises:
        TaskNotOpen, StepStopped, ToteInUse: as `confirm`; then none is confirmed.
    """
    tasks = lock_together(pick.task_id for pick in picks)
    stopped = floor.may_proceed(sorted({task.shipment_id for task in tasks.values()}))
    rows = []
    for pick in picks:
        task = tasks[pick.task_id]
        _check_open(task)
        if stopped.get(task.shipment_id):
            raise StepStopped(why=stopped[task.shipment_id])
        rows.append((task, pick.qty, pick.tote_id))
    _check_totes((task, tote_id) for task, _, tote_id in rows)
    _move_to_tote(rows, actor=actor, at=at)
    for task, _, _ in rows:
        task.state = PickTask.State.PICKED
        task.assigned_to = actor.key
        task.updated_at = at
    PickTask.objects.bulk_update(
        [row[0] for row in rows],
        ["state", "picked_qty", "counted_qty", "tote", "assigned_to", "updated_at"],
    )
    for wave_id in sorted({task.wave_id for task in tasks.values()}):
        waves.close_if_done(wave_id, at=at)
    return len(rows)


def lock_together(task_ids: Iterable[int]) -> dict[int, PickTask]:
    """Lock the shipments of tasks, then the tasks, each in pk order; return the tasks by id.

    Call it before a loop over tasks of several orders: each of them takes stock levels, and no
    order is locked after a level.
    """
    ids = sorted(task_ids)
    wanted = PickTask.objects.filter(pk__in=ids).values_list("shipment_id", flat=True)
    lock_shipments(list(wanted))
    rows = PickTask.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return {task.pk: task for task in rows}


@stock_write()
def report_short(*, report: ShortReport, actor: Actor, at: dt.datetime) -> ShortResult:
    """Record that a bin held less than the task asks, and find the rest elsewhere (X09).

    The levels of a substitute, or of another warehouse, are known late: they are locked after
    those of the bin, and a deadlock with another short pick is tried again as a whole.

    Raises:
        TaskNotOpen: it was finished meanwhile.
        StepStopped: a hold or a cancellation stops the shipment.
    """
    task = _locked(report.task_id)
    _check_may_proceed(task.shipment_id)
    missing = task.qty - report.found_qty
    if report.found_qty and report.tote_id is not None:
        _check_totes([(task, report.tote_id)])
        _move_to_tote([(task, report.found_qty, report.tote_id)], actor=actor, at=at)
    task.reason = report.reason
    _finish(task, "short", actor=actor, at=at)
    result = _report_missing(task, missing, actor=actor, at=at)
    _replace_missing(task, missing, result, actor=actor, at=at)
    waves.close_if_done(task.wave_id, at=at)
    return result


@transaction.atomic
def skip(*, task_id: int, actor: Actor, at: dt.datetime) -> PickTask:
    """Put the task to the end of its wave; it stays open. Returns it.

    Raises:
        TaskNotOpen: it was finished meanwhile.
    """
    task = _locked(task_id)
    last = (
        PickTask.objects.filter(wave_id=task.wave_id)
        .order_by("-sequence")
        .values_list("sequence", flat=True)
        .first()
    )
    task.sequence = (last or 0) + 1
    task.step, task.counted_qty, task.assigned_to = PickTask.Step.BIN, 0, ""
    task.reason, task.updated_at = "", at
    task.save(
        update_fields=["sequence", "step", "counted_qty", "assigned_to", "reason", "updated_at"]
    )
    audit.record(
        actor=actor, action="fulfillment.pick_skipped", target=f"pick_task:{task.pk}", at=at
    )
    return task


@transaction.atomic
def offer_lot(task_id: int, lot_code: str, *, actor: Actor, at: dt.datetime) -> None:
    """Keep the other lot a picker scanned until CMD-OK takes it; no code forgets it.

    Raises:
        TaskNotOpen: it was finished meanwhile.
    """
    task = _locked(task_id)
    lot = Lot.objects.filter(sku_id=task.sku_id, code=lot_code).first() if lot_code else None
    task.other_lot, task.assigned_to, task.updated_at = lot, actor.key, at
    if lot is not None:
        task.step, task.counted_qty = PickTask.Step.ITEM, 0
    task.save(update_fields=["other_lot", "step", "counted_qty", "assigned_to", "updated_at"])


@transaction.atomic
def swap_lot(task_id: int, *, actor: Actor, at: dt.datetime, approved_by: str = "") -> PickTask:
    """Pick a whole task from the other lot it was offered, with the reason LATER_LOT (X13).

    `approved_by`: key of the supervisor whose badge said yes; the audit log names both.

    Raises:
        TaskNotOpen: it was finished meanwhile, or no lot is offered.
        StepStopped: a hold, a recall or a cancellation stops the shipment.
        LotSwapRefused: the lot must not go to this order.
    """
    task = _locked(task_id)
    _check_may_proceed(task.shipment_id)
    if task.other_lot_id is None:
        raise TaskNotOpen(state=task.get_state_display())
    planned = task.lot_id
    lot_swaps.swap_lot(
        task.owner_key,
        task.other_lot_id,
        event_key=f"swap_lot:{task.pk}:{task.other_lot_id}:{task.attempt}",
        actor=actor,
        at=at,
    )
    task.lot_id, task.other_lot_id = task.other_lot_id, None
    task.step, task.counted_qty, task.updated_at = PickTask.Step.ITEM, 0, at
    task.attempt += 1
    task.save()
    audit.record(
        actor=actor,
        action="fulfillment.lot_swapped",
        target=f"shipment:{task.shipment_id}",
        before={"lot": planned},
        after={"task": task.pk, "lot": task.lot_id}
        | ({"approved_by": approved_by} if approved_by else {}),
        reason="LATER_LOT",
        at=at,
    )
    return task


def store_step(task_id: int, *, at_step: AtStep, actor: Actor, at: dt.datetime) -> None:
    """Keep where the picker stands within an open task.

    Raises:
        TaskNotOpen: it was finished meanwhile.
    """
    changed = PickTask.objects.filter(pk=task_id, state="open").update(
        step=at_step.step,
        counted_qty=at_step.counted_qty,
        reason=at_step.reason,
        assigned_to=actor.key,
        updated_at=at,
    )
    if not changed:
        raise TaskNotOpen(state=PickTask.objects.get(pk=task_id).get_state_display())


def _locked(task_id: int) -> PickTask:
    # Whoever stops a shipment locks it before its tasks; a picker in the other order would
    # deadlock with them.
    lock_shipments([PickTask.objects.values_list("shipment_id", flat=True).get(pk=task_id)])
    task = PickTask.objects.select_for_update(of=("self",)).get(pk=task_id)
    _check_open(task)
    return task


def _check_open(task: PickTask) -> None:
    if task.state not in {"open", "skipped"}:
        raise TaskNotOpen(state=task.get_state_display())


def _check_may_proceed(shipment_id: int) -> None:
    why = floor.may_proceed([shipment_id]).get(shipment_id, "")
    if why:
        raise StepStopped(why=why)


def _check_totes(wanted: Iterable[tuple[PickTask, int]]) -> None:
    """Refuse a tote that holds another order: it would mix two customers. Locks the totes."""
    owners: dict[int, set[int]] = defaultdict(set)
    slots: dict[int, set[int | None]] = defaultdict(set)
    for task, tote_id in wanted:
        owners[tote_id].add(task.shipment_id)
        slots[tote_id].add(task.slot_id)
    codes = _lock_totes(owners)
    for slot in CartSlot.objects.filter(tote_id__in=owners, is_open=True):
        if slots[slot.tote_id or 0] != {slot.pk}:
            raise ToteInUse(tote=codes[slot.tote_id or 0])
        if slot.shipment_id is None:
            # The tote of a batch holds many orders; the put wall sorts them.
            del owners[slot.tote_id or 0]
    held = PickTask.objects.filter(
        tote_id__in=owners, state__in=("picked", "short"), shipment__status="picking"
    )
    for tote_id, shipment_id in held.values_list("tote_id", "shipment_id"):
        owners[tote_id].add(shipment_id)
    for tote_id, shipment_ids in sorted(owners.items()):
        if len(shipment_ids) > 1:
            raise ToteInUse(tote=codes[tote_id])


def _lock_totes(tote_ids: Iterable[int]) -> dict[int, str]:
    """Lock totes in pk order, so that two pickers never both find one empty; return the codes."""
    rows = Bin.objects.filter(pk__in=list(tote_ids)).select_for_update(no_key=True)
    return dict(rows.order_by("pk").values_list("pk", "code"))


def _move_to_tote(
    rows: Sequence[tuple[PickTask, int, int]], *, actor: Actor, at: dt.datetime
) -> None:
    tasks = [task for task, _, _ in rows]
    # Orders and shipments are locked before stock, as everywhere.
    floor.record_picked(
        [floor.PickedUnits(task.shipment_line_id, qty) for task, qty, _ in rows],
        actor=actor,
        at=at,
    )
    stock_picking.pick(
        [stock_picking.BinPick(task.owner_key, qty, tote) for task, qty, tote in rows],
        event_key=_pick_key(tasks),
        actor=actor,
        at=at,
    )
    for task, qty, tote in rows:
        task.picked_qty = task.counted_qty = qty
        task.tote_id = tote


def _pick_key(tasks: Sequence[PickTask]) -> str:
    if len(tasks) == 1:
        return f"pick:{tasks[0].pk}:{tasks[0].attempt}"
    pairs = ",".join(f"{task.pk}:{task.attempt}" for task in sorted(tasks, key=lambda t: t.pk))
    return f"picks:{hashlib.sha256(pairs.encode()).hexdigest()[:40]}"


def _finish(task: PickTask, state: str, *, actor: Actor, at: dt.datetime) -> None:
    task.state = state
    task.assigned_to = actor.key
    task.updated_at = at
    task.save()
    Wave.objects.filter(pk=task.wave_id, state="released").update(state="in_progress")
    audit.record(
        actor=actor,
        action=f"fulfillment.{'picked' if state == 'picked' else 'short_picked'}",
        target=f"shipment:{task.shipment_id}",
        after={"task": task.pk, "qty": task.picked_qty, "of": task.qty},
        reason=task.reason,
        at=at,
    )


def _report_missing(task: PickTask, missing: int, *, actor: Actor, at: dt.datetime) -> ShortResult:
    rows = BinStock.objects.filter(bin_id=task.bin_id, sku_id=task.sku_id, condition="good")
    stock = rows.get(lot=None) if task.lot_id is None else rows.get(lot_id=task.lot_id)
    stock_picking.release_bins(
        [task.owner_key],
        event_key=f"short:{task.pk}:release",
        actor=actor,
        at=at,
    )
    report = stock_missing.report_missing(
        bin_stock_id=stock.pk,
        missing_qty=missing,
        cause_key=f"pick_task:{task.pk}",
        event_key=f"short:{task.pk}",
        actor=actor,
        at=at,
    )
    return ShortResult(
        missing_qty=missing,
        count_task_id=report.count_task_id,
        rechecked_owner_keys=list(report.affected_owner_keys),
    )


def _replace_missing(
    task: PickTask, missing: int, result: ShortResult, *, actor: Actor, at: dt.datetime
) -> None:
    covered = _other_bins(task, missing, result, actor=actor, at=at)
    result.steps.append(("OTHER_BIN", covered))
    if covered == missing:
        return
    cover = shorts.cover_elsewhere(
        shipment_line_id=task.shipment_line_id,
        missing_qty=missing - covered,
        tried=result.steps,
        actor=actor,
        at=at,
    )
    result.steps, result.decision_id = cover.steps, cover.decision_id


def _other_bins(
    task: PickTask, missing: int, result: ShortResult, *, actor: Actor, at: dt.datetime
) -> int:
    takes = stock_picking.plan_bins(
        [
            stock_picking.PickWant(
                owner_key=f"shipment_line:{task.shipment_line_id}",
                warehouse_id=task.warehouse_id,
                sku_id=task.sku_id,
                qty=missing,
            )
        ],
        on=at.date(),
    )
    rows = PickTask.objects.bulk_create(
        PickTask(
            wave_id=task.wave_id,
            warehouse_id=task.warehouse_id,
            shipment_id=task.shipment_id,
            shipment_line_id=task.shipment_line_id,
            sku_id=task.sku_id,
            bin_id=take.bin_id,
            lot_id=take.lot_id,
            qty=take.qty,
            sequence=task.sequence,
            round_id=task.round_id,
            slot_id=task.slot_id,
        )
        for take in takes
    )
    stock_picking.hold_bins(
        [
            stock_picking.BinHold(
                row.owner_key, take.bin_stock_id, take.qty, demand_key=take.owner_key
            )
            for row, take in zip(rows, takes, strict=True)
        ],
        event_key=f"short:{task.pk}:bins",
        actor=actor,
        at=at,
    )
    Wave.objects.filter(pk=task.wave_id).update(task_count=F("task_count") + len(rows))
    result.new_task_ids = [row.pk for row in rows]
    return sum(take.qty for take in takes)

"""The pick screen's scans: read in the context of one task, then booked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.actors import Actor
from fulfillment.domain.pick_steps import PickCard, Scanned, Step, advance
from fulfillment.models import PickTask
from fulfillment.services import picking, resolving, supervisors, undoing
from fulfillment.services.scan_desk import ScanAnswer
from inventory.models import Bin
from orders.services import floor

#: What a picker may still do with the task of an order that is held or cancelled.
LEAVING = frozenset({"CMD-SKIP", "CMD-UNDO"})


def card_of(task: PickTask, *, may_swap: bool = False) -> PickCard:
    """Return the task as the rules of pick scans see it; the order's tote is known after a pick."""
    tote = task.tote.code if task.tote else _tote_of_order(task)
    return PickCard(
        bin_code=task.bin.code,
        sku_code=task.sku.code,
        lot_code=task.lot.code if task.lot else "",
        tote_code=tote,
        qty=task.qty,
        counted_qty=task.counted_qty,
        step=task.step,  # type: ignore[arg-type]  # the choices are the literal's values
        reason=task.reason,
        other_lot=task.other_lot.code if task.other_lot else "",
        may_swap=may_swap,
    )


def scan(
    task: PickTask, raw: str, *, actor: Actor, at: dt.datetime, may_swap: bool = False
) -> ScanAnswer:
    """Answer one scan for a task and book what it completes.

    Another lot than planned is taken by who may (`may_swap`), else by the badge of a supervisor.

    A held or cancelled order stops at the next scan, before more units are taken (X07); its task
    can still be skipped, and the last pick undone.

    Raises:
        TaskNotOpen, StepStopped, ToteInUse, LotSwapRefused: as the picking services.
    """
    card = card_of(task, may_swap=may_swap)
    scanned = _resolve(task, raw, at)
    step = advance(card, scanned)
    data = _data(step, scanned.value or raw[:64])
    stopped = floor.may_proceed([task.shipment_id]).get(task.shipment_id, "")
    is_stopped = bool(stopped) and scanned.value not in LEAVING
    if is_stopped or step.verdict == "reject":
        return ScanAnswer("reject", stopped if is_stopped else step.why, data)
    if step.done in {"offer_lot", "swap_lot"} or card.other_lot:
        approved_by = scanned.value if scanned.kind == "badge" else ""
        swapped = _swap(task, step, data, approved_by=approved_by, actor=actor, at=at)
        if swapped is not None:
            return swapped
    if step.done in {"pick", "short"}:
        return _finish(task, step, data, actor=actor, at=at)
    if step.done == "skip":
        picking.skip(task_id=task.pk, actor=actor, at=at)
        return ScanAnswer("warn", step.why, data, next_key="next")
    if step.done == "undo" and card.step == "bin":
        return _undo_last(actor=actor, at=at)
    picking.store_step(
        task.pk,
        at_step=picking.AtStep(step.card.step, step.card.counted_qty, step.card.reason),
        actor=actor,
        at=at,
    )
    return ScanAnswer(step.verdict, step.why, data)


def _resolve(task: PickTask, raw: str, at: dt.datetime) -> Scanned:
    if supervisors.is_badge(raw):
        return read_badge(raw, warehouse_code=task.warehouse.code, at=at)
    return resolving.resolve(
        raw,
        warehouse_id=task.warehouse_id,
        sku_id=task.sku_id,
        owner_key=f"shipment_line:{task.shipment_line_id}",
    )


def read_badge(raw: str, *, warehouse_code: str, at: dt.datetime) -> Scanned:
    """Return a scanned badge: whose it is, and whether it may say yes to another lot (X13)."""
    person = supervisors.read(
        raw, warehouse_code=warehouse_code, rights=supervisors.LOT_RIGHTS, at=at
    )
    return Scanned("badge", person.key, eligible=person.may)


def _swap(
    task: PickTask,
    step: Step,
    data: dict[str, Any],
    *,
    approved_by: str,
    actor: Actor,
    at: dt.datetime,
) -> ScanAnswer | None:
    """Keep the offered lot, take it, or forget it when something else was scanned."""
    if step.done == "offer_lot":
        picking.offer_lot(task.pk, step.card.other_lot, actor=actor, at=at)
        return ScanAnswer(step.verdict, step.why, data)
    if step.done == "swap_lot":
        picking.swap_lot(task.pk, approved_by=approved_by, actor=actor, at=at)
        return ScanAnswer(step.verdict, step.why, data | {"lot": step.card.other_lot})
    picking.offer_lot(task.pk, "", actor=actor, at=at)
    return None


def _finish(
    task: PickTask, step: Step, data: dict[str, Any], *, actor: Actor, at: dt.datetime
) -> ScanAnswer:
    tote_id = (
        Bin.objects.get(warehouse_id=task.warehouse_id, code=step.tote).pk if step.tote else None
    )
    if step.done == "pick" and tote_id is not None:
        picking.confirm(
            picked=picking.Picked(task.pk, step.card.counted_qty, tote_id), actor=actor, at=at
        )
        return ScanAnswer("complete", step.why, data, "next", f"pick_task:{task.pk}")
    result = picking.report_short(
        report=picking.ShortReport(
            task.pk, step.card.counted_qty, step.card.reason or "NOT_THERE", tote_id
        ),
        actor=actor,
        at=at,
    )
    steps = ", ".join(f"{code} {qty}" for code, qty in result.steps if qty)
    why = "SHORT_REST_ELSEWHERE" if step.card.counted_qty else "SHORT_NONE_FOUND"
    return ScanAnswer("warn", why, {**data, "steps": steps}, "next")


def _undo_last(*, actor: Actor, at: dt.datetime) -> ScanAnswer:
    last = (
        PickTask.objects.filter(assigned_to=actor.key, state="picked")
        .exclude(round__state__in=("open", "sorting"))
        .order_by("-updated_at", "-pk")
        .first()
    )
    if last is None:
        return ScanAnswer("reject", "NOTHING_TO_UNDO")
    undoing.undo_pick(task_id=last.pk, actor=actor, at=at)
    return ScanAnswer("accept", "STEP_UNDONE", next_key=f"pick_task:{last.pk}")


def _tote_of_order(task: PickTask) -> str:
    code = (
        PickTask.objects.filter(
            shipment_id=task.shipment_id, state__in=("picked", "short"), tote__isnull=False
        )
        .values_list("tote__code", flat=True)
        .first()
    )
    return code or ""


def _data(step: Step, scanned: str) -> dict[str, Any]:
    wanted = {
        "bin": step.card.bin_code,
        "item": step.card.sku_code,
        "lot": step.card.lot_code,
        "tote": step.card.tote_code,
    }
    return {
        "scanned": scanned,
        "wanted": wanted[step.card.step],
        "bin": step.card.bin_code,
        "sku": step.card.sku_code,
        "lot": step.card.lot_code,
        "tote": step.card.tote_code or "T-…",
        "counted": step.card.counted_qty,
        "qty": step.card.qty,
    }

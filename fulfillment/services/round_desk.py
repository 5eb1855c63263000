"""The scans of a round (W9): totes onto the cart, then stop by stop, then the end of the walk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Max

from core import audit
from core.actors import Actor
from core.permissions import Principal
from fulfillment.domain.pick_steps import Scanned
from fulfillment.domain.round_steps import StopAnswer, StopCard, advance, lit, shares
from fulfillment.models import Cart, PickRound, PickTask
from fulfillment.services import (
    picking,
    resolving,
    round_lots,
    round_making,
    round_stops,
    round_totes,
    supervisors,
    undoing,
)
from fulfillment.services.errors import TaskNotOpen
from fulfillment.services.pick_desk import read_badge
from fulfillment.services.round_stops import Stop
from fulfillment.services.scan_desk import ScanAnswer


def open_by_cart(code: str, *, principal: Principal, at: dt.datetime) -> ScanAnswer | None:
    """Open the round of a scanned cart for this picker; None if the code names no cart.

    Raises:
        NoRoundWaits, RoundNotOpen: as `round_making.take_cart`.
    """
    cart = Cart.objects.visible_to(principal).filter(code=code, is_active=True).first()
    if cart is None or not principal.may("fulfillment.pick"):
        return None
    row = round_making.take_cart(cart_id=cart.pk, actor=principal.actor, at=at)
    return ScanAnswer("accept", "OPENED", {"scanned": code}, row.key)


def scan(
    row: PickRound, raw: str, *, actor: Actor, at: dt.datetime, may_swap: bool = False
) -> ScanAnswer:
    """Answer one scan of a round and book what it completes. Locks the round.

    Another lot than planned is taken by who may (`may_swap`), else by the badge of a supervisor.

    Raises:
        ToteInUse, ToteOnThisCart, ToteElsewhere, NotATote, OrderHasTote: while totes are scanned;
        TaskNotOpen, StepStopped, LotSwapRefused: as the picking services.
    """
    row = (
        PickRound.objects.select_for_update(of=("self",))
        .select_related("cart", "warehouse")
        .get(pk=row.pk)
    )
    code = "".join(raw.split()).upper()
    cart_code = row.cart.code if row.cart else ""
    if row.state != "open":
        return ScanAnswer("reject", "ROUND_IS_CLOSED", {"scanned": code}, "next")
    if row.picker != actor.key and code == cart_code:
        round_making.take_cart(cart_id=row.cart_id or 0, actor=actor, at=at)
        return ScanAnswer("accept", "ROUND_TAKEN_OVER", {"scanned": code})
    if row.picker != actor.key:
        return ScanAnswer("reject", "ROUND_OF_ANOTHER", {"scanned": code, "wanted": cart_code})
    if row.step == PickRound.Step.TOTES:
        return _tote_scan(row, code, actor=actor, at=at)
    return _stop_scan(row, raw, may_swap=may_swap, actor=actor, at=at)


def _tote_scan(row: PickRound, code: str, *, actor: Actor, at: dt.datetime) -> ScanAnswer:
    if code == "CMD-UNDO":
        off = round_totes.take_off(row)
        why = "NOTHING_TO_UNDO" if off is None else "STEP_UNDONE"
        return ScanAnswer("reject" if off is None else "accept", why)
    if code == "CMD-OK":
        if not row.slots.filter(tote__isnull=False).exists():
            return ScanAnswer("reject", "SCAN_TOTES_FIRST", _tote_data(row, code))
        left = round_totes.begin(row, actor=actor, at=at)
        return ScanAnswer("warn" if left else "accept", "WALK_BEGINS", {"left": left})
    if code.startswith("CMD-"):
        return ScanAnswer("reject", "COMMAND_NOT_HERE", {"scanned": code})
    slot = round_totes.assign(row, code, actor=actor, at=at)
    row.refresh_from_db()
    if row.step == PickRound.Step.BIN:
        return ScanAnswer("complete", "ALL_TOTES_ON", {"scanned": code, "slot": slot.position})
    return ScanAnswer("accept", "TOTE_ON", _tote_data(row, code) | {"slot": slot.position})


def _tote_data(row: PickRound, code: str) -> dict[str, Any]:
    slot = round_totes.next_slot(row)
    return {"scanned": code, "next_slot": slot.position if slot else "—"}


def _stop_scan(
    row: PickRound, raw: str, *, may_swap: bool, actor: Actor, at: dt.datetime
) -> ScanAnswer:
    code = "".join(raw.split()).upper()
    stop = round_stops.stop_of(row, may_swap=may_swap)
    scanned = _resolve(row, stop, raw, code, at)
    answer = advance(stop.card, scanned)
    data = _data(answer.card, stop, scanned.value or code)
    if answer.verdict == "reject":
        return ScanAnswer("reject", answer.why, data)
    if answer.done and len(stop.tasks) > 1:
        picking.lock_together(task.pk for task in stop.tasks)
    if answer.done == "swap_lot":
        approved_by = scanned.value if scanned.kind == "badge" else ""
        lot = round_lots.take(row, stop, approved_by=approved_by, actor=actor, at=at)
        return ScanAnswer(answer.verdict, answer.why, data | {"lot": lot})
    if answer.done == "offer_lot" or stop.card.other_lot:
        round_lots.offer(stop, answer.card.other_lot, actor=actor, at=at)
    if answer.done == "undo_pick":
        return _undo(row, actor=actor, at=at)
    if answer.done == "place":
        return _place(row, stop, answer, data, actor=actor, at=at)
    if answer.done == "close":
        round_making.close_round(row.pk, actor=actor, at=at)
    elif answer.done == "skip":
        _skip(row, stop, actor=actor, at=at)
    elif answer.done == "short":
        _report_rest(stop, answer.card.reason, stop.tasks, actor=actor, at=at)
        _leave_stop(row)
    else:
        _store(row, stop, answer.card)
    return ScanAnswer(answer.verdict, answer.why, data, "next" if answer.done == "close" else "")


def _resolve(row: PickRound, stop: Stop, raw: str, code: str, at: dt.datetime) -> Scanned:
    """Read the scan: the cart, a slot of it (by its label), or anything the warehouse knows."""
    if supervisors.is_badge(raw):
        return read_badge(raw, warehouse_code=row.warehouse.code, at=at)
    if code == stop.card.cart_code:
        return Scanned("cart", code)
    head, _, number = code.rpartition("-")
    if head == stop.card.cart_code and number.isdecimal():
        by_position = {position: tote for tote, position in stop.card.totes.items()}
        return Scanned("tote", by_position.get(int(number), code))
    owner = f"shipment_line:{stop.tasks[0].shipment_line_id}" if stop.tasks else ""
    return resolving.resolve(
        raw,
        warehouse_id=row.warehouse_id,
        sku_id=stop.sku.pk if stop.sku else None,
        owner_key=owner,
    )


def _place(
    row: PickRound,
    stop: Stop,
    answer: StopAnswer,
    data: dict[str, Any],
    *,
    actor: Actor,
    at: dt.datetime,
) -> ScanAnswer:
    """Book the units put into a slot; with the last ones, what was not there goes its way."""
    given = shares(stop.card)
    whole: list[PickTask] = []
    part: list[PickTask] = []
    for task_id in answer.task_ids:
        task = stop.task(task_id)
        (whole if given[task_id] == task.qty else part).append(task)
    picks = [picking.Picked(task.pk, task.qty, _tote_id(task)) for task in whole]
    if len(picks) == 1:
        picking.confirm(picked=picks[0], actor=actor, at=at)
    elif picks:
        picking.confirm_many(picks=picks, actor=actor, at=at)
    reason = stop.card.reason or "NOT_THERE"
    for task in part:
        report = picking.ShortReport(task.pk, given[task.pk], reason, _tote_id(task))
        picking.report_short(report=report, actor=actor, at=at)
    if answer.card.in_hand:
        _store(row, stop, replace(answer.card, step="slot"))
        return ScanAnswer(answer.verdict, answer.why, data)
    rest = [task for task in stop.tasks if not given[task.pk]]
    _report_rest(stop, reason, rest, actor=actor, at=at)
    _leave_stop(row)
    why = "STOP_SHORT" if rest or part else answer.why
    return ScanAnswer("warn" if rest or part else answer.verdict, why, data)


def _report_rest(
    stop: Stop, reason: str, tasks: Iterable[PickTask], *, actor: Actor, at: dt.datetime
) -> None:
    """Report tasks of the stop whose units were not there, the most urgent first (X09)."""
    for task in tasks:
        report = picking.ShortReport(task.pk, 0, reason or "NOT_THERE")
        picking.report_short(report=report, actor=actor, at=at)


def _skip(row: PickRound, stop: Stop, *, actor: Actor, at: dt.datetime) -> None:
    last = PickTask.objects.filter(wave_id=row.wave_id).aggregate(last=Max("sequence"))["last"]
    PickTask.objects.filter(pk__in=[task.pk for task in stop.tasks]).update(
        sequence=(last or 0) + 1, updated_at=at
    )
    _leave_stop(row)
    audit.record(
        actor=actor,
        action="fulfillment.stop_skipped",
        target=row.key,
        after={"bin": stop.card.bin_code, "sku": stop.card.sku_code},
        at=at,
    )


def _undo(row: PickRound, *, actor: Actor, at: dt.datetime) -> ScanAnswer:
    """Take the last placed units out of their slot again: they are in the picker's hand."""
    last = round_stops.last_placed(row, here=bool(row.in_hand_qty))
    if last is None:
        return ScanAnswer("reject", "NOTHING_TO_UNDO")
    units = last.picked_qty
    undoing.undo_pick(task_id=last.pk, actor=actor, at=at)
    row.bin_id, row.sku_id, row.lot_id = last.bin_id, last.sku_id, last.lot_id
    row.in_hand_qty += units
    row.step = PickRound.Step.SLOT
    row.save(update_fields=["bin", "sku", "lot", "in_hand_qty", "step"])
    position = last.slot.position if last.slot else 0
    return ScanAnswer("accept", "SLOT_UNDONE", {"qty": units, "slot": position})


def _store(row: PickRound, stop: Stop, card: StopCard) -> None:
    row.bin, row.sku, row.lot = stop.bin, stop.sku, stop.lot
    row.step, row.in_hand_qty, row.reason = card.step, card.in_hand, card.reason
    row.save(update_fields=["bin", "sku", "lot", "step", "in_hand_qty", "reason"])


def _leave_stop(row: PickRound) -> None:
    row.bin = row.sku = row.lot = None
    row.step, row.in_hand_qty, row.reason = PickRound.Step.BIN, 0, ""
    row.save(update_fields=["bin", "sku", "lot", "step", "in_hand_qty", "reason"])


def _tote_id(task: PickTask) -> int:
    if task.slot is None or task.slot.tote_id is None:
        raise TaskNotOpen(state=task.get_state_display())
    return task.slot.tote_id


def _data(card: StopCard, stop: Stop, scanned: str) -> dict[str, Any]:
    slots = ", ".join(f"{position} (x{units})" for position, units in sorted(lit(card).items()))
    wanted = {
        "bin": card.bin_code,
        "item": card.sku_code,
        "lot": card.lot_code,
        "slot": slots,
        "surplus": card.bin_code,
        "close": card.cart_code,
    }
    return {
        "scanned": scanned,
        "wanted": wanted[card.step],
        "bin": card.bin_code,
        "sku": card.sku_code,
        "lot": card.lot_code,
        "slots": slots,
        "counted": card.in_hand,
        "qty": card.qty,
        "left": stop.left_count + 1,
        "surplus": max(card.in_hand - card.qty, 0),
        "cart": card.cart_code,
    }

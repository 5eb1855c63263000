"""Another lot than planned on a cart round (X13): offered once, taken for the whole stop."""

from __future__ import annotations

import datetime as dt

from core.actors import Actor
from fulfillment.models import PickRound
from fulfillment.services import picking
from fulfillment.services.round_stops import Stop


def offer(stop: Stop, lot_code: str, *, actor: Actor, at: dt.datetime) -> None:
    """Keep the other lot scanned at a stop until somebody takes it; no code forgets it.

    Raises:
        TaskNotOpen: the stop was finished meanwhile.
    """
    for task in stop.tasks if lot_code == "" else stop.tasks[:1]:
        if lot_code or task.other_lot_id is not None:
            picking.offer_lot(task.pk, lot_code, actor=actor, at=at)


def take(row: PickRound, stop: Stop, *, approved_by: str, actor: Actor, at: dt.datetime) -> str:
    """Pick every order of the stop from the lot offered, all or none; return its code.

    Raises:
        TaskNotOpen, StepStopped, LotSwapRefused: as `picking.swap_lot`, for the first that fails.
    """
    code = stop.card.other_lot
    for task in stop.tasks:
        if task.other_lot_id is None:
            picking.offer_lot(task.pk, code, actor=actor, at=at)
        taken = picking.swap_lot(task.pk, approved_by=approved_by, actor=actor, at=at)
        row.lot_id = taken.lot_id
    row.bin, row.sku = stop.bin, stop.sku
    row.step, row.in_hand_qty, row.reason = PickRound.Step.ITEM, 0, ""
    row.save(update_fields=["bin", "sku", "lot", "step", "in_hand_qty", "reason"])
    return code

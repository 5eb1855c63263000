"""Undo a pick: the units go back from the tote to their bin, by reversing entries."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from fulfillment.models import PickTask
from fulfillment.services.scan_desk import ScanAnswer
from inventory.services import picking as stock_picking
from orders.services import floor
from orders.services.shipment_locks import lock_shipments


class TooLateToUndo(StateConflict):
    """The units were packed; only the pack station can take them out again."""

    code = "TOO_LATE_TO_UNDO"
    text = gettext_noop("These units are packed. Reopen the box first, then undo the pick.")


class HandedOverAlready(StateConflict):
    """The parcel left with its carrier: no scan brings it back."""

    code = "HANDED_OVER"
    text = gettext_noop(
        "This was handed over to the carrier and can't be undone. What comes back is a return."
    )


@transaction.atomic
def undo_pick(*, task_id: int, actor: Actor, at: dt.datetime) -> PickTask:
    """Return a picked task's units to its bin and open the task again.

    Locks the shipment, the task row, then the bin stock.

    Raises:
        TooLateToUndo: the task is not in state picked, its shipment is packed, or units of it are
            in the put wall.
        HandedOverAlready: its shipment has left.
    """
    lock_shipments([PickTask.objects.values_list("shipment_id", flat=True).get(pk=task_id)])
    task = (
        PickTask.objects.select_for_update(of=("self",)).select_related("shipment").get(pk=task_id)
    )
    if task.shipment.status in {"shipped", "delivered"}:
        raise HandedOverAlready
    moved_on = task.sorted_qty or task.shipment.status != "picking"
    if moved_on or task.state != "picked" or task.tote_id is None:
        raise TooLateToUndo
    floor.record_unpicked(
        [floor.PickedUnits(task.shipment_line_id, task.picked_qty)], actor=actor, at=at
    )
    stock_picking.unpick(
        [
            stock_picking.Unpick(
                owner_key=task.owner_key,
                from_bin_id=task.tote_id,
                to_bin_id=task.bin_id,
                sku_id=task.sku_id,
                lot_id=task.lot_id,
                qty=task.picked_qty,
            )
        ],
        event_key=f"unpick:{task.pk}:{task.attempt}",
        actor=actor,
        at=at,
    )
    PickTask.objects.filter(pk=task.pk).update(
        state="open",
        step="bin",
        picked_qty=0,
        counted_qty=0,
        tote=None,
        attempt=task.attempt + 1,
        updated_at=at,
    )
    # A walk that has ended does not come back for it: the task is a single pick now.
    ended = PickTask.objects.filter(pk=task.pk, round__state__in=("closed", "sorting"))
    ended.update(round=None, slot=None)
    audit.record(
        actor=actor,
        action="fulfillment.pick_undone",
        target=f"shipment:{task.shipment_id}",
        after={"task": task.pk, "qty": task.picked_qty},
        at=at,
    )
    task.refresh_from_db()
    return task


def undo_finished(task_key: str, *, actor: Actor, at: dt.datetime) -> ScanAnswer | None:
    """Undo the pick `pick_task:ID` if it is finished; None for anything that is not.

    Raises:
        TooLateToUndo, HandedOverAlready: as `undo_pick`.
    """
    kind, _colon, number = task_key.partition(":")
    if kind != "pick_task" or not PickTask.objects.filter(pk=int(number), state="picked").exists():
        return None
    undo_pick(task_id=int(number), actor=actor, at=at)
    return ScanAnswer("accept", "STEP_UNDONE", next_key=task_key)

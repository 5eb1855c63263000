"""Put-back: goods of a recalled shipment return from tote or station to a bin (X11).

Until the scan confirms the bin, the units are in condition `returning` and nobody can be promised
them. The last put-back of a shipment ends its recall.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from core import audit
from core.actors import Actor
from fulfillment.models import Carton, PickTask, PutBackTask, WallSlot
from fulfillment.services import inserts, waves
from fulfillment.services.errors import PutBackOpenElsewhere, TaskNotOpen
from inventory.models import Bin, Lot
from inventory.services import picking as stock_picking
from inventory.services.lots import lock_lots
from inventory.services.retrying import stock_write
from orders.services import floor
from orders.services.shipment_locks import lock_shipments
from shipping.models import LabelRequest
from shipping.services import labels, parcels


@stock_write()
def recall(*, shipment_id: int, reason: str, actor: Actor, at: dt.datetime) -> list[PutBackTask]:
    """Stop all work on a shipment and make a put-back task for each picked unit group.

    Open pick tasks are cancelled, their bins freed; cartons and parcels are voided, and what went
    into them beside the goods is given back. Repeatable: a second call finds nothing left to do.
    Locks the shipment, its pick tasks in pk order, their lots, stock.
    """
    lock_shipments([shipment_id])
    tasks = list(
        PickTask.objects.select_for_update()
        .filter(shipment_id=shipment_id)
        .exclude(state="cancelled")
        .order_by("pk")
    )
    # Before the levels, as every service that locks both: the units picked change condition below.
    lock_lots(task.lot_id for task in tasks)
    waiting = [task for task in tasks if task.state in {"open", "skipped"}]
    stock_picking.release_bins(
        [task.owner_key for task in waiting],
        event_key=f"recall:{shipment_id}:{waiting[0].pk if waiting else 0}",
        actor=actor,
        at=at,
    )
    PickTask.objects.filter(pk__in=[task.pk for task in waiting]).update(
        state="cancelled", reason=reason, updated_at=at
    )
    _void_cartons(shipment_id, reason, actor, at)
    made = _make_tasks([task for task in tasks if task.picked_qty], reason, actor, at)
    for wave_id in sorted({task.wave_id for task in tasks}):
        waves.close_if_done(wave_id, at=at)
    if not made and not PutBackTask.objects.filter(shipment_id=shipment_id, state="open").exists():
        floor.finish_recall(shipment_id, actor=actor, at=at)
    return made


def lock_together(shipment_ids: Collection[int]) -> None:
    """Lock shipments, their pick tasks and the lots of these, before several are recalled.

    Call inside the transaction of the recalls: no order or lot is locked after a stock level.
    """
    lock_shipments(shipment_ids)
    tasks = PickTask.objects.select_for_update(of=("self",)).filter(shipment_id__in=shipment_ids)
    lock_lots(lot_id for _pk, lot_id in tasks.order_by("pk").values_list("pk", "lot_id"))


@stock_write()
def confirm(*, task_id: int, to_bin_id: int, actor: Actor, at: dt.datetime) -> PutBackTask:
    """Book the units into the scanned bin as good stock; return the task.

    Raises:
        PutBackOpenElsewhere: somebody put them back already.
    """
    lock_shipments([PutBackTask.objects.values_list("shipment_id", flat=True).get(pk=task_id)])
    task = PutBackTask.objects.select_for_update(of=("self",)).get(pk=task_id)
    if task.state != "open":
        raise PutBackOpenElsewhere
    stock_picking.put_back(
        [
            stock_picking.PutBack(
                sku_id=task.sku_id,
                lot_id=task.lot_id,
                qty=task.qty,
                from_bin_id=task.from_bin_id,
                to_bin_id=to_bin_id,
            )
        ],
        event_key=f"put_back:{task.pk}",
        actor=actor,
        at=at,
    )
    task.state, task.to_bin_id = PutBackTask.State.DONE, to_bin_id
    task.done_at, task.done_by = at, actor.key
    task.save(update_fields=["state", "to_bin", "done_at", "done_by"])
    audit.record(
        actor=actor,
        action="fulfillment.put_back",
        target=f"shipment:{task.shipment_id}",
        after={"qty": task.qty, "sku": task.sku_id, "bin": to_bin_id},
        at=at,
    )
    if not PutBackTask.objects.filter(shipment_id=task.shipment_id, state="open").exists():
        floor.finish_recall(task.shipment_id, actor=actor, at=at)
    return task


def _void_cartons(shipment_id: int, reason: str, actor: Actor, at: dt.datetime) -> None:
    rows = Carton.objects.filter(shipment_id=shipment_id).exclude(state="voided")
    cartons = list(rows.select_for_update().order_by("pk"))
    for carton in cartons:
        if carton.parcel_id is not None:
            _void_parcel(carton.parcel_id, reason, actor, at)
    inserts.take_back(cartons, actor=actor, at=at)
    rows.update(state="voided")


def _make_tasks(
    picked: list[PickTask], reason: str, actor: Actor, at: dt.datetime
) -> list[PutBackTask]:
    if not picked:
        return []
    lying, apart = _where_they_lie(picked), _quarantine(picked)
    stock_picking.mark_returning(
        [
            stock_picking.Returning(task.sku_id, task.lot_id, qty, bin_id, task.owner_key)
            for task, bin_id, qty in lying
        ],
        event_key=f"recall:{picked[0].shipment_id}:returning:{picked[0].attempt}",
        actor=actor,
        at=at,
    )
    PickTask.objects.filter(pk__in=[task.pk for task in picked]).update(
        state="cancelled", updated_at=at
    )
    return PutBackTask.objects.bulk_create(
        PutBackTask(
            warehouse_id=task.warehouse_id,
            shipment_id=task.shipment_id,
            sku_id=task.sku_id,
            lot_id=task.lot_id,
            from_bin_id=bin_id,
            to_bin_id=apart.get(task.lot_id or 0, task.bin_id),
            qty=qty,
            reason=reason,
            created_at=at,
        )
        for task, bin_id, qty in lying
    )


def _quarantine(picked: list[PickTask]) -> dict[int, int | None]:
    """Return where units of lots that are not good go: a quarantine bin, chosen when there is one.

    By lot id; lots that are good are left out.
    """
    lots = {task.lot_id for task in picked if task.lot_id is not None}
    stopped = Lot.objects.filter(pk__in=lots).exclude(status=Lot.Status.GOOD)
    place = (
        Bin.objects.filter(
            warehouse_id=picked[0].warehouse_id, kind=Bin.Kind.QUARANTINE, is_active=True
        )
        .order_by("pick_sequence", "pk")
        .first()
    )
    return dict.fromkeys(stopped.values_list("pk", flat=True), place.pk if place else None)


def _where_they_lie(picked: list[PickTask]) -> list[tuple[PickTask, int, int]]:
    """Return (task, bin, units): a batch that is being sorted lies in its tote and in the wall."""
    slots = dict(
        WallSlot.objects.filter(shipment_id__in={task.shipment_id for task in picked}).values_list(
            "shipment_id", "bin_id"
        )
    )
    rows = []
    for task in picked:
        in_wall = task.sorted_qty if task.sorted_qty < task.picked_qty else 0
        rows.append((task, _tote_id(task), task.picked_qty - in_wall))
        if in_wall:
            rows.append((task, slots[task.shipment_id], in_wall))
    return rows


def _void_parcel(parcel_id: int, reason: str, actor: Actor, at: dt.datetime) -> None:
    # Also a label that is only asked for: the carrier would sell it for a box that stays.
    if LabelRequest.objects.filter(parcel_id=parcel_id).alive().exists():
        labels.void_label(parcel_id, reason=reason, actor=actor, at=at)
    parcels.void(parcel_id, reason=reason, actor=actor, at=at)


def _tote_id(task: PickTask) -> int:
    if task.tote_id is None:
        raise TaskNotOpen(state=task.get_state_display())
    return task.tote_id

"""Packing: open a carton for what was picked, verify each unit, close it with its weight.

Closing hands the carton to shipping as a parcel and asks for its label; the last open carton of a
shipment makes it `packed`. The carrier is called later, outside this transaction. A hold or a
cancellation stops the next step wherever it arrives.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Q, Sum

from core import audit, events
from core.actors import Actor
from fulfillment.models import Carton, CartonLine, PickTask
from fulfillment.services import bulk_extras, inserts, pack_planning, parcel_drafts
from fulfillment.services.errors import (
    CartonIsClosed,
    NotPicked,
    NotVerified,
    StepStopped,
    TooManyUnits,
    WeightMissing,
)
from orders.models import Shipment
from orders.services import floor
from shipping.services import labels, parcels

CLOSED_WITH = (
    "weight_g",
    "box_sku",
    "state",
    "closed_at",
    "parcel_id",
    "question",
    "asked_box",
)


@dataclass(frozen=True, slots=True)
class Closing:
    """How a carton ends: its weight in grams, and the box it is in (None = own packaging)."""

    carton_id: int
    weight_g: int
    box_sku_id: int | None = None


@transaction.atomic
def open_carton(*, shipment_id: int, station_bin_id: int, actor: Actor, at: dt.datetime) -> Carton:
    """Return the open carton of a picked shipment, made with its contents and plan on first call.

    Of several the first open one; of a packed shipment the last one that was closed.

    Raises:
        StepStopped: a hold or a cancellation stops the shipment.
        NotPicked: units are still to be picked.
    """
    Shipment.objects.select_for_update(of=("self",)).get(pk=shipment_id)
    _check_may_proceed(shipment_id)
    boxes = list(
        Carton.objects.filter(shipment_id=shipment_id).exclude(state="voided").order_by("number")
    )
    if boxes:
        return next((box for box in boxes if box.state != "closed"), boxes[-1])
    _check_picked([shipment_id])
    carton = _make_cartons([shipment_id], station_bin_id, actor=actor, at=at)[0]
    inserts.plan_extras(carton.pk, actor=actor, at=at)
    pack_planning.plan_now(carton, at=at)
    return carton


@transaction.atomic
def verify(
    *,
    carton_id: int,
    line_id: int,
    units: int,
    actor: Actor,
    at: dt.datetime,
    same_scan: bool = False,
) -> Carton:
    """Count scanned units of a carton line; the carton turns verified with its last unit.

    `same_scan`: they belong to the scan before, so that one undo takes them back together. Locks
    the carton row.

    Raises:
        StepStopped: a hold or a cancellation stops the shipment.
        CartonIsClosed: it was closed or voided meanwhile.
        TooManyUnits: another device counted them meanwhile.
    """
    carton = Carton.objects.select_for_update(of=("self",)).get(pk=carton_id)
    _check_may_proceed(carton.shipment_id)
    _check_open(carton)
    line = CartonLine.objects.get(pk=line_id, carton=carton)
    left_here = line.qty - line.verified_qty
    if units > left_here:
        raise TooManyUnits(left_qty=left_here)
    line.verified_qty += units
    line.verified_at = at
    line.last_units = units + (line.last_units if same_scan else 0)
    line.save(update_fields=["verified_qty", "verified_at", "last_units"])
    left = _left_qty(carton.pk)
    if left == 0:
        carton.state = Carton.State.VERIFIED
        carton.save(update_fields=["state"])
        audit.record(
            actor=actor,
            action="fulfillment.verified",
            target=f"shipment:{carton.shipment_id}",
            after={"carton": carton.number},
            at=at,
        )
    return carton


@transaction.atomic
def close(*, closing: Closing, actor: Actor, at: dt.datetime) -> Carton:
    """Close a verified carton: parcel and label request are made.

    The shipment is packed with its last open carton; it is locked, so that two packers who close
    two cartons at once don't both leave that to the other. A repeat returns the closed carton and
    changes nothing.

    Raises:
        StepStopped: a hold or a cancellation stops the shipment.
        CartonIsClosed: it was voided.
        NotVerified, ExtrasLeft: units or inserts were not scanned yet.
        WeightMissing: the weight is not above 0.
    """
    owner = Carton.objects.filter(pk=closing.carton_id).values_list("shipment_id", flat=True)
    floor.lock_shipments(list(owner))
    carton = (
        Carton.objects.select_for_update(of=("self",))
        .select_related("shipment__order", "shipment__warehouse", "box_sku")
        .get(pk=closing.carton_id)
    )
    if carton.state == "closed":
        return carton
    _check_may_proceed(carton.shipment_id)
    _check_open(carton)
    if closing.weight_g <= 0:
        raise WeightMissing
    left = _left_qty(carton.pk)
    if left:
        raise NotVerified(left_qty=left)
    inserts.check_none_left(carton.pk)
    return _close_all([carton], {carton.pk: closing}, actor=actor, at=at)[0]


@transaction.atomic
def undo_last(*, carton_id: int, actor: Actor, at: dt.datetime) -> Carton:
    """Take the units of the last scan back to unverified; the carton is open again.

    Raises:
        CartonIsClosed: its label was ordered, or its goods go back; reopen the shipment instead.
    """
    carton = Carton.objects.select_for_update(of=("self",)).get(pk=carton_id)
    _check_open(carton)
    line = carton.lines.filter(verified_qty__gt=0).order_by("-verified_at", "-pk").first()
    if line is not None:
        line.verified_qty -= min(max(line.last_units, 1), line.verified_qty)
        line.last_units = 0
        line.save(update_fields=["verified_qty", "last_units"])
        carton.state = Carton.State.OPEN
        carton.save(update_fields=["state"])
        audit.record(
            actor=actor,
            action="fulfillment.verify_undone",
            target=f"shipment:{carton.shipment_id}",
            after={"sku": line.sku_id},
            at=at,
        )
    return carton


@transaction.atomic
def pack_whole(
    *, shipment_ids: Sequence[int], station_bin_id: int, actor: Actor, at: dt.datetime
) -> list[Carton]:
    """Pack picked shipments as they are: one carton each, verified whole, expected weight.

    The bulk path of pre-verified goods (single-item batches, the demo): a constant number of
    statements for up to 500 shipments, apart from the extras that rules add to each. They go in
    without a scan; the branded box of a rule is the box.

    Raises:
        StepStopped, NotPicked: as `open_carton`; then none is packed.
        ExtrasLeft: a rule holds a parcel, as its insert is out of stock; then none is packed.
    """
    ids = sorted(shipment_ids)
    stopped = floor.may_proceed(ids)
    for shipment_id in ids:
        if stopped.get(shipment_id):
            raise StepStopped(why=stopped[shipment_id])
    _check_picked(ids)
    cartons = _make_cartons(ids, station_bin_id, actor=actor, at=at, verified=True)
    extras = bulk_extras.put_in(cartons, actor=actor, at=at)
    closings = {
        carton.pk: Closing(
            carton.pk,
            max(carton.expected_weight_g + extras[carton.pk].weight_g, 1),
            extras[carton.pk].box_sku_id,
        )
        for carton in cartons
    }
    return _close_all(cartons, closings, actor=actor, at=at)


def _record_packed(shipment_ids: Sequence[int], *, actor: Actor, at: dt.datetime) -> None:
    """Pack the shipments that have no open box left."""
    waiting = set(
        Carton.objects.filter(
            shipment_id__in=shipment_ids, state__in=("open", "verified")
        ).values_list("shipment_id", flat=True)
    )
    packed = [shipment_id for shipment_id in shipment_ids if shipment_id not in waiting]
    if packed:
        floor.record_packed(packed, actor=actor, at=at)


def _check_may_proceed(shipment_id: int) -> None:
    why = floor.may_proceed([shipment_id]).get(shipment_id, "")
    if why:
        raise StepStopped(why=why)


def _check_open(carton: Carton) -> None:
    if carton.state in {"closed", "voided"}:
        raise CartonIsClosed


def _check_picked(shipment_ids: Sequence[int]) -> None:
    to_sort = Q(round__method="batch", picked_qty__gt=F("sorted_qty"))
    open_tasks = PickTask.objects.filter(
        to_sort | Q(state__in=("open", "skipped")), shipment_id__in=shipment_ids
    ).aggregate(units=Sum("qty"))["units"]
    if open_tasks:
        raise NotPicked(missing_qty=open_tasks)


def _left_qty(carton_id: int) -> int:
    sums = CartonLine.objects.filter(carton_id=carton_id).aggregate(
        qty=Sum("qty"), verified=Sum("verified_qty")
    )
    return int(sums["qty"] or 0) - int(sums["verified"] or 0)


def _make_cartons(
    shipment_ids: Sequence[int],
    station_bin_id: int,
    *,
    actor: Actor,
    at: dt.datetime,
    verified: bool = False,
) -> list[Carton]:
    picked: dict[int, list[PickTask]] = {shipment_id: [] for shipment_id in shipment_ids}
    for task in (
        PickTask.objects.filter(shipment_id__in=shipment_ids, picked_qty__gt=0)
        .select_related("sku")
        .order_by("shipment_id", "pk")
    ):
        picked[task.shipment_id].append(task)
    counts = dict(
        Carton.objects.filter(shipment_id__in=shipment_ids)
        .values_list("shipment_id")
        .annotate(made=Count("pk"))
    )
    cartons = Carton.objects.bulk_create(
        Carton(
            shipment_id=shipment_id,
            number=counts.get(shipment_id, 0) + 1,
            state="verified" if verified else "open",
            station_bin_id=station_bin_id,
            expected_weight_g=parcel_drafts.expected_weight_g(tasks),
            opened_at=at,
            packed_by=actor.key,
        )
        for shipment_id, tasks in picked.items()
    )
    CartonLine.objects.bulk_create(
        CartonLine(
            carton=carton,
            shipment_line_id=task.shipment_line_id,
            sku_id=task.sku_id,
            lot_id=task.lot_id,
            from_bin_id=_tote_id(task),
            qty=task.picked_qty,
            verified_qty=task.picked_qty if verified else 0,
        )
        for carton in cartons
        for task in picked[carton.shipment_id]
    )
    return cartons


def _tote_id(task: PickTask) -> int:
    if task.tote_id is None:
        raise NotPicked(missing_qty=task.qty)
    return task.tote_id


def _close_all(
    cartons: Sequence[Carton],
    closings: dict[int, Closing],
    *,
    actor: Actor,
    at: dt.datetime,
) -> list[Carton]:
    for carton in cartons:
        closing = closings[carton.pk]
        carton.weight_g, carton.box_sku_id = closing.weight_g, closing.box_sku_id
        carton.state, carton.closed_at = Carton.State.CLOSED, at
    drafts = parcel_drafts.for_cartons(cartons)
    made = parcels.open_parcels(drafts, actor=actor, at=at)
    parcel_ids = {carton.pk: parcel.pk for carton, parcel in zip(cartons, made, strict=True)}
    for carton in cartons:
        carton.parcel_id = parcel_ids[carton.pk]
        carton.question, carton.asked_box_id = "", None
    Carton.objects.bulk_update(cartons, CLOSED_WITH)
    _record_packed([carton.shipment_id for carton in cartons], actor=actor, at=at)
    inserts.use_up(cartons, actor=actor, at=at)
    labels.request_labels(
        [labels.LabelAsk(parcel_ids[carton.pk], f"carton:{carton.pk}") for carton in cartons],
        actor=actor,
        at=at,
    )
    events.publish_many(
        [
            events.EventDraft(
                "fulfillment.packed",
                target=f"shipment:{carton.shipment_id}",
                at=at,
                payload={"shipment_id": carton.shipment_id, "parcel_id": parcel_ids[carton.pk]},
            )
            for carton in cartons
        ]
    )
    return list(cartons)

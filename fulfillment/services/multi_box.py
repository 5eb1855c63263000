"""Several boxes for one shipment (W13): open the next, move units, know what else is open.

Each box is a carton with its own contents, weight and label. Units that were scanned stay in their
box; what is still to be scanned follows the newest one. Every change locks the shipment first, so
two packers at one shipment never count a unit twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from core import audit
from core.actors import Actor
from fulfillment.models import Carton, CartonExtra, CartonLine
from fulfillment.services import inserts, parcel_drafts
from fulfillment.services.errors import (
    BoxEmpty,
    CartonIsClosed,
    LastUnitStays,
    NoSuchBox,
    StepStopped,
    TooManyUnits,
)
from orders.services import floor
from shipping.services import parcels

OPEN = ("open", "verified")


@dataclass(frozen=True, slots=True)
class Brought:
    """Units that came from another box: which one, and whether they had been counted there."""

    from_number: int
    were_counted: bool


def living(shipment_id: int) -> list[Carton]:
    """Return the boxes of a shipment that were not voided, in the order they were opened."""
    rows = Carton.objects.filter(shipment_id=shipment_id).exclude(state="voided")
    return list(rows.order_by("number"))


def position(carton: Carton, boxes: Sequence[Carton]) -> int:
    """Return which of the living boxes this is, from 1: the n of "parcel n of m"."""
    return 1 + sum(other.number < carton.number for other in boxes)


@transaction.atomic
def new_box(*, carton_id: int, actor: Actor, at: dt.datetime) -> Carton:
    """Open the next box; what this one still waits for is waited for there.

    Locks the shipment, then the carton.

    Raises:
        StepStopped: a hold or a cancellation stops the shipment.
        CartonIsClosed: its label was ordered, or it was voided.
        BoxEmpty: nothing is in this box yet.
    """
    carton = lock(carton_id)
    lines = list(carton.lines.order_by("pk"))
    if not any(line.verified_qty for line in lines):
        raise BoxEmpty(number=carton.number)
    last = Carton.objects.filter(shipment_id=carton.shipment_id).aggregate(top=Max("number"))
    fresh = Carton.objects.create(
        shipment_id=carton.shipment_id,
        number=last["top"] + 1,
        station_bin_id=carton.station_bin_id,
        opened_at=at,
        packed_by=actor.key,
    )
    for line in lines:
        left = line.qty - line.verified_qty
        if left:
            _move(line, fresh, left, counted=False, at=at)
    _forget_question(carton)
    settle([carton, fresh])
    _count_parcels(carton)
    audit.record(
        actor=actor,
        action="fulfillment.box_opened",
        target=f"shipment:{carton.shipment_id}",
        after={"carton": fresh.number},
        at=at,
    )
    return fresh


@transaction.atomic
def bring(*, carton_id: int, line_id: int, units: int, actor: Actor, at: dt.datetime) -> Brought:
    """Take units of another box's line into this one and count them here.

    Units that were still to be scanned there come first. A box that gives its last unit away is
    voided. Locks the shipment, then both cartons.

    Raises:
        StepStopped, CartonIsClosed: as `new_box`, for either box.
        TooManyUnits: the other box holds fewer meanwhile.
        Carton.DoesNotExist: the line is gone, or another shipment's.
        LastUnitStays: a later box is closed already, so this one keeps its number and a unit.
    """
    carton = lock(carton_id)
    owner = CartonLine.objects.filter(pk=line_id).values("carton_id")
    other = Carton.objects.select_for_update(of=("self",)).get(
        pk__in=owner, shipment_id=carton.shipment_id
    )
    if other.state not in OPEN:
        raise CartonIsClosed
    line = CartonLine.objects.get(pk=line_id)
    if units > line.qty:
        raise TooManyUnits(left_qty=line.qty)
    were_counted = line.qty - line.verified_qty < units
    _move(line, carton, units, counted=True, at=at)
    for box in (carton, other):
        _forget_question(box)
    settle([carton, other])
    _void_if_empty(other, actor=actor, at=at)
    _count_parcels(carton)
    audit.record(
        actor=actor,
        action="fulfillment.unit_moved",
        target=f"shipment:{carton.shipment_id}",
        after={"from": other.number, "to": carton.number, "sku": line.sku_id, "qty": units},
        at=at,
    )
    return Brought(other.number, were_counted)


def find_box(shipment_id: int, number: int) -> Carton:
    """Return the living box at this position of a shipment.

    Raises:
        NoSuchBox: there are fewer.
    """
    boxes = living(shipment_id)
    if not 1 <= number <= len(boxes):
        raise NoSuchBox(number=number, count=len(boxes))
    return boxes[number - 1]


def lock(carton_id: int) -> Carton:
    """Lock the shipment, then the carton, and return it, open and free to go on.

    Raises:
        StepStopped, CartonIsClosed: it is not.
    """
    shipment_id = Carton.objects.values_list("shipment_id", flat=True).get(pk=carton_id)
    floor.lock_shipments([shipment_id])
    carton = (
        Carton.objects.select_for_update(of=("self",)).select_related("shipment").get(pk=carton_id)
    )
    why = floor.may_proceed([shipment_id]).get(shipment_id, "")
    if why:
        raise StepStopped(why=why)
    if carton.state not in OPEN:
        raise CartonIsClosed
    return carton


def settle(boxes: Sequence[Carton]) -> None:
    """Set the state and the expected weight of open boxes by what they hold."""
    for box in boxes:
        lines = list(box.lines.select_related("sku"))
        is_full = bool(lines) and all(line.verified_qty == line.qty for line in lines)
        box.state = Carton.State.VERIFIED if is_full else Carton.State.OPEN
        box.expected_weight_g = parcel_drafts.lines_weight_g(lines)
        box.save(update_fields=["state", "expected_weight_g"])


def _move(line: CartonLine, to: Carton, units: int, *, counted: bool, at: dt.datetime) -> None:
    """Take units off a line, those still to be scanned first, and add them to a line of `to`."""
    left = line.qty - line.verified_qty
    line.qty -= units
    line.verified_qty -= max(units - left, 0)
    if line.qty:
        line.save(update_fields=["qty", "verified_qty"])
    else:
        line.delete()
    same = next((row for row in to.lines.order_by("pk") if _group(row) == _group(line)), None)
    target = same or CartonLine(
        carton=to,
        shipment_line_id=line.shipment_line_id,
        sku_id=line.sku_id,
        lot_id=line.lot_id,
        from_bin_id=line.from_bin_id,
        qty=0,
    )
    target.qty += units
    if counted:
        target.verified_qty += units
        target.verified_at = at
    target.save()


def _group(line: CartonLine) -> tuple[int, int, int | None, int]:
    return (line.shipment_line_id, line.sku_id, line.lot_id, line.from_bin_id)


def _forget_question(carton: Carton) -> None:
    """Other contents: what was asked about box and weight no longer holds."""
    carton.question, carton.asked_box, carton.box_reason, carton.weight_reason = "", None, "", ""
    carton.weight_g, carton.weighed_count = None, 0
    carton.save(
        update_fields=[
            "question",
            "asked_box",
            "box_reason",
            "weight_reason",
            "weight_g",
            "weighed_count",
        ]
    )


def _void_if_empty(carton: Carton, *, actor: Actor, at: dt.datetime) -> None:
    if carton.lines.exists():
        return
    later = Carton.objects.filter(
        shipment_id=carton.shipment_id, number__gt=carton.number, state="closed"
    )
    if later.exists():
        raise LastUnitStays(number=carton.number)
    while inserts.undo_last(carton.pk, actor=actor, at=at) is not None:
        continue
    CartonExtra.objects.filter(carton=carton).delete()
    carton.state = Carton.State.VOIDED
    carton.save(update_fields=["state"])


def _count_parcels(carton: Carton) -> None:
    shipment = carton.shipment
    parcels.set_parcel_count(shipment.key, len(living(shipment.pk)))

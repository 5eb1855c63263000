"""Waves: send shipments to the floor, bins and lots chosen now and not before.

A wave is released in one transaction: the shipments turn `released`, the bins and lots are chosen
first-expired-first-out, each choice is reserved in its bin and becomes one pick task of the walk
through the floor as its layout has it. What a bin cannot give although the level promised it goes
the way of a short pick.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from core import audit, events, numbers
from core.actors import Actor
from fulfillment.models import PickTask, Wave
from fulfillment.services import shorts, walks
from fulfillment.services.errors import NothingToRelease
from inventory.services import picking as stock_picking
from orders.models import ShipmentLine
from orders.services import floor

if TYPE_CHECKING:
    from inventory.domain.picks import BinTake


@dataclass(frozen=True, slots=True)
class WaveOrder:
    """What to release: shipments of one warehouse, and the choice they came from."""

    warehouse_id: int
    shipment_ids: Sequence[int]
    criteria: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaveOutcome:
    """The wave, and for each shipment left out the code that stopped it.

    `uncovered` maps a shipment line to the units its bins could not give; these went the way of
    a short pick, and a shipment that has none left is cancelled.
    """

    wave: Wave
    released: list[int]
    refused: dict[int, str]
    uncovered: dict[int, int]


@transaction.atomic
def release_wave(*, order: WaveOrder, actor: Actor, at: dt.datetime) -> WaveOutcome:
    """Release the shipments that may go, reserve their bins and create the pick tasks.

    Units no bin can give are looked for elsewhere, as after a short pick; a wave that has no pick
    at all ends at once. Locks the shipments, then the bin stock in pk order. Not idempotent by
    key: a shipment that is released already is refused with NOT_PLANNED, so a repeat releases
    nothing twice.

    Raises:
        NothingToRelease: no shipment may go; `refused` maps each to its code.
    """
    number = numbers.take("wave")[0]
    wave = Wave.objects.create(
        number=number,
        warehouse_id=order.warehouse_id,
        state=Wave.State.RELEASED,
        criteria=order.criteria,
        released_at=at,
        released_by=actor.key,
    )
    result = floor.release(order.shipment_ids, wave_key=f"wave:{wave.pk}", actor=actor, at=at)
    if not result.released:
        raise NothingToRelease(refused=result.refused)
    lines = _reserved_lines(result.released)
    takes = stock_picking.plan_bins([_want(line) for line in lines], on=at.date())
    tasks = _create_tasks(wave, lines, takes)
    stock_picking.hold_bins(
        [
            stock_picking.BinHold(
                task.owner_key, take.bin_stock_id, take.qty, demand_key=take.owner_key
            )
            for task, take in tasks
        ],
        event_key=f"wave:{wave.pk}:bins",
        actor=actor,
        at=at,
    )
    uncovered = _uncovered(lines, takes)
    for line_id, missing in uncovered.items():
        shorts.cover_elsewhere(
            shipment_line_id=line_id,
            missing_qty=missing,
            tried=[("OTHER_BIN", 0)],
            actor=actor,
            at=at,
        )
    wave.shipment_count = len(result.released)
    wave.task_count = len(tasks)
    wave.save(update_fields=["shipment_count", "task_count", "length_mm", "s_shape_mm"])
    _record(wave, actor, at)
    if not tasks:
        close_if_done(wave.pk, at=at)
    return WaveOutcome(wave, result.released, result.refused, uncovered)


def _reserved_lines(shipment_ids: Sequence[int]) -> list[ShipmentLine]:
    return list(
        ShipmentLine.objects.filter(shipment_id__in=shipment_ids, reserved_qty__gt=0)
        .select_related("shipment")
        .order_by("shipment_id", "pk")
    )


def _want(line: ShipmentLine) -> stock_picking.PickWant:
    return stock_picking.PickWant(
        owner_key=line.key,
        warehouse_id=line.shipment.warehouse_id,
        sku_id=line.sku_id,
        qty=line.reserved_qty,
    )


def _create_tasks(
    wave: Wave, lines: Sequence[ShipmentLine], takes: Sequence[BinTake]
) -> list[tuple[PickTask, BinTake]]:
    by_key = {line.key: line for line in lines}
    tour = walks.tour_of(wave.warehouse_id, {take.bin_id for take in takes})
    wave.length_mm, wave.s_shape_mm = tour.length_mm, tour.s_shape_mm
    stop = {bin_id: place for place, bin_id in enumerate(tour.order)}
    ordered = sorted(takes, key=lambda take: (stop[take.bin_id], by_key[take.owner_key].pk))
    rows = [
        PickTask(
            wave=wave,
            warehouse_id=wave.warehouse_id,
            shipment_id=by_key[take.owner_key].shipment_id,
            shipment_line_id=by_key[take.owner_key].pk,
            sku_id=by_key[take.owner_key].sku_id,
            bin_id=take.bin_id,
            lot_id=take.lot_id,
            qty=take.qty,
            sequence=position,
        )
        for position, take in enumerate(ordered, 1)
    ]
    return list(zip(PickTask.objects.bulk_create(rows), ordered, strict=True))


def _uncovered(lines: Sequence[ShipmentLine], takes: Sequence[BinTake]) -> dict[int, int]:
    taken: dict[str, int] = {}
    for take in takes:
        taken[take.owner_key] = taken.get(take.owner_key, 0) + take.qty
    missing = {line.pk: line.reserved_qty - taken.get(line.key, 0) for line in lines}
    return {line_id: qty for line_id, qty in missing.items() if qty > 0}


def _record(wave: Wave, actor: Actor, at: dt.datetime) -> None:
    audit.record(
        actor=actor,
        action="fulfillment.wave_released",
        target=f"wave:{wave.pk}",
        after={"shipments": wave.shipment_count, "tasks": wave.task_count},
        at=at,
    )
    events.publish("fulfillment.wave_released", target=f"wave:{wave.pk}", at=at, wave_id=wave.pk)


def close_if_done(wave_id: int, *, at: dt.datetime) -> bool:
    """Complete the wave when no task of it is open; say whether it is complete now. Repeatable."""
    if PickTask.objects.filter(wave_id=wave_id, state__in=("open", "skipped")).exists():
        Wave.objects.filter(pk=wave_id, state="released").update(state="in_progress")
        return False
    changed = Wave.objects.filter(pk=wave_id, state__in=("released", "in_progress")).update(
        state="completed", completed_at=at
    )
    return bool(changed)

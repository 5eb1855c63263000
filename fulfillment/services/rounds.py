"""Rounds of a released wave: its orders put on walks by their lengths, one round each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from core.actors import Actor
from fulfillment.domain.wave_tours import PlannedTour
from fulfillment.models import PickRound, PickTask, Wave
from fulfillment.services import wave_plans
from fulfillment.services.round_making import UNDONE, RoundPlan, create_rounds
from fulfillment.services.wave_plans import Method, Stop


def plan_rounds(wave_id: int, *, actor: Actor, at: dt.datetime) -> list[PickRound]:
    """Plan the rounds of a wave whose method is batch or cluster; any other wave gets none.

    The walks are computed outside any transaction and written in one: an order that a picker has
    taken meanwhile stays theirs, and its tour is fetched singly. Repeatable: tasks on a round are
    left alone.
    """
    wave = Wave.objects.get(pk=wave_id)
    method = Method.of(wave.criteria)
    if method.name not in wave_plans.TO_TOURS:
        return []
    tasks = _loose_tasks(wave)
    stops = [Stop(row.shipment_id, row.bin_id, row.sku_id, row.qty) for row in tasks]
    plan = wave_plans.plan_stops(wave.warehouse_id, stops, method, seed=wave.pk)
    by_shipment: dict[int, list[PickTask]] = {}
    for row in tasks:
        by_shipment.setdefault(row.shipment_id, []).append(row)
    made = create_rounds(
        [_round_plan(wave.pk, method, one, by_shipment) for one in plan.tours], actor=actor, at=at
    )
    if made and plan.measured:
        Wave.objects.filter(pk=wave.pk).update(
            length_mm=sum(row.length_mm or 0 for row in made),
            s_shape_mm=sum(row.s_shape_mm or 0 for row in made),
        )
    return made


def _round_plan(
    wave_id: int, method: Method, one: PlannedTour, by_shipment: Mapping[int, list[PickTask]]
) -> RoundPlan:
    """Return a tour as a round: tasks in walking order, slots as their orders are first met."""
    stop = {bin_id: place for place, bin_id in enumerate(one.tour.order)}
    mine = [row for key in one.keys for row in by_shipment[key]]
    mine.sort(key=lambda row: (stop[row.bin_id], row.shipment_id, row.pk))
    return RoundPlan(
        wave_id=wave_id,
        shipment_ids=list(dict.fromkeys(row.shipment_id for row in mine)),
        method=method.name,
        task_order=[row.pk for row in mine],
        length_mm=one.tour.length_mm,
        s_shape_mm=one.tour.s_shape_mm,
    )


def _loose_tasks(wave: Wave) -> list[PickTask]:
    """Return the tasks nobody has begun, of shipments that nobody has begun."""
    undone = PickTask.objects.filter(wave=wave, state__in=UNDONE)
    begun = undone.exclude(assigned_to="", round=None).values("shipment_id")
    return list(undone.exclude(shipment_id__in=begun).order_by("sequence", "pk"))

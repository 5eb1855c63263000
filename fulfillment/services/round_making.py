"""Rounds: put tasks of a wave together for one walk, take it with a cart, hand it over, end it.

Rounds are planned first (by the wave's batching, or here, the most urgent orders together, when a
cart is scanned and none is planned) and get their cart and picker when they open.
"""

# ruff: noqa: S608  # values travel as parameters, names and marks come from this file
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F, Max, Min, Q

from core import audit
from core.actors import Actor
from fulfillment.models import Cart, CartSlot, PickRound, PickTask, Wave
from fulfillment.services.round_errors import NoRoundWaits, RoundNotOpen, ShipmentsNotFree
from orders.models import Shipment

#: What `PickTask.state` is while somebody still has to walk to it.
UNDONE = ("open", "skipped")

BATCH = 500
"""Tasks written in one statement: each looks through all branches, so larger is slower."""


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """What one round fetches: shipments of a wave in slot order, and the tour over its tasks.

    `task_order` lists the tasks' ids as they are walked (empty: by the wave's own sequence).
    Lengths are of the planned walk and of S-shape, in millimetres; None where no layout is known.
    """

    wave_id: int
    shipment_ids: Sequence[int]
    method: str = "cluster"
    task_order: Sequence[int] = ()
    length_mm: int | None = None
    s_shape_mm: int | None = None


@transaction.atomic
def create_round(plan: RoundPlan, *, actor: Actor, at: dt.datetime) -> PickRound:
    """Make a planned round of the plan's shipments; their undone tasks belong to it from now on.

    Locks the tasks in pk order. A cluster round gets a slot per shipment, any other one slot.

    Raises:
        ShipmentsNotFree: a shipment has no undone task in the wave, stands in another round, or
            has units picked already in a batch.
    """
    tasks = _lock_tasks(plan.wave_id, plan.shipment_ids)
    busy = _not_free(plan, tasks)
    if busy:
        raise ShipmentsNotFree(count=busy)
    return _make([plan], tasks, actor, at)[0]


@transaction.atomic
def create_rounds(plans: Sequence[RoundPlan], *, actor: Actor, at: dt.datetime) -> list[PickRound]:
    """Make the planned rounds of one wave together; see `create_round`.

    A plan with a shipment that is not free any more is left out. A constant number of statements
    per thousand tasks. Locks the tasks in pk order.
    """
    if not plans:
        return []
    tasks = _lock_tasks(plans[0].wave_id, [pk for plan in plans for pk in plan.shipment_ids])
    free = [plan for plan in plans if not _not_free(plan, tasks)]
    return _make(free, tasks, actor, at)


def _lock_tasks(wave_id: int, shipment_ids: Sequence[int]) -> dict[int, list[PickTask]]:
    """Lock shipments, then their undone tasks, in pk order; return the tasks by shipment."""
    # Slots point at shipments: who stops one holds it and waits for its tasks.
    list(Shipment.objects.filter(pk__in=shipment_ids).lock().values_list("pk", flat=True))
    rows = (
        PickTask.objects.select_for_update(of=("self",))
        .filter(wave_id=wave_id, shipment_id__in=shipment_ids, state__in=UNDONE)
        .order_by("pk")
    )
    tasks: dict[int, list[PickTask]] = {}
    for task in rows:
        tasks.setdefault(task.shipment_id, []).append(task)
    return tasks


def _not_free(plan: RoundPlan, tasks: Mapping[int, list[PickTask]]) -> int:
    """Count the plan's shipments that no round can take: nothing left, or in another round."""
    return sum(
        not tasks.get(pk) or any(task.round_id for task in tasks[pk])
        for pk in set(plan.shipment_ids)
    )


def _make(
    plans: Sequence[RoundPlan],
    tasks: Mapping[int, list[PickTask]],
    actor: Actor,
    at: dt.datetime,
) -> list[PickRound]:
    """Write the rounds of free shipments, their slots and whose tasks they are."""
    if not plans:
        return []
    wave_id = plans[0].wave_id
    last = PickRound.objects.filter(wave_id=wave_id).aggregate(last=Max("position"))["last"] or 0
    warehouse_id = tasks[plans[0].shipment_ids[0]][0].warehouse_id
    made = PickRound.objects.bulk_create(
        PickRound(
            wave_id=wave_id,
            warehouse_id=warehouse_id,
            position=position,
            method=plan.method,
            length_mm=plan.length_mm,
            s_shape_mm=plan.s_shape_mm,
            created_at=at,
        )
        for position, plan in enumerate(plans, last + 1)
    )
    _give_tasks(list(zip(made, plans, strict=True)), tasks)
    audit.record_many(
        [
            audit.AuditDraft(
                actor,
                "fulfillment.round_planned",
                f"wave:{wave_id}",
                at,
                after={
                    "round": row.pk,
                    "orders": len(plan.shipment_ids),
                    "tasks": sum(len(tasks[pk]) for pk in set(plan.shipment_ids)),
                },
            )
            for row, plan in zip(made, plans, strict=True)
        ]
    )
    return made


def _give_tasks(
    planned: Sequence[tuple[PickRound, RoundPlan]], tasks: Mapping[int, list[PickTask]]
) -> None:
    slots = CartSlot.objects.bulk_create(
        CartSlot(round=row, position=position, shipment_id=shipment_id)
        for row, plan in planned
        for position, shipment_id in enumerate(_owners(plan), 1)
    )
    by_owner = {(slot.round_id, slot.shipment_id): slot for slot in slots}
    changed = []
    for row, plan in planned:
        places = {task_id: place for place, task_id in enumerate(plan.task_order, 1)}
        for task in (task for pk in dict.fromkeys(plan.shipment_ids) for task in tasks[pk]):
            task.round, task.assigned_to = row, ""
            task.slot = by_owner.get((row.pk, task.shipment_id)) or by_owner[row.pk, None]
            task.sequence = places.get(task.pk, task.sequence)
            changed.append((task.pk, row.pk, task.slot.pk, task.sequence))
    for start in range(0, len(changed), BATCH):
        _write_places(changed[start : start + BATCH])


def _write_places(rows: Sequence[tuple[int, int, int, int]]) -> None:
    """Give tasks (id, round, slot, sequence) their places; one statement.

    A CASE per row, as bulk_update writes it, took 11 s for 2,000 tasks.
    """
    marks = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE fulfillment_picktask AS t SET round_id = v.column2, slot_id = v.column3,"
            " sequence = v.column4, assigned_to = ''"
            f" FROM (VALUES {marks}) AS v WHERE t.id = v.column1",
            [value for row in rows for value in row],
        )


def _owners(plan: RoundPlan) -> Sequence[int | None]:
    return plan.shipment_ids if plan.method == "cluster" else [None]


@transaction.atomic
def take_cart(*, cart_id: int, actor: Actor, at: dt.datetime) -> PickRound:
    """Return the cart's open round, now of this picker; without one, open the next that waits.

    A round in work goes on where it stands, whoever pushed the cart before. Locks the cart.

    Raises:
        NoRoundWaits: nothing is left to pick in the cart's warehouse.
    """
    cart = Cart.objects.select_for_update().get(pk=cart_id)
    running = PickRound.objects.select_for_update(of=("self",)).filter(cart=cart, state="open")
    current = running.first()
    if current is not None:
        return _hand_over(current, actor, at)
    waiting = _next_planned(cart) or _plan_for(cart, actor, at)
    moved = PickRound.objects.filter(pk=waiting.pk, state="planned").update(
        state="open", cart=cart, picker=actor.key, opened_at=at
    )
    if not moved:
        raise RoundNotOpen(state="open")
    Wave.objects.filter(pk=waiting.wave_id, state="released").update(state="in_progress")
    _record(waiting, "fulfillment.round_opened", actor, at, {"cart": cart.code})
    waiting.refresh_from_db()
    return waiting


def _hand_over(current: PickRound, actor: Actor, at: dt.datetime) -> PickRound:
    if current.picker != actor.key:
        before, current.picker = current.picker, actor.key
        current.save(update_fields=["picker"])
        _record(current, "fulfillment.round_handed_over", actor, at, {"from": before})
    return current


def _next_planned(cart: Cart) -> PickRound | None:
    rows = PickRound.objects.select_for_update(of=("self",)).filter(
        warehouse_id=cart.warehouse_id, state="planned", wave__state__in=("released", "in_progress")
    )
    for row in rows.order_by("wave_id", "position", "pk")[:20]:
        if row.slots.count() <= cart.slot_count and row.tasks.filter(state__in=UNDONE).exists():
            return row
    return None


def _plan_for(cart: Cart, actor: Actor, at: dt.datetime) -> PickRound:
    """Plan a round of the most urgent orders of the oldest wave, as many as the cart holds."""
    loose = PickTask.objects.filter(
        warehouse_id=cart.warehouse_id,
        state="open",
        round=None,
        assigned_to="",
        wave__state__in=("released", "in_progress"),
        shipment__exception="",
    )
    wave_id = loose.order_by("wave_id").values_list("wave_id", flat=True).first()
    if wave_id is None:
        raise NoRoundWaits(cart=cart.code)
    wave = Wave.objects.get(pk=wave_id)
    method = str(wave.criteria.get("method", "cluster"))
    busy = PickTask.objects.filter(wave=wave).filter(~Q(assigned_to="") | Q(round__isnull=False))
    urgent = (
        Shipment.objects.filter(pick_tasks__in=loose.filter(wave=wave))
        .exclude(pk__in=busy.filter(state__in=UNDONE).values("shipment_id"))
        .annotate(first=Min("pick_tasks__sequence"))
        .order_by("order__priority", F("cutoff_at").asc(nulls_last=True), "first", "pk")
    )
    most = cart.slot_count if method == "cluster" else 4 * cart.slot_count
    shipment_ids = [row.pk for row in urgent[:most]]
    if not shipment_ids:
        raise NoRoundWaits(cart=cart.code)
    return create_round(RoundPlan(wave.pk, shipment_ids, method), actor=actor, at=at)


@transaction.atomic
def close_round(round_id: int, *, actor: Actor, at: dt.datetime) -> PickRound:
    """End the walk: the cart is free; what was not fetched goes back to the single picks.

    A cluster round lets its totes go to packing; a batch round waits for the put wall. Repeatable.

    Raises:
        RoundNotOpen: nobody walks it.
    """
    row = PickRound.objects.select_for_update(of=("self",)).get(pk=round_id)
    if row.state in {"closed", "sorting"}:
        return row
    if row.state != "open":
        raise RoundNotOpen(state=row.get_state_display())
    left = PickTask.objects.filter(round=row, state__in=UNDONE)
    left_count = left.update(round=None, slot=None, step="bin", counted_qty=0, assigned_to="")
    to_sort = row.method == "batch" and row.tasks.filter(picked_qty__gt=F("sorted_qty")).exists()
    row.state = PickRound.State.SORTING if to_sort else PickRound.State.CLOSED
    row.closed_at = at
    row.bin = row.sku = row.lot = None
    row.in_hand_qty, row.reason = 0, ""
    row.save()
    if not to_sort:
        CartSlot.objects.filter(round=row).update(is_open=False)
    _record(row, "fulfillment.round_closed", actor, at, {"left": left_count})
    return row


def _record(
    row: PickRound, action: str, actor: Actor, at: dt.datetime, after: dict[str, str | int]
) -> None:
    audit.record(actor=actor, action=action, target=row.key, after=after, at=at)

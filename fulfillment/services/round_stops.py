"""Where a round stands: its stop as the rules of round scans see it, read from the tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

from fulfillment.domain.round_steps import RoundStep, SlotNeed, StopCard, settled
from fulfillment.models import PickRound, PickTask
from fulfillment.services.round_making import UNDONE
from inventory.models import Bin, Lot, Sku
from orders.services import floor


class StopKey(NamedTuple):
    """What makes one stop: the bin, the SKU and the lot to take there."""

    bin_id: int
    sku_id: int
    lot_id: int | None


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of a round: its card, its places, and its tasks in order of urgency.

    `left_count` counts the stops after this one, `stopped` the orders that are held or cancelled.
    """

    card: StopCard
    bin: Bin | None
    sku: Sku | None
    lot: Lot | None
    tasks: tuple[PickTask, ...]
    left_count: int
    stopped: tuple[int, ...]

    def task(self, task_id: int) -> PickTask:
        """Return a task of the stop."""
        return next(task for task in self.tasks if task.pk == task_id)


def stop_of(row: PickRound, *, may_swap: bool = False) -> Stop:
    """Return the stop the round stands at, or the next one; writes nothing. At most seven queries.

    Orders that are held or cancelled are passed over: their units are not asked for. A round may
    hold a thousand tasks, so only those of the stop itself are read whole.
    """
    open_tasks = PickTask.objects.filter(
        round=row, state__in=UNDONE, slot__tote__isnull=False
    ).order_by("sequence", "pk")
    rows = list(open_tasks.values_list("pk", "shipment_id", "bin_id", "sku_id", "lot_id"))
    why = floor.may_proceed({shipment_id for _pk, shipment_id, *_key in rows})
    stopped = tuple(sorted(shipment_id for shipment_id, reason in why.items() if reason))
    live = {pk: StopKey(*key) for pk, shipment_id, *key in rows if not why[shipment_id]}
    key = _here(row, live)
    whole = PickTask.objects.filter(pk__in=[pk for pk, place in live.items() if place == key])
    related = ("slot__tote", "shipment__order", "bin", "sku", "lot", "other_lot")
    here = sorted(whole.select_related(*related), key=_urgency)
    fresh = key != _stored(row)
    card = replace(settled(_card(row, here, fresh)), may_swap=may_swap)
    left = set(live.values()) - {key}
    places = (None, None, None) if key is None else _places(row, here)
    return Stop(card, *places, tuple(here), len(left), stopped)


def _places(row: PickRound, here: Sequence[PickTask]) -> tuple[Bin | None, Sku | None, Lot | None]:
    if here:
        return here[0].bin, here[0].sku, here[0].lot
    return row.bin, row.sku, row.lot


def _here(row: PickRound, live: Mapping[int, StopKey]) -> StopKey | None:
    stored = _stored(row)
    if stored is not None and (row.in_hand_qty or stored in live.values()):
        return stored
    return next(iter(live.values()), None)


def _stored(row: PickRound) -> StopKey | None:
    if row.bin_id is None or row.sku_id is None:
        return None
    return StopKey(row.bin_id, row.sku_id, row.lot_id)


def _urgency(task: PickTask) -> tuple[int, float, int, int]:
    cutoff = task.shipment.cutoff_at
    by = cutoff.timestamp() if cutoff else float("inf")
    position = task.slot.position if task.slot else 0
    return (task.shipment.order.priority, by, position, task.pk)


def _card(row: PickRound, here: Sequence[PickTask], fresh: bool) -> StopCard:
    bin_, sku, lot = _places(row, here)
    nothing = not here and not row.in_hand_qty
    step = "close" if nothing else "bin" if fresh else row.step
    return StopCard(
        cart_code=row.cart.code if row.cart else "",
        bin_code=bin_.code if bin_ else "",
        sku_code=sku.code if sku else "",
        lot_code=lot.code if lot else "",
        needs=tuple(_need(task) for task in here),
        totes={
            slot.tote.code: slot.position
            for slot in row.slots.select_related("tote").order_by("position")
            if slot.tote
        },
        in_hand=row.in_hand_qty,
        step=cast(RoundStep, step),
        reason="" if fresh else row.reason,
        placed=step == "slot" and last_placed(row) is not None,
        other_lot=next((task.other_lot.code for task in here if task.other_lot), ""),
    )


def last_placed(row: PickRound, *, here: bool = True) -> PickTask | None:
    """Return the task of the round that was placed last (at the stop it stands at), or None."""
    rows = PickTask.objects.filter(round=row, state="picked", sorted_qty=0)
    if here:
        rows = rows.filter(bin=row.bin, sku=row.sku, lot=row.lot)
    return rows.select_related("slot").order_by("-updated_at", "-pk").first()


def _need(task: PickTask) -> SlotNeed:
    slot = task.slot
    tote = slot.tote.code if slot and slot.tote else ""
    return SlotNeed(task.pk, slot.position if slot else 0, tote, task.qty)

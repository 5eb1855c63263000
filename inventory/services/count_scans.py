"""What a counter scans: units onto the open round, one scan at a time, and back off it.

Only the counter of the round writes to it; the round's row is locked. Nothing is booked here.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from inventory.models import CycleCountLine, CycleCountRound
from inventory.services.cycle_counts import AnotherPersonCounts, CountStateConflict

#: How many scans can be taken back.
TRAIL_LENGTH = 10
MOST_COUNTED = 1_000_000


class CountQuantityRefused(InputRefused):
    """More or fewer units than a bin can hold."""

    code = "COUNT_QUANTITY_REFUSED"
    text = gettext_noop("%(qty)s units can't be counted. Scan again.")


class NothingCounted(StateConflict):
    """There is no scan to take back or to multiply."""

    code = "NOTHING_COUNTED"
    text = gettext_noop("Nothing is counted yet. Scan an item.")


@transaction.atomic
def add_units(
    round_id: int, sku_id: int, lot_id: int | None, qty: int, *, actor: Actor
) -> CycleCountLine:
    """Count `qty` more units of a SKU and lot; return the line.

    Raises:
        CountQuantityRefused: the sum is out of range; CountStateConflict, AnotherPersonCounts: the
            round is over or somebody else's.
    """
    running = _locked(round_id, actor)
    if qty < 1:
        raise CountQuantityRefused(qty=qty)
    goods: dict[str, Any] = {"sku_id": sku_id, "lot_id": lot_id}
    line, _created = CycleCountLine.objects.get_or_create(
        round=running, **goods, defaults={"bin_id": running.count.bin_id}
    )
    _add(line, qty)
    running.trail = [*running.trail, [line.pk, qty]][-TRAIL_LENGTH:]
    running.step, running.current_sku_id, running.pending_qty = "item", sku_id, 0
    running.save(update_fields=["trail", "step", "current_sku", "pending_qty"])
    return line


@transaction.atomic
def set_last(round_id: int, qty: int, *, actor: Actor) -> CycleCountLine:
    """Let the last scan count for `qty` units; return its line.

    Raises:
        NothingCounted, CountQuantityRefused, CountStateConflict, AnotherPersonCounts: as named.
    """
    running = _locked(round_id, actor)
    line, counted = _last(running)
    if qty < 1:
        raise CountQuantityRefused(qty=qty)
    _add(line, qty - counted)
    running.trail = [*running.trail[:-1], [line.pk, qty]]
    running.save(update_fields=["trail"])
    return line


@transaction.atomic
def take_back(round_id: int, *, actor: Actor) -> CycleCountLine:
    """Take the last scan back; return its line, deleted when nothing of it is left.

    Raises:
        NothingCounted, CountStateConflict, AnotherPersonCounts: as named.
    """
    running = _locked(round_id, actor)
    line, counted = _last(running)
    _add(line, -counted)
    running.trail = running.trail[:-1]
    running.step, running.pending_qty = "item", 0
    running.save(update_fields=["trail", "step", "pending_qty"])
    if not line.counted_qty and not any(pk == line.pk for pk, _qty in running.trail):
        CycleCountLine.objects.filter(pk=line.pk, counted_qty=0).delete()
    return line


@transaction.atomic
def set_step(
    round_id: int, step: str, *, sku_id: int | None = None, pending_qty: int = 0, actor: Actor
) -> None:
    """Keep where the counter stands: the scan awaited, and the item whose lot is asked.

    Raises:
        CountStateConflict, AnotherPersonCounts: the round is over or somebody else's.
    """
    running = _locked(round_id, actor)
    if not 0 <= pending_qty <= MOST_COUNTED:
        raise CountQuantityRefused(qty=pending_qty)
    running.step, running.current_sku_id, running.pending_qty = step, sku_id, pending_qty
    running.save(update_fields=["step", "current_sku", "pending_qty"])


def _locked(round_id: int, actor: Actor) -> CycleCountRound:
    running = (
        CycleCountRound.objects.select_for_update(of=("self",))
        .select_related("count__bin")
        .get(pk=round_id)
    )
    count = running.count
    if running.finished_at is not None or count.state != count.State.COUNTING:
        raise CountStateConflict(number=count.number, state=count.get_state_display())
    if running.counter_key != actor.key:
        raise AnotherPersonCounts(bin=count.bin.code)
    return running


def _last(running: CycleCountRound) -> tuple[CycleCountLine, int]:
    if not running.trail:
        raise NothingCounted
    pk, qty = running.trail[-1]
    return CycleCountLine.objects.get(pk=pk), int(qty)


def _add(line: CycleCountLine, qty: int) -> None:
    counted = line.counted_qty + qty
    if not 0 <= counted <= MOST_COUNTED:
        raise CountQuantityRefused(qty=counted)
    CycleCountLine.objects.filter(pk=line.pk).update(counted_qty=F("counted_qty") + qty)
    line.counted_qty = counted

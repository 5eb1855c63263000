"""Compare a round with the ledger of its moment, and post what two persons found alike (X18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q, Sum

from core import settings_store
from core.actors import Actor
from inventory.domain import defaults
from inventory.domain.cycle_counts import Limits, SkuLot, Variances, Verdict, judge, size_of
from inventory.models import (
    BinStock,
    Condition,
    CostLayer,
    CycleCount,
    CycleCountLine,
    CycleCountRound,
    Sku,
    StockMove,
)
from inventory.services import announcing, count_tasks, level_sql
from inventory.services.counting import CountLine, post_count
from inventory.services.ledger import BinShort
from inventory.services.lots import lock_lots

EXPECTED = (Condition.GOOD.value, Condition.SUSPECTED_MISSING.value)


def limits() -> Limits:
    """Return what a count may differ by without approval."""
    return Limits(
        int(str(settings_store.get(defaults.COUNT_LIMIT_UNITS.name))),
        Decimal(str(settings_store.get(defaults.COUNT_LIMIT_AMOUNT.name))),
    )


def unit_values(warehouse_id: int, sku_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return what a unit costs: the mean of the open layers, else the SKU's default cost."""
    wanted = set(sku_ids)
    values: dict[int, Decimal] = {
        pk: cost
        for pk, cost in Sku.objects.filter(pk__in=wanted).values_list("pk", "default_cost")
        if cost is not None
    }
    layers = (
        CostLayer.objects.filter(warehouse_id=warehouse_id, sku_id__in=wanted, remaining_qty__gt=0)
        .order_by()
        .values("sku_id")
        .annotate(units=Sum("remaining_qty"), worth=Sum(F("remaining_qty") * F("unit_cost")))
        .values_list("sku_id", "units", "worth")
    )
    return values | {
        sku_id: Decimal(worth) / units for sku_id, units, worth in layers if worth is not None
    }


def close_round(
    count: CycleCount,
    running: CycleCountRound,
    *,
    position: Callable[[], int],
    at: dt.datetime,
) -> Verdict:
    """Write what the system expected at this moment beside what was counted; return what follows.

    The count must be locked; locks its lots and levels. Everything the bin should hold gets a
    line, so a SKU nobody scanned counts as zero.
    """
    expected = _expected_under_lock(count, running)
    known = {(line.sku_id, line.lot_id): line for line in running.lines.all()}
    for key, qty in expected.items():
        if key not in known and qty:
            known[key] = CycleCountLine(
                round=running, bin_id=count.bin_id, sku_id=key[0], lot_id=key[1]
            )
    for key, line in known.items():
        line.expected_qty = expected.get(key, 0)
        line.save()
    running.finished_at, running.finished_move_id = at, position()
    running.moved_qty = _moved(count, running, {key[0] for key in known})
    running.save(update_fields=["finished_at", "finished_move_id", "moved_qty"])
    return _judge(count)


def _expected_under_lock(count: CycleCount, running: CycleCountRound) -> dict[SkuLot, int]:
    keys = set(_in_bin(count)) | set(running.lines.values_list("sku_id", "lot_id"))
    lock_lots(key[1] for key in keys)
    level_sql.lock_levels({(count.warehouse_id, key[0]) for key in keys})
    return _in_bin(count)


def _in_bin(count: CycleCount) -> dict[SkuLot, int]:
    rows = (
        BinStock.objects.filter(bin_id=count.bin_id, condition__in=EXPECTED)
        .order_by()
        .values("sku_id", "lot_id")
        .annotate(units=Sum("qty"))
        .values_list("sku_id", "lot_id", "units")
    )
    return {(sku_id, lot_id): units for sku_id, lot_id, units in rows}


def _moved(count: CycleCount, running: CycleCountRound, sku_ids: set[int]) -> int:
    moves = StockMove.objects.filter(
        Q(from_bin_id=count.bin_id) | Q(to_bin_id=count.bin_id),
        sku_id__in=sku_ids,
        pk__gt=running.started_move_id,
    )
    return moves.aggregate(units=Sum("qty"))["units"] or 0


def _judge(count: CycleCount) -> Verdict:
    rounds: dict[int, dict[SkuLot, int]] = {
        number: {}
        for number in count.rounds.order_by("round_no").values_list("round_no", flat=True)
    }
    rows = CycleCountLine.objects.filter(round__count=count).select_related("round")
    for line in rows.order_by("pk"):
        rounds[line.round.round_no][line.sku_id, line.lot_id] = line.variance_qty
    last: Variances = rounds[max(rounds)]
    size = size_of(last, unit_values(count.warehouse_id, {key[0] for key in last}))
    count.variance_qty, count.variance_amount = size.units, size.amount
    CycleCount.objects.filter(pk=count.pk).update(
        variance_qty=size.units, variance_amount=size.amount
    )
    verdict = judge(list(rounds.values()), size, limits())
    if verdict == "recount":
        drop_lines(count)
    return verdict


def drop_lines(count: CycleCount) -> None:
    """Close the lines of a count: they stay as evidence and stand in no other count's way."""
    CycleCountLine.objects.filter(round__count=count, is_open=True).update(is_open=False)


def try_post(count: CycleCount, *, actor: Actor, at: dt.datetime) -> bool:
    """Post a count; say whether the bin still holds what is to be booked as lost."""
    try:
        with transaction.atomic():
            post(count, actor=actor, at=at)
    except BinShort:
        return False
    return True


def post(count: CycleCount, *, actor: Actor, at: dt.datetime) -> None:
    """Book the last round's differences on what is there now and settle the bin's count tasks.

    Promises that can't be kept any more are told in the same transaction. Idempotent.

    Raises:
        BinShort: the bin holds fewer units now than are to be booked as lost.
    """
    last = count.rounds.order_by("-round_no").first()
    rows = last.lines.order_by("sku_id", "lot_id", "pk") if last is not None else []
    lines = [
        CountLine(count.bin_id, line.sku_id, line.expected_qty or 0, line.counted_qty, line.lot_id)
        for line in rows
    ]
    if lines:
        result = post_count(
            lines,
            event_key=f"cycle_count:{count.pk}",
            actor=actor,
            at=at,
            reason=count.reason,
        )
        announcing.announce_broken(result.broken, at=at)
    count_tasks.close_bin(count.bin_id, actor=actor, at=at)

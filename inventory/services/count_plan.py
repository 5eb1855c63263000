"""The count plan (M8): classes by the value that leaves, and the bins that are due (ABC)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Max, Sum
from django.db.models.functions import Coalesce

from core import settings_store
from core.actors import Actor
from inventory.domain import defaults
from inventory.domain.cycle_counts import YEAR, BinDue, classify, due_bins
from inventory.models import Bin, BinStock, CountClass, CycleCount, StockMove
from inventory.services import cycle_counts
from inventory.services.cycle_counts import CountRequest

PLAN = "PLAN"
PLANNED_KINDS = (Bin.Kind.PICK, Bin.Kind.BULK)
BATCH = 500


def _setting(name: str) -> Decimal:
    return Decimal(str(settings_store.get(name)))


def days_by_class() -> dict[str, int]:
    """Return how many days lie between two counts of a bin, by its best class."""
    names = {
        "A": defaults.COUNT_A_DAYS,
        "B": defaults.COUNT_B_DAYS,
        "C": defaults.COUNT_C_DAYS,
    }
    return {abc: int(_setting(spec.name)) for abc, spec in names.items()}


@transaction.atomic
def reclassify(*, at: dt.datetime) -> int:
    """Give each SKU that left a warehouse within a year its class there; return how many.

    Value is units times cost; a move without cost counts the SKU's default cost. Repeatable.
    """
    cost = Coalesce(F("unit_cost"), F("sku__default_cost"), Decimal(0))
    rows = (
        StockMove.objects.filter(
            from_warehouse__isnull=False, to_warehouse__isnull=True, event__at__gte=at - YEAR
        )
        .order_by()
        .values("from_warehouse_id", "sku_id")
        .annotate(worth=Sum(F("qty") * cost))
        .values_list("from_warehouse_id", "sku_id", "worth")
    )
    values: dict[int, dict[int, Decimal]] = {}
    for warehouse_id, sku_id, worth in rows:
        values.setdefault(warehouse_id, {})[sku_id] = max(Decimal(worth or 0), Decimal(0))
    made = [
        CountClass(
            warehouse_id=warehouse_id,
            sku_id=sku_id,
            abc=abc,
            value_amount=worths[sku_id].quantize(Decimal("0.0001")),
            computed_at=at,
        )
        for warehouse_id, worths in values.items()
        for sku_id, abc in classify(
            worths,
            a_pct=_setting(defaults.COUNT_A_PCT.name),
            b_pct=_setting(defaults.COUNT_B_PCT.name),
        ).items()
    ]
    CountClass.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["warehouse", "sku"],
        update_fields=["abc", "value_amount", "computed_at"],
        batch_size=BATCH,
    )
    CountClass.objects.exclude(computed_at=at).delete()
    return len(made)


def plan_counts(*, actor: Actor, at: dt.datetime) -> list[CycleCount]:
    """Ask for the counts that are due, at most as many bins a day and warehouse as set.

    A bin has the best class of what lies in it; what never left is C. Bins that wait for a count
    are left out, so a second run of a day asks for nothing twice. Returns the new counts.
    """
    made: list[CycleCount] = []
    most, days = int(_setting(defaults.COUNT_DAILY_BINS.name)), days_by_class()
    asked_today = _asked_since(at.replace(hour=0, minute=0, second=0, microsecond=0))
    for warehouse_id, bins in sorted(_bins().items()):
        room = max(0, most - asked_today.get(warehouse_id, 0))
        due = due_bins(bins, days, as_of=at, most=room)
        made += cycle_counts.request(
            [
                CountRequest(row.bin_id, PLAN, at + cycle_counts.SHIFT, row.abc)
                for row, _due_at in due
            ],
            actor=actor,
            at=at,
        )
    return made


def _asked_since(day: dt.datetime) -> dict[int, int]:
    counts: dict[int, int] = {}
    rows = CycleCount.objects.filter(reason=PLAN, requested_at__gte=day)
    for warehouse_id in rows.values_list("warehouse_id", flat=True):
        counts[warehouse_id] = counts.get(warehouse_id, 0) + 1
    return counts


def _bins() -> dict[int, list[BinDue]]:
    classes: Mapping[tuple[int, int], str] = {
        (warehouse_id, sku_id): abc
        for warehouse_id, sku_id, abc in CountClass.objects.values_list(
            "warehouse_id", "sku_id", "abc"
        )
    }
    counted = dict(
        CycleCount.objects.filter(state="posted")
        .order_by()
        .values("bin_id")
        .annotate(last=Max("closed_at"))
        .values_list("bin_id", "last")
    )
    waiting = set(CycleCount.objects.open().values_list("bin_id", flat=True))
    best: dict[int, tuple[int, str, int]] = {}
    rows = (
        BinStock.objects.present()
        .filter(bin__kind__in=PLANNED_KINDS, bin__is_active=True, bin__warehouse__is_active=True)
        .order_by("pk")
        .values_list("bin_id", "bin__warehouse_id", "sku_id", "bin__pick_sequence")
    )
    for bin_id, warehouse_id, sku_id, sequence in rows.iterator(chunk_size=2000):
        if bin_id in waiting:
            continue
        abc = classes.get((warehouse_id, sku_id), "C")
        known = best.get(bin_id)
        best[bin_id] = (warehouse_id, min(abc, known[1]) if known else abc, sequence)
    bins: dict[int, list[BinDue]] = {}
    for bin_id, (warehouse_id, abc, sequence) in best.items():
        due = BinDue(bin_id, abc, counted.get(bin_id), sequence)
        bins.setdefault(warehouse_id, []).append(due)
    return bins

"""The newest forecasts with what people put in their place, and how good they have been."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from django.db.models import F, Min, QuerySet, Subquery, Sum

from core import settings_store
from planning.domain.forecast_terms import BLOCK_WEEKS, DAYS, MOST_BLOCKS, Score, score
from planning.models import (
    DemandHistory,
    Forecast,
    ForecastOutcome,
    ForecastOverride,
    ForecastRun,
    SeriesOutlook,
)
from suppliers.domain import defaults
from suppliers.models import SupplierLeadTime, SupplierSku

Pair = tuple[int, int]
STALE_HOURS: Final = 24
MOST_LAG: Final = 11  # weeks; the last week but one that a run speaks of by default
SCORED_WEEKS: Final = BLOCK_WEEKS * MOST_BLOCKS
CHUNK: Final = 500


def runs() -> QuerySet[ForecastRun]:
    """Return the runs, the newest first; a replay of the past is as old as what it knew."""
    return ForecastRun.objects.order_by("-from_on", "-created_at", "-pk")


def latest_run() -> ForecastRun | None:
    """Return the run that counts now."""
    return runs().first()


def is_stale(run: ForecastRun, now: dt.datetime, checked_at: dt.datetime | None = None) -> bool:
    """Say whether the numbers are over a day old; `checked_at` = the last look for news."""
    seen = max(run.created_at, checked_at) if checked_at else run.created_at
    return now - seen > dt.timedelta(hours=STALE_HOURS)


def lines() -> QuerySet[SeriesOutlook]:
    """Return the lines of the board, each with `checked_at`: when the board was last written."""
    oldest = SeriesOutlook.objects.order_by("refreshed_at", "pk").values("refreshed_at")[:1]
    return SeriesOutlook.objects.annotate(checked_at=Subquery(oldest))


def monday_of(day: dt.date) -> dt.date:
    """Return the Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def effective(rows: Sequence[Forecast], *, today: dt.date) -> dict[Pair, list[float]]:
    """Return the weeks of forecasts of all channels, by pair, with the overrides that count today.

    A week counts as overridden when its Monday lies within one; the one entered last wins. One
    statement for 500 SKUs.
    """
    found = {(row.sku_id, row.warehouse_id): [float(one) for one in row.weekly] for row in rows}
    first = {(row.sku_id, row.warehouse_id): row.run.from_on for row in rows}
    for entry in overrides_in_force({pair[0] for pair in found}, today):
        pair = entry.sku_id, entry.warehouse_id
        weekly = found.get(pair, [])
        for week in range(len(weekly)):
            monday = first[pair] + dt.timedelta(weeks=week)
            if entry.from_on <= monday <= entry.until_on:
                weekly[week] = float(entry.week_qty)
    return found


def overrides_in_force(sku_ids: Collection[int], today: dt.date) -> list[ForecastOverride]:
    """Return the overrides of SKUs that count on a day, the one entered last at the end."""
    return [
        row
        for part in chunks(sku_ids)
        for row in ForecastOverride.objects.in_force(today)
        .filter(sku_id__in=part)
        .order_by("created_at", "pk")
    ]


def lead_weeks(sku_ids: Collection[int]) -> dict[int, int]:
    """Return the weeks from order to arrival of each SKU's first supplier, 1 to 11, rounded up.

    Without a day of its own: the slowest mode agreed with the supplier, else as set.
    """
    usual = int(str(settings_store.get(defaults.EXPECTED_DAYS)))
    agreed: dict[int, int] = {}
    times = SupplierLeadTime.objects.order_by("pk").values_list("supplier_id", "agreed_days")
    for supplier_id, days in times:
        agreed[supplier_id] = max(days, agreed.get(supplier_id, days))
    found: dict[int, int] = dict.fromkeys(sku_ids, usual)
    for part in chunks(sku_ids):
        goods = SupplierSku.objects.filter(sku_id__in=part, is_active=True)
        for row in goods.order_by("-rank", "-pk").only("sku_id", "supplier_id", "lead_days"):
            found[row.sku_id] = row.lead_days or agreed.get(row.supplier_id, usual)
    return {sku_id: min(max(math.ceil(days / DAYS), 1), MOST_LAG) for sku_id, days in found.items()}


def sold_by_week(
    sku_ids: Collection[int] | None, first: dt.date, weeks: int
) -> dict[Pair, list[float]]:
    """Return the demand to expect again by week from the Monday `first` on, by pair."""
    rows = DemandHistory.objects.filter(on__gte=first, on__lt=first + dt.timedelta(weeks=weeks))
    if sku_ids is not None:
        rows = rows.filter(sku_id__in=sku_ids)
    sums = rows.order_by().values_list("sku_id", "warehouse_id", "on")
    found: dict[Pair, list[float]] = defaultdict(lambda: [0.0] * weeks)
    units = Sum(F("qty") - F("netted_qty") - F("project_qty"))
    for sku_id, warehouse_id, on, qty in sums.annotate(units=units):
        found[sku_id, warehouse_id][(on - first).days // DAYS] += qty
    return dict(found)


def first_sales(sku_ids: Collection[int]) -> dict[Pair, dt.date]:
    """Return the first day of demand of each pair."""
    found: dict[Pair, dt.date] = {}
    for part in chunks(sku_ids):
        rows = DemandHistory.objects.filter(sku_id__in=part, qty__gt=0).order_by()
        for sku_id, warehouse_id, on in rows.values_list("sku_id", "warehouse_id").annotate(
            first=Min("on")
        ):
            found[sku_id, warehouse_id] = on
    return found


def outcomes(sku_ids: Collection[int]) -> dict[Pair, list[ForecastOutcome]]:
    """Return what was said of the last weeks that are known, by pair, oldest first."""
    found: dict[Pair, list[ForecastOutcome]] = defaultdict(list)
    for part in chunks(sku_ids):
        rows = ForecastOutcome.objects.filter(sku_id__in=part).order_by("-week_on", "-pk")
        newest = rows.values_list("week_on", flat=True).first()
        if newest is None:
            continue
        since = newest - dt.timedelta(weeks=SCORED_WEEKS - 1)
        for row in rows.filter(week_on__gte=since):
            found[row.sku_id, row.warehouse_id].insert(0, row)
    return dict(found)


def scores(known: Mapping[Pair, Sequence[ForecastOutcome]]) -> dict[Pair, Score]:
    """Return WAPE and bias of each pair at its lead time; pairs too young are left out."""
    found = {
        pair: score([one.forecast_qty for one in rows], [one.actual_qty for one in rows])
        for pair, rows in known.items()
    }
    return {pair: one for pair, one in found.items() if one is not None}


def chunks(ids: Iterable[int]) -> list[list[int]]:
    """Return ids in order, in parts that fit one statement."""
    ordered = sorted(set(ids))
    return [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]

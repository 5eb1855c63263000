"""One week as it was forecast and as it came, and what is known about its days."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import Count, F, Q, Sum

from inventory.models import Sku
from planning.domain.deviations import TREND_WEEKS, Evidence, Outcome, Pair
from planning.models import (
    DemandEvent,
    DemandHistory,
    ForecastOutcome,
    ForecastOverride,
    StockoutSpan,
)
from planning.queries import forecasts as reads

WEEK = dt.timedelta(weeks=1)
PRICE_WEEKS = 26


def week_outcomes(week_on: dt.date) -> list[Outcome]:
    """Return what was forecast for a week and sold in it, by pair; () when nothing was forecast.

    What sold without any forecast counts as forecast 0. Four statements.
    """
    rows = ForecastOutcome.objects.filter(week_on=week_on).order_by("sku_id", "warehouse_id")
    said = {
        (sku_id, warehouse_id): (forecast, actual)
        for sku_id, warehouse_id, forecast, actual in rows.values_list(
            "sku_id", "warehouse_id", "forecast_qty", "actual_qty"
        )
    }
    if not said:
        return []
    for pair, units in reads.sold_by_week(None, week_on, 1).items():
        said.setdefault(pair, (0.0, max(0.0, units[0])))
    prices = prices_of({sku_id for sku_id, _warehouse in said}, until=week_on + WEEK)
    return [
        Outcome(pair, forecast, actual, prices.get(pair[0], 0.0))
        for pair, (forecast, actual) in sorted(said.items())
    ]


def prices_of(sku_ids: Collection[int], *, until: dt.date) -> dict[int, float]:
    """Return what a unit of each SKU sold for in the half year before a day, else its list price.

    Two statements.
    """
    units = Sum(F("qty") - F("netted_qty") - F("project_qty"))
    days = DemandHistory.objects.filter(on__lt=until, on__gte=until - PRICE_WEEKS * WEEK)
    found = {
        sku_id: float(value) / sold
        for sku_id, value, sold in days.filter(value_amount__gt=0)
        .order_by()
        .values_list("sku_id")
        .annotate(value=Sum("value_amount"), sold=units)
        if sku_id in sku_ids and sold
    }
    listed = Sku.objects.filter(list_price__isnull=False).order_by("pk")
    for sku_id, price in listed.values_list("pk", "list_price"):
        if sku_id in sku_ids and price is not None:
            found.setdefault(sku_id, float(price))
    return found


def evidence_of(pairs: Sequence[Pair], week_on: dt.date) -> dict[Pair, Evidence]:
    """Return what is known about a few series in one week. Seven statements."""
    sku_ids = {sku_id for sku_id, _warehouse in pairs}
    last_on = week_on + WEEK - dt.timedelta(days=1)
    marked = _marked_days(sku_ids, week_on, last_on)
    out = _stockout_days(sku_ids, week_on, last_on)
    before = _before(sku_ids, week_on)
    entered = _overrides(sku_ids, week_on)
    first = reads.first_sales(sku_ids)
    events = _events(pairs, week_on, last_on)
    return {
        pair: Evidence(
            stockout_days=out.get(pair, 0),
            promotion_days=marked.get(pair, (0, 0))[0],
            odd_days=marked.get(pair, (0, 0))[1],
            events=events[pair],
            override_qty=entered.get(pair),
            weeks_on_sale=(week_on - first[pair]).days // 7 if pair in first else None,
            before=before.get(pair, []),
        )
        for pair in pairs
    }


def _marked_days(
    sku_ids: Collection[int], first: dt.date, last: dt.date
) -> dict[Pair, tuple[int, int]]:
    rows = DemandHistory.objects.filter(sku_id__in=sku_ids, on__gte=first, on__lte=last)
    counted = (
        rows.order_by()
        .values_list("sku_id", "warehouse_id")
        .annotate(
            promoted=Count("on", filter=Q(is_promotion=True), distinct=True),
            odd=Count("on", filter=Q(is_anomaly=True), distinct=True),
        )
    )
    return {(sku_id, place): (promoted, odd) for sku_id, place, promoted, odd in counted}


def _stockout_days(sku_ids: Collection[int], first: dt.date, last: dt.date) -> dict[Pair, int]:
    found: dict[Pair, int] = defaultdict(int)
    rows = StockoutSpan.objects.filter(
        sku_id__in=sku_ids, from_on__lte=last, until_on__gte=first
    ).order_by("pk")
    for row in rows:
        days = (min(row.until_on, last) - max(row.from_on, first)).days + 1
        found[row.sku_id, row.warehouse_id] += days
    return dict(found)


def _before(sku_ids: Collection[int], week_on: dt.date) -> dict[Pair, list[tuple[float, float]]]:
    found: dict[Pair, list[tuple[float, float]]] = defaultdict(list)
    rows = ForecastOutcome.objects.filter(
        sku_id__in=sku_ids, week_on__lt=week_on, week_on__gte=week_on - TREND_WEEKS * WEEK
    )
    for row in rows.order_by("week_on", "pk"):
        found[row.sku_id, row.warehouse_id].append((row.forecast_qty, row.actual_qty))
    return dict(found)


def _overrides(sku_ids: Collection[int], week_on: dt.date) -> dict[Pair, int]:
    rows = ForecastOverride.objects.filter(
        sku_id__in=sku_ids,
        withdrawn_at__isnull=True,
        from_on__lte=week_on,
        until_on__gte=week_on,
        created_at__lt=dt.datetime.combine(week_on, dt.time(), dt.UTC),
    )
    return {
        (sku_id, place): qty
        for sku_id, place, qty in rows.order_by("created_at", "pk").values_list(
            "sku_id", "warehouse_id", "week_qty"
        )
    }


def _events(pairs: Sequence[Pair], first: dt.date, last: dt.date) -> dict[Pair, list[str]]:
    sku_ids = {sku_id for sku_id, _place in pairs}
    categories = dict(Sku.objects.filter(pk__in=sku_ids).values_list("pk", "product__category"))
    rows = DemandEvent.objects.filter(from_on__lte=last, until_on__gte=first)
    named = list(rows.filter(kind__in=("event", "season")).order_by("from_on", "pk"))
    return {
        (sku_id, place): [
            row.name
            for row in named
            if row.sku_id in (None, sku_id)
            and row.warehouse_id in (None, place)
            and row.category in ("", categories.get(sku_id) or "")
        ]
        for sku_id, place in pairs
    }

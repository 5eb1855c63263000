"""Everything the page of one forecast shows: its weeks, what made it, what people decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from django.db.models import Q, QuerySet

from planning.domain.forecast_terms import DAYS
from planning.domain.safety_stock import nb_quantile
from planning.models import (
    DemandAnalogue,
    DemandChange,
    DemandEvent,
    Forecast,
    ForecastOutcome,
    ForecastOverride,
    ForecastRun,
    MethodLock,
    SeriesOutlook,
    StockoutSpan,
)
from planning.queries import forecasts as reads

PAST_WEEKS: Final = 26
SCORED: Final = 24
SHOWN: Final = 12  # earlier runs, overrides, changed days
LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True)
class Week:
    """One week: what was sold, or what is expected; `counted` differs where a person entered it."""

    on: dt.date
    sold: float | None
    expected: float | None
    low: float | None
    high: float | None
    counted: float | None
    then: float | None

    @property
    def is_entered(self) -> bool:
        """Say whether a person's number stands in place of the forecast."""
        return self.counted != self.expected


@dataclass(frozen=True)
class Card:
    """One SKU at a warehouse: the newest run, its weeks, decisions and past."""

    line: SeriesOutlook
    forecast: Forecast
    run: ForecastRun
    weeks: tuple[Week, ...]
    now_at: int
    channels: tuple[Forecast, ...]
    overrides: tuple[ForecastOverride, ...]
    lock: MethodLock | None
    analogue: DemandAnalogue | None
    events: tuple[DemandEvent, ...]
    odd_days: tuple[DemandEvent, ...]
    changes: tuple[DemandChange, ...]
    outages: tuple[StockoutSpan, ...]
    outcomes: tuple[ForecastOutcome, ...]
    earlier: tuple[ForecastRun, ...]
    then: Forecast | None
    is_stale: bool

    def place(self, day: dt.date) -> int:
        """Return the place of a day's week among the weeks; it may lie outside."""
        return (day - self.weeks[0].on).days // DAYS


def read_card(
    line: SeriesOutlook,
    *,
    now: dt.datetime,
    checked_at: dt.datetime,
    then_run: int | None = None,
) -> Card:
    """Return the card of a line of the board; `then_run` = an earlier run to compare with.

    `checked_at` is when the board was last written as a whole.
    """
    forecast, run = line.forecast, line.forecast.run
    mine = {"sku_id": line.sku_id, "warehouse_id": line.warehouse_id}
    rows = Forecast.objects.filter(**mine)
    wanted = Q(run=run, channel__isnull=False) | Q(run=then_run, channel__isnull=True)
    said = list(rows.filter(wanted).select_related("run", "channel").order_by("-mean_qty", "pk"))
    then = next((row for row in said if row.run_id == then_run and row.channel is None), None)
    start = run.from_on - dt.timedelta(weeks=PAST_WEEKS)
    end = run.from_on + dt.timedelta(weeks=run.horizon_weeks)
    known = list(ForecastOutcome.objects.filter(**mine).order_by("-week_on", "-pk")[:SCORED])
    events = _events(line, start, end)
    changes = DemandChange.objects.filter(**mine, on__gte=start).select_related("channel")
    entries = ForecastOverride.objects.filter(**mine).order_by("-created_at", "-pk")[:SHOWN]
    return Card(
        line=line,
        forecast=forecast,
        run=run,
        weeks=_weeks(line, forecast, run, then),
        now_at=PAST_WEEKS,
        channels=tuple(row for row in said if row.run_id == run.pk),
        overrides=tuple(entries),
        lock=MethodLock.objects.open().filter(**mine).first(),
        analogue=DemandAnalogue.objects.open().filter(**mine).select_related("like_sku").first(),
        events=tuple(event for event in events if event.kind != DemandEvent.Kind.ODD_DAYS),
        odd_days=tuple(event for event in events if event.kind == DemandEvent.Kind.ODD_DAYS),
        changes=tuple(changes.order_by("-on", "-pk")[:SHOWN]),
        outages=tuple(_outages(line, start)),
        outcomes=tuple(known[:SHOWN]),
        earlier=tuple(_earlier(rows, run)),
        then=then,
        is_stale=reads.is_stale(run, now, checked_at),
    )


def _weeks(
    line: SeriesOutlook, forecast: Forecast, run: ForecastRun, then: Forecast | None
) -> tuple[Week, ...]:
    """Return the weeks of history, None before the first sale, then those forecast."""
    start = run.from_on - dt.timedelta(weeks=PAST_WEEKS)
    said: dict[dt.date, float] = {}
    if then is not None:
        for place, units in enumerate(then.weekly):
            said[then.run.from_on + dt.timedelta(weeks=place)] = float(units)
    sold: Sequence[float] = line.sold[-PAST_WEEKS:]
    blank = PAST_WEEKS - min(line.history_weeks, PAST_WEEKS)
    found = []
    for place in range(PAST_WEEKS):
        on = start + dt.timedelta(weeks=place)
        units = float(sold[place]) if place >= blank else None
        found.append(Week(on, units, None, None, None, None, said.get(on)))
    low, high = band(forecast)
    for place, units in enumerate(forecast.weekly):
        on = run.from_on + dt.timedelta(weeks=place)
        counted = float(line.weekly[place])
        found.append(Week(on, None, float(units), low[place], high[place], counted, said.get(on)))
    return tuple(found)


def band(forecast: Forecast) -> tuple[list[float], list[float]]:
    """Return the 5 % and 95 % quantiles of each week of a forecast, units.

    The variance of the total is shared out by what each week expects.
    """
    weekly = np.asarray(forecast.weekly, dtype=np.float64)
    mean = max(forecast.mean_qty, 1e-9)
    wide = np.maximum(forecast.variance * weekly / mean, 1e-9)
    levels = np.array([[LOW], [HIGH]])
    points = np.asarray(nb_quantile(levels, weekly[None, :], wide[None, :]), dtype=np.float64)
    return points[0].tolist(), points[1].tolist()


def _events(line: SeriesOutlook, start: dt.date, end: dt.date) -> list[DemandEvent]:
    """Return the calendar of the SKU's weeks; odd days of its own only."""
    product = line.sku.product
    category = product.category if product is not None else ""
    rows = DemandEvent.objects.filter(
        Q(sku=line.sku_id) | Q(sku__isnull=True),
        Q(warehouse=line.warehouse_id) | Q(warehouse__isnull=True),
        Q(category="") | Q(category=category),
        from_on__lt=end,
        until_on__gte=start,
    )
    shared_odd = Q(kind=DemandEvent.Kind.ODD_DAYS, sku__isnull=True)
    return list(rows.exclude(shared_odd).select_related("channel").order_by("from_on", "pk"))


def _outages(line: SeriesOutlook, start: dt.date) -> QuerySet[StockoutSpan]:
    rows = StockoutSpan.objects.filter(sku=line.sku_id, warehouse=line.warehouse_id)
    return rows.filter(until_on__gte=start).order_by("from_on", "pk")


def _earlier(rows: QuerySet[Forecast], run: ForecastRun) -> QuerySet[ForecastRun]:
    """Return the runs before this one that speak of the SKU, one a week, the newest first."""
    spoken = rows.filter(channel=None).order_by().values("run")
    return reads.runs().filter(pk__in=spoken).exclude(pk=run.pk)[:SHOWN]

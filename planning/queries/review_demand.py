"""What a review reads of demand: the newest forecast with people's numbers in it.

Pairs are (SKU id, warehouse id), rates are units a day, days are UTC.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planning.domain.review_demand import COVER_DAYS, daily_rate, overridden
from planning.models import CrossPurchase, Forecast, ForecastOverride, ForecastRun
from planning.queries import repurchase

Pair = tuple[int, int]
Floats = NDArray[np.float64]
Row = tuple[int, int, list[float], float, float, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Demand:
    """The demand of one pair: the next 30 days, the error's variance a day, the past pace.

    `confidence` is 0-100. `repurchase` is what the forecast says of the repeats in it.
    """

    daily: float
    daily_var: float
    past_daily: float
    confidence: float
    repurchase: Any = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """The forecasts of a review. `run` None: nothing was ever forecast."""

    run: ForecastRun | None
    demand: Mapping[Pair, Demand]
    places: Mapping[Pair, int]
    weekly: Floats
    offset_days: int

    def rates(self, spans: Mapping[Pair, float]) -> dict[Pair, float]:
        """Return units a day over the days that each pair asks for; unknown pairs are left out."""
        pairs = [pair for pair in spans if pair in self.demand]
        if not pairs:
            return {}
        rows = np.array([self.places[pair] for pair in pairs])
        days = np.array([spans[pair] for pair in pairs])
        found = daily_rate(self.weekly[rows], self.offset_days, days)
        return dict(zip(pairs, found.tolist(), strict=True))


def newest_run(as_of: dt.datetime) -> ForecastRun | None:
    """Return the forecast of the latest weeks that was made from what was known by then."""
    known = ForecastRun.objects.filter(as_of__lte=as_of)
    return known.order_by("-from_on", "-created_at", "-pk").first()


def read(as_of: dt.datetime, sku_ids: Collection[int] | None = None) -> Outlook:
    """Return the outlook from the newest forecast; three statements, whatever the rows."""
    run = newest_run(as_of)
    if run is None:
        return Outlook(None, {}, {}, np.zeros((0, 1)), 0)
    rows = Forecast.objects.filter(run=run, channel__isnull=True)
    if sku_ids is not None:
        rows = rows.filter(sku_id__in=sku_ids)
    found: list[Row] = list(
        rows.order_by("pk").values_list(
            "sku_id", "warehouse_id", "weekly", "variance", "confidence", "terms"
        )
    )
    entered = _overrides(as_of.date(), sku_ids)
    weekly = np.zeros((len(found), max((len(row[2]) for row in found), default=1)))
    for place, (sku, warehouse, weeks, *_rest) in enumerate(found):
        weekly[place, : len(weeks)] = overridden(
            weeks, run.from_on, entered.get((sku, warehouse), ())
        )
    offset = (as_of.date() - run.from_on).days
    daily = daily_rate(weekly, offset, np.full(len(found), float(COVER_DAYS)))
    days = run.horizon_weeks * 7
    demand = {
        (sku, warehouse): Demand(
            daily=float(daily[place]),
            daily_var=variance / days,
            past_daily=float(terms.get("mean_of_8_weeks") or 0.0) / 7,
            confidence=confidence,
            repurchase=terms.get("repurchase"),
        )
        for place, (sku, warehouse, _weeks, variance, confidence, terms) in enumerate(found)
        if not np.isnan(daily[place])
    }
    places = {(row[0], row[1]): place for place, row in enumerate(found)}
    return Outlook(run, demand, places, weekly, offset)


def companions_of(
    sku_ids: Collection[int], as_of: dt.datetime
) -> dict[int, list[tuple[int, float]]]:
    """Return by SKU what its buyers take next and with which chance, from 20 % on (B-13)."""
    run = repurchase.latest_run(as_of)
    if run is None or not sku_ids:
        return {}
    rows = CrossPurchase.objects.filter(
        run=run, first_sku__in=sku_ids, planned__gte=repurchase.LEAST_CHANCE
    )
    found: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for first, then, chance in rows.order_by("-planned", "pk").values_list(
        "first_sku_id", "then_sku_id", "planned"
    ):
        found[first].append((then, chance))
    return dict(found)


def _overrides(
    today: dt.date, sku_ids: Collection[int] | None
) -> dict[Pair, list[tuple[dt.date, dt.date, float]]]:
    rows = ForecastOverride.objects.in_force(today)
    if sku_ids is not None:
        rows = rows.filter(sku_id__in=sku_ids)
    found: dict[Pair, list[tuple[dt.date, dt.date, float]]] = defaultdict(list)
    for sku, warehouse, first, last, units in rows.order_by("created_at", "pk").values_list(
        "sku_id", "warehouse_id", "from_on", "until_on", "week_qty"
    ):
        found[sku, warehouse].append((first, last, float(units)))
    return found

"""What the past years of a SKU say about its summers and winters."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
from django.db.models import Sum

from inventory.models import Warehouse
from planning.domain.season import Contrast, season_index, summer_over_winter
from planning.models import DemandHistory

CYCLE: Final = 52
#: Whole years of weeks that are read.
YEARS: Final = 3
WEEK: Final = dt.timedelta(days=7)


def contrast_of(sku_id: int, place: Warehouse, *, today: dt.date) -> Contrast | None:
    """Return summer over winter of a SKU at a warehouse from its complete weeks; one statement.

    The cleaned demand counts. South of the equator summer is December to February. None below one
    whole year of history, or when winter asked for nothing.
    """
    end = today - dt.timedelta(days=today.weekday())
    start = end - YEARS * CYCLE * WEEK
    rows = (
        DemandHistory.objects.filter(sku=sku_id, warehouse=place, on__gte=start, on__lt=end)
        .order_by("on")
        .values_list("on")
        .annotate(units=Sum("cleaned_qty"))
    )
    totals = np.zeros(YEARS * CYCLE)
    for day, units in rows:
        totals[(day - start).days // 7] += float(units)
    if not totals.any():
        return None
    first = int(np.flatnonzero(totals)[0])
    thursdays = (start + week * WEEK + dt.timedelta(days=3) for week in range(len(totals)))
    places = np.array([min(day.isocalendar().week, CYCLE) - 1 for day in thursdays], np.int64)
    season = season_index(totals[first:], places[first:], CYCLE)
    return summer_over_winter(season, is_southern=place.lat is not None and place.lat < 0)

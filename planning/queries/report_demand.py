"""How well demand was served and forecast, and what came back, by week."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Greatest

from core.permissions import Principal
from planning.models import DemandHistory, ForecastOutcome

WEEKS: Final = 12
RETURN_WEEKS: Final = 26
MOST_RETURNED: Final = 50
WEEK: Final = dt.timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Served:
    """One week: units asked for, those of days without stock, and what was likely lost then."""

    week_on: dt.date
    asked_qty: int
    out_qty: int
    lost_qty: float

    @property
    def level(self) -> float | None:
        """Return the share of the demand met from stock, None in a week without demand."""
        whole = self.asked_qty + self.lost_qty
        return (self.asked_qty - self.out_qty) / whole if whole else None


def _days(principal: Principal) -> QuerySet[DemandHistory]:
    rows = DemandHistory.objects.all()
    if principal.warehouse_codes is None:
        return rows
    return rows.filter(warehouse__code__in=list(principal.warehouse_codes))


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def served(principal: Principal, *, today: dt.date) -> list[Served]:
    """Return the last 12 complete weeks, the oldest first. One statement.

    Lost is what the cleaned series expects on days without stock beyond what was asked for.
    """
    end = _monday(today)
    out = Q(is_stockout=True)
    missing = Greatest(F("cleaned_qty") - F("qty"), 0.0, output_field=FloatField())
    days = (
        _days(principal)
        .filter(on__lt=end, on__gte=end - WEEKS * WEEK)
        .order_by()
        .values_list("on")
        .annotate(
            asked=Sum(F("qty") - F("netted_qty")),
            out=Sum(F("qty") - F("netted_qty"), filter=out),
            lost=Sum(missing, filter=out),
        )
    )
    sums: dict[dt.date, list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for on, asked, without, lost in days:
        have = sums[_monday(on)]
        have[0] += asked
        have[1] += without or 0
        have[2] += lost or 0.0
    weeks = [end - WEEK * back for back in range(WEEKS, 0, -1)]
    return [Served(week, int(sums[week][0]), int(sums[week][1]), sums[week][2]) for week in weeks]


@dataclass(frozen=True, slots=True)
class Accurate:
    """One week of all series at their lead time: units, absolute error."""

    week_on: dt.date
    forecast: float
    actual: float
    error: float

    @property
    def wape(self) -> float | None:
        """Return the absolute error as a share of the units sold."""
        return self.error / self.actual if self.actual else None

    @property
    def bias(self) -> float | None:
        """Return forecast minus sold as a share of the units sold."""
        return (self.forecast - self.actual) / self.actual if self.actual else None


def accuracy(principal: Principal, *, today: dt.date) -> list[Accurate]:
    """Return the last 12 weeks that were judged, the oldest first. One statement."""
    start = _monday(today) - WEEKS * WEEK
    over = Q(actual_qty__gte=F("forecast_qty"))
    off = F("actual_qty") - F("forecast_qty")
    rows = (
        ForecastOutcome.objects.visible_to(principal)
        .filter(week_on__gte=start)
        .order_by("week_on")
        .values_list("week_on")
        .annotate(
            said=Sum("forecast_qty"),
            sold=Sum("actual_qty"),
            more=Sum(off, filter=over),
            less=Sum(off, filter=~over),
        )
    )
    return [
        Accurate(week, said, sold, (more or 0.0) - (less or 0.0))
        for week, said, sold, more, less in rows
    ]


def returned(principal: Principal, *, today: dt.date) -> list[dict[str, Any]]:
    """Return the 50 SKUs of which most came back in half a year: code, returned, sold."""
    rows = (
        _days(principal)
        .filter(on__gte=today - RETURN_WEEKS * WEEK)
        .order_by()
        .values("sku__code")
        .annotate(back=Sum("returned_qty"), sold=Sum(F("qty") - F("netted_qty")))
        .filter(back__gt=0)
    )
    return [dict(row) for row in rows.order_by("-back", "sku__code")[:MOST_RETURNED]]

"""The four sources of demand: what is there, how fresh it is, where it has gaps (B-01)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Max, Min

from orders.models import Order
from planning.models import DemandSignal

#: A source is stale when its newest day is older, and has a gap when this many days are missing.
STALE_DAYS: Final = 7
LOOK_BACK_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source: its rows, its newest day, days without any row in the last 90 since it began."""

    source: str
    rows: int
    last_on: dt.date | None
    age_days: int | None
    gap_days: int

    @property
    def is_missing(self) -> bool:
        """Return whether nothing was ever read."""
        return not self.rows

    @property
    def is_stale(self) -> bool:
        """Return whether the newest day is over a week old."""
        return self.age_days is not None and self.age_days > STALE_DAYS


def source_states(*, as_of: dt.datetime) -> list[SourceState]:
    """Return orders, behavior, marketing and search, in this order; missing ones have no rows.

    Forecasts run with whatever is there. Four statements.
    """
    today = as_of.astimezone(dt.UTC).date()
    since = today - dt.timedelta(days=LOOK_BACK_DAYS)
    placed = Order.objects.filter(placed_at__lte=as_of).exclude(status="draft")
    sums = placed.aggregate(rows=Count("pk"), first=Min("placed_at"), last=Max("placed_at"))
    first, last = (
        sums[name] and sums[name].astimezone(dt.UTC).date() for name in ("first", "last")
    )
    recent = placed.filter(placed_at__date__gte=since).order_by()
    days = len(set(recent.values_list("placed_at__date", flat=True).distinct()))
    found = [_state("orders", sums["rows"], (first, last), days, today)]
    signals = DemandSignal.objects.filter(on__lte=today).order_by()
    totals = {
        source: (rows, start, end)
        for source, rows, start, end in signals.values_list("source").annotate(
            Count("pk"), Min("on"), Max("on")
        )
    }
    counted = signals.filter(on__gte=since).values_list("source")
    by_source = dict(counted.annotate(days=Count("on", distinct=True)))
    for source in DemandSignal.Source.values:
        rows, start, end = totals.get(source, (0, None, None))
        found.append(_state(source, rows, (start, end), by_source.get(source, 0), today))
    return found


def _state(
    source: str,
    rows: int,
    ends: tuple[dt.date | None, dt.date | None],
    days: int,
    today: dt.date,
) -> SourceState:
    first, last = ends
    if first is None or last is None:
        return SourceState(source, 0, None, None, 0)
    start = max(first, today - dt.timedelta(days=LOOK_BACK_DAYS))
    expected = max((last - start).days + 1, 0)
    return SourceState(source, rows, last, (today - last).days, max(expected - days, 0))

"""How fast a SKU sells while it is there: units a day over its last days in stock (A-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

#: Numbers of in-stock days that are looked at. Source: A-11.
SPANS = (7, 30, 90)
#: In-stock days further back than this say nothing about today.
FURTHEST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Velocity:
    """Units over the last `days` in-stock days; fewer than `wanted_days` where history is short."""

    wanted_days: int
    days: int
    units: int

    @property
    def daily(self) -> float | None:
        """Return units a day in stock; None: it was never in stock."""
        return self.units / self.days if self.days else None

    @property
    def is_short(self) -> bool:
        """Tell whether there are fewer in-stock days than asked for."""
        return self.days < self.wanted_days


def velocities(
    units_by_day: Mapping[dt.date, int],
    out_of_stock: Collection[dt.date],
    *,
    first_on: dt.date,
    last_on: dt.date,
    spans: tuple[int, ...] = SPANS,
) -> list[Velocity]:
    """Return the velocity over each span of in-stock days, counted back from `last_on`.

    Days are whole UTC days. A day in stock without a sale counts as 0; a day out of stock counts
    neither as a day nor with its sales. Nothing before `first_on` or a year ago is looked at.
    """
    wanted, out = sorted(spans), set(out_of_stock)
    start = max(first_on, last_on - dt.timedelta(days=FURTHEST_DAYS - 1))
    found: dict[int, Velocity] = {}
    day, days, units = last_on, 0, 0
    while day >= start and days < wanted[-1]:
        if day not in out:
            days += 1
            units += units_by_day.get(day, 0)
            found |= {span: Velocity(span, days, units) for span in wanted if span == days}
        day -= dt.timedelta(days=1)
    return [found.get(span, Velocity(span, days, units)) for span in spans]

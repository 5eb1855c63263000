"""How right stock was: the share of counted lines without a difference, week by week (M8)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.permissions import Principal
from inventory.models import CycleCount, CycleCountLine

WEEKS = 8


@dataclass(frozen=True, slots=True)
class Week:
    """Lines first-counted in one week (Monday, UTC): how many, how many agreed."""

    monday: dt.date
    line_count: int
    right_count: int

    @property
    def accuracy_pct(self) -> float | None:
        """Return the share of lines that agreed in percent; None without a line."""
        return round(100 * self.right_count / self.line_count, 1) if self.line_count else None


def accuracy_by_week(principal: Principal, *, as_of: dt.datetime) -> list[Week]:
    """Return the last eight weeks, the oldest first. One statement.

    Only first rounds count: a second one tells of the counter, not of the stock.
    """
    monday = as_of.date() - dt.timedelta(days=as_of.weekday())
    first = monday - dt.timedelta(weeks=WEEKS - 1)
    weeks = {first + dt.timedelta(weeks=n): [0, 0] for n in range(WEEKS)}
    lines = CycleCountLine.objects.filter(
        round__round_no=1,
        round__finished_at__gte=dt.datetime.combine(first, dt.time(), dt.UTC),
        expected_qty__isnull=False,
        round__count__in=CycleCount.objects.visible_to(principal),
    )
    for at, counted, expected in lines.values_list(
        "round__finished_at", "counted_qty", "expected_qty"
    ).iterator(chunk_size=2000):
        if at is None:
            continue
        day = at.astimezone(dt.UTC).date()
        row = weeks.get(day - dt.timedelta(days=day.weekday()))
        if row is not None:
            row[0] += 1
            row[1] += counted == expected
    return [Week(day, total, right) for day, (total, right) in weeks.items()]

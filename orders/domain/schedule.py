"""When a subscription falls due: every n days, weeks or months, without drift.

Months are counted from the first due day: 31 January, 28 February, 31 March. Counting from the
month before would turn every 31st into a 28th for good.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal["day", "week", "month"]

#: The longest interval that is accepted, by unit: two years.
MOST: Final[dict[str, int]] = {"day": 730, "week": 104, "month": 24}


class BadSchedule(ValueError):
    """An interval that is no whole number from one to two years."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every `count` `unit`s from `first_on` (a calendar day); until `ends_on`, inclusive."""

    first_on: dt.date
    unit: Unit
    count: int
    ends_on: dt.date | None = None

    def __post_init__(self) -> None:
        """Refuse an interval nobody means.

        Raises:
            BadSchedule: the unit is unknown or the count is out of range.
        """
        if self.unit not in MOST or not 1 <= self.count <= MOST[self.unit]:
            raise BadSchedule(f"every {self.count} {self.unit}")

    def due(self, number: int) -> dt.date | None:
        """Return the due day of run `number` (0 is the first); None once it has ended.

        Raises:
            BadSchedule: the number is below zero.
        """
        if number < 0:
            raise BadSchedule(f"run {number}")
        day = self._day(number)
        return None if self.ends_on is not None and day > self.ends_on else day

    def next_after(self, day: dt.date) -> tuple[int, dt.date] | None:
        """Return number and day of the first run after `day`; None once it has ended."""
        number = self._guess(day)
        for one in range(max(number - 1, 0), number + 3):
            due = self.due(one)
            if due is None:
                return None
            if due > day:
                return one, due
        raise AssertionError("unreachable")

    def between(self, start: dt.date, end: dt.date) -> Iterator[dt.date]:
        """Yield the due days from `start` to `end`, both inclusive."""
        found = self.next_after(start - dt.timedelta(days=1))
        while found is not None and found[1] <= end:
            yield found[1]
            found = self.next_after(found[1])

    def _day(self, number: int) -> dt.date:
        steps = number * self.count
        if self.unit == "month":
            return _add_months(self.first_on, steps)
        return self.first_on + dt.timedelta(days=steps * (7 if self.unit == "week" else 1))

    def _guess(self, day: dt.date) -> int:
        if day < self.first_on:
            return 0
        if self.unit == "month":
            months = (day.year - self.first_on.year) * 12 + day.month - self.first_on.month
            return months // self.count
        days = (day - self.first_on).days
        return days // (self.count * (7 if self.unit == "week" else 1))


def _add_months(day: dt.date, months: int) -> dt.date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))

"""When an order can be at the door: cut-off, processing days, hand-over, transit.

1. An order at or before the warehouse's cut-off of a working day starts that day, else on the next
   working day. 2. It takes `processing_days` working days. 3. It is handed to the carrier on the
   working day after processing ends (with 0 processing days: on the starting day itself).
4. Transit counts the carrier's working days after the hand-over.

Worked: Wed 22 Jan 12:01, cut-off 12:00, 2 processing days, Fri 24 a holiday, transit 2-3 days:
processing Thu 23 and Mon 27, hand-over Tue 28, promise Thu 30 to Fri 31 January.

The wall clock is the warehouse's; instants are compared in UTC, so the hour that a clock change
repeats is never counted as before the cut-off twice.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal
from zoneinfo import ZoneInfo

#: Days to look ahead for an open day before a warehouse counts as closed.
HORIZON_DAYS: Final = 60


class NoOpenDay(ValueError):
    """A calendar has no working day within the horizon."""


@dataclass(frozen=True)
class WorkCalendar:
    """Working days of one place. `workdays` is seven 0/1 characters from Monday."""

    workdays: str = "1111100"
    holidays: frozenset[dt.date] = frozenset()

    def is_open(self, day: dt.date) -> bool:
        """Say whether the place works on a day."""
        return self.workdays[day.weekday()] == "1" and day not in self.holidays

    def next_open(self, day: dt.date) -> dt.date:
        """Return the first working day on or after `day`.

        Raises:
            NoOpenDay: none within 60 days.

        """
        for offset in range(HORIZON_DAYS):
            candidate = day + dt.timedelta(days=offset)
            if self.is_open(candidate):
                return candidate
        raise NoOpenDay(day.isoformat())

    def add_open(self, day: dt.date, days: int) -> dt.date:
        """Return the `days`-th working day after `day`; 0 gives `day` itself.

        Raises:
            NoOpenDay: the calendar has no working day within 60 days of one of the steps.

        """
        for _step in range(days):
            day = self.next_open(day + dt.timedelta(days=1))
        return day

    def open_days_between(self, start: dt.date, end: dt.date) -> int:
        """Count the working days after `start` up to and including `end`."""
        span = (end - start).days
        return sum(self.is_open(start + dt.timedelta(days=n)) for n in range(1, span + 1))


@dataclass(frozen=True)
class DispatchCalendar:
    """How one warehouse turns an order into a hand-over."""

    timezone: str
    cutoff: dt.time
    processing_days: int = 0
    calendar: WorkCalendar = WorkCalendar()

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the warehouse's time zone."""
        return ZoneInfo(self.timezone)

    def cutoff_at(self, day: dt.date, service_cutoff: dt.time | None = None) -> dt.datetime:
        """Return the instant (UTC) of the earlier of the two cut-offs on a local day."""
        cutoff = self.cutoff if service_cutoff is None else min(self.cutoff, service_cutoff)
        return dt.datetime.combine(day, cutoff, tzinfo=self.zone).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class HandOver:
    """The local day a parcel goes to the carrier, and until when (UTC) it must be ready."""

    day: dt.date
    cutoff_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """The days between which an order arrives, with the hand-over they rest on."""

    hand_over: HandOver
    arrives_from: dt.date
    arrives_by: dt.date


def hand_over(
    site: DispatchCalendar, *, as_of: dt.datetime, service_cutoff: dt.time | None = None
) -> HandOver:
    """Return when an order known at `as_of` (aware) leaves the warehouse.

    Raises:
        NoOpenDay: the warehouse is closed for the next 60 days.

    """
    local_day = as_of.astimezone(site.zone).date()
    calendar = site.calendar
    in_time = calendar.is_open(local_day) and as_of <= site.cutoff_at(local_day, service_cutoff)
    start = local_day if in_time else calendar.next_open(local_day + dt.timedelta(days=1))
    # Processing fills the starting day and the working days after it; hand-over follows.
    day = calendar.add_open(start, site.processing_days)
    return HandOver(day, site.cutoff_at(day, service_cutoff))


def promise(
    leaving: HandOver, *, transit_lo: int, transit_hi: int, carrier: WorkCalendar
) -> Promise:
    """Return the arrival range for a transit of `transit_lo` to `transit_hi` carrier working days.

    Raises:
        NoOpenDay: the carrier does not work within 60 days.

    """
    return Promise(
        leaving,
        carrier.add_open(leaving.day, transit_lo),
        carrier.add_open(leaving.day, transit_hi),
    )


@dataclass(frozen=True, slots=True)
class Transit:
    """Transit in carrier working days, and whether deliveries or the rate card say so."""

    lo_days: int
    hi_days: int
    is_measured: bool


def transit_days(
    samples: Sequence[int], *, card_lo: int, card_hi: int, min_samples: int = 30
) -> Transit:
    """Return the 10th and 90th percentile of past deliveries, or the card when they are few.

    `samples` are working days of the last 90 days' deliveries on one lane. Percentiles are by
    nearest rank: the 90th of 30 values is the 27th smallest.
    """
    if len(samples) < min_samples:
        return Transit(card_lo, card_hi, is_measured=False)
    ranked = sorted(samples)
    return Transit(_percentile(ranked, 10), _percentile(ranked, 90), is_measured=True)


def _percentile(ranked: Sequence[int], percent: int) -> int:
    return ranked[math.ceil(len(ranked) * percent / 100) - 1]


def is_same_day(found: Promise, *, as_of: dt.datetime, site: DispatchCalendar) -> bool:
    """Say whether the goods arrive on the local day of `as_of` at the warehouse."""
    return found.arrives_by == as_of.astimezone(site.zone).date()


Level = Literal["same_day", "two_day", "standard"]
_SLOWNESS: Final[tuple[Level, ...]] = ("same_day", "two_day", "standard")


def level_of(
    found: Promise, *, as_of: dt.datetime, site: DispatchCalendar, is_local: bool
) -> Level:
    """Return the service level of a delivery (A-26), by calendar days at the warehouse.

    Same-day needs a warehouse in the destination's country and the last day to be today; two-day
    the last day to be the day after tomorrow at the latest.
    """
    if is_local and is_same_day(found, as_of=as_of, site=site):
        return "same_day"
    today = as_of.astimezone(site.zone).date()
    return "two_day" if found.arrives_by <= today + dt.timedelta(days=2) else "standard"


def slowest(levels: Sequence[Level]) -> Level:
    """Return the level of a delivery in several parcels: that of the slowest."""
    return max(levels, key=_SLOWNESS.index)

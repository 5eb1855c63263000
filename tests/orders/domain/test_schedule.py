"""When a subscription falls due."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain.schedule import BadSchedule, Schedule

DAY = dt.date


def test_a_30_months_count_from_the_first_day_and_never_drift():
    end_of_month = Schedule(DAY(2027, 1, 31), "month", 1)

    days = [end_of_month.due(number) for number in range(5)]

    assert days == [
        DAY(2027, 1, 31),
        DAY(2027, 2, 28),
        DAY(2027, 3, 31),
        DAY(2027, 4, 30),
        DAY(2027, 5, 31),
    ]


def test_a_30_a_leap_day_comes_back_in_leap_years():
    yearly = Schedule(DAY(2024, 2, 29), "month", 12)

    assert [yearly.due(number) for number in (1, 4)] == [DAY(2025, 2, 28), DAY(2028, 2, 29)]


def test_a_30_the_last_day_is_inclusive():
    weekly = Schedule(DAY(2026, 1, 5), "week", 2, ends_on=DAY(2026, 2, 2))

    assert list(weekly.between(DAY(2026, 1, 1), DAY(2026, 12, 31))) == [
        DAY(2026, 1, 5),
        DAY(2026, 1, 19),
        DAY(2026, 2, 2),
    ]
    assert weekly.next_after(DAY(2026, 2, 2)) is None


@pytest.mark.parametrize(
    ("unit", "count"), [("day", 0), ("day", 731), ("week", 105), ("month", -1), ("year", 1)]
)
def test_an_interval_nobody_means_is_refused(unit, count):
    with pytest.raises(BadSchedule):
        Schedule(DAY(2026, 1, 1), unit, count)


@given(
    first=st.dates(DAY(2020, 1, 1), DAY(2030, 12, 31)),
    unit=st.sampled_from(["day", "week", "month"]),
    count=st.integers(1, 24),
    gap=st.integers(0, 2000),
)
def test_the_next_day_is_the_first_after(first, unit, count, gap):
    schedule = Schedule(first, unit, count)
    day = first + dt.timedelta(days=gap)

    number, due = schedule.next_after(day)

    assert due > day
    assert due == schedule.due(number)
    assert number == 0 or schedule.due(number - 1) <= day

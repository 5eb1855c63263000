"""A-11: units a day over the last days in stock."""

from __future__ import annotations

import datetime as dt

import pytest

from planning.domain.velocity import Velocity, velocities

LAST = dt.date(2026, 4, 20)


def ago(days: int) -> dt.date:
    return LAST - dt.timedelta(days=days)


def test_a11_velocity_is_of_days_in_stock_only():
    sold = {ago(n): 3 for n in range(200)} | {ago(2): 100}
    out = [ago(2), ago(3), ago(4)]

    week, month, quarter = velocities(sold, out, first_on=ago(400), last_on=LAST)

    assert week == Velocity(7, 7, 21)
    assert (month.units, quarter.units) == (90, 270)
    assert [one.daily for one in (week, month, quarter)] == [3.0, 3.0, 3.0]


def test_a11_days_without_a_sale_count_and_short_history_says_so():
    sold = {ago(0): 4, ago(9): 6}

    week, month, quarter = velocities(sold, [], first_on=ago(9), last_on=LAST)

    assert (week.units, week.daily) == (4, pytest.approx(4 / 7))
    assert (month, quarter) == (Velocity(30, 10, 10), Velocity(90, 10, 10))
    assert (week.is_short, month.is_short, month.daily) == (False, True, 1.0)


def test_a11_a_sku_never_in_stock_has_no_velocity_and_a_year_ago_is_too_long_ago():
    never = velocities({}, [], first_on=LAST + dt.timedelta(days=1), last_on=LAST)
    old = velocities({ago(365): 9}, [ago(n) for n in range(365)], first_on=ago(900), last_on=LAST)

    assert [one.daily for one in never] == [None, None, None]
    assert [(one.days, one.units) for one in old] == [(0, 0)] * 3

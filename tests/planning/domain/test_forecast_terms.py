"""The rules by which terms change a forecast, and the figures of its past."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from planning.domain import forecast_terms as rules

MONDAY = dt.date(2026, 6, 29)


def day(number):
    return MONDAY + dt.timedelta(days=number)


@pytest.mark.parametrize(
    ("first", "last", "factors"),
    [
        (0, 6, [3, 1, 1]),
        (3, 9, [1 + 2 * 4 / 7, 1 + 2 * 3 / 7, 1]),
        (-9, -1, [1, 1, 1]),
        (20, 40, [1, 1, 1 + 2 / 7]),
        (-5, 90, [3, 3, 3]),
    ],
)
def test_an_event_counts_by_the_days_of_each_week_it_covers(first, last, factors):
    found = rules.week_factors(day(first), day(last), 3.0, MONDAY, 3)
    assert found == pytest.approx(factors)


@pytest.mark.parametrize(
    ("own", "like", "weeks", "level", "weight"),
    [
        (0, 8, 0, 8, 0),
        (4, 16, 1, 8, 0.5),
        (0, 9, 2, 3, 2 / 3),
        (5, 0, 3, 3.75, 0.75),
        (0, 0, 4, 0, 0.8),
    ],
)
def test_a_young_product_leans_on_its_like_less_and_less(own, like, weeks, level, weight):
    assert rules.launch_level(own, like, weeks) == pytest.approx((level, weight))


def test_the_spread_of_a_launch_is_that_of_launches():
    assert rules.launch_variance(10, 0, 3) == pytest.approx((7.35 * 1.2533) ** 2 + 10)
    assert rules.launch_variance(10, 1, 3) == pytest.approx(3)


def test_b63_accuracy_is_one_less_wape_of_four_week_totals():
    assert rules.score([10, 10, 10], [9, 9, 9]) is None  # no whole block yet
    assert rules.score([1] * 4, [0] * 4) is None  # nothing was sold
    found = rules.score([99, 10, 10, 10, 10, 5, 5, 5, 5], [0, 20, 0, 10, 20, 5, 0, 0, 5])
    assert found == rules.Score(error_ratio=20 / 60, bias_ratio=0.0, weeks=8)
    assert found.accuracy == pytest.approx(2 / 3)
    assert rules.score([30] * 4, [10] * 4).accuracy == 0  # never below nothing
    assert rules.score(range(100), range(100)).weeks == 24


@pytest.mark.parametrize(
    ("accuracy", "badge"),
    [(None, "unknown"), (0.5999, "below"), (0.6, "sixty"), (0.7999, "sixty"), (0.8, "eighty")],
)
def test_b63_badges_stand_at_60_and_80(accuracy, badge):
    assert rules.badge(accuracy) == badge


@pytest.mark.parametrize(
    ("sellable", "today", "runs_out"),
    [(7, 0, 7), (10, 0, 9), (10, 3, 10), (0, 0, 0), (-3, 5, 5), (1000, 0, None)],
)
def test_stock_runs_out_day_by_day(sellable, today, runs_out):
    found = rules.runs_out_on(sellable, [7, 14, 7], MONDAY, day(today))
    assert found == (None if runs_out is None else day(runs_out))


def test_no_demand_never_runs_out():
    assert rules.runs_out_on(5, [0, 0], MONDAY, MONDAY) is None
    assert math.isfinite(rules.launch_level(1e-9, 1e9, 7)[0])

"""Goods abroad: the ways, their break-even, and how long goods may wait. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from returns.domain.economics import Rates, best, compare, least_pool_qty
from returns.domain.floor_days import late_before

RATES = Rates(
    Decimal("0.6"),
    Decimal("0.9"),
    Decimal(6),
    Decimal(28),
    Decimal(2),
    Decimal(120),
    Decimal("1.5"),
    40,
)


def net(qty, value, rates=RATES):
    return {way.code: way.net_amount for way in compare(qty, value, rates)}


def test_w11_each_way_costs_and_recovers_and_the_best_is_named():
    assert net(2, Decimal(30)) == {
        "keep": Decimal(0),
        "local": Decimal(26),
        "consolidate": Decimal(35),
        "re_export": Decimal(22),
    }
    assert best(compare(2, Decimal(30), RATES)).code == "consolidate"
    assert best(compare(1, Decimal(5), RATES)).code == "keep"
    assert best(compare(1, Decimal(14), RATES)).code == "local"
    assert best(compare(30, Decimal(300), RATES)).code == "re_export"


def test_w11_the_break_even_values_leave_nothing():
    ways = {way.code: way for way in compare(2, Decimal(30), RATES)}

    assert ways["local"].least_value_amount == Decimal(10) / Decimal("1.2")
    at_even = {way.code: way for way in compare(2, ways["local"].least_value_amount, RATES)}
    assert abs(at_even["local"].net_amount) < Decimal("1e-20")
    none = replace(RATES, local_share=Decimal(0))
    assert compare(1, Decimal(9), none)[1].least_value_amount is None


@pytest.mark.parametrize("value", [Decimal(20), Decimal(30), Decimal(75)])
def test_w11_a_pool_is_best_from_its_least_size_on(value):
    least = least_pool_qty(2, value, RATES)

    assert (
        best(compare(2, value, replace(RATES, pool_qty=least))).net_amount
        == (net(2, value, replace(RATES, pool_qty=least))["consolidate"])
    )
    if least > 1:
        assert best(compare(2, value, replace(RATES, pool_qty=least - 1))).code != "consolidate"
    assert least_pool_qty(1, Decimal(1), RATES) is None
    with pytest.raises(ValueError, match="pool"):
        compare(0, Decimal(1), RATES)


def test_ret_27_two_working_days_and_no_weekend():
    monday = dt.datetime(2026, 3, 9, 10, tzinfo=dt.UTC)

    assert late_before(monday) == monday - dt.timedelta(days=4)
    assert late_before(monday + dt.timedelta(days=2)) == monday

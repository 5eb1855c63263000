"""Random splits of money over lines and over units left and gone: nothing is lost or made."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from core.money import apportion, unit
from inventory.domain.costing import Layer
from inventory.domain.landing import LayerValue, split_landing

#: Currencies with 0, 2 and 3 decimals.
CURRENCIES = ("JPY", "USD", "KWD")


def _split_many(times: int) -> int:
    """Split random amounts over random weights; return how many parts were checked."""
    dice, parts_seen = random.Random(20260301), 0  # a repeatable test, no secret
    for _turn in range(times):
        currency = dice.choice(CURRENCIES)
        step = unit(currency)
        total = dice.randint(-10_000_000, 10_000_000) * step
        weights = [dice.choice((0, dice.randint(1, 9), dice.randint(1, 10**9))) for _ in "12345"]
        weights[dice.randrange(5)] = dice.randint(1, 50_000)
        parts = apportion(total, weights, currency)
        whole = sum(weights)
        assert sum(parts) == total
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - total * weight / whole) < step
            assert part == part.quantize(step)
        parts_seen += len(parts)
    return parts_seen


def _land_many(times: int) -> int:
    """Land random amounts on random layers and empty them; return how many units left."""
    dice, left_units = random.Random(7), 0  # a repeatable test, no secret
    for turn in range(times):
        currency = CURRENCIES[turn % 3]
        qty = dice.randint(1, 40)
        remaining = dice.randint(0, qty)
        cost = Decimal(dice.randint(0, 10**9)).scaleb(-6)
        amount = dice.randint(-90_000, 90_000) * unit(currency)
        layer = LayerValue(qty, remaining, remaining * cost)
        parts = split_landing(amount, layer, currency)
        assert parts.stock_amount + parts.gone_amount == amount
        assert layer.value + parts.stock_amount >= 0
        rest, taken = Layer(1, remaining, cost, parts.stock_amount), Decimal(0)
        while rest.remaining_qty:
            out = dice.randint(1, rest.remaining_qty)
            taken += rest.take(out)
            left_units += out
        assert (rest.landed, taken if remaining else Decimal(0)) == (0, parts.stock_amount)
    return left_units


def test_random_splits_sum_exactly_in_currencies_of_0_2_and_3_decimals():
    assert _split_many(50_000) == 250_000


def test_random_landings_leave_with_the_units_to_the_last_millionth():
    assert _land_many(10_000) > 50_000


@pytest.mark.long
def test_a_hundred_thousand_random_splits_and_roundings_sum_exactly():
    assert _split_many(100_000) == 500_000
    assert _land_many(100_000) > 500_000

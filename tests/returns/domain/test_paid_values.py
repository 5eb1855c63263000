"""What was paid for lines and units: exact to the last cent, however things come back."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from core import money
from returns.domain.paid_values import PaidLine, line_values, value_of_units

CENT = {"USD": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}


def test_kits_hand_their_price_down_and_substitutes_carry_it_on():
    kit = PaidLine(1, 1, "kit", 2, Decimal("30.00"))
    parts = [
        PaidLine(2, 2, "component", 2, Decimal(0), kit_position=1, price_share=Decimal("0.333333")),
        PaidLine(3, 3, "component", 4, Decimal(0), kit_position=1, price_share=Decimal("0.666667")),
    ]
    tea = PaidLine(4, 4, "goods", 3, Decimal("5.00"), substituted_qty=1)
    other = PaidLine(5, 5, "substitute", 2, Decimal(0), stands_in_for=4)
    values = line_values(
        [kit, *parts, tea, other],
        goods_amount=Decimal("70.00"),
        tax_amount=Decimal("7.00"),
        currency="USD",
    )
    # 70 of goods over 60 : 15, tax in the same proportion.
    assert values == {
        1: Decimal(0),
        2: Decimal("20.53"),
        3: Decimal("41.07"),
        4: Decimal("10.27"),
        5: Decimal("5.13"),
    }
    assert sum(values.values()) == Decimal("77.00")


def test_an_order_without_a_price_is_worth_nothing_in_every_line():
    lines = [PaidLine(1, 1, "free", 1, Decimal(0)), PaidLine(2, 2, "goods", 2, Decimal(0))]
    found = line_values(lines, goods_amount=Decimal(0), tax_amount=Decimal("0.03"), currency="USD")
    assert sum(found.values()) == Decimal("0.03")
    assert line_values([], goods_amount=Decimal(0), tax_amount=Decimal(0), currency="USD") == {}


def test_x21_the_values_of_all_returns_of_a_line_sum_to_what_was_paid():
    chance = random.Random(20260121)
    for _round in range(2_000):
        currency = chance.choice(["USD", "JPY", "KWD"])
        units = chance.randint(1, 12)
        total = chance.randint(0, 50_000) * CENT[currency]
        taken: list[tuple[int, Decimal]] = []
        left = units
        while left:
            qty = chance.randint(1, left)
            value = value_of_units(total, units=units, taken=taken, qty=qty, currency=currency)
            assert value >= 0
            assert value == money.quantize(value, currency)
            taken.append((qty, value))
            left -= qty
        assert sum(value for _qty, value in taken) == total


@pytest.mark.parametrize("qty", [0, 3])
def test_units_that_are_not_left_have_no_value(qty):
    with pytest.raises(ValueError, match="of 2 units"):
        value_of_units(Decimal(10), units=3, taken=[(1, Decimal(3))], qty=qty, currency="USD")

from __future__ import annotations

from decimal import Decimal

import pytest

from core.measures import UnknownUnit, billed_g, grams, millimetres, volume_weight_g


@pytest.mark.parametrize(
    ("value", "unit", "weight"),
    [("1.5", "kg", 1500), ("1", "lb", 454), ("1", "oz", 28), ("0.5", "g", 1), (250, "G ", 250)],
)
def test_weights_become_whole_grams(value, unit, weight):
    assert grams(Decimal(value), unit) == weight


@pytest.mark.parametrize(
    ("value", "unit", "length"), [("1", "in", 25), ("2.54", "cm", 25), ("1.2", "m", 1200)]
)
def test_lengths_become_whole_millimetres(value, unit, length):
    assert millimetres(Decimal(value), unit) == length


def test_an_unknown_unit_is_refused():
    with pytest.raises(UnknownUnit):
        grams(1, "stone")


@pytest.mark.parametrize("value", ["-1", "NaN", "Infinity"])
def test_what_is_no_size_is_refused(value):
    with pytest.raises(ValueError, match="not a size"):
        grams(Decimal(value))


def test_weight_by_volume_is_rounded_up():
    # 400 mm by 300 mm by 200 mm is 24 000 cm3; / 5000 = 4.8 kg.
    assert volume_weight_g(400, 300, 200) == 4800
    assert volume_weight_g(10, 10, 10) == 1  # 1 cm3 / 5000 = 0.2 g
    assert billed_g(5000, 4800) == 5000


def test_a_box_without_a_side_is_refused():
    with pytest.raises(ValueError, match="above zero"):
        volume_weight_g(400, 0, 200)

"""The effect of an insert on repeat orders, against published figures."""

from __future__ import annotations

import pytest

from fulfillment.domain.effects import Arm, compare, wilson


@pytest.mark.parametrize(
    ("treated", "control", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((0, 10), (0, 20), -0.1611, 0.2775),
    ],
)
def test_the_interval_is_the_published_one(treated, control, low, high):
    effect = compare(Arm(treated[1], treated[0]), Arm(control[1], control[0]))

    assert (round(effect.low, 4), round(effect.high, 4)) == (low, high)


def test_an_effect_is_sure_only_with_enough_customers_and_without_zero():
    assert compare(Arm(400, 100), Arm(400, 60)).is_sure
    assert not compare(Arm(400, 62), Arm(400, 60)).is_sure
    small = compare(Arm(29, 29), Arm(29, 0))
    assert (small.has_enough, small.is_sure, small.difference) == (False, False, 1.0)


def test_an_empty_arm_says_nothing():
    assert wilson(Arm(0, 0)) == (0.0, 1.0)
    assert compare(Arm(0, 0), Arm(0, 0)).difference == 0.0

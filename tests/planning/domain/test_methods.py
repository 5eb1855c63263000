"""Each method gives the level worked out by hand, and never looks ahead."""

from __future__ import annotations

import numpy as np
import pytest

from planning.domain import methods


def levels(qty: list[float], origin: int) -> dict[str, float]:
    paths = methods.level_paths(methods.known(np.array([qty])), [origin])
    return dict(zip(methods.OWN_METHODS, paths[:, 0, 0].tolist(), strict=True))


def test_levels_are_those_of_the_hand_computation() -> None:
    found = levels([0, 4, 0, 2], 4)  # the period before the first sale does not count

    assert found["MA8"] == pytest.approx(2)
    # weights .9^2, .9, 1 over 4, 0, 2: 5.24 / 2.71
    assert found["SES 0.1"] == pytest.approx(5.24 / 2.71)
    # sizes 4, 2 with weights .9, 1; sold yes, no, yes with weights .95^2, .95, 1
    size, chance = (0.9 * 4 + 2) / 1.9, (0.95**2 + 1) / (0.95**2 + 0.95 + 1)
    assert found["TSB"] == pytest.approx(size * chance)
    # interval 3 / 2 rounds to 2: mean of the levels of buckets of 1 and of 2
    one = (0.64 * 4 + 2) / (0.64 + 0.8 + 1)
    two = (0.8 * 4 + 2) / (0.8 + 1 + 1)
    assert found["IMAPA"] == pytest.approx((one + two) / 2)


def test_a_large_order_moves_the_clipped_level_little_and_growth_is_followed() -> None:
    calm = [10.0, 12.0] * 10
    spiked = levels([*calm, 500.0], 21)
    assert spiked["SES 0.1"] > 50
    assert spiked["Robust 0.1"] < 12

    grown = levels([*calm, *[30.0] * 15], 35)
    assert grown["Robust 0.3"] > 25


def test_a_masked_period_skips_the_update() -> None:
    masked, without = levels([5, 3, np.nan, 4], 4), levels([5, 3, 4], 3)
    assert masked.pop("IMAPA") == pytest.approx(without.pop("IMAPA"), rel=0.01)  # keeps its bucket
    assert masked == pytest.approx(without)


def test_what_comes_later_changes_no_earlier_level() -> None:
    qty = np.random.default_rng(7).poisson(3.0, (20, 40)).astype(np.float64)
    other = qty.copy()
    other[:, 25:] *= 9

    before = methods.level_paths(methods.known(qty), [10, 25, 40])
    after = methods.level_paths(methods.known(other), [10, 25, 40])

    assert np.array_equal(before[:, :2], after[:, :2])
    assert not np.array_equal(before[:, 2], after[:, 2])

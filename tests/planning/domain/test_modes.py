import numpy as np
import pytest

from planning.domain.modes import (
    Demand,
    LineCosts,
    Mode,
    choose_mode,
    dual_index,
    expedite_level,
    haste_pays_from,
    quarterly_commitment,
)

AIR, SEA = Mode("air", 8, 0.16), Mode("sea", 35, 0.04)


def test_both_modes_never_order_the_same_unit_twice() -> None:
    chance = np.random.default_rng(7)
    level, expedite = chance.uniform(50, 200, 500), chance.uniform(0, 120, 500)
    near = chance.uniform(0, 150, 500)
    position = near + chance.uniform(0, 80, 500)

    fast, slow = dual_index(level, expedite, near, position)

    assert np.allclose(fast, np.maximum(expedite - near, 0))
    assert (position + fast + slow <= np.maximum(level, position + fast) + 1e-9).all()
    assert [one.tolist() for one in dual_index([100], [30], [10], [60])] == [[20], [20]]


def test_b_19_a_rush_pays_only_above_its_share_of_the_margin() -> None:
    # 15 % of .45 + .16 - .04 = .1875; margin .51: 36.8 %; air alone 23.5 %
    assert haste_pays_from(0.1875, 0.51) == pytest.approx(0.3676, abs=1e-4)
    assert haste_pays_from(0.12, 0.51) == pytest.approx(0.2353, abs=1e-4)
    assert expedite_level([0.12], [0.51], 1.0).tolist() == [pytest.approx(0.7647, abs=1e-4)]
    assert expedite_level([0.12, 1.0], [0.51, 0.0]).tolist() == pytest.approx(
        [0.9412, 0.5], abs=1e-4
    )


@pytest.mark.parametrize(
    ("on_hand", "best", "fast"),
    [(400, "sea", 0), (0, "air", 60), (150, "split", 36)],
)
def test_b_09_a_red_line_flies_what_is_likely_lost(on_hand: int, best: str, fast: int) -> None:
    demand = Demand(daily=5.0, daily_var=10.0)
    choice = choose_mode(
        60, lambda _days: on_hand, demand, (AIR, SEA), LineCosts(margin=0.51, unit_cost=0.45)
    )

    assert (choice.best.name, choice.best.fast_qty) == (best, fast)
    assert choice.best.fast_qty + choice.best.slow_qty == 60
    assert choice.best.cost == min(one.cost for one in choice.options)
    if (
        best == "split"
    ):  # 110 are left on day 8; unit k flies while P(D_27 > 110 + k) exceeds .1242/.51 = .2434
        assert {one.name for one in choice.options} == {"air", "sea", "split"}


def test_b_21_a_quarter_is_committed_to_where_the_saving_balances_what_is_left_over() -> None:
    # 25 % x 6/12 = .125: quantile .05/.175 = .286; 3 months: .05/.1125 = .444
    assert quarterly_commitment(300, 900, 6) == 282
    assert quarterly_commitment(300, 900, 3) == 295

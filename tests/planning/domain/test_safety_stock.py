import numpy as np
import pytest
from scipy import stats

from planning.domain.safety_stock import (
    LeadTime,
    budget_levels,
    conservative_level,
    demand_variance,
    destination_buffer,
    economic_level,
    expected_shortage,
    fill_rate,
    lead_time,
    nb_quantile,
    out_chance,
    shortage_of_one,
)


def test_a_lane_is_shrunk_to_its_class_with_six_receipts() -> None:
    assert lead_time([], 35, 49) == LeadTime(35.0, 49.0, 0)
    # (30 + 36 + 6 x 42)/8 = 39.75; squares 95.0625 + 14.0625 + 6 x (16 + 5.0625) = 235.5
    assert lead_time([30, 36], 42, 16) == LeadTime(39.75, 235.5 / 8, 2)
    assert lead_time([99] * 5 + [35] * 12, 35, 0) == LeadTime(35.0, 0.0, 12)


def test_variance_of_lead_time_adds_the_square_of_the_rate() -> None:
    assert demand_variance([100.0], [3.0], 49.0).tolist() == [541.0]


def test_quantiles_are_those_of_the_negative_binomial() -> None:
    # mean 4, variance 8: size 4, chance .5. P(D <= 7) = 1 - P(at most 3 of 11 heads) = .8867.
    assert nb_quantile([0.88, 0.89], [4.0, 4.0], [8.0, 8.0]).tolist() == [7.0, 8.0]
    assert nb_quantile(0.95, [0.0, 10.0], [5.0, 1.0]).tolist() == [0.0, 16.0]
    with pytest.raises(ValueError, match="between 0 and 1"):
        nb_quantile(1.0, [1.0], [2.0])


def test_expected_shortage_equals_its_sum() -> None:
    units = np.arange(400)
    chance = stats.nbinom.pmf(units, 4, 0.5)
    for stock in (0, 3, 9):
        by_hand = float((np.maximum(units - stock, 0) * chance).sum())
        assert float(expected_shortage(stock, 4.0, 8.0)) == pytest.approx(by_hand, abs=1e-9)
    assert float(expected_shortage(-2, 4.0, 8.0)) == 6.0


def test_one_case_alone_gets_the_same_number_as_in_an_array() -> None:
    stocks = (-3.0, 0.0, 0.4, 1.0, 2.7, 9.0, 40.0)
    demands = ((0.0, 1.0), (0.3, 0.1), (4.0, 8.0), (120.0, 900.0))

    for mean, variance in demands:
        together = expected_shortage(list(stocks), mean, variance).tolist()
        assert [shortage_of_one(stock, mean, variance) for stock in stocks] == together
    assert float(out_chance(7, 4.0, 8.0)) == pytest.approx(232 / 2048, abs=1e-9)


def test_more_stock_serves_more_and_lost_sales_count_once() -> None:
    served = [float(fill_rate(s, (4.0, 8.0), (8.0, 16.0))) for s in (4, 8, 16)]
    backorders = float(fill_rate(8, (4.0, 8.0), (8.0, 16.0), lost_sales=False))
    x = 1 - backorders
    assert served[0] < served[1] < served[2] <= 1
    assert served[1] == pytest.approx(1 - x / (1 + x))


def test_levels_follow_margin_and_budget() -> None:
    # h c R = .25 x 4 x 73/365 = .2; .2/(3.8 + .2) = 5 %
    assert economic_level(4.0, 3.8, 73.0) == pytest.approx(0.95)
    assert conservative_level(0.95) == pytest.approx(0.98)
    mean, cost = np.array([40.0, 40.0]), np.array([1.0, 1.0])
    shared = budget_levels(mean, mean * 4, cost, np.array([0.2, 2.0]), budget=30.0)
    assert shared.stock_value <= 30.0
    assert shared.levels[0] < shared.levels[1]
    assert budget_levels(mean, mean * 4, cost, cost, 50.0).stock_value > shared.stock_value


def test_b_39_a_destination_keeps_fifteen_percent_back() -> None:
    assert destination_buffer(100.0) == 15
    assert destination_buffer(101.0) == 16
    assert destination_buffer(0.0) == 0


def test_levels_grow_with_service_lead_time_and_its_variance() -> None:
    levels = np.linspace(0.5, 0.99, 20)
    rising = nb_quantile(levels, 20.0, 60.0)
    assert (np.diff(rising) >= 0).all()
    wider = nb_quantile(0.95, 20.0, np.linspace(21, 200, 20))
    assert (np.diff(wider) >= 0).all()

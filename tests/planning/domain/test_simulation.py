import numpy as np
import pytest

from planning.domain.replay_policies import Desk, Lane, MinMax, Quayside
from planning.domain.series import Panel
from planning.domain.simulation import (
    Protocol,
    ReplayRefused,
    Shop,
    Transit,
    compare,
    protocol_for,
    replay,
    shop_of,
)
from planning.domain.weekly_level import weekly_level

#: Ten days of warm-up, a lead time that is always 5, and cases of 1.
STEADY = Protocol(
    warm_days=40,
    run_in_days=30,
    sea=Transit(5.0, 1e-6, 5, 5),
    air=Transit(2.0, 1e-6, 2, 2),
    cover_days=10,
    open_orders=0,
    cases=(1, 1),
)


def steady_shop(days: int = 100) -> Shop:
    return Shop(("A",), np.full((1, days), 2.0), np.array([10.0]), np.array([1.0]))


def test_a_replay_of_steady_sales_by_hand() -> None:
    found = replay(steady_shop(), MinMax("m", 12, 0), STEADY, seed=1)

    # Up to 24 on days 10, 17 ...: 14 units land 5 days later, days end with 8 6 4 2 0 12 10.
    # Days 40 to 99: 28 + 7 x 42 + 32 = 354 of stock; orders on 45, 52 ... 94: 8 of 14.
    assert (found.lost, found.air, found.margin) == (0.0, 0.0, 0.0)
    assert found.days == pytest.approx(354 / 60 / 2)
    assert found.freight == pytest.approx(100 * 8 * 14 * 0.4 / 1200)
    assert found.lines == pytest.approx(100 * 8 * 3 / 1200)
    assert found.holding == pytest.approx(100 * 354 * 4.5 * 0.25 / 365 / 1200)


def test_what_is_not_there_is_lost_and_costs_its_margin() -> None:
    class Nothing:
        name = "nothing"

        def decide(self, desk: Desk) -> tuple[np.ndarray, np.ndarray]:
            return np.zeros(1), np.zeros(1)

    found = replay(steady_shop(), Nothing(), STEADY, seed=1)

    assert (found.days, found.lost, found.freight) == (0.0, 100.0, 0.0)
    assert found.margin == pytest.approx(51.0)  # 100 - 45 - 4
    assert found.total == pytest.approx(51.0)


def test_rules_meet_the_same_luck_and_a_seed_repeats() -> None:
    chance = np.random.default_rng(3)
    demand = chance.poisson(3.0, (20, 200)).astype(float)
    shop = Shop(tuple(map(str, range(20))), demand, np.full(20, 9.0), np.full(20, 6.0))
    protocol = protocol_for(200)

    first, again = compare(shop, protocol, [1]), compare(shop, protocol, [1])

    assert first == again
    assert [one.rule for one in first] == ["gut_feel", "min_max", "min_max_90", "quayside"]
    assert first[3].lost < first[0].lost
    assert first[3].days < first[0].days
    assert first[3].total < first[0].total


def test_series_are_chosen_by_what_was_known_before_the_rules_begin() -> None:
    qty = np.zeros((3, 120))
    qty[0, :50], qty[1, 60:], qty[2, :] = 5.0, 900.0, 1.0
    panel = Panel(
        ("old", "late", "small"), tuple(map(str, range(120))), qty, "D", np.ones((3, 120))
    )
    protocol = protocol_for(120, top=2)

    shop = shop_of(panel, protocol)

    assert (protocol.warm_days, protocol.first_day) == (64, 42)
    assert shop.names == ("old", "small")
    with pytest.raises(ReplayRefused, match="no column price"):
        shop_of(Panel(panel.names, panel.periods, qty, "D"), protocol)
    with pytest.raises(ReplayRefused, match="112 or more"):
        protocol_for(111)


def test_a_sold_out_week_is_scaled_and_an_empty_one_is_missing() -> None:
    sold = np.zeros((1, 70))
    sold[0, :] = 2.0
    in_stock = np.ones((1, 70), dtype=bool)
    sold[0, 63:67], in_stock[0, 63:67] = 0.0, False  # 3 days in stock: 6 x 7/3 = 14
    sold[0, 56:63], in_stock[0, 56:63] = 0.0, False  # missing

    known = weekly_level(sold, in_stock, (14.0,), alpha=0.2)

    assert known.daily.tolist() == [pytest.approx(2.0)]
    assert known.variance[0].tolist() == [pytest.approx(0.0, abs=1e-9)]
    with pytest.raises(ValueError, match="two whole weeks"):
        weekly_level(sold[:, :13], in_stock[:, :13], (14.0,), alpha=0.2)


def test_zero_history_one_sale_and_a_spike_give_finite_orders() -> None:
    sold = np.zeros((3, 70))
    sold[1, 30], sold[2, 65] = 1.0, 1e6
    desk = Desk(
        day=70,
        first_day=40,
        sold=sold,
        in_stock=np.ones((3, 70), dtype=bool),
        on_hand=np.zeros(3),
        due=np.zeros((3, 50)),
        unit_cost=np.ones(3),
        margin=np.ones(3),
        premium=np.full(3, 0.1),
        sea=Lane(35.0, 7.0),
        air=Lane(8.0, 2.0),
        review_days=7,
    )

    sea, air = Quayside().decide(desk)

    assert np.isfinite(sea).all()
    assert np.isfinite(air).all()
    assert (sea >= 0).all()
    assert (air >= 0).all()
    assert sea[0] == air[0] == 0

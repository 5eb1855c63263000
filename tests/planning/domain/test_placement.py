"""Where a SKU should lie: shares, break-even, transfers."""

import numpy as np
import pytest

from planning.domain.placement import (
    DISPERSION,
    Costs,
    Goods,
    Here,
    Move,
    Site,
    Verdict,
    parcel_costs,
    place,
    zone_steps,
)
from planning.domain.whole_parts import parts_of

LA, NJ, TX = Site(1, "US"), Site(2, "US"), Site(3, "US")
KM = {frozenset((1, 2)): 3_940.0, frozenset((1, 3)): 2_000.0, frozenset((2, 3)): 2_200.0}
COSTS = Costs(zone_step=0.5, zone_step_kg=0.0, site_month=3.0, move_fixed=10.0, move_kg=0.4)


def far(one, other):
    return KM[frozenset((one.pk, other.pk))]


def test_parts_add_up_whatever_the_weights():
    rng = np.random.default_rng(5)

    for _ in range(200):
        weights = rng.gamma(0.5, size=int(rng.integers(1, 9))).tolist()
        assert sum(parts_of(1_000, weights)) == 1_000
    assert parts_of(1_000, [1, 1, 1]) == [334, 333, 333]
    assert parts_of(7, [0, 2.5, 2.5]) == [0, 4, 3]
    assert parts_of(9, [0, 0]) == [0, 0]


def test_a_parcel_costs_more_with_each_zone_and_across_a_border():
    abroad = Site(9, "CA")

    found = parcel_costs([LA, NJ, abroad], 2.0, Costs(), lambda *_: 1_000.0)

    assert [zone_steps(km) for km in (100, 300, 1_000, 2_900, None)] == [0, 1, 3, 6, 3]
    assert found[0, 1] == pytest.approx(3 * (0.5 + 0.29 * 2))
    assert found[0, 2] == pytest.approx(3 * (0.5 + 0.29 * 2) + 12)
    assert found.diagonal().tolist() == [0, 0, 0]


def test_a_05_shares_follow_regions_and_a_further_site_must_pay_for_itself():
    """1 820 + 364 + 8 units in 182 days: 10, 2 and 0.04 a day."""
    rows = [
        Here(LA, 1_820, 10, stock=500, movable=500),
        Here(NJ, 364, 2, stock=0),
        Here(TX, 8, 0.04, stock=11, movable=0),
    ]

    found = place(rows, Goods(unit_cost=10), COSTS, far, days=182)

    la, nj, tx = (found.places[site.pk] for site in (LA, NJ, TX))
    assert (la.verdict, nj.verdict, tx.verdict) == (Verdict.FIRST, Verdict.PAYS, Verdict.TOO_SLOW)
    assert [one.region_share for one in (la, nj, tx)] == [830, 166, 4]
    assert [one.share for one in (la, nj, tx)] == [834, 166, 0]
    assert nj.saved == pytest.approx(364 * 365 / 182 * 6 * 0.5)
    assert tx.saved == pytest.approx(8 * 365 / 182 * 4 * 0.5)
    assert tx.spent > 36, "the work of a year, and some safety stock"
    assert tx.least_daily == pytest.approx(8 / 182 * tx.spent / tx.saved)
    assert [one.target for one in (la, nj, tx)] == [426, 85, 0]
    assert [one.difference for one in (la, nj, tx)] == [-74, 85, -11]


def test_a_slow_sku_lies_in_one_place_and_none_at_all_is_asked_for_nowhere():
    slow = [Here(LA, 9, 0.05, stock=30, movable=30), Here(NJ, 8, 0.04), Here(TX, 0, 0)]
    dead = [Here(LA, 0, 0, stock=30, movable=30), Here(NJ, 0, 0)]

    one = place(slow, Goods(unit_cost=40), COSTS, far, days=182)
    none = place(dead, Goods(unit_cost=40), COSTS, far, days=182)

    assert [one.places[pk].share for pk in (1, 2, 3)] == [1_000, 0, 0]
    assert one.places[3].verdict == Verdict.NO_DEMAND
    assert {row.verdict for row in none.places.values()} == {Verdict.NO_DEMAND}
    assert [(row.share, row.target) for row in none.places.values()] == [(0, 30), (0, 0)]
    assert none.moves == ()


def test_a_transfer_goes_in_cases_within_what_may_leave_and_only_where_it_pays():
    rows = [Here(LA, 1_000, 5, stock=900, movable=305), Here(NJ, 1_000, 5, stock=20)]
    goods = Goods(unit_cost=10, case_qty=12)

    (move,) = place(rows, goods, COSTS, far, days=182).moves
    dear = place(rows, goods, Costs(move_fixed=5_000), far, days=182).moves
    border = [rows[0], Here(Site(2, "CA"), 1_000, 5, stock=20)]

    assert (move.from_pk, move.to_pk) == (1, 2)
    assert move.qty % 12 == 0
    assert move.qty == 204, "42 days ask for 210 or, one time in 20, for 234; 20 lie there"
    assert move.benefit >= 20
    assert dear == ()
    assert place(border, goods, COSTS, far, days=182).moves == ()


def _spent(stock, demand, more):
    """Return what the parcels cost: each region from its own stock, then from the cheapest."""
    left = np.maximum(stock - demand, 0)
    total = 0.0
    for at in range(len(stock)):
        short = max(demand[at] - stock[at], 0)
        for other in np.argsort(more[at]):
            taken = min(short, left[other]) if other != at else 0
            left[other] -= taken
            short -= taken
            total += taken * more[at, other]
    return total


def test_transfers_never_raise_the_expected_cost_over_500_draws():
    rng = np.random.default_rng(17)
    before = after = moved = 0.0
    for _ in range(500):
        mean = rng.gamma(1.5, 40, size=3)
        stock = rng.multinomial(int(mean.sum() * 1.3), rng.dirichlet([1.5] * 3))
        rows = [
            Here(site, mean[at], mean[at] / 42, stock=int(stock[at]), movable=int(stock[at]))
            for at, site in enumerate((LA, NJ, TX))
        ]
        goods = Goods(unit_cost=1, cycle_days=42)
        costs = Costs(zone_step=1.0, zone_step_kg=0, move_fixed=10, move_kg=0, move_days=0)
        moves: tuple[Move, ...] = place(rows, goods, costs, far, days=42).moves
        then = stock.astype(float)
        for move in moves:
            then[move.from_pk - 1] -= move.qty
            then[move.to_pk - 1] += move.qty
        more = parcel_costs([LA, NJ, TX], 0, costs, far)
        size = 1 / (DISPERSION - 1) * mean
        demand = rng.negative_binomial(size, 1 / DISPERSION)
        before += _spent(stock.astype(float), demand, more)
        after += _spent(then, demand, more) + costs.move_fixed * len(moves)
        moved += len(moves)

    assert moved > 100
    assert after < before

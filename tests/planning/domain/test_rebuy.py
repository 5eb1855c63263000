"""Who buys what again: facts from before the cut, two models, hand-computed answers."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import planning_repurchase
from planning.domain import probability_scores as scores
from planning.domain import rebuy
from planning.domain.rebuy import Pairs, Rates


def lines(*rows: tuple[int, int, int]) -> rebuy.Lines:
    return rebuy.lines_of(*np.array(rows, dtype=np.int64).T)


SHOP = lines((0, 0, 10), (0, 0, 10), (0, 0, 50), (0, 1, 50), (1, 0, 90), (1, 1, 105), (0, 1, 160))


def test_pairs_hold_what_was_known_at_the_cut_and_the_window_is_inclusive():
    pairs = rebuy.pairs_at(SHOP, 100)

    assert pairs.customer.tolist() == [0, 0, 1]
    assert pairs.product.tolist() == [0, 1, 0]
    assert pairs.times.tolist() == [2, 1, 1]
    assert pairs.age.tolist() == [90, 50, 10]
    assert pairs.silent.tolist() == [50, 50, 10]
    # 160 is the 60th day after 100; customer 1 buys product 1 for the first time, not again
    assert rebuy.bought_again(SHOP, pairs, 60).tolist() == [False, True, False]
    assert rebuy.bought_again(SHOP, pairs, 59).tolist() == [False, False, False]
    # shop: 1 of 3 pairs bought twice; 20 such pairs are mixed in
    assert rebuy.repeat_share(pairs, 2) == pytest.approx([(1 + 20 / 3) / 22, (20 / 3) / 21])
    with pytest.raises(rebuy.NoPairs):
        rebuy.pairs_at(SHOP, 9)


def test_facts_use_nothing_after_the_cut():
    later = lines((0, 0, 10), (0, 0, 50), (0, 1, 50), (1, 0, 90), (1, 1, 101), (2, 1, 102))
    pairs = rebuy.pairs_at(SHOP, 100)

    one, other = rebuy.facts(SHOP, pairs), rebuy.facts(later, pairs)

    assert one == pytest.approx(other)
    assert one.shape == (3, len(rebuy.FACTS))
    # first pair: 2 times, 50 days silent, 90 old; product sold on 2 pair-days of (40, 100]
    assert one[0, [0, 1, 2, 5, 6, 7]] == pytest.approx(np.log([3, 51, 91, 3, 51, 3]))


def test_the_plain_rate_by_hand():
    pairs = Pairs(100, *np.array([[0, 0], [0, 1], [3, 1], [0, 60], [40, 60]]))
    rates = Rates(np.array([0.5, 2.0]), beta=100.0)

    # 1 - ((beta + T) / (beta + T + 60)) ** (alpha + repeats)
    assert rates.chance(pairs, 60) == pytest.approx(
        [1 - (200 / 260) ** 2.5, 1 - (140 / 200) ** 2.0]
    )


def test_few_pairs_are_answered_by_the_plain_rate_and_stay_chances():
    found = rebuy.predict(SHOP, 100)

    assert found.method == "poisson_gamma"
    assert ((found.chance > 0) & (found.chance < 1)).all()
    assert rebuy.predict(lines((0, 0, 5)), 5).chance[0] < 1


def test_the_logistic_fit_stands_where_its_slopes_vanish_and_learns_a_window():
    chance = np.random.default_rng(7)
    given = np.column_stack([chance.normal(size=(4000, 2)) * [1, 30], np.ones(4000)])
    happened = chance.random(4000) < 1 / (1 + np.exp(1 - 0.8 * given[:, 0] - 0.02 * given[:, 1]))

    model = rebuy.fit_logistic(given, happened)

    assert model.weights == pytest.approx([0.8, 0.02, 0.0], abs=0.1)
    said = model.chance(given)
    assert said.mean() == pytest.approx(happened.mean(), abs=1e-6)
    assert scores.auc(said, happened) == pytest.approx(0.72, abs=0.03)


def test_scores_by_hand():
    said = np.array([0.9, 0.6, 0.6, 0.1])
    happened = np.array([True, False, True, False])

    assert scores.auc(said, happened) == (1 + 1 + 0.5 + 1) / 4
    assert scores.auc(said, np.ones(4, dtype=bool)) is None
    assert scores.brier(said, happened) == pytest.approx((0.01 + 0.36 + 0.16 + 0.01) / 4)
    assert scores.log_loss(said, happened) == pytest.approx(-np.log([0.9, 0.4, 0.6, 0.9]).mean())
    assert scores.top_precision(said, happened, 0.25) == 1.0


@pytest.mark.long
def test_rebuy_of_a_real_year_is_ranked_and_calibrated(shared_data):
    found = planning_repurchase.rebuy_figures()

    assert found["auc_recency"] == pytest.approx(0.657, abs=0.001)
    assert found["auc"] >= 0.75
    assert found["mean_chance"] == pytest.approx(found["base_rate"], rel=0.10)

"""Which substitute is offered, by list, ratio and rank (X10)."""

from __future__ import annotations

import pytest

from orders.domain.substitution import Offer, Pair, best_offer

SIX = Pair(6, 2, 1)  # two six-packs for one twelve-pack
TIN = Pair(7, 1, 2)  # one tin for two bags


@pytest.mark.parametrize(
    ("missing", "pairs", "free", "offer"),
    [
        (3, [SIX], {6: 6}, Offer(6, 2, 1, 3, 6)),
        (3, [SIX], {6: 5}, Offer(6, 2, 1, 2, 4)),
        (3, [SIX], {6: 1}, None),
        (3, [SIX], {}, None),
        (3, [TIN], {7: 9}, Offer(7, 1, 2, 2, 1)),
        (1, [TIN], {7: 9}, None),
        (2, [SIX, TIN], {6: 4, 7: 1}, Offer(6, 2, 1, 2, 4)),
        (2, [SIX, TIN], {6: 3, 7: 1}, Offer(7, 1, 2, 2, 1)),
        (3, [SIX, TIN], {6: 4, 7: 1}, Offer(6, 2, 1, 2, 4)),
    ],
)
def test_x10_the_best_rank_that_covers_all_wins_and_only_whole_ratios_count(
    missing, pairs, free, offer
):
    assert best_offer(missing, pairs, free) == offer

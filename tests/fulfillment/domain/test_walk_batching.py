"""Orders on one walk: capacity, savings, search; and what a wave's walk takes in time."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from fulfillment.domain import batch_search, batching
from fulfillment.domain.batching import Capacity, Load, OrderTooBig, Problem
from fulfillment.domain.block_lengths import BlockLengths
from fulfillment.domain.layout import Block, Spot
from fulfillment.domain.network_lengths import NetworkLengths
from fulfillment.domain.walk_time import Estimate, Pace

# Two aisles 10 apart, places from 0 to 9; orders 1 and 3 lie together, as do 2 and 4.
BLOCK = Block(2, 10, 10, 1)
LISTS = [[Spot(1, 10)], [Spot(2, 10)], [Spot(1, 9)], [Spot(2, 9)]]


def small(capacity: Capacity, loads: list[Load] | None = None) -> Problem:
    lengths = BlockLengths(BLOCK)
    return Problem.of(lengths, lengths.masks_of(LISTS), loads or [Load(1)] * 4, capacity)


def generated(seed: int, count: int, capacity: int) -> Problem:
    rng = np.random.default_rng(seed)
    block = Block(10, 45, 5, 1)
    lists = [
        [
            Spot(int(a), int(p))
            for a, p in zip(rng.integers(1, 11, n), rng.integers(1, 46, n), strict=True)
        ]
        for n in rng.integers(5, 26, count)
    ]
    lengths = BlockLengths(block)
    loads = [Load(len(spots)) for spots in lists]
    return Problem.of(lengths, lengths.masks_of(lists), loads, Capacity(items=capacity))


def test_a_29_orders_that_lie_together_share_a_walk():
    problem = small(Capacity(items=2))

    assert batching.first_come(problem) == ((0, 1), (2, 3))
    assert problem.lengths(((0, 1), (2, 3))).tolist() == [38, 38]  # 36 needs the far cross aisle
    assert batching.savings(problem) == ((0, 2), (1, 3))
    assert batching.savings(problem, inside="shortest") == ((0, 2), (1, 3))
    assert problem.length(((0, 2), (1, 3))) == 18 + 38


def test_a_search_begins_with_the_order_of_arrival_where_savings_need_a_tour_more():
    # Savings join 1 and 3, which lie together; then 0 and 2 are too much for one tour.
    problem = small(Capacity(items=5), [Load(3), Load(2), Load(3), Load(2)])

    assert batching.savings(problem) == ((0,), (1, 3), (2,))
    assert batching.first_come(problem) == ((0, 1), (2, 3))
    assert batching.shorter_start(problem) == min(
        (batching.savings(problem), batching.first_come(problem)), key=problem.length
    )


@pytest.mark.parametrize(
    ("capacity", "loads", "tours"),
    [
        (Capacity(), None, 1),
        (Capacity(totes=1), None, 4),
        (Capacity(items=3), [Load(2), Load(2), Load(1), Load(1)], 2),
        (Capacity(weight_g=900), [Load(1, 1, 500)] * 4, 4),
        (Capacity(items=99, totes=4, weight_g=1000), [Load(1, 1, 500)] * 4, 2),
    ],
)
def test_a_tour_carries_no_more_than_its_capacity(
    capacity: Capacity, loads: list[Load] | None, tours: int
):
    problem = small(capacity, loads)

    for batches in (
        batching.savings(problem),
        batch_search.search(
            problem, batching.first_come(problem), seed=1, go_on=lambda rounds: rounds < 20
        ).batches,
    ):
        assert sorted(order for batch in batches for order in batch) == [0, 1, 2, 3]
        assert len(batches) == tours
        for batch in batches:
            assert (problem.loads[list(batch)].sum(axis=0) <= problem.limits).all()


def test_an_order_that_no_tour_carries_is_named():
    with pytest.raises(OrderTooBig, match="order 2 has 9 items, a tour carries 8"):
        small(Capacity(items=8), [Load(8), Load(9), Load(1), Load(1)])
    with pytest.raises(OrderTooBig, match="order 4 has 700 grams, a tour carries 650"):
        small(Capacity(weight_g=650), [Load(1)] * 3 + [Load(1, 1, 700)])


def test_no_order_is_no_tour():
    lengths = BlockLengths(BLOCK)
    problem = Problem.of(lengths, lengths.masks_of([]), [], Capacity(items=2))

    assert batching.savings(problem) == batching.first_come(problem) == ()
    assert problem.length(()) == 0


def test_the_search_beats_savings_keeps_capacity_and_repeats_itself():
    better = []
    for seed, capacity in ((1, 30), (2, 75)):
        problem = generated(seed, 40, capacity)
        start = batching.savings(problem)

        found = batch_search.search(problem, start, seed=7, go_on=lambda rounds: rounds < 60)
        again = batch_search.search(problem, start, seed=7, go_on=lambda rounds: rounds < 60)

        assert found == again
        assert found.rounds == 60
        assert sorted(order for batch in found.batches for order in batch) == list(range(40))
        for batch in found.batches:
            assert problem.loads[list(batch), 0].sum() <= capacity
        assert found.length_mm == problem.length(found.batches)
        assert problem.length(start) < problem.length(batching.first_come(problem))
        better.append(1 - found.length_mm / problem.length(start))
    assert np.mean(better) >= 0.025, better


def test_batches_of_any_layout_are_searched_too():
    spots = [Spot(a, p) for a in (1, 2) for p in range(1, 11)]
    lengths = NetworkLengths(BLOCK.matrix(spots))
    masks = lengths.masks_of([[10], [20], [9], [19]])
    problem = Problem.of(lengths, masks, [Load(1)] * 4, Capacity(items=2))

    found = batch_search.search(
        problem, batching.first_come(problem), seed=1, go_on=lambda rounds: rounds < 5
    )

    assert found.batches == ((0, 2), (1, 3))
    assert found.length_mm == 56


def test_an_estimate_adds_walk_lines_units_and_tours():
    estimate = Estimate(tours=2, lines=10, units=25, length_mm=220_000, s_shape_mm=275_000)

    assert estimate.saved_m == Decimal(55)
    assert estimate.saved_share == Decimal("0.2")
    assert estimate.seconds(Pace()) == 200 + 80 + 50 + 120
    assert estimate.seconds(Pace(walk_m_per_s=Decimal("0.9"))) == 245 + 250
    assert Estimate(0, 0, 0, 0, 0).saved_share == 0

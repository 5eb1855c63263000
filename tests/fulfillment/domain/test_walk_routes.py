"""Tours: the exact program of a block, its rules of thumb, and the search on any layout."""

from __future__ import annotations

import numpy as np
import pytest

from fulfillment.domain import routes, routes_any
from fulfillment.domain.block_lengths import BlockLengths
from fulfillment.domain.layout import Block, LayoutRefused, Spot
from fulfillment.domain.network_lengths import NetworkLengths

# Three aisles 5 m apart with places from 0 to 9 m, depot at the first.
BLOCK = Block(3, 10, 5_000, 1_000)
SPOTS = [Spot(1, 3), Spot(2, 2), Spot(2, 9), Spot(3, 10)]


def stops(walk: routes.Walk, spots: list[Spot] = SPOTS) -> list[Spot]:
    return [spots[index] for index in walk.order]


def random_case(rng: np.random.Generator, most: int) -> tuple[Block, list[Spot]]:
    block = Block(
        aisle_count=int(rng.integers(1, 8)),
        places=int(rng.integers(1, 15)),
        aisle_pitch_mm=int(rng.integers(1, 9)),
        place_pitch_mm=int(rng.integers(1, 4)),
        end_gap_mm=int(rng.integers(0, 3)),
        depot_x_mm=int(rng.integers(-3, 30)),
        depot_off_mm=int(rng.integers(0, 3)),
    )
    return block, random_spots(rng, block, int(rng.integers(1, most + 1)))


def random_spots(rng: np.random.Generator, block: Block, count: int) -> list[Spot]:
    aisles = rng.integers(1, block.aisle_count + 1, count)
    places = rng.integers(1, block.places + 1, count)
    return [Spot(int(a), int(p)) for a, p in zip(aisles, places, strict=True)]


def test_each_rule_walks_a_small_block_as_drawn():
    walks = {name: rule(BLOCK, SPOTS) for name, rule in routes.RULES.items()}

    # S-shape: up aisle 1, down aisle 2, up aisle 3 to its end and back.
    assert walks["s_shape"].length_mm == 9_000 + 9_000 + 18_000 + 20_000
    assert stops(walks["s_shape"]) == [Spot(1, 3), Spot(2, 9), Spot(2, 2), Spot(3, 10)]
    assert walks["return"].length_mm == 2 * (2_000 + 8_000 + 9_000) + 20_000
    assert stops(walks["return"]) == [Spot(1, 3), Spot(2, 2), Spot(2, 9), Spot(3, 10)]
    # Largest gap: aisle 2 is left out between 1 and 8 m.
    assert walks["largest_gap"].length_mm == 18_000 + 4_000 + 20_000
    assert stops(walks["largest_gap"]) == [Spot(1, 3), Spot(2, 9), Spot(3, 10), Spot(2, 2)]
    # Shortest: up aisle 2, along the back to the end of aisle 3 and over to aisle 1, home.
    assert walks["shortest"].length_mm == 18_000 + 20_000
    assert stops(walks["shortest"]) == [Spot(2, 2), Spot(2, 9), Spot(3, 10), Spot(1, 3)]


def test_a_depot_in_the_middle_serves_the_near_picks_on_its_way():
    block = Block(4, 10, 5_000, 1_000, depot_x_mm=7_500, depot_off_mm=500)
    spots = [Spot(1, 5), Spot(2, 2), Spot(3, 2), Spot(4, 5)]

    walk = routes.largest_gap(block, spots)

    assert stops(walk, spots) == [Spot(2, 2), Spot(1, 5), Spot(4, 5), Spot(3, 2)]
    assert walk.length_mm == 1_000 + 30_000 + 18_000 + 2 * 1_000 * 2


def test_an_empty_list_is_no_walk_and_a_place_outside_is_refused():
    for rule in routes.RULES.values():
        assert rule(BLOCK, []) == routes.Walk((), 0)
        with pytest.raises(LayoutRefused, match="place 11 is not one of 1 to 10"):
            rule(BLOCK, [Spot(1, 11)])


def test_the_program_of_a_block_is_exact_and_its_stops_are_walked_in_that_length():
    rng = np.random.default_rng(20_261_122)
    for _ in range(170):
        block, spots = random_case(rng, most=8)
        ways = block.matrix(spots)

        walk = routes.shortest(block, spots)

        assert walk.length_mm == routes_any.held_karp(ways).length_mm, (block, spots)
        assert sorted(walk.order) == list(range(len(spots)))
        assert routes_any.length_of(ways, [i + 1 for i in walk.order]) == walk.length_mm


def test_lists_of_twelve_picks_agree_with_held_and_karp():
    rng = np.random.default_rng(12)
    for _ in range(3):
        block = Block(6, 20, 5, 1, end_gap_mm=1)
        spots = random_spots(rng, block, 12)

        exact = routes_any.held_karp(block.matrix(spots))

        assert routes.shortest(block, spots).length_mm == exact.length_mm
        assert sorted(exact.order) == list(range(1, 13))
    with pytest.raises(ValueError, match="13 picks are more than 12"):
        routes_any.held_karp(np.zeros((14, 14)))


def test_no_rule_of_thumb_beats_the_program_and_none_walks_more_than_it_says():
    rng = np.random.default_rng(7)
    for _ in range(60):
        block, spots = random_case(rng, most=40)
        least = routes.shortest(block, spots).length_mm
        ways = block.matrix(spots)
        for rule in routes.RULES.values():
            walk = rule(block, spots)
            assert walk.length_mm >= least
            assert routes_any.length_of(ways, [i + 1 for i in walk.order]) <= walk.length_mm


def test_lists_measured_together_have_the_lengths_of_their_tours():
    rng = np.random.default_rng(3)
    for _ in range(25):
        block, _ = random_case(rng, most=1)
        lists = [random_spots(rng, block, int(rng.integers(0, 20))) for _ in range(8)]
        lengths = BlockLengths(block)

        masks = lengths.masks_of(lists)

        assert lengths.shortest(masks).tolist() == [
            routes.shortest(block, spots).length_mm for spots in lists
        ]
        assert lengths.s_shape(masks).tolist() == [
            routes.s_shape(block, spots).length_mm for spots in lists
        ]


def test_an_aisle_too_long_for_a_mask_is_refused_not_cut():
    with pytest.raises(ValueError, match="54 places do not fit a mask of 53"):
        BlockLengths(Block(1, 54, 1, 1))
    longest = BlockLengths(Block(2, 53, 5, 1))
    masks = longest.masks_of([[Spot(1, 53)], [Spot(1, 1), Spot(1, 53), Spot(2, 1)]])
    assert longest.shortest(masks).tolist() == [104, 114]


def test_the_search_for_any_layout_stays_within_half_a_percent_of_the_optimum():
    rng = np.random.default_rng(5)
    gaps = []
    for aisles, places, picks in [(10, 45, 10), (10, 45, 60), (25, 25, 30), (25, 45, 45)] * 2:
        block = Block(aisles, places, 5, 1)
        spots = random_spots(rng, block, picks)

        route = routes_any.search(block.matrix(spots), seed=1)

        assert sorted(route.order) == list(range(1, picks + 1))
        gaps.append(route.length_mm / routes.shortest(block, spots).length_mm - 1)
    assert min(gaps) >= 0
    assert np.mean(gaps) <= 0.005, gaps


def test_one_ways_are_searched_too():
    rng = np.random.default_rng(9)
    for _ in range(6):
        ways = rng.integers(1, 60, (9, 9)).astype(float)
        np.fill_diagonal(ways, 0)

        found = routes_any.search(ways, seed=2)

        assert found.length_mm == routes_any.length_of(ways, found.order)
        assert found.length_mm <= 1.05 * routes_any.held_karp(ways).length_mm
        assert found == routes_any.search(ways, seed=2)


def test_each_move_of_the_local_search_makes_the_walk_shorter():
    rng = np.random.default_rng(11)
    for size in (2, 3, 4, 5, 9):
        ways = rng.integers(1, 90, (size + 1, size + 1)).astype(float)
        start = routes_any.Route(tuple(range(1, size + 1)), 0.0)

        better = routes_any.improve(ways, start)

        assert sorted(better.order) == list(start.order)
        assert better.length_mm == routes_any.length_of(ways, better.order)
        assert better.length_mm <= routes_any.length_of(ways, start.order)
        assert routes_any.improve(ways, better).order == better.order
    assert routes_any.search(np.zeros((1, 1)), seed=0) == routes_any.Route((), 0.0)
    assert routes_any.search(np.array([[0.0, 4.0], [5.0, 0.0]]), seed=0).length_mm == 9.0


def test_lists_in_any_layout_are_measured_and_remembered():
    block = Block(5, 20, 5, 1)
    spots = [Spot(a, p) for a in range(1, 6) for p in range(1, 21)]
    lengths = NetworkLengths(block.matrix(spots))

    masks = lengths.masks_of([[1], [100], [1, 20, 81, 100], []])

    assert lengths.shortest(masks).tolist() == [0, 78, 78, 0]
    assert lengths.rough(masks[:2]).tolist() == lengths.shortest(masks[:2]).tolist()
    assert lengths.shortest(masks).tolist() == [0, 78, 78, 0]

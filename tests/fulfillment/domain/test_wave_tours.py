"""A wave as tours: cut where it is large, batched where the floor is measured, fixed elsewhere."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from fulfillment.domain import wave_tours
from fulfillment.domain.batching import Capacity, Load
from fulfillment.domain.floor_map import FloorMap, block_ground, free_ground, segments_of
from fulfillment.domain.layout import Block, LayoutRefused, Segment, Spot
from fulfillment.domain.wave_tours import TourOrder

NOON = dt.datetime(2026, 1, 21, 12, tzinfo=dt.UTC)
BLOCK = Block(2, 10, 10, 1)
#: Bins 1 to 10 in aisle 1, 11 to 20 in aisle 2.
SPOTS = {bin_id: Spot(1 + (bin_id - 1) // 10, 1 + (bin_id - 1) % 10) for bin_id in range(1, 21)}
FIXED = {bin_id: bin_id for bin_id in range(1, 31)}
MAP = FloorMap(FIXED, block_ground(BLOCK, SPOTS))


def order(key: int, *bins: int, **more) -> TourOrder:
    return TourOrder(key, bins, more.pop("load", Load(1)), **more)


def test_a_tour_visits_each_bin_once_and_what_stands_nowhere_last():
    tour = MAP.tour([19, 25, 5, 10, 5, 21])

    assert tour.order == (5, 10, 19, 21, 25)
    assert (tour.length_mm, tour.s_shape_mm, tour.unplaced) == (38, 38, 2)
    assert (tour.metres, tour.s_shape_metres) == (0.038, 0.038)


def test_without_a_layout_the_fixed_order_is_walked_and_nothing_is_measured():
    tour = FloorMap({7: 3, 8: 1, 9: 2}).tour([7, 8, 9])

    assert tour.order == (8, 9, 7)
    assert (tour.length_mm, tour.s_shape_mm, tour.metres) == (None, None, 0)


def test_a_bin_outside_the_declared_block_stands_nowhere():
    floor = FloorMap(FIXED, block_ground(BLOCK, SPOTS | {21: Spot(3, 1), 22: Spot(1, 11)}))

    assert floor.tour([1, 21, 22]).unplaced == 2


def test_a_block_with_long_aisles_is_searched_instead():
    long = Block(2, 60, 10, 1)
    floor = FloorMap(FIXED, block_ground(long, {1: Spot(1, 60), 2: Spot(2, 60), 3: Spot(1, 2)}))

    assert floor.tour([1, 2, 3]).length_mm == 138
    assert wave_tours.plan([order(1, 1), order(2, 2)], floor, Capacity(totes=2), kicks=1)[0].keys


def test_drawn_walkways_are_walked_and_never_longer_than_the_fixed_order():
    ways = [Segment(0, 0, 100, 0), Segment(0, 50, 100, 50), Segment(40, -10, 40, 60)]
    points = {1: (5.0, 0.0), 2: (10.0, 50.0), 3: (90.0, 0.0), 4: (95.0, 50.0)}
    floor = FloorMap(FIXED, free_ground(ways, (0.0, 0.0), points))

    tour = floor.tour([1, 2, 3, 4])

    assert tour.s_shape_mm == 5 + (35 + 50 + 30) + (30 + 50 + 50) + (50 + 50 + 55) + (55 + 50 + 40)
    assert (tour.order, tour.length_mm) == ((1, 3, 2, 4), 450)
    assert FloorMap(FIXED, free_ground([], (0.0, 0.0), points)).tour([1, 2, 3, 4]).length_mm == 290


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ({"a": 1}, "walkways are not a list"),
        ([[0, 0, 1]], r"walkway 1 is not \[x1, y1, x2, y2\] or five values"),
        ([[0, 0, 1, 1], [0, 0, "1", 2]], "walkway 2 has an end that is not a number"),
        ([[0, 0, True, 2]], "walkway 1 has an end that is not a number"),
        ([[0, 0, 1, 2, "yes"]], "walkway 1: the fifth value says one-way, true or false"),
    ],
)
def test_walkways_that_cannot_be_read_are_named(drawn, said: str):
    with pytest.raises(LayoutRefused, match=said):
        segments_of(drawn)
    assert segments_of([[0, 0, 1, 2, True]]) == [Segment(0, 0, 1, 2, one_way=True)]


def test_a_29_orders_near_each_other_go_on_one_cart():
    orders = [order(1, 10), order(2, 20), order(3, 9), order(4, 19)]

    tours = wave_tours.plan(orders, MAP, Capacity(totes=2), kicks=3)

    assert [(one.keys, one.tour.length_mm) for one in tours] == [((1, 3), 18), ((2, 4), 38)]
    assert tours[1].tour.order == (19, 20)


def test_an_order_too_big_for_a_cart_walks_alone():
    orders = [order(1, 1), order(2, 2, load=Load(99)), order(3, 3)]

    tours = wave_tours.plan(orders, MAP, Capacity(items=10), kicks=0)

    assert [one.keys for one in tours] == [(1, 3), (2,)]


def test_without_a_layout_carts_are_filled_along_the_fixed_order():
    orders = [order(1, 30), order(2, 1), order(3, 29), order(4, 2)]

    tours = wave_tours.plan(orders, FloorMap(FIXED), Capacity(totes=2), kicks=5)

    assert [one.keys for one in tours] == [(2, 4), (3, 1)]
    assert tours[0].tour.length_mm is None


def test_a_large_wave_is_cut_by_window_then_by_zone():
    later = NOON + dt.timedelta(hours=2)
    orders = (
        [order(n, 1, cutoff_at=later, zone=1) for n in range(1, 4)]
        + [order(n, 1, cutoff_at=NOON, zone=2) for n in range(4, 7)]
        + [order(n, 1, cutoff_at=NOON, zone=1) for n in range(7, 9)]
        + [order(9, 1, zone=3)]
    )

    parts = [[one.key for one in part] for part in wave_tours.cut(orders, most=4)]
    whole = list(wave_tours.cut(orders, most=9))

    assert parts == [[7, 8], [4, 5, 6], [1, 2, 3], [9]]
    assert [one.key for one in whole[0]] == list(range(1, 10))
    assert [len(part) for part in wave_tours.cut(orders[:3], most=2)] == [2, 1]
    assert list(wave_tours.cut([])) == []


def test_each_order_of_a_large_wave_is_on_exactly_one_tour():
    rng = np.random.default_rng(4)
    orders = [order(n, *map(int, rng.integers(1, 26, 3)), zone=n % 3) for n in range(1, 301)]

    tours = wave_tours.plan(orders, MAP, Capacity(totes=30), kicks=0)

    assert sorted(key for one in tours for key in one.keys) == list(range(1, 301))
    assert all(len(one.keys) <= 30 for one in tours)
    for one in tours:
        assert set(one.tour.order) == {b for key in one.keys for b in orders[key - 1].bins}
        assert one.tour.length_mm <= one.tour.s_shape_mm

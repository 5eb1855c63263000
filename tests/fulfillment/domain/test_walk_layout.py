"""Where bins lie and how far they are apart."""

from __future__ import annotations

import numpy as np
import pytest

from fulfillment.domain.layout import (
    Block,
    LayoutRefused,
    Network,
    Segment,
    Spot,
    Way,
    network_of,
    rectilinear,
)

BLOCK = Block(4, 10, 5000, 1000, end_gap_mm=500, depot_x_mm=2500, depot_off_mm=700)


def test_a_block_knows_its_aisles_and_the_ways_between_places():
    spots = [Spot(1, 1), Spot(1, 9), Spot(2, 10), Spot(4, 2)]

    ways = BLOCK.matrix(spots)

    assert BLOCK.length_mm == 10_000
    assert (BLOCK.x_mm(4), BLOCK.y_mm(10)) == (15_000, 9_500)
    # From the depot: off the cross aisle, along it, into the aisle.
    assert ways[0].tolist() == [0, 700 + 2500 + 500, 700 + 2500 + 8500, 700 + 2500 + 9500, 14_700]
    assert ways[1, 2] == 8_000  # the same aisle
    assert ways[2, 3] == 5_000 + 1_500 + 500  # by the back cross aisle
    assert ways[1, 4] == 15_000 + 500 + 1_500  # by the front cross aisle
    assert (ways == ways.T).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"aisle_count": 0}, "aisle_count is 0; it must be 1 or more"),
        ({"place_pitch_mm": -5}, "place_pitch_mm is -5; it must be 1 or more"),
        ({"end_gap_mm": -1}, "end_gap_mm is -1; it must be 0 or more"),
    ],
)
def test_a_block_that_no_building_has_is_refused(change: dict[str, int], said: str):
    values = {"aisle_count": 2, "places": 3, "aisle_pitch_mm": 5, "place_pitch_mm": 1} | change

    with pytest.raises(LayoutRefused, match=said):
        Block(**values)


@pytest.mark.parametrize(
    ("spot", "said"),
    [(Spot(5, 1), "aisle 5 is not one of 1 to 4"), (Spot(1, 0), "place 0 is not one of 1 to 10")],
)
def test_a_place_outside_the_block_is_refused(spot: Spot, said: str):
    with pytest.raises(LayoutRefused, match=said):
        BLOCK.check(spot)


def test_walkways_lead_around_and_one_ways_count_in_one_direction():
    network = Network(
        [Way("depot", "a", 10), Way("a", "b", 4, both_ways=False), Way("b", "depot", 20)]
    )

    ways = network.matrix(["depot", "a", "b", "b"])

    assert ways.tolist() == [[0, 10, 14, 14], [10, 0, 4, 4], [20, 30, 0, 0], [20, 30, 0, 0]]


def test_two_walkways_between_the_same_ends_count_as_the_shorter_one():
    network = Network([Way("a", "b", 9), Way("b", "a", 5), Way("b", "c", 0)])

    assert network.matrix(["a", "c"]).round(3).tolist() == [[0, 5], [5, 0]]


def test_a_place_that_no_walkway_reaches_is_named():
    network = Network([Way("depot", "a", 10), Way("a", "trap", 1, both_ways=False)])

    with pytest.raises(LayoutRefused, match="no walkway leads from trap to depot"):
        network.matrix(["depot", "trap"])
    with pytest.raises(LayoutRefused, match="nowhere is on no walkway"):
        network.matrix(["depot", "nowhere"])
    with pytest.raises(LayoutRefused, match="the way a to b is shorter than nothing"):
        Network([Way("a", "b", -1)])


def test_bins_hang_on_the_nearest_drawn_walkway():
    aisle, cross = Segment(0, 0, 0, 100), Segment(0, 100, 50, 100, one_way=True)

    network = network_of([aisle, cross], {"depot": (0, 0), "left": (-3, 40), "end": (50, 104)})
    ways = network_of([aisle, Segment(0, 100, 50, 100)], {"d": (0, 0), "e": (50, 104)})

    assert ways.matrix(["d", "e"]).tolist() == [[0, 154], [154, 0]]
    with pytest.raises(LayoutRefused, match="no walkway leads from end to depot"):
        network.matrix(["depot", "left", "end"])
    assert network.matrix(["depot", "left"]).tolist() == [[0, 43], [43, 0]]


def test_without_walkways_the_way_is_guessed_along_the_axes():
    assert np.array_equal(rectilinear([(0, 0), (3, -4)]), [[0, 7], [7, 0]])
    with pytest.raises(LayoutRefused, match="no walkway is drawn"):
        network_of([], {})

"""Proofs by pairs: exact small cases, and never against a packing that stands."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fulfillment.domain.cartons import apart, fitting, greedy
from fulfillment.domain.cartons.facts import Box, Effort, Unit

NODES = 20_000


def unit(key: str, *size: int, **flags: bool) -> Unit:
    return Unit(key, (size[0], size[1], size[2]), 10, **flags)


def room(*inner: int) -> Box:
    return Box("R", (inner[0], inner[1], inner[2]), (400, 400, 400), 9_000)


def cubes(count: int) -> list[Unit]:
    return [unit(f"c{number}", 60, 60, 60) for number in range(count)]


def test_three_in_a_row_are_too_long_though_the_volume_would_do():
    assert apart.is_impossible(cubes(3), room(110, 120, 60), NODES)
    assert not apart.is_impossible(cubes(2), room(110, 120, 60), NODES)
    assert not apart.is_impossible(cubes(3), room(120, 120, 60), NODES)
    assert fitting.quick(cubes(3), room(110, 120, 60), Effort()).verdict == "IMPOSSIBLE"


def test_what_bears_nothing_needs_floor_of_its_own():
    trays = [unit("a", 90, 90, 20, no_stack=True), unit("b", 90, 90, 20, no_stack=True)]
    small = room(100, 100, 80)

    assert apart.is_impossible(trays, small, NODES)
    assert not apart.is_impossible([trays[0], unit("c", 90, 90, 20)], small, NODES)


def test_a_fragile_unit_and_a_tray_under_nothing_may_be_stacked_one_way_only():
    cup = unit("cup", 90, 90, 20, fragile=True)
    small = room(100, 100, 80)

    assert not apart.is_impossible([cup, unit("tin", 90, 90, 20)], small, NODES)
    assert apart.is_impossible([cup, unit("tray", 90, 90, 20, no_stack=True)], small, NODES)


def test_units_that_stay_upright_are_not_turned_to_fit():
    posts = [unit("a", 100, 40, 40), unit("b", 100, 40, 40)]
    high = room(40, 90, 100)

    assert not apart.is_impossible(posts, high, NODES)
    lying = [replace(one, this_side_up=True) for one in posts]
    assert apart.is_impossible(lying, high, NODES)


def test_out_of_choices_nothing_is_known():
    assert apart.is_impossible(cubes(3), room(110, 120, 60), 6)
    assert not apart.is_impossible(cubes(3), room(110, 120, 60), 2)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            Unit,
            key=st.just("?"),
            size=st.tuples(*[st.integers(min_value=20, max_value=160)] * 3),
            weight_g=st.just(10),
            this_side_up=st.booleans(),
            no_stack=st.booleans(),
            fragile=st.booleans(),
        ),
        min_size=2,
        max_size=7,
    ),
    st.sampled_from(greedy.RULES),
)
def test_no_packing_found_is_ever_disproved(units, rule):
    mine = [replace(one, key=str(number)) for number, one in enumerate(units)]
    box = room(180, 160, 140)
    found = greedy.fill(mine, box, rule, whole=False)
    assume(found)
    tight = Box("T", _extent(found), (400, 400, 400), 9_000)

    assert not apart.is_impossible([one.unit for one in found], tight, NODES)


def _extent(found):
    """Return the least room that holds the packing as it lies."""
    return tuple(max(one.end[axis] for one in found) for axis in range(3))

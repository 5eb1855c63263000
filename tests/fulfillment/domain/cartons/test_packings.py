"""Where units lie: exact small cases, and any order proved by the independent check."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fulfillment.domain.cartons import blocks, choosing, corners, fitting, greedy, proof
from fulfillment.domain.cartons.choosing import Catalogue
from fulfillment.domain.cartons.facts import Box, Effort, Placement, Tariff, Unit
from fulfillment.domain.cartons.turns import refusal, turns

LITTLE = Effort(tries=5, restarts=40, nodes=300)
ROOM = Box("B", (200, 100, 100), (210, 110, 110), 5_000)


def unit(key: str, *size: int, weight_g: int = 100, **flags: object) -> Unit:
    return Unit(key, (size[0], size[1], size[2]), weight_g, **flags)


def flat_unit(key: str, height: int, **flags: object) -> Unit:
    """Return a unit that covers the floor of the room and stays upright."""
    return unit(key, 200, 100, height, this_side_up=True, **flags)


def test_two_cubes_lie_side_by_side():
    cubes = [unit("a", 100, 100, 100), unit("b", 100, 100, 100)]

    found = fitting.quick(cubes, ROOM, Effort())

    assert found.verdict == "FITS"
    assert [(one.unit.key, one.at) for one in found.placements] == [
        ("a", (0, 0, 0)),
        ("b", (100, 0, 0)),
    ]


@pytest.mark.parametrize(
    ("units", "why"),
    [
        ([unit("a", 50, 50, 50, weight_g=5_001)], "TOO_HEAVY"),
        ([unit("a", 200, 100, 90), unit("b", 200, 100, 20)], "TOO_BULKY"),
        ([unit("a", 201, 20, 20)], "TOO_LONG"),
        ([unit("a", 100, 90, 150, this_side_up=True)], "TOO_LONG"),
        ([unit("a", 50, 50, 50, hazard="UN1266"), unit("b", 50, 50, 50)], "APART"),
        ([unit("a", 50, 50, 50, own_box=True)], "APART"),
    ],
)
def test_what_can_never_share_a_box_is_refused_by_name(units, why):
    assert refusal(units, ROOM) == why
    assert fitting.fit(units, ROOM, Effort()).verdict == why


def test_six_turns_or_two_upright():
    assert turns((3, 2, 1), this_side_up=True) == ((3, 2, 1), (2, 3, 1))
    assert len(turns((3, 2, 1), this_side_up=False)) == 6
    assert turns((2, 2, 2), this_side_up=False) == ((2, 2, 2),)


def test_nothing_lies_on_what_bears_nothing():
    flat = [flat_unit("tray", 40, no_stack=True), flat_unit("book", 40)]

    found = fitting.quick(flat, ROOM, Effort())

    heights = {one.unit.key: one.at[2] for one in found.placements}
    assert heights == {"book": 0, "tray": 40}


def test_fragile_goods_come_above_and_carry_only_fragile_ones():
    three = [
        flat_unit("cup", 30, fragile=True),
        flat_unit("tin", 30),
        flat_unit("bowl", 30, fragile=True),
    ]

    found = fitting.quick(three, ROOM, Effort())

    heights = {one.unit.key: one.at[2] for one in found.placements}
    assert heights["tin"] == 0
    assert {heights["cup"], heights["bowl"]} == {30, 60}


def test_two_that_bear_nothing_and_fill_the_floor_do_not_fit():
    two = [flat_unit("a", 40, no_stack=True), flat_unit("b", 40, no_stack=True)]

    assert fitting.fit(two, ROOM, LITTLE).verdict == "IMPOSSIBLE"


def test_the_search_in_depth_finds_a_pinwheel():
    box = Box("P", (300, 300, 100), (300, 300, 100), 9_000)
    wheel = [unit(key, 200, 100, 100) for key in "abcd"]
    core = [unit("core", 100, 100, 100)]

    placements = corners.search([*wheel, *core], box, 4_000)

    assert proof.faults(box, [*wheel, *core], placements) == []


def test_a_search_out_of_budget_finds_nothing():
    assert corners.search([unit("a", 10, 10, 10)], ROOM, 0) == []


def test_blocks_fill_a_box_with_like_units():
    box = Box("C", (300, 200, 100), (310, 210, 110), 20_000)
    cubes = [unit(f"{number:02d}", 50, 50, 50) for number in range(48)]

    placements = blocks.fill(cubes, box, (0, 1, 2))

    assert len(placements) == 48
    assert proof.faults(box, cubes, placements) == []


def test_blocks_stop_at_the_weight_the_box_carries():
    heavy = [unit(f"{number}", 50, 50, 50, weight_g=1_000) for number in range(8)]

    assert len(blocks.fill(heavy, ROOM, (0, 1, 2))) == 5


def sizes(most: int) -> st.SearchStrategy[int]:
    return st.integers(min_value=10, max_value=most)


@st.composite
def some_units(draw: st.DrawFn) -> list[Unit]:
    """Return 1 to 9 units, some alike, with any handling."""
    kinds = draw(
        st.lists(
            st.builds(
                Unit,
                key=st.just("?"),
                size=st.tuples(sizes(180), sizes(140), sizes(120)),
                weight_g=st.integers(min_value=1, max_value=900),
                this_side_up=st.booleans(),
                no_stack=st.booleans(),
                fragile=st.booleans(),
                own_box=st.sampled_from([False, False, False, True]),
                hazard=st.sampled_from(["", "", "", "UN1266"]),
            ),
            min_size=1,
            max_size=4,
        )
    )
    picked = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=9))
    return [replace(kind, key=str(number)) for number, kind in enumerate(picked)]


@settings(max_examples=60, deadline=None)
@given(some_units())
def test_every_plan_of_any_order_is_proved(units):
    boxes = (
        Box("S", (150, 120, 80), (160, 130, 90), 2_000, 60, Decimal("0.30")),
        Box("M", (250, 180, 150), (260, 190, 160), 4_000, 140, Decimal("0.60")),
        Box("L", (400, 300, 250), (410, 310, 260), 9_000, 400, Decimal("1.20")),
    )

    plan = choosing.choose(units, Catalogue(boxes, Tariff(), LITTLE))

    held = [one.unit.key for load in plan.loads for one in load.placements]
    assert sorted(held + [one.key for one in plan.oversize]) == sorted(one.key for one in units)
    for load in plan.loads:
        if load.box is None:
            assert [one.own_box for one in load.units] == [True]
        else:
            assert proof.faults(load.box, load.units, load.placements) == []
            assert not any(one.own_box for one in load.units)


@settings(max_examples=60, deadline=None)
@given(some_units(), st.integers(min_value=0, max_value=2))
def test_filling_never_breaks_a_rule(units, way):
    plain = [replace(one, own_box=False, hazard="") for one in units]
    box = Box("M", (250, 180, 150), (260, 190, 160), 2_500)

    for placements in (
        greedy.fill(plain, box, greedy.RULES[way], whole=False),
        blocks.fill(plain, box, blocks.GROWTHS[way]),
    ):
        held = [one.unit for one in placements]
        assert proof.faults(box, held, placements) == []


@settings(max_examples=80, deadline=None)
@given(some_units(), st.data())
def test_the_check_sees_a_unit_that_is_moved_into_another(units, data):
    plain = [replace(one, own_box=False, hazard="") for one in units]
    box = Box("L", (400, 300, 250), (410, 310, 260), 9_000)
    placements = greedy.fill(plain, box, greedy.deep_bottom_left, whole=False)
    victim = data.draw(st.sampled_from(placements))
    extra = replace(victim.unit, key="extra")
    inside = Placement(extra, victim.at, victim.size)

    found = proof.faults(box, [one.unit for one in placements] + [extra], [*placements, inside])

    assert ("OVERLAP", (victim.unit.key, "extra")) in [(one.rule, one.keys) for one in found]


@pytest.mark.parametrize(
    ("placements", "rules"),
    [
        ([Placement(unit("a", 50, 50, 50), (0, 0, 0), (50, 50, 50))], ["COMPLETE"]),
        ([("a", (151, 0, 0)), ("b", (0, 0, 0))], ["INSIDE"]),
        ([("a", (-1, 0, 0)), ("b", (100, 0, 0))], ["INSIDE"]),
        ([("a", (49, 0, 0)), ("b", (0, 0, 0))], ["OVERLAP"]),
        ([("a", (0, 0, 1)), ("b", (50, 0, 0))], ["SUPPORT"]),
        ([("a", (0, 0, 0)), ("b", (21, 0, 50))], ["SUPPORT"]),
        ([("a", (0, 0, 0)), ("b", (20, 0, 50))], []),
        ([("a", (0, 0, 0)), ("a", (50, 0, 0))], ["COMPLETE"]),
    ],
)
def test_the_check_names_the_rule_that_is_broken(placements, rules):
    units = [unit("a", 50, 50, 50), unit("b", 50, 50, 50)]
    known = {one.key: one for one in units}
    lying = [
        one if isinstance(one, Placement) else Placement(known[one[0]], one[1], (50, 50, 50))
        for one in placements
    ]

    assert [fault.rule for fault in proof.faults(ROOM, units, lying)] == rules


def test_the_check_knows_handling_weight_and_turns():
    tray = unit("tray", 60, 40, 30, no_stack=True, this_side_up=True, weight_g=4_000)
    cup = unit("cup", 60, 40, 30, fragile=True, hazard="UN1266", weight_g=2_000)
    tin = unit("tin", 60, 40, 30, own_box=True)
    lying = [
        Placement(tray, (0, 0, 0), (30, 40, 60)),
        Placement(cup, (0, 0, 60), (60, 40, 30)),
        Placement(tin, (0, 0, 90), (60, 40, 31)),
    ]

    found = {(fault.rule, fault.keys) for fault in proof.faults(ROOM, [tray, cup, tin], lying)}

    assert found == {
        ("TURNED", ("tray",)),
        ("TURNED", ("tin",)),
        ("INSIDE", ("tin",)),
        ("SUPPORT", ("cup",)),
        ("CRUSHED", ("tray", "cup")),
        ("CRUSHED", ("cup", "tin")),
        ("CRUSHED", ("tray", "tin")),
        ("WEIGHT", ("B",)),
        ("APART", ("tin",)),
    }
    with pytest.raises(proof.PackingUnproved, match="WEIGHT: B"):
        proof.check(ROOM, [tray, cup, tin], lying)

"""The exact step: what it finds and disproves, and that nothing is lost without the solver."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from fulfillment.domain.cartons import apart, exact, fitting, proof
from fulfillment.domain.cartons.facts import Box, Effort, Unit

#: Nothing but ordered filling, then the exact solver.
ONLY_EXACT = Effort(tries=0, restarts=0, nodes=0, exact_seconds=5.0)
CUBE = Box("C", (100, 100, 100), (110, 110, 110), 9_000)


def unit(key: str, *size: int, **flags: bool) -> Unit:
    return Unit(key, (size[0], size[1], size[2]), 10, **flags)


def pinwheel() -> tuple[list[Unit], Box]:
    """Return four bars and a core that fill their room only around each other."""
    bars = [unit(key, 170, 110, 100, this_side_up=True) for key in "abcd"]
    core = unit("core", 60, 60, 100, this_side_up=True)
    return [*bars, core], Box("P", (280, 280, 100), (280, 280, 100), 9_000)


def post_under_a_tray() -> list[Unit]:
    """Return what only fits with the tray on a post that carries 16 % of it."""
    return [
        unit("post", 40, 40, 50, this_side_up=True),
        unit("tray", 100, 100, 50, this_side_up=True, no_stack=True),
    ]


def test_the_solver_is_part_of_what_tests_install():
    assert exact.is_installed()


def test_it_finds_a_pinwheel_that_passes_the_check():
    units, box = pinwheel()

    verdict, placements = exact.solve(units, box, 5.0)

    assert verdict == "FITS"
    assert proof.faults(box, units, placements) == []


def test_it_disproves_by_support_what_pairs_alone_allow():
    units = post_under_a_tray()

    assert not apart.is_impossible(units, CUBE, 20_000)
    assert exact.solve(units, CUBE, 5.0) == ("IMPOSSIBLE", [])
    under = [units[0], replace(units[1], no_stack=False)]
    verdict, placements = exact.solve(under, CUBE, 5.0)
    heights = {one.unit.key: one.at[2] for one in placements}
    assert (verdict, heights) == ("FITS", {"tray": 0, "post": 50})


@pytest.mark.parametrize(
    ("flags", "verdict"),
    [
        ([{}, {}], "FITS"),
        ([{"no_stack": True}, {}], "FITS"),
        ([{"no_stack": True}, {"no_stack": True}], "IMPOSSIBLE"),
        ([{"fragile": True}, {"fragile": True}], "FITS"),
        ([{"fragile": True}, {"no_stack": True}], "IMPOSSIBLE"),
    ],
)
def test_it_keeps_what_may_lie_on_what(flags, verdict):
    layers = [
        unit(str(number), 100, 100, 40, this_side_up=True, **mine)
        for number, mine in enumerate(flags)
    ]

    found, placements = exact.solve(layers, CUBE, 5.0)

    assert found == verdict
    if placements:
        assert proof.faults(CUBE, layers, placements) == []


def test_it_turns_a_unit_only_where_that_is_allowed():
    post = unit("post", 40, 40, 150)
    flat = Box("F", (150, 100, 60), (160, 110, 70), 9_000)

    assert exact.solve([post], flat, 5.0)[0] == "FITS"
    assert exact.solve([replace(post, this_side_up=True)], flat, 5.0)[0] == "IMPOSSIBLE"


def test_out_of_time_nothing_is_known():
    units, box = pinwheel()

    assert exact.solve(units, box, 0.0) == ("NOT_FOUND", [])


def test_with_the_solver_the_cascade_ends_in_an_answer():
    units, box = pinwheel()

    with_it = fitting.fit(units, box, ONLY_EXACT).verdict
    disproved = fitting.fit(post_under_a_tray(), CUBE, ONLY_EXACT).verdict

    assert (with_it, disproved) == ("FITS", "IMPOSSIBLE")


def test_without_the_solver_the_same_effort_says_not_found_and_the_search_goes_on(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools", None)
    units, box = pinwheel()

    assert not exact.is_installed()
    assert fitting.fit(units, box, ONLY_EXACT).verdict == "NOT_FOUND"
    assert fitting.fit(post_under_a_tray(), CUBE, ONLY_EXACT).verdict == "NOT_FOUND"
    found = fitting.fit(units, box, Effort(exact_seconds=5.0))
    assert found.verdict == "FITS"
    assert proof.faults(box, units, found.placements) == []

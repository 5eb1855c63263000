"""Over-receipt, sample size and lot life as pure rules (X16, X17)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suppliers.domain.life import judge_life
from suppliers.domain.sampling import sample_size
from suppliers.domain.states import TABLES, IllegalMove, after
from suppliers.domain.tolerance import Split, allowed_over, open_qty, split

TEN = Decimal(10)


@pytest.mark.parametrize(
    ("announced", "allowed"), [(1, 0), (10, 0), (11, 1), (100, 9), (240, 23), (250, 24), (9000, 24)]
)
def test_x16_excess_is_allowed_below_ten_percent_and_below_25_units(announced, allowed):
    assert allowed_over(announced, TEN, 25) == allowed


@pytest.mark.parametrize(
    ("accepted", "held", "qty", "expected"),
    [
        (0, 0, 109, Split(109, 0)),
        (0, 0, 110, Split(100, 10)),
        (105, 0, 4, Split(4, 0)),
        (105, 0, 5, Split(0, 5, 5)),
        (100, 10, 1, Split(0, 1)),
        (40, 0, 10, Split(10, 0)),
    ],
)
def test_x16_from_the_tolerance_on_all_excess_is_held(accepted, held, qty, expected):
    assert split(100, 9, accepted_qty=accepted, held_qty=held, qty=qty) == expected


@given(announced=st.integers(1, 400), scans=st.lists(st.integers(1, 60), min_size=1, max_size=12))
def test_x16_the_outcome_does_not_depend_on_the_order_of_the_scans(announced, scans):
    allowed = allowed_over(announced, TEN, 25)
    accepted = held = 0
    for qty in scans:
        share = split(announced, allowed, accepted_qty=accepted, held_qty=held, qty=qty)
        accepted += share.accept_qty - share.pull_back_qty
        held += share.hold_qty + share.pull_back_qty
        assert accepted <= announced + allowed

    whole = split(announced, allowed, accepted_qty=0, held_qty=0, qty=sum(scans))
    assert (accepted, held) == (whole.accept_qty, whole.hold_qty)
    assert open_qty(announced, accepted + held, 0) == max(0, announced - sum(scans))


def test_what_nobody_announced_is_never_excess():
    assert split(None, 0, accepted_qty=9, held_qty=0, qty=500) == Split(500, 0)
    assert open_qty(None, 500, 0) == 0


@pytest.mark.parametrize(
    ("qty", "rule", "is_new", "size"),
    [
        (100, "sample", False, 10),
        (101, "sample", False, 11),
        (1, "sample", False, 1),
        (0, "sample", False, 0),
        (60, "full", False, 60),
        (60, "none", False, 0),
        (60, "none", True, 60),
    ],
)
def test_x17_all_units_of_a_new_supplier_are_inspected_else_the_root(qty, rule, is_new, size):
    assert sample_size(qty, rule, is_new_supplier=is_new) == size


@pytest.mark.parametrize(
    ("days", "shelf_life", "life"),
    [(-1, 360, "expired"), (0, None, "fine"), (118, 360, "short"), (119, 360, "fine")],
)
def test_a_lot_is_judged_by_the_days_it_has_left(days, shelf_life, life):
    today = dt.date(2026, 1, 21)

    found = judge_life(
        today + dt.timedelta(days),
        today=today,
        shelf_life_days=shelf_life,
        min_life_pct=Decimal(33),
    )

    assert found == life


def test_a_move_that_its_table_does_not_have_is_refused():
    assert after("arrival", "receiving", "finish") == "received"
    ends = {("arrival", "received"), ("receipt", "finished"), ("unidentified", "linked")}
    for kind, state in ends:
        for move in TABLES[kind]:
            with pytest.raises(IllegalMove):
                after(kind, state, move)

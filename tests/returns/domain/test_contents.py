"""What a parcel held against what was announced, and what becomes of graded goods: pure."""

from __future__ import annotations

import pytest

from returns.domain.contents import Announced, Counted, Sorted, sort_contents
from returns.domain.grading import Goods, Rule, checklist, possible, propose

A, B, C, D = 1, 2, 3, 4
ORDER = frozenset({A, B, C})


def found(announced, counted, lots=None):
    told = sort_contents(announced, ORDER, counted, lots)
    return [(row.kind, row.qty, row.line_id) for row in told.found], dict(told.missing)


def test_x20_every_unit_of_a_mixed_parcel_has_its_kind():
    told = sort_contents(
        [Announced(10, A, 1), Announced(11, C, 2)],
        ORDER,
        [Counted(1, B, 1), Counted(2, C, 3), Counted(3, D, 1), Counted(4, None, 1)],
    )

    assert told.found == (
        Sorted(1, "unexpected", 1),
        Sorted(2, "expected", 2, 11),
        Sorted(2, "extra", 1),
        Sorted(3, "unexpected_ours", 1),
        Sorted(4, "foreign", 1),
    )
    assert told.missing == {10: 1}


@pytest.mark.parametrize(
    ("counted", "kinds", "missing"),
    [
        ([], [], {10: 2}),
        ([Counted(1, A, 2)], [("expected", 2, 10)], {}),
        ([Counted(1, A, 1)], [("expected", 1, 10)], {10: 1}),
        ([Counted(1, A, 5)], [("expected", 2, 10), ("extra", 3, None)], {}),
        ([Counted(1, B, 1)], [("unexpected", 1, None)], {10: 2}),
        ([Counted(1, D, 1)], [("unexpected_ours", 1, None)], {10: 2}),
        ([Counted(1, None, 3)], [("foreign", 3, None)], {10: 2}),
    ],
    ids=["empty", "all", "missing", "extra", "other item", "ours", "foreign"],
)
def test_x20_each_mismatch_alone(counted, kinds, missing):
    assert found([Announced(10, A, 2)], counted) == (kinds, missing)


def test_x20_a_unit_of_a_lot_that_was_never_sent_is_not_the_unit_that_was_sent():
    sent = {A: frozenset({7})}

    assert found([Announced(10, A, 1)], [Counted(1, A, 1, lot_id=7)], sent) == (
        [("expected", 1, 10)],
        {},
    )
    assert found([Announced(10, A, 1)], [Counted(1, A, 1, lot_id=8)], sent) == (
        [("unexpected_ours", 1, None)],
        {10: 1},
    )


def test_x21_grades_propose_rules_go_before_and_what_is_impossible_is_kept_apart():
    plain = Goods(A, "Tea")

    assert [propose(plain, grade) for grade in "ABCD"] == [
        "restock",
        "quarantine",
        "refurbish",
        "scrap",
    ]
    assert propose(Goods(A, has_open_box=True), "B") == "open_box"
    assert propose(Goods(A, is_sellable=False), "A") == "quarantine"
    rules = [
        Rule("donate", category="Tea"),
        Rule("scrap", grade="A", category="Tea"),
        Rule("supplier", sku_id=A),
    ]
    assert propose(plain, "A", rules) == "supplier"
    assert propose(Goods(B, "Tea"), "A", rules) == "scrap"
    assert propose(Goods(B, "Tea"), "C", rules) == "donate"
    assert propose(Goods(B, "Lamps"), "C", rules) == "refurbish"
    assert possible(Goods(None)) == ("scrap", "donate", "quarantine")
    assert checklist("Tea & coffee") == ("SEAL_INTACT", "BEST_BEFORE", "NO_DAMAGE")
    assert checklist("Women's shoes")[0] == "TAGS_ON"
    assert checklist("")[0] == "RIGHT_ITEM"

"""Rounding to what a supplier sells, the hash of a revision, what an approval still covers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suppliers.domain import purchase_states
from suppliers.domain.order_qty import round_up
from suppliers.domain.purchase_diff import Difference, differences
from suppliers.domain.purchase_hash import content_hash, plain
from suppliers.domain.purchase_reapproval import Limits, judge
from suppliers.domain.states import IllegalMove

LIMITS = Limits(Decimal(5), Decimal(500))


def snapshot(lines: dict[str, tuple[int, str]], **more: object) -> dict[str, object]:
    total = sum(qty * Decimal(price) for qty, price in lines.values())
    head = {"supplier": "HILL", "currency": "CNY", "warehouse": "LA", "fx_rate": "0.5"}
    rows = [
        {"sku": sku, "qty": qty, "unit_price": price, "position": place}
        for place, (sku, (qty, price)) in enumerate(lines.items(), start=1)
    ]
    return {**head, "total": str(total), "lines": rows, **more}


@pytest.mark.parametrize(
    ("need", "moq", "multiple", "ordered"),
    [
        (0, 100, 10, 0),
        (1, 1, 1, 1),
        (37, 1, 1, 37),
        (37, 100, 1, 100),
        (37, 1, 24, 48),
        (48, 1, 24, 48),
        (49, 1, 24, 72),
        (37, 130, 40, 160),
        (131, 130, 40, 160),
        (161, 130, 40, 200),
    ],
)
def test_x25_a_need_is_rounded_up_to_the_least_order_then_to_packs(need, moq, multiple, ordered):
    assert round_up(need, moq_qty=moq, multiple_qty=multiple) == ordered


@given(st.integers(1, 10**6), st.integers(1, 10**4), st.integers(1, 10**3), st.integers(0, 10**4))
def test_x25_the_order_is_the_least_that_covers_need_least_order_and_packs(
    need, moq, multiple, more
):
    ordered = round_up(need, moq_qty=moq, multiple_qty=multiple)

    assert ordered % multiple == 0
    assert ordered - multiple < max(need, moq) <= ordered
    assert round_up(need + more, moq_qty=moq, multiple_qty=multiple) >= ordered


@pytest.mark.parametrize(("need", "moq", "multiple"), [(-1, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_x25_figures_that_cannot_be_are_refused(need, moq, multiple):
    with pytest.raises(ValueError, match="need"):
        round_up(need, moq_qty=moq, multiple_qty=multiple)


def test_x25_the_hash_knows_every_value_and_no_order_of_keys():
    first = {"a": 1, "b": "锡", "lines": [{"qty": 1}]}
    same = {"lines": [{"qty": 1}], "b": "锡", "a": 1}

    assert content_hash(first) == content_hash(same)
    assert content_hash(first) == (
        "95879fdee4476329fdb75f3c44cc967273026af2c03b320a564f0f80f3b6c7d4"
    )
    assert content_hash({**first, "a": 2}) != content_hash(first)
    with pytest.raises(TypeError):
        content_hash({"price": Decimal(1)})
    assert [plain(Decimal(text)) for text in ("1.500000", "100", "0.10", "0E-6")] == [
        "1.5",
        "100",
        "0.1",
        "0",
    ]


@pytest.mark.parametrize(
    ("lines", "more", "causes"),
    [
        ({"TEA": (104, "100"), "TIN": (1, "1")}, {}, ("PRICE",)),
        ({"TEA": (100, "101")}, {}, ("PRICE",)),
        ({"TEA": (105, "100")}, {}, ()),
        ({"TEA": (95, "100")}, {}, ()),
        ({"TEA": (106, "100")}, {}, ("SHARE",)),
        ({"TEA": (94, "100")}, {}, ("SHARE",)),
        ({"TEA": (100, "100")}, {"supplier": "DALE"}, ("SUPPLIER",)),
        ({"TEA": (100, "100")}, {"currency": "USD"}, ("CURRENCY",)),
        ({"TEA": (100, "100")}, {"warehouse": "NJ"}, ("WAREHOUSE",)),
        ({"TEA": (100, "100")}, {"note": "by Friday", "fx_rate": "9"}, ()),
    ],
)
def test_x25_an_approval_carries_over_while_prices_stay_and_the_total_hardly_moves(
    lines, more, causes
):
    before = snapshot({"TEA": (100, "100")})

    verdict = judge(before, snapshot(lines, **more), LIMITS)

    assert verdict.causes == causes
    assert verdict.carries_over is (causes == ())


def test_x25_both_limits_count_and_the_amount_is_in_the_base_currency():
    before = snapshot({"TEA": (1000, "100")})

    within = judge(before, snapshot({"TEA": (1010, "100")}), LIMITS)
    beyond = judge(before, snapshot({"TEA": (1011, "100")}), LIMITS)

    assert (within.causes, within.change_pct, within.change_base) == ((), 1, 500)
    assert (beyond.causes, beyond.change_base) == (("AMOUNT",), 550)
    assert judge(before, snapshot({"TEA": (1100, "100")}), LIMITS).causes == ("SHARE", "AMOUNT")
    free = snapshot({"TEA": (1, "0")})
    assert judge(free, snapshot({"TEA": (2, "0")}), LIMITS).causes == ()


def test_rel_c_09_a_conflict_lists_every_value_that_differs():
    before = snapshot({"TEA": (100, "10"), "TIN": (5, "1")}, note="old")
    after = snapshot({"TEA": (120, "10"), "CUP": (2, "3")}, note="")

    assert differences(before, after) == (
        Difference("", "note", "old", ""),
        Difference("", "total", "1005", "1206"),
        Difference("TEA", "qty", 100, 120),
        Difference("CUP", "qty", None, 2),
        Difference("CUP", "unit_price", None, "3"),
        Difference("TIN", "qty", 5, None),
        Difference("TIN", "unit_price", "1", None),
    )


def test_x25_states_only_move_by_the_table():
    for move, table in purchase_states.TRANSITIONS.items():
        for state in purchase_states.STATES:
            if state in table:
                assert purchase_states.after(state, move) == table[state]
            else:
                with pytest.raises(IllegalMove):
                    purchase_states.after(state, move)
    starts = {state for table in purchase_states.TRANSITIONS.values() for state in table}
    assert starts.isdisjoint(purchase_states.OVER)
    ways_to_approval = {
        move for move, table in purchase_states.TRANSITIONS.items() if "approved" in table.values()
    }
    assert ways_to_approval == {"approve", "auto_approve", "carry_over"}

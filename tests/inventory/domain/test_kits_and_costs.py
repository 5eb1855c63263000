from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.allocation import NEVER, LifeBook
from inventory.domain.costing import Layer, LayersRunOut, Out, consume_fifo, unit_costs
from inventory.domain.counting import resolve
from inventory.domain.kits import (
    KitCycle,
    KitTooDeep,
    KitUndefined,
    Part,
    buildable,
    explode,
    round_shares,
    short_parts,
)
from inventory.domain.promises import Promise, find_broken

HALF = Decimal("0.5")


def test_a_nested_kit_explodes_to_goods_and_shares_multiply():
    boms = {
        1: [Part(10, 2, Decimal("0.4")), Part(2, 1, Decimal("0.6"))],
        2: [Part(11, 3, Decimal(1))],
    }

    assert explode(1, boms) == [
        Part(10, 2, Decimal("0.400000")),
        Part(11, 3, Decimal("0.600000")),
    ]


def test_a_part_met_twice_is_added_up():
    boms = {1: [Part(10, 2, HALF), Part(2, 2, HALF)], 2: [Part(10, 1, Decimal(1))]}

    assert explode(1, boms) == [Part(10, 4, Decimal("1.000000"))]


def test_kits_that_can_not_be_exploded_are_refused():
    chain = {n: [Part(n + 1, 1, Decimal(1))] for n in range(1, 5)}
    with pytest.raises(KitTooDeep):
        explode(1, chain)
    with pytest.raises(KitCycle):
        explode(1, {1: [Part(2, 1, Decimal(1))], 2: [Part(1, 1, Decimal(1))]})
    with pytest.raises(KitUndefined):
        explode(1, {1: []})


@given(st.lists(st.decimals(0, 1, places=6), min_size=1, max_size=9).filter(any))
def test_shares_always_sum_to_exactly_one(shares):
    assert sum(round_shares(shares)) == 1


def test_the_scarcest_part_decides_and_the_lack_is_named():
    parts = [Part(10, 2, HALF), Part(11, 3, HALF)]

    assert buildable(parts, {10: 9, 11: 7}) == 2
    assert buildable(parts, {10: 9, 11: -4}) == 0
    assert short_parts(parts, 3, {10: 9, 11: 7}) == {11: 2}


def test_layers_are_consumed_oldest_first():
    layers = {(1, 1): [Layer(1, 5, Decimal(2)), Layer(2, 10, Decimal("2.60"))]}

    taken = consume_fifo([Out(0, (1, 1), 7)], layers)

    assert [(row.layer_id, row.qty) for row in taken] == [(1, 5), (2, 2)]
    # (5 x 2.00 + 2 x 2.60) / 7
    assert unit_costs(taken) == {0: Decimal("2.171429")}


def test_a_layer_not_yet_costed_leaves_the_move_without_a_cost():
    layers = {(1, 1): [Layer(1, 1, None), Layer(2, 1, Decimal(2))]}

    assert unit_costs(consume_fifo([Out(0, (1, 1), 2)], layers)) == {0: None}


def test_more_than_all_layers_is_drift_and_raises():
    with pytest.raises(LayersRunOut):
        consume_fifo([Out(0, (1, 1), 3)], {(1, 1): [Layer(1, 2, None)]})


@pytest.mark.parametrize(
    ("expected", "counted", "suspected", "outcome"),
    [
        (10, 8, 0, (0, 0, 0, 2)),  # X18: two are gone
        (10, 10, 1, (0, 1, 0, 0)),  # the suspected unit was there after all
        (10, 9, 1, (0, 0, 1, 0)),  # it is really gone
        (10, 7, 1, (0, 0, 1, 2)),
        (10, 12, 1, (2, 1, 0, 0)),
    ],
)
def test_x18_a_count_books_the_difference_suspected_units_first(
    expected, counted, suspected, outcome
):
    found = resolve(expected_qty=expected, counted_qty=counted, suspected_qty=suspected)

    assert (
        found.found_qty,
        found.cleared_qty,
        found.lost_suspected_qty,
        found.lost_good_qty,
    ) == outcome


def test_units_without_expiry_serve_every_promise():
    book = LifeBook()
    book.add_supply(None, 2)
    book.add_need(NEVER, 1)

    assert (book.room(NEVER), book.room(None)) == (1, 1)


def test_the_promise_with_the_weaker_rank_breaks_first():
    promises = [
        Promise("late", 2, 0, 5, None, 9),
        Promise("vip", 2, 0, 1, None, 8),
        Promise("picking", 1, 1, 9, None, 7),
    ]

    assert find_broken(promises, sellable_qty=4, book=None) == [("late", 1)]

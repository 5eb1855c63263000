"""The transition tables, and where an order stands."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain.states import (
    ORDER_MOVES,
    ORDER_STATES,
    SHIPMENT_MOVES,
    SHIPMENT_STATES,
    IllegalMove,
    derive_fulfillment,
    derive_stage,
    may_order,
    may_shipment,
    next_order_state,
    next_shipment_state,
)


@pytest.mark.parametrize(("event", "state"), list(itertools.product(ORDER_MOVES, ORDER_STATES)))
def test_rel_p_08_every_order_move_is_in_the_table_or_refused(event, state):
    if state in ORDER_MOVES[event]:
        assert next_order_state(event, state) in ORDER_STATES
        assert may_order(event, state)
    else:
        assert not may_order(event, state)
        with pytest.raises(IllegalMove):
            next_order_state(event, state)


@pytest.mark.parametrize(
    ("event", "state"), list(itertools.product(SHIPMENT_MOVES, SHIPMENT_STATES))
)
def test_rel_p_08_every_shipment_move_is_in_the_table_or_refused(event, state):
    if state in SHIPMENT_MOVES[event]:
        assert next_shipment_state(event, state) in SHIPMENT_STATES
        assert may_shipment(event, state)
    else:
        assert not may_shipment(event, state)
        with pytest.raises(IllegalMove):
            next_shipment_state(event, state)


def test_rel_p_08_nothing_leaves_the_end_states():
    assert not any("cancelled" in moves for moves in ORDER_MOVES.values())
    assert not any("cancelled" in moves for moves in SHIPMENT_MOVES.values())
    assert not any("delivered" in moves for moves in SHIPMENT_MOVES.values())


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ({"status": "draft"}, "new"),
        ({"status": "cancelled", "is_held": True}, "cancelled"),
        ({"is_waiting": True}, "attention"),
        ({"needs_attention": True}, "attention"),
        ({"is_held": True, "needs_attention": True}, "held"),
        ({"shipments": ["planned"]}, "routed"),
        ({"shipments": ["planned"], "is_held": True}, "held"),
        ({"shipments": ["shipped", "planned"]}, "routed"),
        ({"shipments": ["shipped", "picking"]}, "picking"),
        ({"shipments": ["shipped", "delivered"]}, "shipped"),
        ({"shipments": ["shipped"], "is_waiting": True}, "shipped"),
        ({"shipments": ["shipped"], "is_held": True}, "shipped"),
        ({"shipments": ["delivered", "cancelled"]}, "delivered"),
        ({"shipments": ["cancelled"]}, "new"),
    ],
)
def test_x03_the_least_advanced_part_says_where_the_order_stands(facts, stage):
    defaults = {
        "status": "confirmed",
        "is_held": False,
        "needs_attention": False,
        "shipments": [],
    }
    assert derive_stage(**{**defaults, **facts}) == stage


@given(st.lists(st.sampled_from(SHIPMENT_STATES), max_size=4), st.booleans())
def test_x03_delivered_means_all_of_it(shipments, waiting):
    found = derive_fulfillment(shipments, is_waiting=waiting)

    active = [state for state in shipments if state != "cancelled"]
    everything = bool(active) and all(state == "delivered" for state in active) and not waiting
    assert (found == "delivered") == everything

import datetime as dt

import pytest

from shipping.domain.public_view import given_name, order_step, parcel_step, standing, steps

DAY = dt.date(2026, 4, 25)


@pytest.mark.parametrize(
    ("state", "status", "expected"),
    [
        ("open", "", 0),
        ("verified", "", 1),
        ("confirmed", "pre_transit", 1),
        ("manifested", "", 2),
        ("in_transit", "customs", 2),
        ("exception", "exception", 2),
        ("in_transit", "out_for_delivery", 3),
        ("exception", "failed_attempt", 3),
        ("delivered", "delivered", 4),
    ],
)
def test_a_parcel_stands_at_one_of_five_steps(state, status, expected):
    assert parcel_step(state, status) == expected


def test_an_order_stands_where_its_slowest_parcel_stands():
    assert order_step([("delivered", "delivered"), ("verified", "")]) == 1
    assert order_step([]) == 0


def test_the_bar_shows_done_now_and_ahead():
    assert [step.state for step in steps(2)] == ["done", "done", "now", "ahead", "ahead"]
    assert {step.state for step in steps(4)} == {"done"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"reached": 2, "promised_by": DAY, "today": DAY}, "on_time"),
        ({"reached": 2, "promised_by": DAY, "today": DAY + dt.timedelta(days=1)}, "late"),
        ({"reached": 2, "promised_by": None, "today": DAY}, "unknown"),
        ({"reached": 4, "promised_by": DAY, "today": DAY + dt.timedelta(days=9)}, "delivered"),
        ({"reached": 0, "promised_by": DAY, "today": DAY, "status": "cancelled"}, "cancelled"),
    ],
)
def test_an_order_stands_in_one_word_against_its_promise(facts, expected):
    assert standing(**facts) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Anna Vos", "Anna"), ("李薇", "薇"), ("李", "李"), ("  ", ""), ("Wei", "Wei")],
)
def test_only_one_name_is_public(name, expected):
    assert given_name(name) == expected

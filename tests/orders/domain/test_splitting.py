"""Units of lines in shipments, whole kits from short stock, priorities, addresses."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.domain.drafts import AddressDraft
from orders.domain.addresses import check_address
from orders.domain.presets import preset_for
from orders.domain.priorities import Waiting, may_take
from orders.domain.splitting import Allotment, DemandLine, allot, cut_to_stock, kits_done


def test_lines_of_one_sku_get_their_units_by_position():
    lines = [DemandLine(2, 7, 3), DemandLine(1, 7, 2)]

    found = allot([[(7, 4)], [(7, 1)]], lines)

    assert found == [Allotment(0, 1, 2), Allotment(0, 2, 2), Allotment(1, 2, 1)]


def test_units_without_a_line_are_refused():
    with pytest.raises(ValueError, match="no line"):
        allot([[(7, 2)]], [DemandLine(1, 7, 1)])


def test_x14_kits_are_cut_to_whole_ones():
    cups, tin = DemandLine(2, 10, 8, 1, 2), DemandLine(3, 11, 4, 1, 1)

    kept = cut_to_stock([cups, tin], {10: 5, 11: 9})

    # 5 cups make 2 kits of 2: 4 cups and 2 tins.
    assert [(line.sku_id, line.qty) for line in kept] == [(10, 4), (11, 2)]


def test_x14_a_part_shared_with_a_plain_line_is_counted_once():
    plain, part = DemandLine(1, 10, 2), DemandLine(3, 10, 4, 2, 2)

    kept = cut_to_stock([plain, part], {10: 5})

    assert [(line.position, line.qty) for line in kept] == [(1, 2), (3, 2)]


def test_a_kit_is_done_as_often_as_its_scarcest_part():
    assert kits_done([(5, 2), (3, 1)]) == 2


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 6)), min_size=1, max_size=5),
    st.dictionaries(st.integers(1, 3), st.integers(0, 9)),
)
def test_cutting_never_keeps_more_than_there_is_or_was_asked(asked, free):
    lines = [DemandLine(n, sku, qty) for n, (sku, qty) in enumerate(asked, start=1)]

    kept = cut_to_stock(lines, free)

    by_position = {line.position: line for line in lines}
    assert all(0 < line.qty <= by_position[line.position].qty for line in kept)
    for sku in (1, 2, 3):
        assert sum(line.qty for line in kept if line.sku_id == sku) <= free.get(sku, 0)


def test_x12_rank_is_priority_promise_payment_id():
    paid = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    soon, late = dt.date(2026, 2, 1), dt.date(2026, 3, 1)
    queue = [
        Waiting(1, 5, late, paid),
        Waiting(2, 5, soon, None),
        Waiting(3, 5, soon, paid),
        Waiting(4, 1, None, None),
        Waiting(5, 5, None, paid),
    ]

    assert [one.order_id for one in sorted(queue, key=Waiting.rank)] == [4, 3, 2, 1, 5]


@pytest.mark.parametrize(
    ("taker", "victim", "breaks", "supervisor", "allowed"),
    [
        (1, 5, False, False, True),
        (1, 5, True, False, False),
        (1, 5, True, True, True),
        (1, 2, False, True, False),
        (5, 9, False, True, False),
    ],
)
def test_x12_only_high_takes_and_only_from_lower(taker, victim, breaks, supervisor, allowed):
    assert (
        may_take(
            taker_priority=taker,
            victim_priority=victim,
            high_priority=3,
            breaks_promise=breaks,
            is_supervisor=supervisor,
        )
        is allowed
    )


GOOD = {
    "name": "Ada",
    "line1": "1 Mill Lane",
    "city": "Bath",
    "postcode": "BA1 1AA",
    "country": "GB",
}


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({}, ()),
        ({"country": "XX"}, ("COUNTRY_UNKNOWN",)),
        ({"country": ""}, ("COUNTRY_UNKNOWN",)),
        ({"line1": " "}, ("STREET_MISSING",)),
        ({"name": "", "company": "Mill & Co"}, ()),
        ({"postcode": ""}, ("POSTCODE_MISSING",)),
        ({"postcode": "12345"}, ("POSTCODE_FORM",)),
        ({"country": "AE", "postcode": ""}, ()),
        ({"name": "", "city": ""}, ("NAME_MISSING", "CITY_MISSING")),
    ],
)
def test_x06_what_is_wrong_with_an_address(change, problems):
    assert check_address(AddressDraft(**{**GOOD, **change})) == problems


def test_a_country_is_enough_for_a_channel_that_knows_no_more():
    assert check_address(AddressDraft(country="FR"), is_country_only=True) == ()


@pytest.mark.parametrize(
    ("channel", "own", "lifecycle", "preset"),
    [
        ("balanced", "", "first", "fastest"),
        ("balanced", "", "loyal", "cheapest"),
        ("balanced", "", "", "balanced"),
        ("nearest", "", "first", "nearest"),
        ("balanced", "ranked", "first", "ranked"),
    ],
)
def test_b35_b36_the_preset_follows_the_customer_on_a_balanced_channel(
    channel, own, lifecycle, preset
):
    found = preset_for(channel, order_preset=own, lifecycle=lifecycle, by_lifecycle=True)

    assert found == preset

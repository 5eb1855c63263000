"""B-19, B-20, B-21: the price of a unit by list, agreement and urgency."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suppliers.domain.pricing import (
    AgreedTerms,
    Ask,
    BreaksRefused,
    Factors,
    NoBase,
    PriceBreak,
    break_for,
    check_breaks,
    quote,
    urgency_of,
)

DAY = dt.date(2026, 4, 21)
FACTORS = Factors(7, Decimal("1.15"), Decimal("0.95"))
LIST = (PriceBreak(1, Decimal("10")), PriceBreak(100, Decimal("9")), PriceBreak(1000, Decimal("8")))


def in_days(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


def ask(qty: int = 10, days: int | None = 30, currency: str = "USD") -> Ask:
    required_by = None if days is None else in_days(days)
    return Ask(qty=qty, on=DAY, required_by=required_by, currency=currency)


def terms(price: str | None = None, **more) -> AgreedTerms:
    given = {
        "number": "AG-1",
        "valid_from": dt.date(2026, 4, 1),
        "valid_until": dt.date(2026, 6, 30),
        "currency": "USD",
        "stacks": False,
        "breaks": (PriceBreak(1, None if price is None else Decimal(price), 77),),
        **more,
    }
    return AgreedTerms(**given)


def priced(asked: Ask, *agreements: AgreedTerms) -> tuple[str, str, str, int | None]:
    found = quote(asked, LIST, agreements, FACTORS)
    return str(found.unit_price), str(found.factor), found.source, found.agreement_line_id


def codes(asked: Ask, *agreements: AgreedTerms, breaks=LIST) -> list[str]:
    return [one["code"] for one in quote(asked, breaks, agreements, FACTORS).trace]


@pytest.mark.parametrize(
    ("days", "price", "factor", "source"),
    [
        (-1, "11.500000", "1.15", "LIST_URGENT"),
        (0, "11.500000", "1.15", "LIST_URGENT"),
        (7, "11.500000", "1.15", "LIST_URGENT"),
        (8, "10.000000", "1", "LIST"),
        (29, "10.000000", "1", "LIST"),
        (30, "10.000000", "1", "LIST"),
        (None, "10.000000", "1", "LIST"),
    ],
)
def test_b_19_day_seven_is_urgent_and_b_20_day_eight_pays_the_list(days, price, factor, source):
    assert priced(ask(days=days)) == (price, factor, source, None)


@pytest.mark.parametrize(
    ("qty", "price"), [(1, "10"), (99, "10"), (100, "9"), (999, "9"), (1000, "8"), (10**6, "8")]
)
def test_b_20_the_break_of_the_list_follows_the_quantity(qty, price):
    found = quote(ask(qty), LIST, (), FACTORS)

    assert (found.list_price, found.unit_price) == (Decimal(price), Decimal(price))


def test_b_21_a_call_off_takes_the_share_off_the_list():
    assert priced(ask(), terms()) == ("9.500000", "0.95", "AGREEMENT_PERCENT", 77)


def test_b_21_an_absolute_agreed_price_is_paid_as_agreed():
    found = quote(ask(), LIST, (terms("9.2"),), FACTORS)

    assert (found.unit_price, found.factor, found.source) == (Decimal("9.2"), 1, "AGREEMENT")
    assert (found.list_price, found.agreement_price) == (Decimal(10), Decimal("9.2"))


def test_b_21_urgent_under_a_share_off_the_list_pays_the_surcharge_on_the_list():
    assert priced(ask(days=7), terms()) == ("11.500000", "1.15", "LIST_URGENT", 77)
    assert codes(ask(days=7), terms())[-2:] == ["NOT_STACKED", "RESULT"]


@pytest.mark.parametrize("stacks", [False, True])
@pytest.mark.parametrize("breaks", [LIST, ()])
def test_b_19_an_absolute_agreed_price_stays_the_base_of_urgent_goods(stacks, breaks):
    agreed = terms("9.2", stacks=stacks)
    urgent = quote(ask(days=7), breaks, (agreed,), FACTORS)
    regular = quote(ask(days=8), breaks, (agreed,), FACTORS)

    assert (urgent.unit_price, urgent.factor) == (Decimal("10.58"), Decimal("1.15"))
    assert (urgent.source, urgent.agreement_line_id) == ("AGREEMENT_STACKED", 77)
    assert urgent.trace[-2]["code"] == "AGREED_RAISED"
    assert (regular.unit_price, regular.factor) == (Decimal("9.2"), Decimal(1))


@pytest.mark.parametrize(("days", "price"), [(8, "9.5"), (7, "11.5")])
def test_b_20_one_factor_only_without_a_stacking_contract(days, price):
    assert quote(ask(days=days), LIST, (terms(),), FACTORS).unit_price == Decimal(price)


def test_b_21_a_stacking_contract_multiplies_both_factors():
    stacked = quote(ask(days=7), LIST, (terms(stacks=True),), FACTORS)

    assert stacked.factor == Decimal("1.0925")
    assert stacked.unit_price == Decimal("10.925")
    assert stacked.source == "AGREEMENT_STACKED"


def test_b_21_an_agreement_out_of_date_is_never_applied():
    over = terms("1", valid_until=in_days(-1), valid_from=in_days(-90))
    early = terms("1", valid_from=in_days(1))
    last_day = terms("9", valid_until=DAY)
    first_day = terms("9", valid_from=DAY)

    assert priced(ask(), over, early) == ("10.000000", "1", "LIST", None)
    assert codes(ask(), over, early)[1:3] == ["AGREEMENT_OVER", "AGREEMENT_EARLY"]
    assert priced(ask(), last_day)[0] == priced(ask(), first_day)[0] == "9.000000"


@pytest.mark.parametrize(
    ("agreed", "code"),
    [
        (terms("9", is_active=False), "AGREEMENT_INACTIVE"),
        (terms("9", currency="CNY"), "AGREEMENT_CURRENCY"),
        (terms("9", breaks=(PriceBreak(11, Decimal(9), 1),)), "AGREEMENT_BELOW"),
        (terms("9", left_qty=9), "AGREEMENT_CAP_QTY"),
        (terms("9", left_amount=Decimal("89.99")), "AGREEMENT_CAP_AMOUNT"),
        (terms("9", left_qty=0), "AGREEMENT_CAP_QTY"),
    ],
)
def test_b_21_what_closes_an_agreement_is_said_and_the_list_counts(agreed, code):
    assert priced(ask(), agreed) == ("10.000000", "1", "LIST", None)
    assert code in codes(ask(), agreed)


def test_b_21_a_cap_reached_exactly_still_allows_the_line():
    exact = terms("9", left_qty=10, left_amount=Decimal("90.00"))

    assert priced(ask(), exact) == ("9.000000", "1", "AGREEMENT", 77)


def test_b_21_the_cap_counts_what_an_urgent_line_really_costs():
    agreed = terms("9", left_amount=Decimal("103.49"))

    assert priced(ask(days=7), agreed) == ("11.500000", "1.15", "LIST_URGENT", None)
    assert priced(ask(days=8), agreed) == ("9.000000", "1", "AGREEMENT", 77)


def test_without_any_price_nothing_is_guessed():
    with pytest.raises(NoBase) as refused:
        quote(ask(5), (PriceBreak(10, Decimal(8)),), (terms(),), FACTORS)

    assert [one["code"] for one in refused.value.trace] == ["LIST_BELOW", "AGREEMENT_NEEDS_LIST"]


def test_prices_are_rounded_to_six_decimals_away_from_zero():
    odd = quote(ask(days=1), (PriceBreak(1, Decimal("0.000003")),), (), FACTORS)

    assert odd.unit_price == Decimal("0.000003")
    assert quote(
        ask(days=1), (PriceBreak(1, Decimal("0.00001")),), (), FACTORS
    ).unit_price == Decimal("0.000012")


prices = st.decimals("0.01", "999", places=6)
quantities = st.lists(st.integers(1, 10**6), min_size=1, max_size=8, unique=True)


@given(quantities, st.lists(prices, min_size=8, max_size=8), st.integers(1, 2 * 10**6))
def test_breaks_are_accepted_exactly_when_no_larger_quantity_costs_more(sizes, costs, qty):
    breaks = [PriceBreak(size, cost) for size, cost in zip(sorted(sizes), costs, strict=False)]
    falls = all(a.unit_price >= b.unit_price for a, b in pairwise(breaks))
    expected = nullcontext() if falls else pytest.raises(BreaksRefused, match="RISES")

    with expected:
        check_breaks(breaks[::-1])

    found = break_for(breaks, qty)
    assert found == next((one for one in reversed(breaks) if one.min_qty <= qty), None)


@given(st.integers(-400, 400), st.integers(0, 60))
def test_urgency_turns_exactly_after_the_last_urgent_day(days, limit):
    expected = "urgent" if days <= limit else "regular"

    assert urgency_of(DAY, in_days(days), limit) == expected


@pytest.mark.parametrize(
    ("breaks", "why"),
    [
        ([(1, "5"), (1, "4")], "TWICE"),
        ([(1, "0")], "NOT_POSITIVE"),
        ([(0, "5")], "NOT_POSITIVE"),
        ([(1, "5"), (10, None)], "MIXED"),
    ],
)
def test_breaks_that_contradict_each_other_are_refused(breaks, why):
    rows = [PriceBreak(size, None if cost is None else Decimal(cost)) for size, cost in breaks]

    with pytest.raises(BreaksRefused) as refused:
        check_breaks(rows)

    assert refused.value.why == why

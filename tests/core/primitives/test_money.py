from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import CurrencyMismatch, Money, UnknownCurrency, apportion, exponent, quantize

CURRENCIES = st.sampled_from(["EUR", "USD", "CNY", "JPY", "KWD"])


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CNY", 2)])
def test_a_currency_has_its_number_of_decimals(currency, digits):
    assert exponent(currency) == digits


def test_an_unknown_currency_is_refused():
    with pytest.raises(UnknownCurrency):
        exponent("XYZ")


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("1.005", "EUR", "1.01"),
        ("-1.005", "EUR", "-1.01"),
        ("1.5", "JPY", "2"),
        ("0.0005", "KWD", "0.001"),
    ],
)
def test_halves_are_rounded_away_from_zero(amount, currency, rounded):
    assert quantize(Decimal(amount), currency) == Decimal(rounded)


@pytest.mark.parametrize(
    ("total", "weights", "currency", "parts"),
    [
        ("100.00", [1, 1, 1], "EUR", ["33.34", "33.33", "33.33"]),
        ("-100.00", [1, 1, 1], "EUR", ["-33.34", "-33.33", "-33.33"]),
        ("100", [1, 1, 1], "JPY", ["34", "33", "33"]),
        # 10.00 over 0.7 and 0.3 of one cent steps: 7.00 and 3.00, nothing left over.
        ("10.00", [7, 3], "EUR", ["7.00", "3.00"]),
        ("0.02", [1, 0, 1, 1], "EUR", ["0.01", "0", "0.01", "0"]),
    ],
)
def test_a_total_is_split_by_largest_remainder(total, weights, currency, parts):
    assert apportion(Decimal(total), weights, currency) == [Decimal(part) for part in parts]


@given(
    currency=CURRENCIES,
    units=st.integers(-(10**9), 10**9),
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any),
)
def test_rel_p_06_the_parts_always_sum_to_the_total(currency, units, weights):
    total = Decimal(units).scaleb(-exponent(currency))

    parts = apportion(total, weights, currency)

    assert sum(parts) == total
    step = Decimal(1).scaleb(-exponent(currency))
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < step


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_split_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        apportion(Decimal("1.00"), weights, "EUR")


def test_a_total_finer_than_the_currency_is_refused():
    with pytest.raises(ValueError, match="finer"):
        apportion(Decimal("1.005"), [1], "EUR")


def test_money_of_one_currency_adds_up():
    assert Money(Decimal("1.10"), "EUR") + Money(Decimal("2.20"), "EUR") == Money(
        Decimal("3.30"), "EUR"
    )
    assert (Money(Decimal(5), "EUR") * 3 - Money(Decimal(1), "EUR")).amount == Decimal(14)


def test_two_currencies_never_meet():
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")


def test_a_float_is_not_money():
    with pytest.raises(TypeError):
        Money(1.1, "EUR")

"""Amounts of money: rounding to a currency's exponent and splitting without losing a cent.

Pure. An amount is a Decimal beside an ISO 4217 code; floats are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_precision


class UnknownCurrency(ValueError):
    """The code is not an ISO 4217 currency."""


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met without an exchange rate."""


@cache
def exponent(currency: str) -> int:
    """Return the number of decimals of a currency: 2 for EUR, 0 for JPY, 3 for KWD.

    Raises:
        UnknownCurrency: the code is not in ISO 4217, as listed by CLDR.
    """
    if currency not in get_global("all_currencies"):
        raise UnknownCurrency(currency)
    return int(get_currency_precision(currency))


@cache
def unit(currency: str) -> Decimal:
    """Return the smallest amount of a currency: 0.01 for EUR, 1 for JPY."""
    return Decimal(1).scaleb(-exponent(currency))


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Round to the currency's exponent, halves away from zero."""
    return amount.quantize(unit(currency), rounding=ROUND_HALF_UP)


def apportion(total: Decimal, weights: Sequence[Decimal | int], currency: str) -> list[Decimal]:
    """Split `total` in proportion to `weights`, by largest remainder; the parts sum exactly.

    `total` must already be at the currency's exponent and may be negative. A zero weight gets
    zero. Ties of the remainder go to the earlier position, so the result is deterministic.
    100.00 over 1, 1, 1: 33.34, 33.33, 33.33.

    Raises:
        ValueError: no weights, a negative weight, all weights zero, or a total off the exponent.

    Source: Hamilton's method of apportionment (largest remainder).
    """
    shares = [Decimal(weight) for weight in weights]
    whole = sum(shares, Decimal(0))
    if not shares or min(shares) < 0 or whole == 0:
        raise ValueError("weights must be zero or more, and one of them above zero")
    step = unit(currency)
    if total != total.quantize(step):
        raise ValueError(f"{total} is finer than {currency} allows")
    exact = [total * share / whole for share in shares]
    parts = [part.quantize(step, rounding=ROUND_DOWN) for part in exact]
    left = int((total - sum(parts, Decimal(0))) / step)
    order = sorted(
        (index for index, share in enumerate(shares) if share),
        key=lambda index: (-abs(exact[index] - parts[index]), index),
    )
    for index in order[: abs(left)]:
        parts[index] += step.copy_sign(left)
    return parts


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Adding two currencies is refused, never guessed."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        given: object = self.amount  # Callers without a type checker pass floats.
        if not isinstance(given, Decimal) or not given.is_finite():
            raise TypeError("a finite Decimal is needed: write Decimal('1.10'), not 1.10")
        exponent(self.currency)

    def rounded(self) -> Money:
        """Return the amount at the currency's exponent."""
        return Money(quantize(self.amount, self.currency), self.currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

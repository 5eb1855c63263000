"""Costs that come after the goods: what lies in stock carries its part, the rest is a variance.

120.00 of freight for a layer of 30 units of which 18 are left: 72.00 raises what the 18 are
worth, 48.00 is a variance of the 12 units that left before. Nothing that was written is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.money import apportion

KINDS = ("freight", "duty", "insurance", "handling", "other", "price")
PRICE = "price"


@dataclass(frozen=True, slots=True)
class Landing:
    """The two parts of one share; they sum to it exactly."""

    stock_amount: Decimal
    gone_amount: Decimal


@dataclass(frozen=True, slots=True)
class LayerValue:
    """One layer before a landing: units that came and that are left, and what those are worth."""

    qty: int
    remaining_qty: int
    value: Decimal


def split_landing(amount: Decimal, layer: LayerValue, currency: str) -> Landing:
    """Divide an amount between the units of a layer that are left and those that are gone.

    By largest remainder at the currency's exponent. A credit never takes more from the units left
    than they are worth; what is beyond is a variance.

    Raises:
        ValueError: the amount is finer than the currency allows.
    """
    left, gone = layer.remaining_qty, layer.qty - layer.remaining_qty
    stock, gone_amount = apportion(amount, [left, gone], currency)
    if stock < 0 and layer.value + stock < 0:
        return Landing(-layer.value, amount + layer.value)
    return Landing(stock, gone_amount)

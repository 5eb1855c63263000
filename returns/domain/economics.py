"""What to do with goods that lie abroad: leave them, sell them there, bring them home.

Each way costs something and recovers a share of the value. A parcel sent home alone pays a whole
label; goods pooled with others pay their part of one freight. Worked example: 2 units worth 30.00
each, recovered at 60 % there or 90 % at home; local label 6.00 and handling 2.00 a unit; pooled
freight 120.00 for 40 units and 1.50 a unit; a label home 28.00. Net: keep 0.00, local
36.00 - 6.00 - 4.00 = 26.00, pooled 54.00 - 6.00 - 4.00 - 2 x (3.00 + 1.50) = 35.00, alone
54.00 - 28.00 - 4.00 = 22.00. So they are pooled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

KEEP, LOCAL, CONSOLIDATE, RE_EXPORT = "keep", "local", "consolidate", "re_export"
WAYS: Final = (KEEP, LOCAL, CONSOLIDATE, RE_EXPORT)
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rates:
    """What the ways cost and recover, all in one currency. Shares are between 0 and 1.

    `local_label_amount` takes the parcel to the local place, `home_label_amount` home directly;
    both once a parcel. `pool_freight_amount` is one pooled shipment of `pool_qty` units,
    `pool_unit_amount` what each unit adds to it. `duty_share` falls on the value sent home where
    no relief for returned goods is claimed.
    """

    local_share: Decimal
    home_share: Decimal
    local_label_amount: Decimal
    home_label_amount: Decimal
    handling_unit_amount: Decimal
    pool_freight_amount: Decimal
    pool_unit_amount: Decimal
    pool_qty: int
    duty_share: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Way:
    """One way with what it recovers and costs.

    `least_value_amount`: from this unit value on it is better than leaving the goods with the
    customer; None when it never is.
    """

    code: str
    recovered_amount: Decimal
    cost_amount: Decimal
    least_value_amount: Decimal | None

    @property
    def net_amount(self) -> Decimal:
        """Return what is left of the goods' value."""
        return self.recovered_amount - self.cost_amount


def compare(qty: int, unit_value: Decimal, rates: Rates) -> tuple[Way, ...]:
    """Return the four ways for `qty` units in the order of `WAYS`.

    Raises:
        ValueError: no units, a value below zero, or an empty pool.
    """
    if qty < 1 or unit_value < 0 or rates.pool_qty < 1:
        raise ValueError("units, a value and a pool are needed")
    handling = qty * rates.handling_unit_amount
    share = rates.pool_freight_amount / rates.pool_qty + rates.pool_unit_amount
    home = rates.home_share - rates.duty_share
    return (
        Way(KEEP, ZERO, ZERO, ZERO),
        _way(LOCAL, qty, unit_value, rates.local_share, rates.local_label_amount + handling),
        _way(CONSOLIDATE, qty, unit_value, home, rates.local_label_amount + handling + qty * share),
        _way(RE_EXPORT, qty, unit_value, home, rates.home_label_amount + handling),
    )


def best(ways: Sequence[Way]) -> Way:
    """Return the way that leaves most; of equals the one that moves the goods least."""
    return max(ways, key=lambda way: (way.net_amount, -WAYS.index(way.code)))


def least_pool_qty(qty: int, unit_value: Decimal, rates: Rates) -> int | None:
    """Return how many units a pooled shipment needs to beat all other ways; None when none does."""
    others = [way for way in compare(qty, unit_value, rates) if way.code != CONSOLIDATE]
    goal = best(others).net_amount
    home = rates.home_share - rates.duty_share
    fixed = (
        rates.local_label_amount + qty * rates.handling_unit_amount + qty * rates.pool_unit_amount
    )
    room = qty * unit_value * home - fixed - goal
    if room <= 0:
        return None
    needed = (qty * rates.pool_freight_amount / room).to_integral_value(ROUND_CEILING)
    return max(1, int(needed))


def _way(code: str, qty: int, value: Decimal, share: Decimal, cost: Decimal) -> Way:
    least = None if share <= 0 else cost / (qty * share)
    return Way(code, qty * value * share, cost, least)

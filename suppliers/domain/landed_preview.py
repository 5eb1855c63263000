"""What goods are likely to cost landed: what earlier arrivals paid beside the goods, as shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

UNIT: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class LandedShares:
    """Costs by kind as a share of the goods' value (0.08 for 8 %), and the arrivals they are of."""

    by_kind: Mapping[str, Decimal]
    arrivals: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """Return all kinds together."""
        return sum(self.by_kind.values(), Decimal(0))

    def landed(self, unit_price: Decimal) -> Decimal:
        """Return a unit price with its likely share of the costs, to 6 decimals."""
        return (unit_price * (1 + self.total)).quantize(UNIT, rounding=ROUND_HALF_UP)


def shares_of(
    costs: Iterable[tuple[str, Decimal]], goods_amount: Decimal, arrivals: Iterable[str]
) -> LandedShares | None:
    """Return the shares of (kind, amount) costs in goods worth so much; None without a value.

    All amounts are in one currency.
    """
    if goods_amount <= 0:
        return None
    sums: dict[str, Decimal] = {}
    for kind, amount in costs:
        sums[kind] = sums.get(kind, Decimal(0)) + amount
    shares = {
        kind: (amount / goods_amount).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
        for kind, amount in sorted(sums.items())
    }
    return LandedShares(shares, tuple(arrivals)) if shares else None

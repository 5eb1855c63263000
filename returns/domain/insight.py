"""What returns teach: which goods, lots and suppliers come back for which reason, at what cost.

Pure: units that came back go in, counted tables and shares come out. Every share carries the
number it was made of, so that one of two is not read like one half of a thousand.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

TOP: Final = 10
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Back:
    """Units of one line and lot; `value` is what customers paid for them, in base currency.

    `cause` and `reason` are the codes of the two levels, empty when nobody said why. The supplier
    is the one that delivered the lot, else the usual one of the SKU (`is_usual`).
    """

    cause: str
    reason: str
    sku_code: str
    lot_code: str
    supplier: str
    is_usual: bool
    resolution: str
    qty: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Count:
    """What came back under one heading; `share` is its part of all units, 0 to 1."""

    key: tuple[Hashable, ...]
    qty: int
    value: Decimal
    share: float


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`; without a whole there is no rate."""

    part: Decimal | int
    whole: Decimal | int

    @property
    def rate(self) -> float | None:
        """Return the share, 0 to 1 (more where parts cost more than the whole)."""
        return float(self.part) / float(self.whole) if self.whole else None


def counted(backs: Iterable[Back], by: Callable[[Back], tuple[Hashable, ...]]) -> list[Count]:
    """Return the units and values by heading, most units first, then by heading."""
    qty: dict[tuple[Hashable, ...], int] = defaultdict(int)
    value: dict[tuple[Hashable, ...], Decimal] = defaultdict(Decimal)
    for back in backs:
        key = by(back)
        qty[key] += back.qty
        value[key] += back.value
    total = sum(qty.values())
    rows = [Count(key, units, value[key], units / total) for key, units in qty.items()]
    return sorted(rows, key=lambda row: (-row.qty, [str(part) for part in row.key]))


def by_cause(backs: Iterable[Back]) -> list[Count]:
    """Return the level-1 reasons (A-25)."""
    return counted(backs, lambda back: (back.cause,))


def by_reason(backs: Iterable[Back]) -> list[Count]:
    """Return both levels of reasons."""
    return counted(backs, lambda back: (back.cause, back.reason))


def by_resolution(backs: Iterable[Back]) -> list[Count]:
    """Return what customers got for what they sent back."""
    return counted(backs, lambda back: (back.resolution,))


def matrix(backs: Iterable[Back]) -> list[Count]:
    """Return reason x SKU x lot x supplier (A-18); the key is (cause, reason, SKU, lot, supplier,
    whether the supplier is only the usual one).
    """
    return counted(
        backs,
        lambda back: (
            back.cause,
            back.reason,
            back.sku_code,
            back.lot_code,
            back.supplier,
            back.is_usual,
        ),
    )


def top_skus(backs: Iterable[Back], most: int = TOP) -> list[Count]:
    """Return the SKUs that came back most."""
    return counted(backs, lambda back: (back.sku_code,))[:most]


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value below which a share of the values lies (nearest rank); None without values.

    Source: nearest-rank method, the smallest value with at least that share at or below it.
    """
    if not values:
        return None
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]

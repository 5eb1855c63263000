"""Which substitute stands in for missing units, by list, ratio and rank (X10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of the substitute list: `num` units of `sku_id` stand in for `den` missing ones."""

    sku_id: int
    num: int
    den: int


@dataclass(frozen=True, slots=True)
class Offer:
    """Units of a substitute that stand in for `qty` missing units."""

    sku_id: int
    num: int
    den: int
    qty: int
    substitute_qty: int


def best_offer(missing: int, pairs: Sequence[Pair], free: Mapping[int, int]) -> Offer | None:
    """Return the best substitution of up to `missing` units, or None if nothing is free.

    `pairs` stand by rank, `free` gives units in stock by SKU. The first pair that covers all wins;
    without one, the pair that covers most units, the better rank among equals. Only whole ratios
    are offered.

    Worked example: 3 twelve-packs are missing, two six-packs (num 2, den 1) stand in for one and
    5 six-packs are free: 2 twelve-packs are covered by 4 six-packs, 1 keeps waiting.
    """
    best: Offer | None = None
    for pair in pairs:
        times = min(missing // pair.den, free.get(pair.sku_id, 0) // pair.num)
        if times < 1:
            continue
        offer = Offer(pair.sku_id, pair.num, pair.den, times * pair.den, times * pair.num)
        if offer.qty == missing:
            return offer
        if best is None or offer.qty > best.qty:
            best = offer
    return best

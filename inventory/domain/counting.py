"""What a count changes: the difference it found, applied to what is there now.

The counter compares with what the system showed *at count time*; movements made since are kept.
Expected 10, counted 8: two are gone. If 3 were picked meanwhile, 7 - 2 = 5 remain (X18).

Units suspected missing are expected too: counted again, they turn good; not found, they go first.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resolution:
    """Units to book: `found_qty` from COUNT, `lost_*` to COUNT, `cleared_qty` suspected to good."""

    found_qty: int
    cleared_qty: int
    lost_suspected_qty: int
    lost_good_qty: int


def resolve(*, expected_qty: int, counted_qty: int, suspected_qty: int) -> Resolution:
    """Say what to book for a count of one bin, SKU and lot.

    `expected_qty` is good plus suspected units when the counter stood there, `suspected_qty`
    those suspected missing now.

    Raises:
        ValueError: a quantity is negative.
    """
    if min(expected_qty, counted_qty, suspected_qty) < 0:
        raise ValueError("a count has no negative units")
    variance = counted_qty - expected_qty
    lost = max(0, -variance)
    lost_suspected = min(lost, suspected_qty)
    return Resolution(
        found_qty=max(0, variance),
        cleared_qty=suspected_qty - lost_suspected,
        lost_suspected_qty=lost_suspected,
        lost_good_qty=lost - lost_suspected,
    )

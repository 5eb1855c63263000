"""Whether a scale weight is as expected (W13). Grams, whole numbers."""

from __future__ import annotations

#: Two weighings that differ by less than this share, or this many grams, are the same weight.
SAME_PERCENT = 2
SAME_G = 5


def is_off(measured_g: int, expected_g: int, tolerance_pct: int) -> bool:
    """Say whether a weight differs from the expected one by more than the tolerance.

    1 000 g expected at 10 %: 900 and 1 100 are right, 899 and 1 101 are off.
    """
    return abs(measured_g - expected_g) * 100 > tolerance_pct * expected_g


def is_same(first_g: int, second_g: int) -> bool:
    """Say whether two weighings agree."""
    least = min(first_g, second_g)
    return abs(first_g - second_g) <= max(SAME_G, least * SAME_PERCENT // 100)

"""How many units of a received line are inspected (X17, A-09).

Source: behaviours.md X17: all units of a new supplier, the square root of the line otherwise.
"""

from __future__ import annotations

import math

FULL, SAMPLE, NONE = "full", "sample", "none"


def sample_size(received_qty: int, rule: str, *, is_new_supplier: bool) -> int:
    """Return the units to inspect of `received_qty`: all, the root rounded up, or none."""
    if is_new_supplier or rule == FULL:
        return received_qty
    if rule == SAMPLE and received_qty:
        return math.isqrt(received_qty - 1) + 1
    return 0

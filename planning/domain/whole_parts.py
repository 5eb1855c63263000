"""A whole number divided in proportion, in whole parts."""

from __future__ import annotations

import math
from collections.abc import Sequence


def parts_of(total: int, weights: Sequence[float]) -> list[int]:
    """Return whole parts of `total` in proportion to `weights`, by the largest remainder.

    They add up to `total` exactly; the earlier one wins a tie. All zero when no weight is.
    """
    whole = math.fsum(weights)
    if whole <= 0:
        return [0] * len(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [math.floor(one) for one in exact]
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in order[: total - sum(parts)]:
        parts[at] += 1
    return parts

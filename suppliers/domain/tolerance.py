"""How many units above the announced ones are taken in, and what happens to the rest (X16).

Excess is accepted while it is below the tolerance share AND below the tolerance units. From either
of the two on, all units above the announced ones are held, also those accepted before, so that the
outcome does not depend on the order of the scans.

Worked example: 100 announced, tolerance 10 % and 25 units: 109 are accepted; at 112 the line has
100 accepted and 12 held.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal


def allowed_over(announced_qty: int, over_pct: Decimal, over_qty: int) -> int:
    """Return the most units above `announced_qty` that are accepted: below both limits.

    `over_pct` is a share in percent (10 means 10 %); `over_qty` units. Never negative.
    """
    by_share = math.ceil(announced_qty * over_pct / 100) - 1
    return max(0, min(by_share, over_qty - 1))


@dataclass(frozen=True, slots=True)
class Split:
    """What becomes of units at the dock: `accept` in, `hold` apart, `pull_back` of those before."""

    accept_qty: int
    hold_qty: int
    pull_back_qty: int = 0


def split(
    announced_qty: int | None, allowed_qty: int, *, accepted_qty: int, held_qty: int, qty: int
) -> Split:
    """Return how `qty` more units of a line are taken in.

    `accepted_qty` counts good and damaged units taken in before, `held_qty` those held as excess.
    `announced_qty` None: nothing was announced, so nothing is excess.
    """
    if announced_qty is None:
        return Split(qty, 0)
    excess = accepted_qty + held_qty + qty - announced_qty
    if excess <= allowed_qty:
        return Split(qty, 0)
    accept = min(qty, max(0, announced_qty - accepted_qty))
    return Split(accept, qty - accept, max(0, accepted_qty - announced_qty))


def open_qty(announced_qty: int | None, counted_qty: int, short_qty: int) -> int:
    """Return the units still expected of a line; never negative.

    `counted_qty` are good, damaged and held units together; `short_qty` were given up.
    """
    return max(0, (announced_qty or 0) - counted_qty - short_qty)

"""The one segment of each customer: six names, no gap between them (B-02, B-03, B-04)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ACTIVE_DAYS: Final = 30
NEW_DAYS: Final = 30
DORMANT_DAYS: Final = (60, 90)
#: A customer of less chance to be alive is lost, however often it bought.
LOST_ALIVE: Final = 0.2


class Segment(StrEnum):
    """The segments in order of priority: a customer is in the first that fits."""

    HIGH = "high"
    DORMANT = "dormant"
    NEW = "new"
    COOLING = "cooling"
    LOST = "lost"
    OTHER = "other"


def segment_of(
    purchases: Ints, since_first: Ints, since_touch: Ints, alive: Floats | None = None
) -> list[Segment]:
    """Return the segment of each customer [N]; days are whole local days before the cut.

    `since_touch` counts from the last view, favorite, cart, open or purchase: whoever buys has
    looked. `alive` is left out while there are too few customers to say it of one.
    """
    once = purchases == 1
    lost = once & (since_touch > DORMANT_DAYS[1])
    if alive is not None:
        lost = lost | (alive < LOST_ALIVE)
    dormant = once & (since_touch >= DORMANT_DAYS[0]) & (since_touch <= DORMANT_DAYS[1])
    rules = {
        Segment.HIGH: (purchases >= 2) & (since_touch <= ACTIVE_DAYS),
        Segment.DORMANT: dormant,
        Segment.NEW: (purchases >= 1) & (since_first <= NEW_DAYS),
        Segment.COOLING: once & (since_touch > ACTIVE_DAYS) & (since_touch < DORMANT_DAYS[0]),
        Segment.LOST: lost,
    }
    places = np.select(list(rules.values()), range(len(rules)), default=len(rules))
    names = list(Segment)
    return [names[place] for place in places]


def repeat_rate(purchases_in_window: Ints) -> tuple[int, int]:
    """Return customers with two purchases or more in a window, and with one or more."""
    return int((purchases_in_window >= 2).sum()), int((purchases_in_window >= 1).sum())


def cohort_rate(since_first: Ints, days_to_second: Ints, follow_days: int = 90) -> tuple[int, int]:
    """Return who bought again within `follow_days` of the first purchase, and who could have.

    Only customers whose first purchase is at least that old count, so a growing shop does not
    look worse. `days_to_second` is -1 where there was none.
    """
    watched = since_first >= follow_days
    again = watched & (days_to_second >= 0) & (days_to_second <= follow_days)
    return int(again.sum()), int(watched.sum())

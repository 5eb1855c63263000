"""How long returned goods may wait: two working days from the door to the decision (RET-27)."""

from __future__ import annotations

import datetime as dt
from typing import Final

WORKING_DAYS: Final = 2
_WEEKEND: Final = 5


def late_before(now: dt.datetime, *, days: int = WORKING_DAYS) -> dt.datetime:
    """Return the moment before which what came in waits too long; weekends do not count.

    Monday 10:00 with two days is Thursday 10:00 of the week before.
    """
    moment = now
    while days:
        moment -= dt.timedelta(days=1)
        if moment.weekday() < _WEEKEND:
            days -= 1
    return moment

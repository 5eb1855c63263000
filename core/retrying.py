"""How long to wait before what failed is tried again. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Final

#: Tries in all, the first included; then a person decides.
MAX_ATTEMPTS: Final = 5
#: Waiting time after the first, second … failed try; the last step repeats.
BACK_OFF: Final = (
    dt.timedelta(seconds=5),
    dt.timedelta(seconds=30),
    dt.timedelta(minutes=2),
    dt.timedelta(minutes=10),
)


def back_off(attempts: int) -> dt.timedelta:
    """Return how long to wait after `attempts` failed tries (1 or more)."""
    return BACK_OFF[min(attempts, len(BACK_OFF)) - 1]

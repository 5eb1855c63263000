"""The ways back: what each needs, and what its label may become. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Method:
    """One way back.

    `buys_label`: a carrier sells a label for it. `prints`: the customer prints that label; without
    it the counter or the driver does, from the code. `needs_day`: a day is agreed for it.
    """

    code: str
    buys_label: bool = False
    prints: bool = False
    needs_day: bool = False


METHODS: Final[Mapping[str, Method]] = {
    one.code: one
    for one in (
        Method("label", buys_label=True, prints=True),
        Method("qr", buys_label=True),
        Method("drop_off", buys_label=True),
        Method("pickup", buys_label=True, needs_day=True),
        Method("own"),
        Method("store"),
    )
}

ASKED, READY, FAILED, USED = "asked", "ready", "failed", "used"
VOIDED, EXPIRED = "voided", "expired"
STATES: Final = (ASKED, READY, FAILED, USED, VOIDED, EXPIRED)
#: One of these for each parcel of a return, at most.
ALIVE: Final = (ASKED, READY, USED)

MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "deliver": {ASKED: READY, FAILED: READY},
    "fail": {ASKED: FAILED},
    "retry": {FAILED: ASKED},
    "use": {ASKED: USED, READY: USED},
    "void": {ASKED: VOIDED, READY: VOIDED, FAILED: VOIDED},
    "expire": {ASKED: EXPIRED, READY: EXPIRED, FAILED: EXPIRED},
}

#: Days a driver can be ordered for, the next ones after today.
PICKUP_CHOICES: Final = 5
SATURDAY: Final = 5


def sources(event: str) -> tuple[str, ...]:
    """Return the states from which an event leads on."""
    return tuple(MOVES[event])


def next_pickup_days(today: dt.date, closed: Collection[dt.date] = ()) -> list[dt.date]:
    """Return the next days on which a driver can come: Monday to Friday, none of the closed."""
    found: list[dt.date] = []
    day = today
    while len(found) < PICKUP_CHOICES:
        day += dt.timedelta(days=1)
        if day.weekday() < SATURDAY and day not in closed:
            found.append(day)
    return found

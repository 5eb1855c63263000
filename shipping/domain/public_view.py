"""What a customer reads about an order: five steps, and one sentence about the promise.

Steps: 0 ordered, 1 packed, 2 on the way, 3 near you, 4 delivered. An order stands where its
slowest parcel stands; an order without a parcel stands at 0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

STEPS: Final = ("ordered", "packed", "on_the_way", "near_you", "delivered")
DELIVERED: Final = len(STEPS) - 1
Standing = Literal["delivered", "on_time", "late", "cancelled", "unknown"]

_BY_STATE: Final[dict[str, int]] = {
    "open": 0,
    "verified": 1,
    "labelled": 1,
    "confirmed": 1,
    "manifested": 2,
    "in_transit": 2,
    "exception": 2,
    "delivered": 4,
}
_NEAR: Final = frozenset({"out_for_delivery", "available_for_pickup", "failed_attempt"})

#: Everything a customer can see happen to an order, in this order (A-27).
MILESTONES: Final = (
    "ordered",
    "packed",
    "ready",
    "handed_over",
    "on_the_way",
    "near_you",
    "delivered",
)
_MILESTONE_OF_STATE: Final[dict[str, int]] = {
    "open": 0,
    "verified": 1,
    "labelled": 2,
    "confirmed": 2,
    "manifested": 3,
    "in_transit": 4,
    "exception": 4,
    "delivered": 6,
}

_CJK: Final = range(0x3400, 0xA000)


def given_name(name: str) -> str:
    """Return the one name that a public page may show: `Anna Vos` gives Anna.

    A name in Chinese characters begins with the family name, of one character as a rule: the rest
    is shown.
    """
    plain = name.strip()
    if plain and all(ord(char) in _CJK for char in plain):
        return plain[1:] or plain
    return plain.split()[0] if plain else ""


@dataclass(frozen=True, slots=True)
class PortalPart:
    """What an app above shipping shows on the tracking page: a note, rows, and buttons.

    `actions` are pairs of a word and an address; `glyph` is the icon of all of them.
    """

    rank: int
    title: str = ""
    text: str = ""
    rows: tuple[tuple[str, str, str], ...] = ()
    actions: tuple[tuple[str, str], ...] = ()
    glyph: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One dot of the step bar. `state` is done, now or ahead."""

    code: str
    state: Literal["done", "now", "ahead"]


def parcel_step(state: str, tracking_status: str) -> int:
    """Return the step (0 to 4) of one parcel."""
    if tracking_status in _NEAR and state != "delivered":
        return 3
    return _BY_STATE.get(state, 0)


def milestones(
    state: str,
    *,
    created_at: dt.datetime | None,
    handed_over_at: dt.datetime | None,
    scans: Sequence[tuple[str, dt.datetime]],
) -> dict[str, dt.datetime | None]:
    """Return the milestones one parcel has passed, with the moment of those that have one.

    `scans` are the carrier's (status, moment) in any order. What lies before the furthest one is
    passed too, even where no scan told of it.
    """
    first: dict[str, dt.datetime] = {}
    for status, moment in sorted(scans, key=lambda scan: scan[1]):
        code = _milestone_of_scan(status)
        first.setdefault(code, moment)
    reached = max(
        [_MILESTONE_OF_STATE.get(state, 0), *(MILESTONES.index(code) for code in first)], default=0
    )
    moments: dict[str, dt.datetime | None] = dict.fromkeys(MILESTONES[1 : reached + 1])
    known = {"packed": created_at, "handed_over": handed_over_at, **first}
    return {code: known.get(code) for code in moments}


def _milestone_of_scan(status: str) -> str:
    if status == "delivered":
        return "delivered"
    if status in _NEAR:
        return "near_you"
    return "ready" if status in {"pre_transit", "unknown"} else "on_the_way"


def order_step(parcels: Sequence[tuple[str, str]]) -> int:
    """Return the step of an order from the (state, tracking status) of its parcels."""
    return min((parcel_step(*parcel) for parcel in parcels), default=0)


def steps(reached: int) -> tuple[Step, ...]:
    """Return the five dots of the bar. A delivered order has no dot left that is "now"."""
    shown = []
    for index, code in enumerate(STEPS):
        if index < reached or reached == DELIVERED:
            shown.append(Step(code, "done"))
        else:
            shown.append(Step(code, "now" if index == reached else "ahead"))
    return tuple(shown)


def standing(
    *, reached: int, promised_by: dt.date | None, today: dt.date, status: str = "confirmed"
) -> Standing:
    """Say in one word how an order stands against its promise, on `today` at its destination."""
    if status == "cancelled":
        return "cancelled"
    if reached == DELIVERED:
        return "delivered"
    if promised_by is None:
        return "unknown"
    return "late" if today > promised_by else "on_time"

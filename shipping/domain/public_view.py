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
class Step:
    """One dot of the step bar. `state` is done, now or ahead."""

    code: str
    state: Literal["done", "now", "ahead"]


def parcel_step(state: str, tracking_status: str) -> int:
    """Return the step (0 to 4) of one parcel."""
    if tracking_status in _NEAR and state != "delivered":
        return 3
    return _BY_STATE.get(state, 0)


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

"""When a parcel that nobody scans is a worry, not handed over, or lost; and until when to claim.

A label or hand-over without a first scan is a warning after 2 of the warehouse's working days and
counts as not handed over after 5. A parcel that was scanned and then went silent is lost after 15
days at home and 30 days abroad, or as soon as its carrier says so. Carriers take claims until 90
days after the parcel left. Days are those of the warehouse's zone; the day itself does not count.

Worked: handed over Friday 16 January, never scanned: a warning on Tuesday 20, not handed over on
Friday 23 January. Source: behaviours.md X24.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from orders.domain.promise import WorkCalendar


class Finding(StrEnum):
    """What is to be said of a parcel now."""

    FINE = "fine"
    UNSCANNED = "unscanned"
    NOT_HANDED_OVER = "not_handed_over"
    LOST = "lost"


class CaseKind(StrEnum):
    """Why a parcel is a case."""

    NO_SCAN = "NO_SCAN"
    LOST = "LOST"
    NOT_RECEIVED = "NOT_RECEIVED"


@dataclass(frozen=True, slots=True)
class Limits:
    """After how many days what is said. The first two are working days."""

    warn_days: int = 2
    not_handed_over_days: int = 5
    lost_domestic_days: int = 15
    lost_international_days: int = 30
    claim_days: int = 90


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """What is known of one parcel; times are aware UTC.

    `left_at` is the hand-over, or when the label was made for one that has none. `scanned_at` is
    the last report of the carrier after it took the parcel, None before the first.
    """

    left_at: dt.datetime
    scanned_at: dt.datetime | None = None
    status: str = ""
    is_international: bool = False
    zone: str = "UTC"
    calendar: WorkCalendar = field(default_factory=WorkCalendar)


#: Standings after which a parcel is no longer waited for.
ENDED: Final = frozenset({"delivered", "return_to_sender"})

#: States of a case and where each may go.
CASE_MOVES: Final[dict[str, frozenset[str]]] = {
    "watching": frozenset({"decide", "found", "closed"}),
    "decide": frozenset({"reshipped", "refunded", "found", "closed"}),
    "reshipped": frozenset({"duplicate", "closed"}),
    "refunded": frozenset({"duplicate", "closed"}),
    "found": frozenset({"closed", "decide"}),
    "duplicate": frozenset({"closed"}),
    "closed": frozenset(),
}
OPEN_CASES: Final = ("watching", "decide", "reshipped", "refunded", "duplicate")

CLAIM_MOVES: Final[dict[str, frozenset[str]]] = {
    "open": frozenset({"sent", "withdrawn", "lapsed"}),
    "sent": frozenset({"paid", "refused", "withdrawn"}),
    "paid": frozenset(),
    "refused": frozenset({"sent"}),
    "lapsed": frozenset(),
    "withdrawn": frozenset(),
}
LIVE_CLAIMS: Final = ("open", "sent", "refused")


def judge(parcel: ParcelFacts, limits: Limits, *, now: dt.datetime) -> Finding:
    """Return what is to be said of a parcel at `now` (aware)."""
    if parcel.status in ENDED:
        return Finding.FINE
    if parcel.status == "lost":
        return Finding.LOST
    if parcel.scanned_at is not None:
        abroad = parcel.is_international
        most = limits.lost_international_days if abroad else limits.lost_domestic_days
        return Finding.LOST if (now - parcel.scanned_at).days >= most else Finding.FINE
    zone = ZoneInfo(parcel.zone)
    days = parcel.calendar.open_days_between(
        parcel.left_at.astimezone(zone).date(), now.astimezone(zone).date()
    )
    if days >= limits.not_handed_over_days:
        return Finding.NOT_HANDED_OVER
    return Finding.UNSCANNED if days >= limits.warn_days else Finding.FINE


def claim_deadline(left_at: dt.datetime, zone: str, limits: Limits) -> dt.date:
    """Return the last day on which the carrier takes a claim, in the warehouse's zone."""
    return left_at.astimezone(ZoneInfo(zone)).date() + dt.timedelta(days=limits.claim_days)


def days_left(deadline_on: dt.date, today: dt.date) -> int:
    """Return the days until a deadline, 0 on its day, negative after it."""
    return (deadline_on - today).days

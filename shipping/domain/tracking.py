"""Where a parcel stands, from everything its carrier said, in whatever order it arrived.

Ordinary reports carry a rank (label made 10, moving 20, near 40, waiting 50, going back 60,
delivered 90); the highest rank ever reported wins, and among reports of that rank the latest. An
incident (exception, failed attempt, lost) has no rank: it shows while it is younger than every
ordinary report. The answer depends on the set of reports alone, so a late one can't move a parcel
back. Worked: in transit 09:00, delivered 12:00, then a late "in transit 10:00" -> delivered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

PROGRESS_RANK: Final[dict[str, int]] = {
    "pre_transit": 10,
    "in_transit": 20,
    "customs": 20,
    "out_for_delivery": 40,
    "available_for_pickup": 50,
    "return_to_sender": 60,
    "delivered": 90,
}
INCIDENTS: Final = frozenset({"exception", "failed_attempt", "lost"})
STATUSES: Final = (*PROGRESS_RANK, *sorted(INCIDENTS), "unknown")
DELIVERED_RANK: Final = PROGRESS_RANK["delivered"]

_PARCEL_STATE: Final[dict[str, str]] = {
    "in_transit": "in_transit",
    "customs": "in_transit",
    "out_for_delivery": "in_transit",
    "available_for_pickup": "in_transit",
    "delivered": "delivered",
    "exception": "exception",
    "failed_attempt": "exception",
    "lost": "exception",
    "return_to_sender": "exception",
}


@dataclass(frozen=True, slots=True)
class TrackingFact:
    """One report of a carrier. `at` is when it happened, not when we heard of it."""

    source_event_id: str
    status: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class TrackingState:
    """The standing of a parcel: its status, the rank it has reached, and since when."""

    status: str
    rank: int
    at: dt.datetime | None


NOTHING_REPORTED: Final = TrackingState("", 0, None)


def rank_of(status: str) -> int:
    """Return the rank of a status; incidents and `unknown` rank 0."""
    return PROGRESS_RANK.get(status, 0)


def resolve(facts: Iterable[TrackingFact]) -> TrackingState:
    """Return the standing that all `facts` together give, whatever their order."""
    best: tuple[int, dt.datetime, str] | None = None
    best_status = ""
    last_progress: dt.datetime | None = None
    incident: tuple[dt.datetime, str] | None = None
    incident_status = ""
    for fact in facts:
        rank = PROGRESS_RANK.get(fact.status, 0)
        if rank:
            key = (rank, fact.at, fact.source_event_id)
            if best is None or key > best:
                best, best_status = key, fact.status
            if last_progress is None or fact.at > last_progress:
                last_progress = fact.at
        elif fact.status in INCIDENTS:
            mark = (fact.at, fact.source_event_id)
            if incident is None or mark > incident:
                incident, incident_status = mark, fact.status
    reached = best[0] if best else 0
    if (
        incident
        and reached < DELIVERED_RANK
        and (last_progress is None or incident[0] > last_progress)
    ):
        return TrackingState(incident_status, reached, incident[0])
    return TrackingState(best_status, best[0], best[1]) if best else NOTHING_REPORTED


def parcel_state(status: str) -> str | None:
    """Return the parcel state that a tracking status calls for; None when it calls for none."""
    return _PARCEL_STATE.get(status)

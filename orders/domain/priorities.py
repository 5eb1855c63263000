"""Who is served first when stock arrives, and from whom a higher order may take (X12)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

_LATE = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One order that waits for units; a lower `priority` number goes first."""

    order_id: int
    priority: int
    promised_by: dt.date | None
    paid_at: dt.datetime | None

    def rank(self) -> tuple[int, dt.date, dt.datetime, int]:
        """Return the place in the queue: priority, promise, paid date, id."""
        return (
            self.priority,
            self.promised_by or dt.date.max,
            self.paid_at or _LATE,
            self.order_id,
        )


def may_take(
    *,
    taker_priority: int,
    victim_priority: int,
    high_priority: int,
    breaks_promise: bool,
    is_supervisor: bool,
) -> bool:
    """Say whether an order may take the units of another that is in no wave yet.

    Only a high one takes, only from a lower class, and only a supervisor may break a promise.
    """
    takes = taker_priority <= high_priority < victim_priority
    return takes and (is_supervisor or not breaks_promise)

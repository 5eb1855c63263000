"""When units that an order waits for can be there: arrivals are given out in rank order (B-16)."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """Units of one SKU that one order waits for."""

    order_id: int
    sku_id: int
    qty: int


def days_of(
    needs: Iterable[Need], arriving: Mapping[int, Sequence[tuple[dt.date, int]]]
) -> dict[int, dt.date | None]:
    """Return by order the day on which the last of its waiting units arrives; None: not known.

    `needs` come in rank order and `arriving` holds by SKU (day, units), the earliest first. Each
    unit is given out once: who comes later in rank waits for a later arrival.
    """
    queues = {sku_id: deque(rows) for sku_id, rows in arriving.items()}
    found: dict[int, dt.date | None] = {}
    for need in needs:
        day = _take(queues.get(need.sku_id, deque()), need.qty)
        before = found.get(need.order_id, day)
        found[need.order_id] = None if day is None or before is None else max(day, before)
    return found


def _take(queue: deque[tuple[dt.date, int]], qty: int) -> dt.date | None:
    """Take units off the front of a queue; return the day of the last one, None if too few."""
    while queue:
        day, units = queue.popleft()
        if units > qty:
            queue.appendleft((day, units - qty))
        if units >= qty:
            return day
        qty -= units
    return None


def promise(
    arrives_on: dt.date, *, days: int, parts: Iterable[dt.date], first: dt.date | None
) -> dt.date:
    """Return the last day for an order whose waiting units arrive on `arrives_on`.

    `days` go by from arrival to customer; `parts` are the promises of what is planned already. The
    day never lies before `first`, the promise at order time.
    """
    known = [arrives_on + dt.timedelta(days=days), *parts]
    return max(known if first is None else [*known, first])

"""How full a day at the dock is, and how late what did not come is."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal


def load_pct(units: int, capacity_qty: int) -> int | None:
    """Return the share of a day's capacity in whole percent; None where no capacity is set."""
    if capacity_qty <= 0:
        return None
    share = Decimal(100 * units) / capacity_qty
    return int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def days_late(due_on: dt.date | None, today: dt.date) -> int:
    """Return by how many days something that has not come is late; 0 when it is not."""
    return max(0, (today - due_on).days) if due_on is not None else 0


def span_of(day: dt.date, *, days: int) -> tuple[dt.date, dt.date]:
    """Return the first and last day shown: the day itself, or its week from Monday."""
    first = day - dt.timedelta(days=day.weekday()) if days == 7 else day
    return first, first + dt.timedelta(days=days - 1)

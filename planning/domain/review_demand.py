"""Demand a day out of a forecast by weeks, for any days ahead of a review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: B-12: cover is counted with the demand of the next 30 days.
COVER_DAYS = 30


def daily_rate(weekly: Floats, offset_days: int, span_days: Floats) -> Floats:
    """Return units a day of the `span_days` [N] that begin `offset_days` after the first week.

    `weekly` [N, W] are units a week. Days beyond the last week count at the rate of those before
    them; a window that begins after the last week is not known: NaN.
    """
    starts = np.arange(weekly.shape[1]) * 7.0
    ends = offset_days + np.asarray(span_days, dtype=np.float64)[:, None]
    days = np.minimum(starts + 7.0, ends) - np.maximum(starts, float(offset_days))
    days = np.clip(days, 0.0, 7.0)
    known = days.sum(axis=1)
    units = (weekly * days / 7.0).sum(axis=1)
    found = np.divide(units, known, out=np.full(len(weekly), np.nan), where=known > 0)
    return np.asarray(found, dtype=np.float64)


def overridden(
    weekly: Sequence[float],
    from_on: dt.date,
    entries: Sequence[tuple[dt.date, dt.date, float]],
) -> list[float]:
    """Return the weeks with a person's units in place of those whose Monday an entry covers.

    Entries are (first day, last day, units a week), the one that counts last at the end.
    """
    found = [float(units) for units in weekly]
    for first, last, units in entries:
        for week in range(len(found)):
            if first <= from_on + dt.timedelta(weeks=week) <= last:
                found[week] = float(units)
    return found


def sales_limits(daily: float, lead_days: float, review_days: float) -> tuple[int, int]:
    """Return least and most units where only past sales are known: lead time, and one review more.

    Both rounded up: 2 a day, 30 days and a review of 7 make 60 and 74.
    """
    least = int(np.ceil(round(daily * lead_days, 6)))
    return least, int(np.ceil(round(daily * (lead_days + review_days), 6)))

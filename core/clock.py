"""The only place that reads the system clock.

Views, tasks and commands call it and hand the moment down; services and domain code receive
`now`, `at` or `as_of`, so that each decision can be repeated for any moment.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo


def now() -> dt.datetime:
    """Return this moment as an aware UTC datetime."""
    return dt.datetime.now(dt.UTC)


def today(zone: str) -> dt.date:
    """Return the calendar date of this moment in an IANA time zone such as `Asia/Shanghai`."""
    return now().astimezone(ZoneInfo(zone)).date()

"""When a scheduled job is due: a cron line in UTC, and what to do about slots that were missed.

Pure. Each moment of a plan is a slot; `name@slot` is the key of its job, so two schedulers queue
it once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from croniter import croniter


@dataclass(frozen=True, slots=True)
class Plan:
    """Run `job` at each slot of `cron` (five fields, UTC).

    After an outage, `catch_up="once"` runs the newest missed slot, `"skip"` runs only a slot not
    older than `grace`.
    """

    job: str
    cron: str
    queue: str = "normal"
    catch_up: Literal["once", "skip"] = "once"
    grace: dt.timedelta = dt.timedelta(minutes=2)


def newest_slot(plan: Plan, now: dt.datetime) -> dt.datetime:
    """Return the newest slot at or before `now`, aware UTC.

    Raises:
        ValueError: the cron line can't be read.
    """
    minute = now.astimezone(dt.UTC).replace(second=0, microsecond=0)
    # croniter steps strictly back, so begin just after the minute to include it.
    begin = minute + dt.timedelta(seconds=1)
    slot: dt.datetime = croniter(plan.cron, begin).get_prev(dt.datetime)
    return slot

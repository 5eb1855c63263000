"""Is a worker group stuck? Decided from outside of it, from two times and a count. Pure.

Every few seconds the supervisor sends a canary message to each cluster. A group whose workers
have taken no message since, though one of them is free, can't take any: kill it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

#: A new canary is sent when the last was answered at least this long ago.
CANARY_EVERY: Final = dt.timedelta(seconds=10)
#: A canary nobody answers for this long means that the group is stuck.
PATIENCE: Final = dt.timedelta(seconds=25)
#: A group that was just started gets this long to take its first message, on a loaded machine too.
START_PATIENCE: Final = dt.timedelta(seconds=60)
#: Messages fetched but not acknowledged, beyond one per worker, that a sound group never has.
UNACKNOWLEDGED: Final = 12


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of one worker group at one moment."""

    started_at: dt.datetime
    rung_at: dt.datetime | None
    life_at: dt.datetime | None
    busy: int
    workers: int
    in_flight: int = 0

    @property
    def is_waiting(self) -> bool:
        """Say whether a canary is out that nobody has answered."""
        if self.rung_at is None:
            return False
        return self.life_at is None or self.life_at < self.rung_at


def should_ring(signs: Signs, now: dt.datetime) -> bool:
    """Say whether it is time for a new canary."""
    if signs.is_waiting:
        return False
    return signs.rung_at is None or now - signs.rung_at >= CANARY_EVERY


def is_stuck(signs: Signs, now: dt.datetime) -> bool:
    """Say whether the group must be killed.

    Either a canary stays unanswered while a worker is free, or messages are fetched and never
    acknowledged, as when the process that collects results is blocked.
    """
    if signs.in_flight > signs.workers + UNACKNOWLEDGED:
        return True
    if not signs.is_waiting or signs.rung_at is None or signs.busy >= signs.workers:
        return False
    if signs.life_at is None or signs.life_at < signs.started_at:
        return now - max(signs.rung_at, signs.started_at) > START_PATIENCE
    return now - signs.rung_at > PATIENCE

"""The job that delivers facts; the sweeper makes it due whenever something waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import clock
from core.events.delivering import deliver_due, is_anything_due

if TYPE_CHECKING:
    from core.jobs import JobRun

#: It ends after this long, so that other jobs get their turn; the sweeper wakes it again.
TURN_SECONDS = 20


def deliver_events(job: JobRun, **_newer: object) -> dict[str, int]:
    """Deliver batch after batch until nothing is due or the turn is over. Repeatable."""
    handled = 0
    until = clock.now().timestamp() + TURN_SECONDS
    while clock.now().timestamp() < until:
        handled += deliver_due(clock.now())
        job.progress(handled, handled)
        if not is_anything_due(clock.now()):
            break
    return {"handled": handled}

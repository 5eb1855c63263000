"""What the broker calls. Each message carries an id; all knowledge is in the row it names."""

from __future__ import annotations

from core import clock
from core.jobs.working import answer_ring, show_life


def run_job(job_id: int, **_newer: object) -> None:
    """Run the job of this id, or a more urgent one that waits. Repeatable."""
    answer_ring(job_id, now=clock.now())


def answer_canary(cluster: str, **_newer: object) -> None:
    """Show the supervisor that a worker of its cluster takes messages."""
    show_life(clock.now())

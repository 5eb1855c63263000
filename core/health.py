"""How the installation is: database, migrations, outbox, workers. Read by people and machines."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TypedDict

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max

from core.jobs.limits import CLUSTER_OF_QUEUE, LEASE
from core.models.events import HandledEvent, OutboxEvent
from core.models.jobs import Job, JobHeartbeat

#: A fact that waits for longer than this makes the installation unready.
OUTBOX_LIMIT = dt.timedelta(minutes=5)
#: A cluster of workers that has been silent for longer than this makes it unready.
SILENCE_LIMIT = dt.timedelta(seconds=90)


class OutboxState(TypedDict):
    """What waits in the outbox: rows of listeners, the oldest in seconds, and those given up."""

    waiting: int
    oldest_seconds: float
    dead: int


def worker_silence(now: dt.datetime) -> dict[str, float]:
    """Return, per cluster that was ever started, the seconds since its last sign of life.

    A worker shows life by taking a message or by renewing the lease of its job.
    """
    signs: dict[str, dt.datetime] = {}
    for beat in JobHeartbeat.objects.order_by("group"):
        seen = beat.at or beat.restarted_at or dt.datetime.min.replace(tzinfo=dt.UTC)
        signs[beat.cluster] = max(seen, signs.get(beat.cluster, seen))
    leases = Job.objects.running().order_by().values("queue").annotate(until=Max("lease_until"))
    for row in leases:
        cluster = CLUSTER_OF_QUEUE[row["queue"]]
        if cluster in signs and row["until"]:
            signs[cluster] = max(signs[cluster], min(now, row["until"] - LEASE))
    return {cluster: (now - seen).total_seconds() for cluster, seen in sorted(signs.items())}


def outbox_state(now: dt.datetime) -> OutboxState:
    """Return what waits in the outbox."""
    waiting = HandledEvent.objects.waiting()
    fresh = OutboxEvent.objects.pending()
    oldest = [
        fresh.values_list("at", flat=True).first(),
        waiting.values_list("event__at", flat=True).first(),
    ]
    ages = [(now - at).total_seconds() for at in oldest if at is not None]
    return {
        "waiting": waiting.count() + fresh.count(),
        "oldest_seconds": max([0.0, *ages]),
        "dead": HandledEvent.objects.dead().count(),
    }


def problems(now: dt.datetime) -> list[str]:
    """Return the names of what keeps the installation from working; an empty list is ready.

    The names are `database`, `migrations`, `outbox` and `workers`.
    """
    try:
        connection.ensure_connection()
        if not _is_migrated():
            return ["migrations"]
        found = []
        if outbox_state(now)["oldest_seconds"] > OUTBOX_LIMIT.total_seconds():
            found.append("outbox")
        silence = worker_silence(now)
        if not silence or max(silence.values()) > SILENCE_LIMIT.total_seconds():
            found.append("workers")
    except (DatabaseError, InterfaceError):
        connection.close()
        return ["database"]
    return found


def _is_migrated() -> bool:
    """Say whether every migration is applied; once true, it stays true for this process."""
    try:
        _check_migrated()
    except _Unmigrated:
        return False
    return True


class _Unmigrated(Exception):
    pass


@cache
def _check_migrated() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _Unmigrated

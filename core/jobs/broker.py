"""The doorbell: django-q2 carries ids to the workers, and nothing else.

All knowledge of django-q2 that the rest of core needs is here. A lost, doubled or late message
costs nothing: the sweeper rings again and a claim succeeds once.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django_q.models import OrmQ
from django_q.tasks import async_task

from core.jobs.limits import CLUSTER_OF_QUEUE

if TYPE_CHECKING:
    from core.models.jobs import Job


def send_job(job: Job) -> None:
    """Send the id of a job to the cluster of its queue, in the caller's transaction."""
    async_task("core.tasks.run_job", job.pk, cluster=CLUSTER_OF_QUEUE[job.queue])


def send_canary(cluster: str) -> None:
    """Ask any worker of a cluster to show that it takes messages."""
    async_task("core.tasks.answer_canary", cluster, cluster=cluster)


def forget_messages(cluster: str) -> int:
    """Drop every message of a cluster whose workers are gone; the sweep sends new ones."""
    deleted, _ = OrmQ.objects.filter(key=cluster).delete()
    return int(deleted)


def count_in_flight(cluster: str, now: dt.datetime) -> int:
    """Return how many messages were fetched lately and not yet acknowledged.

    A new message is locked until the moment it was sent, a fetched one for minutes.
    """
    fetched = OrmQ.objects.filter(key=cluster, lock__gt=now + dt.timedelta(seconds=30))
    return int(fetched.count())

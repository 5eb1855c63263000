"""Reads of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from core.models.jobs import Job
    from core.permissions import Principal


class JobQuerySet(models.QuerySet["Job"]):
    """Reads of jobs; all of them are cheap on the partial indexes."""

    def waiting(self) -> Self:
        """Keep jobs that nobody runs and that have attempts left, due or not."""
        return self.filter(status__in=("queued", "failed_retry"))

    def due(self, now: dt.datetime) -> Self:
        """Keep jobs that may start at `now`, in the order in which they should."""
        return self.waiting().filter(run_after__lte=now).in_turn()

    def in_turn(self) -> Self:
        """Order by urgency, then by waiting time."""
        return self.order_by("priority", "run_after", "id")

    def running(self) -> Self:
        """Keep jobs that a worker holds, or held before it died."""
        return self.filter(status="running")

    def expired(self, now: dt.datetime) -> Self:
        """Keep running jobs whose worker stopped renewing its lease."""
        return self.running().filter(lease_until__lte=now).order_by("id")

    def unrung(self, now: dt.datetime, again_after: dt.timedelta) -> Self:
        """Keep due jobs never rung for, or rung for so long ago that the ring must be lost."""
        return self.due(now).filter(Q(rung_at__isnull=True) | Q(rung_at__lte=now - again_after))

    def in_queues(self, queues: Iterable[str]) -> Self:
        """Keep jobs of these queues."""
        return self.filter(queue__in=list(queues))

    def visible_to(self, principal: Principal) -> Self:
        """Keep all jobs for those who may see them, else those the asker started."""
        if principal.may("jobs.view"):
            return self
        return self.filter(started_by=principal.actor.key) if principal.actor.id else self.none()

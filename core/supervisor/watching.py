"""Watch one cluster of workers: canaries out, signs of life in, restart when stuck."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from django.db.models import F

from core.jobs import broker, sweeping
from core.jobs.identity import group_of
from core.jobs.watch import Signs, is_stuck, should_ring
from core.models.jobs import Job, JobHeartbeat
from core.supervisor.commands import workers_in
from core.supervisor.groups import ProcessGroup

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class ClusterWatch:
    """The supervisor's view of one cluster of this machine."""

    cluster: str
    group: ProcessGroup
    patient_since: dt.datetime

    def prepare(self, now: dt.datetime) -> None:
        """Begin with a clean slate: no old messages, no jobs held by workers that are gone."""
        name = group_of(self.cluster)
        JobHeartbeat.objects.get_or_create(group=name, defaults={"cluster": self.cluster})
        JobHeartbeat.objects.filter(group=name).update(rung_at=None)
        sweeping.release_group(self.cluster)
        broker.forget_messages(self.cluster)
        sweeping.forget_rings(self.cluster)
        self.patient_since = now

    def check(self, now: dt.datetime) -> bool:
        """Send a canary if it is time, and restart the group if it is stuck; say whether it was.

        A leader that has ended counts as stuck.
        """
        if not self.group.is_alive:
            self._restart(now, "ended")
            return True
        signs = self._signs(now)
        if is_stuck(signs, now):
            self._restart(now, "stuck")
            return True
        if should_ring(signs, now):
            JobHeartbeat.objects.filter(group=group_of(self.cluster)).update(rung_at=now)
            broker.send_canary(self.cluster)
        return False

    def _signs(self, now: dt.datetime) -> Signs:
        beat = JobHeartbeat.objects.get(group=group_of(self.cluster))
        held = Job.objects.running().filter(worker__startswith=f"{beat.group}/")
        return Signs(
            started_at=self.patient_since,
            rung_at=beat.rung_at,
            life_at=beat.at,
            busy=held.filter(lease_until__gt=now).count(),
            workers=workers_in(self.cluster),
            in_flight=broker.count_in_flight(self.cluster, now),
        )

    def _restart(self, now: dt.datetime, why: str) -> None:
        logger.error("core.supervisor.restart", extra={"group": self.cluster, "why": why})
        self.group.kill()
        self.prepare(now)
        JobHeartbeat.objects.filter(group=group_of(self.cluster)).update(
            restarts=F("restarts") + 1, restarted_at=now
        )
        self.group.restart()

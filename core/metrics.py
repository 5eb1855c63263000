"""Figures for Prometheus, in its text format. All come from the database, so any process tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Min

from core.health import outbox_state, worker_silence
from core.models.documents import OutboundMail
from core.models.jobs import Job, JobHeartbeat

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Gauge:
    """One metric: its samples by label."""

    name: str
    text: str
    samples: Mapping[Labels, float]

    def lines(self) -> Iterable[str]:
        """Yield the lines of the exposition format."""
        yield f"# HELP {self.name} {self.text}"
        yield f"# TYPE {self.name} gauge"
        for labels, value in self.samples.items():
            pairs = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
            yield f"{self.name}{{{pairs}}} {value:g}" if pairs else f"{self.name} {value:g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def exposition(now: dt.datetime) -> str:
    """Return every metric as text, in the format 0.0.4."""
    lines = [line for gauge in _gauges(now) for line in gauge.lines()]
    return "\n".join(lines) + "\n"


def _gauges(now: dt.datetime) -> list[Gauge]:
    outbox = outbox_state(now)
    beats = JobHeartbeat.objects.order_by("group")
    return [
        Gauge("quayside_jobs", "Jobs by queue and status.", _jobs()),
        Gauge("quayside_job_wait_seconds", "Age of the oldest due job by queue.", _waits(now)),
        Gauge("quayside_outbox_waiting", "Facts that wait.", {(): outbox["waiting"]}),
        Gauge(
            "quayside_outbox_oldest_seconds",
            "Age of the oldest fact that waits.",
            {(): outbox["oldest_seconds"]},
        ),
        Gauge("quayside_outbox_dead", "Facts given up for a listener.", {(): outbox["dead"]}),
        Gauge(
            "quayside_worker_silence_seconds",
            "Seconds since a cluster of workers showed life.",
            {(("cluster", name),): age for name, age in worker_silence(now).items()},
        ),
        Gauge(
            "quayside_worker_restarts",
            "How often the supervisor restarted a group.",
            {(("group", beat.group),): beat.restarts for beat in beats},
        ),
        Gauge("quayside_mails", "Mails by state.", _mails()),
    ]


def _jobs() -> dict[Labels, float]:
    rows = Job.objects.order_by().values_list("queue", "status").annotate(count=Count("pk"))
    return {(("queue", queue), ("status", status)): count for queue, status, count in sorted(rows)}


def _waits(now: dt.datetime) -> dict[Labels, float]:
    rows = Job.objects.due(now).order_by().values_list("queue").annotate(oldest=Min("run_after"))
    return {(("queue", queue),): (now - oldest).total_seconds() for queue, oldest in sorted(rows)}


def _mails() -> dict[Labels, float]:
    rows = OutboundMail.objects.order_by().values_list("state").annotate(count=Count("pk"))
    return {(("state", state),): count for state, count in sorted(rows)}

"""Work done outside of requests: the rows that own it, and the signs of life of the workers."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core.querysets.jobs import JobQuerySet


class Job(models.Model):
    """One piece of work, and the only truth about it; the broker merely delivers its id.

    `core.jobs` writes it. `attempts` is raised and committed before each run, so a run that kills
    its process still counts; a run may write its end only while `attempts` is what it raised.
    `args` holds ids, numbers and short texts, never personal data.
    """

    class Queue(models.TextChoices):
        """Who waits for it: a person at a screen, nobody in particular, or a long batch."""

        INTERACTIVE = "interactive"
        NORMAL = "normal"
        BULK = "bulk"

    class Status(models.TextChoices):
        """Where the work stands."""

        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED_RETRY = "failed_retry"
        DEAD = "dead"
        CANCELLED = "cancelled"

    name = models.CharField(max_length=100)
    key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001  # no key, no rule
    title = models.CharField(max_length=200, blank=True, default="")
    args = models.JSONField(default=dict)
    queue = models.CharField(max_length=12, choices=Queue, default=Queue.NORMAL)
    priority = models.PositiveSmallIntegerField(default=5)
    status = models.CharField(max_length=12, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=5)
    run_after = models.DateTimeField()
    rung_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=200, blank=True, default="")
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_text = models.CharField(max_length=200, blank=True, default="")
    cancel_asked_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True, default="")
    error_id = models.CharField(max_length=32, blank=True, default="")
    started_by = models.CharField(max_length=64, default="system")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    files = models.ManyToManyField("core.StoredFile", blank=True, related_name="jobs")

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(attempts__lte=F("max_attempts")), name="job_attempts_bounded"
            ),
            models.CheckConstraint(
                condition=Q(queue__in=["interactive", "normal", "bulk"]), name="job_known_queue"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "queued",
                        "running",
                        "succeeded",
                        "failed_retry",
                        "dead",
                        "cancelled",
                    ]
                ),
                name="job_known_status",
            ),
            models.CheckConstraint(
                condition=~Q(status="running") | Q(lease_until__isnull=False),
                name="job_running_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["succeeded", "dead", "cancelled"])
                | Q(finished_at__isnull=False),
                name="job_finished_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "priority", "run_after", "id"],
                condition=Q(status__in=["queued", "failed_retry"]),
                name="job_due",
            ),
            models.Index(fields=["lease_until"], condition=Q(status="running"), name="job_leased"),
            models.Index(fields=["status", "-id"], name="job_by_status"),
            models.Index(fields=["started_by", "-id"], name="job_by_starter"),
        ]

    def __str__(self) -> str:
        return self.title or self.name


class JobHeartbeat(models.Model):
    """The last sign of life of one worker group (`host/cluster`). Workers and supervisor write it.

    `rung_at` is when the supervisor last sent a canary, `at` when a worker last answered one or
    moved a job on.
    """

    group = models.CharField(max_length=120, unique=True)
    cluster = models.CharField(max_length=32)
    at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    restarts = models.PositiveIntegerField(default=0)
    restarted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.group


class ScheduleSlot(models.Model):
    """How far one schedule of the wiring has come. `core.jobs.schedules` writes it.

    Each slot becomes one job with the key `name@slot`; `slot_at` is the newest slot that was
    queued or skipped. `error` says why a schedule can't run; the others go on.
    """

    name = models.CharField(max_length=100, unique=True)
    slot_at = models.DateTimeField(null=True)
    is_paused = models.BooleanField(default=False)
    skipped = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True, default="")
    checked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django_q.models import OrmQ

from core import clock
from core.actors import SYSTEM
from core.jobs import UnknownJob, cancel, enqueue, retry, run_due
from core.jobs.queueing import JobNotCancellable, JobNotRetryable
from core.models import AuditEntry, Job

pytestmark = pytest.mark.django_db


def test_a_job_of_a_rolled_back_transaction_never_exists():
    with transaction.atomic():
        enqueue("test.note", args={"name": "a"}, queue="interactive")
        transaction.set_rollback(True)

    assert (Job.objects.count(), OrmQ.objects.count()) == (0, 0)


def test_a_key_queues_once_and_returns_the_first_job():
    first = enqueue("test.note", key="note:1", args={"name": "a"})
    again = enqueue("test.note", key="note:1", args={"name": "b"})

    assert (again.pk, Job.objects.get().args) == (first.pk, {"name": "a"})


def test_only_an_interactive_job_rings_at_once():
    enqueue("test.note", args={"name": "a"})
    enqueue("test.note", args={"name": "b"}, queue="bulk")
    assert OrmQ.objects.count() == 0

    job = enqueue("test.note", args={"name": "c"}, queue="interactive")

    assert OrmQ.objects.get().task["args"] == (job.pk,)


def test_a_job_unknown_to_the_wiring_is_refused():
    with pytest.raises(UnknownJob):
        enqueue("test.nobody")

    assert Job.objects.count() == 0


def test_a_waiting_job_is_cancelled_at_once_and_logged():
    job = enqueue("test.note", args={"name": "a"})

    cancel(job.pk, actor=SYSTEM, at=clock.now())

    job.refresh_from_db()
    assert job.status == "cancelled"
    assert AuditEntry.objects.of(f"job:{job.pk}").get().action == "core.job_cancelled"


def test_an_ended_job_cannot_be_cancelled():
    job = enqueue("test.note", args={"name": "a"})
    run_due(clock.now())

    with pytest.raises(JobNotCancellable) as caught:
        cancel(job.pk, actor=SYSTEM, at=clock.now())

    assert caught.value.data == {"status": "succeeded"}
    assert AuditEntry.objects.count() == 0


def test_a_dead_job_gets_a_full_set_of_attempts_again():
    job = enqueue("test.fail")
    now = clock.now()
    for _ in range(5):
        run_due(now)
        now += dt.timedelta(hours=1)
        Job.objects.filter(status="failed_retry").update(run_after=now)
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("dead", 5)

    retry(job.pk, actor=SYSTEM, at=now)

    job.refresh_from_db()
    assert (job.status, job.attempts, job.max_attempts) == ("queued", 5, 10)


def test_a_job_that_succeeded_cannot_be_tried_again():
    job = enqueue("test.note", args={"name": "a"})
    run_due(clock.now())

    with pytest.raises(JobNotRetryable):
        retry(job.pk, actor=SYSTEM, at=clock.now())

from __future__ import annotations

import datetime as dt

import pytest

from core import clock
from core.jobs import enqueue, run_due, running
from core.jobs.running import begin, claim, run
from core.models import Job, Setting
from core.retrying import back_off
from tests.helpers.race import race

pytestmark = pytest.mark.django_db


def fetched(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_a_job_ends_with_its_result_and_times():
    job = enqueue("test.note", args={"name": "a"})

    ran = run_due(clock.now())

    job = fetched(job)
    assert (ran, job.status, job.attempts, job.result) == (1, "succeeded", 1, {"noted": "a"})
    assert job.started_at is not None
    assert job.finished_at is not None
    assert job.lease_until is None


def test_a_failure_waits_for_the_back_off_then_is_tried_again():
    job = enqueue("test.fail")
    before = clock.now()

    run_due(before)

    job = fetched(job)
    assert (job.status, job.attempts) == ("failed_retry", 1)
    assert job.error == "ZeroDivisionError: nothing to divide by"
    assert len(job.error_id) == 32
    assert dt.timedelta(seconds=5) <= job.run_after - before < dt.timedelta(seconds=8)
    assert run_due(before + dt.timedelta(seconds=4)) == 0


def test_the_back_off_ladder_is_5_s_30_s_2_min_10_min():
    assert [back_off(attempts).total_seconds() for attempts in (1, 2, 3, 4, 5)] == [
        5,
        30,
        120,
        600,
        600,
    ]


def test_a_job_is_given_up_after_five_attempts():
    job = enqueue("test.fail")
    for _ in range(9):
        Job.objects.filter(status="failed_retry").update(run_after=clock.now())
        run_due(clock.now())

    job = fetched(job)
    assert (job.status, job.attempts) == ("dead", 5)
    assert job.finished_at is not None


def test_a_result_that_json_cannot_hold_counts_as_a_failure():
    job = enqueue("test.return_nonsense")

    run_due(clock.now())

    job = fetched(job)
    assert (job.status, job.result) == ("failed_retry", None)
    assert "not JSON serializable" in job.error


def test_the_attempt_is_counted_before_the_work_begins():
    job = enqueue("test.note", args={"name": "a"})

    claim(job.pk, now=clock.now(), worker="w")

    job = fetched(job)
    assert (job.status, job.attempts, Setting.objects.count()) == ("running", 1, 0)


def test_a_claimed_job_cannot_be_claimed_again():
    job = enqueue("test.note", args={"name": "a"})
    claim(job.pk, now=clock.now(), worker="first")

    assert claim(job.pk, now=clock.now(), worker="second") is None
    assert fetched(job).worker == "first"


def test_a_run_that_was_taken_over_changes_nothing():
    job = enqueue("test.lose_lease")

    run_due(clock.now())

    job = fetched(job)
    assert (job.status, job.attempts) == ("running", 2)


def test_a_late_end_of_an_old_attempt_changes_nothing():
    job = enqueue("test.note", args={"name": "a"})
    now = clock.now()
    old = claim(job.pk, now=now, worker="old")
    Job.objects.filter(pk=job.pk).update(status="failed_retry")
    claim(job.pk, now=now, worker="new")

    run(old, begin(old, now=now))

    job = fetched(job)
    assert (job.status, job.attempts, job.worker) == ("running", 2, "new")


def test_progress_is_on_the_row():
    job = enqueue("test.count_up", args={"total": 3})

    run_due(clock.now())

    job = fetched(job)
    assert (job.progress_done, job.progress_total, job.progress_text) == (3, 3, "step 3")


def test_rel_j_10_a_cancelled_job_stops_at_a_step_and_says_how_far_it_came(monkeypatch):
    monkeypatch.setattr(running, "PROGRESS_EVERY_SECONDS", 0)
    job = enqueue("test.cancel_midway", queue="bulk")

    run_due(clock.now())

    job = fetched(job)
    assert (job.status, job.attempts) == ("cancelled", 1)
    assert (job.progress_done, job.progress_text) == (2_500, "rows 1-2500 applied")


def test_urgent_jobs_go_first():
    for queue in ("bulk", "normal", "interactive"):
        enqueue("test.note", args={"name": queue}, queue=queue)

    run_due(clock.now())

    order = Job.objects.order_by("finished_at").values_list("queue", flat=True)
    assert list(order) == ["interactive", "normal", "bulk"]


def test_a_job_of_the_future_waits():
    now = clock.now()
    enqueue("test.note", args={"name": "a"}, run_after=now + dt.timedelta(minutes=1))

    assert run_due(now) == 0
    assert run_due(now + dt.timedelta(minutes=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_four_workers_run_a_job_once():
    job = enqueue("test.note", args={"name": "a"})
    now = clock.now()

    outcomes = race([lambda: claim(job.pk, now=now, worker="w") for _ in range(4)])

    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert sum(outcome.value is not None for outcome in outcomes) == 1
    assert fetched(job).attempts == 1

from __future__ import annotations

import pytest

from core import clock
from core.jobs import enqueue
from core.jobs.identity import Worker
from core.jobs.working import answer_ring
from core.models import Job
from core.tasks import answer_canary, run_job

# The lease keeper uses a connection of its own.
pytestmark = pytest.mark.django_db(transaction=True)


def statuses() -> dict[str, str]:
    return dict(Job.objects.values_list("args__name", "status"))


def test_a_ring_runs_the_job_it_names():
    job = enqueue("test.note", args={"name": "a"})

    run_job(job.pk, something_newer=1)

    job.refresh_from_db()
    assert job.status == "succeeded"
    assert Worker.parse(job.worker) is not None


def test_rel_j_09_an_urgent_job_goes_before_the_one_that_was_rung_for():
    plain = enqueue("test.note", args={"name": "plain"})
    enqueue("test.note", args={"name": "urgent"}, queue="interactive")
    Job.objects.filter(pk=plain.pk).update(rung_at=clock.now())

    answer_ring(plain.pk, now=clock.now())

    assert statuses() == {"plain": "queued", "urgent": "succeeded"}
    assert Job.objects.get(pk=plain.pk).rung_at is None


def test_a_ring_for_an_ended_job_runs_another_that_is_due():
    done = enqueue("test.note", args={"name": "done"})
    answer_ring(done.pk, now=clock.now())
    enqueue("test.note", args={"name": "next"})

    assert answer_ring(done.pk, now=clock.now())
    assert statuses() == {"done": "succeeded", "next": "succeeded"}


def test_a_ring_never_runs_a_job_of_the_other_cluster():
    done = enqueue("test.note", args={"name": "done"})
    answer_ring(done.pk, now=clock.now())
    enqueue("test.note", args={"name": "import"}, queue="bulk")

    assert not answer_ring(done.pk, now=clock.now())
    assert statuses()["import"] == "queued"


def test_a_ring_for_a_job_that_is_gone_does_nothing():
    assert not answer_ring(4711, now=clock.now())
    answer_canary("quayside")


@pytest.mark.parametrize("name", ["note", "count_up"])
def test_rel_j_03_a_handler_run_three_times_leaves_the_state_of_one_run(name):
    args = {"name": "a"} if name == "note" else {"total": 2}
    job = enqueue(f"test.{name}", args=args)
    for _ in range(3):
        answer_ring(job.pk, now=clock.now())
        Job.objects.filter(pk=job.pk).update(status="queued", finished_at=None)

    job.refresh_from_db()
    assert job.attempts == 3

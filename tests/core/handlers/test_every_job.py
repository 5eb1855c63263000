"""rel_j_03: a job may run again at any time, because its worker died after the work was done."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from config import wiring
from core import clock
from core.jobs import enqueue
from core.jobs.running import run_here
from core.models import Job
from tests.core.handlers.scenarios import SCENARIOS, Scene
from tests.helpers.race import race

#: Rows about runs, not effects of them.
NOT_EFFECTS = {"core.Job", "core.JobHeartbeat", "core.StoredFile", "core.HandledEvent"}
#: Rows that a repeat writes anew with the same content: compared without their ids.
WRITTEN_ANEW = {"core.ImportRow", "core.ImportIssue"}


def state() -> dict[str, list[tuple]]:
    """Return every row of every table of ours."""
    ours = [model for model in apps.get_models() if model._meta.app_label in settings.OUR_APPS]
    found = {}
    for model in ours:
        label = model._meta.label
        if label not in NOT_EFFECTS:
            rows = model._base_manager.order_by("pk").values_list()
            found[label] = [row[1:] if label in WRITTEN_ANEW else row for row in rows]
    return found


def sizes(rows: dict[str, list[tuple]]) -> dict[str, int]:
    return {label: len(found) for label, found in rows.items()}


def grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {label: after[label] - before[label] for label in after if after[label] != before[label]}


def queue(name: str, scene: Scene) -> Job:
    Job.objects.filter(status="queued").delete()
    return enqueue(name, args=scene.args, started_by=scene.started_by)


def run_again(job: Job, now: dt.datetime) -> str:
    """Run a job as a successor of a worker that died just before it wrote the end."""
    Job.objects.filter(pk=job.pk).update(status="queued", run_after=now, finished_at=None)
    assert run_here(job.pk, now=now)
    job.refresh_from_db()
    return job.status


def test_rel_j_03_every_job_has_a_scenario():
    assert set(wiring.JOBS) == set(SCENARIOS)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_rel_j_03_a_job_run_three_times_has_the_effects_of_one_run(name: str, tmp_path: Path):
    job, now = queue(name, SCENARIOS[name](tmp_path)), clock.now()
    assert run_again(job, now) == "succeeded", job.error
    once = state()

    assert [run_again(job, now) for _ in range(2)] == ["succeeded"] * 2, job.error

    assert state() == once


@pytest.mark.django_db
def test_rel_j_03_control_a_job_that_acts_anew_is_seen(monkeypatch):
    monkeypatch.setitem(wiring.JOBS, "test.careless", "tests.core.handlers.scenarios.careless")
    job, now = queue("test.careless", Scene()), clock.now()
    run_again(job, now)
    once = state()

    run_again(job, now)

    assert state() != once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_rel_j_03_a_job_run_four_times_at_once_has_the_effects_of_one_run(
    name: str, tmp_path: Path
):
    alone = queue(name, SCENARIOS[name](tmp_path))
    before = sizes(state())
    assert run_again(alone, clock.now()) == "succeeded", alone.error
    expected = grown(before, sizes(state()))
    scene = SCENARIOS[name](tmp_path)
    crowd = [queue(name, scene)]
    crowd += [enqueue(name, args=scene.args, started_by=scene.started_by) for _ in range(3)]
    before = sizes(state())

    outcomes = race([lambda job=job: run_here(job.pk, now=clock.now()) for job in crowd])

    assert [outcome.error for outcome in outcomes] == [None] * 4
    # Who lost a race may have failed, and comes back as any failed job does.
    assert run_again(crowd[0], clock.now()) == "succeeded", crowd[0].error
    assert grown(before, sizes(state())) == expected

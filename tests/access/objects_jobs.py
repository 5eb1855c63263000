"""Jobs for the access matrix: everybody has one, and there is one that nobody of them started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import files
from core.models import Job
from tests.access.objects import ABSENT, Objects, kind
from tests.factories.core import NOW

if TYPE_CHECKING:
    from tests.access.world import World


def _job(started_by: str) -> Job:
    return Job.objects.create(
        name="core.deliver_events", run_after=NOW, created_at=NOW, started_by=started_by
    )


@kind("job")
def _jobs(world: World) -> Objects:
    own = {name: _job(f"user:{user.pk}").pk for name, user in world.users.items()}
    other = _job("system").pk
    return Objects(
        lambda principal: {"pk": own.get(principal, other)}, {"pk": other}, {"pk": ABSENT}
    )


@kind("job-file")
def _job_files(world: World) -> Objects:
    jobs = {name: _job(f"user:{user.pk}") for name, user in world.users.items()}
    other = _job("system")

    def with_file(job: Job) -> dict[str, int]:
        # Each test has files of its own, so the file is stored where it is asked for.
        stored = files.store(b"a,b\n", f"{job.pk}.csv", "export")
        job.files.add(stored)
        return {"pk": job.pk, "file_pk": stored.pk}

    return Objects(
        lambda principal: with_file(jobs.get(principal, other)),
        lambda: with_file(other),
        {"pk": ABSENT, "file_pk": 1},
    )

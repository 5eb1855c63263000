"""Jobs and facts of a running installation: kills before dispatch, poison, another secret key."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.kill.stack import Stack, tell

pytestmark = [pytest.mark.postgres, pytest.mark.alone]
POISONS = ("fail", "hang", "abort", "die", "nonsense")
_marks = itertools.count()


def kill_supervisor_and_workers(stack: Stack) -> None:
    """Leave the web server alone: what it commits now, nobody dispatches."""
    groups = stack.groups()
    stack.supervisor.kill()
    stack.supervisor.wait(10)
    for name in ("quayside", "long"):
        os.killpg(groups[name], signal.SIGKILL)


def kill_web(stack: Stack) -> None:
    os.killpg(stack.groups()["web"], signal.SIGKILL)


@contextmanager
def nothing_dispatches(stack: Stack) -> Iterator[None]:
    """Commit inside the block; afterwards the web server dies too and everything starts again."""
    kill_supervisor_and_workers(stack)
    yield
    kill_web(stack)
    stack.start()


def effects(stack: Stack, kind: str, prefix: str) -> list[tuple[str, int]]:
    """Return how often each mark with this prefix had an effect of this kind."""
    return stack.query(
        "SELECT target_id, count(*) FROM core_auditentry"
        " WHERE target_kind = %s AND target_id LIKE %s GROUP BY 1 ORDER BY 1",
        kind,
        f"{prefix}%",
    )


def test_rel_j_01_what_was_committed_before_a_kill_is_dispatched_within_60_s(stack):
    with nothing_dispatches(stack):
        for number in range(100):
            stack.request("POST", "/kill/facts/", {"mark": f"fact-{number:03}"})
            if number % 4 == 0:
                stack.enqueue("kill.note", mark=f"job-{number:03}")
        assert effects(stack, "heard", "fact-") == []

    took = stack.wait_until(
        lambda: (
            len(effects(stack, "heard", "fact-")) == 100
            and len(effects(stack, "mark", "job-")) == 25
        ),
        60,
        "100 facts and 25 jobs are dispatched",
    )
    tell(f"dispatched after {took:.1f} s")
    time.sleep(3)
    assert {count for _, count in effects(stack, "heard", "fact-")} == {1}
    assert {count for _, count in effects(stack, "mark", "job-")} == {1}


def test_rel_j_07_no_job_is_lost_when_the_secret_key_changes(stack):
    with nothing_dispatches(stack):
        jobs = [
            stack.enqueue("kill.note", queue="interactive", mark=f"key-{number:02}")
            for number in range(40)
        ]
        rung = stack.query("SELECT count(*) FROM django_q_ormq")
        stack.environment["QUAYSIDE_SECRET_KEY"] = "another key, " * 5

    assert rung[0][0] >= 40
    stack.wait_until(lambda: len(effects(stack, "mark", "key-")) == 40, 60, "all 40 jobs have run")
    assert {stack.status_of(job) for job in jobs} <= {"succeeded", "running"}


def test_a_long_job_outlasts_the_limit_of_ordinary_jobs(stack):
    job = stack.enqueue("kill.long_walk", queue="bulk", mark=f"walk-{next(_marks)}", seconds=9)

    stack.wait_until(lambda: stack.status_of(job) == "succeeded", 60, "the long job is done")

    assert stack.query("SELECT attempts FROM core_job WHERE id = %s", job) == [(1,)]


def seconds_of_a_light_job(stack: Stack) -> float:
    job = stack.enqueue("kill.note", queue="interactive", mark=f"light-{next(_marks)}")
    return stack.wait_until(lambda: stack.status_of(job) == "succeeded", 60, "a light job is done")


def hurry(stack: Stack) -> None:
    """Spare the test the minutes between attempts."""
    stack.query(
        "UPDATE core_job SET run_after = now(), rung_at = NULL WHERE status = 'failed_retry'"
    )


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def poison_until_dead(stack: Stack, poisons: tuple[str, ...]) -> list[float]:
    """Run poisonous jobs until each is given up; return how long light jobs took meanwhile."""
    jobs = [stack.enqueue(f"kill.{name}") for name in poisons]
    took, until = [], time.monotonic() + 240
    while {stack.status_of(job) for job in jobs} != {"dead"}:
        assert time.monotonic() < until, [stack.status_of(job) for job in jobs]
        took.append(seconds_of_a_light_job(stack))
        hurry(stack)
    for name, job in zip(poisons, jobs, strict=True):
        [(attempts, error)] = stack.query("SELECT attempts, error FROM core_job WHERE id=%s", job)
        assert attempts == 5, name
        assert error != "", name
    return took


def light_jobs_beside_poison(stack: Stack) -> tuple[float, float]:
    """Return the 95th percentile of light jobs' seconds: calm, and while poison is tried."""
    calm = [seconds_of_a_light_job(stack) for _ in range(20)]
    took = poison_until_dead(stack, POISONS)
    tell(f"light jobs p95: calm {p95(calm):.2f} s, poisoned {p95(took):.2f} s, n {len(took)}")
    [(left,)] = stack.query("SELECT count(*) FROM core_job WHERE status = 'running'")
    assert left == 0
    return p95(calm), p95(took)


def test_rel_j_04_poison_is_given_up_after_five_attempts_and_others_go_on(stack):
    light_jobs_beside_poison(stack)


@pytest.mark.long
def test_rel_j_04_light_jobs_take_at_most_twice_as_long_beside_poison(stack):
    calm, poisoned = light_jobs_beside_poison(stack)

    assert poisoned <= 2 * calm

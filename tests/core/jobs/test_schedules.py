from __future__ import annotations

import datetime as dt

import pytest

from config import wiring
from core.jobs.schedules import queue_due
from core.models import Job, ScheduleSlot
from core.plans import Plan, newest_slot
from tests.helpers.race import race

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def plans(monkeypatch) -> dict[str, Plan]:
    own: dict[str, Plan] = {}
    monkeypatch.setattr(wiring, "SCHEDULES", own)
    return own


def keys() -> list[str]:
    return list(Job.objects.order_by("pk").values_list("key", flat=True))


@pytest.mark.parametrize(
    ("cron", "slot"),
    [("0 * * * *", NOON), ("30 2 * * *", NOON.replace(hour=2, minute=30)), ("* * * * *", NOON)],
)
def test_the_newest_slot_is_at_or_before_now(cron, slot):
    assert newest_slot(Plan("x", cron), NOON) == slot
    assert newest_slot(Plan("x", cron), NOON + dt.timedelta(seconds=59)) == slot


def test_a_slot_becomes_one_job_with_its_key(plans):
    plans["hourly"] = Plan("test.note", "0 * * * *")
    queue_due(NOON)

    assert [queue_due(NOON + HOUR) for _ in range(3)] == [1, 0, 0]
    assert keys() == ["hourly@2026-03-01T13:00:00+00:00"]


def test_a_new_plan_starts_with_its_next_slot(plans):
    plans["nightly"] = Plan("test.note", "0 2 * * *")

    assert queue_due(NOON) == 0
    assert keys() == []


def test_rel_j_06_a_broken_plan_stops_no_other(plans):
    for place in range(20):
        plans[f"good-{place:02}"] = Plan("test.note", "0 * * * *")
    plans["broken cron"] = Plan("test.note", "not a cron line")
    plans["broken job"] = Plan("test.unknown", "0 * * * *")
    queue_due(NOON)

    assert queue_due(NOON + HOUR) == 20
    errors = dict(ScheduleSlot.objects.exclude(error="").values_list("name", "error"))
    assert set(errors) == {"broken cron", "broken job"}


def test_rel_j_06_after_an_outage_the_newest_missed_slot_runs_once(plans):
    plans["hourly"] = Plan("test.note", "0 * * * *", catch_up="once")
    queue_due(NOON)

    assert queue_due(NOON + 3 * HOUR + dt.timedelta(minutes=40)) == 1
    assert keys() == ["hourly@2026-03-01T15:00:00+00:00"]


def test_rel_j_06_a_plan_may_skip_what_it_missed(plans):
    plans["hourly"] = Plan("test.note", "0 * * * *", catch_up="skip")
    queue_due(NOON)

    assert queue_due(NOON + 3 * HOUR + dt.timedelta(minutes=40)) == 0
    assert ScheduleSlot.objects.get().skipped == 1
    assert queue_due(NOON + 4 * HOUR) == 1


def test_a_paused_schedule_queues_nothing(plans):
    plans["hourly"] = Plan("test.note", "0 * * * *")
    queue_due(NOON)
    ScheduleSlot.objects.update(is_paused=True)

    assert queue_due(NOON + HOUR) == 0


@pytest.mark.django_db(transaction=True)
def test_rel_j_06_two_schedulers_at_once_queue_each_slot_once(plans):
    plans["hourly"] = Plan("test.note", "0 * * * *")
    queue_due(NOON)

    outcomes = race([lambda: queue_due(NOON + HOUR)] * 4)

    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert sum(outcome.value for outcome in outcomes) == 1
    assert len(keys()) == 1

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core import clock
from core.events import EventDraft, UnknownEvent, publish, publish_many
from core.events.delivering import deliver_due, is_anything_due, replay
from core.jobs import run_due
from core.jobs.sweeping import sweep
from core.models import HandledEvent, Job, OutboxEvent, Setting
from tests.core.events import listeners
from tests.helpers.race import race

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)


def publish_some(name: str, count: int, **payload: int) -> None:
    publish_many([EventDraft(name, f"order:{place}", NOW, payload) for place in range(count)])


def written() -> list[str]:
    names = Setting.objects.filter(name__startswith="heard").values_list("value", flat=True)
    return sorted(names)


def test_publishing_many_facts_is_one_insert():
    with CaptureQueriesContext(
        connection,
    ) as caught:
        publish_some("test.heard", 100)

    inserts = [query for query in caught.captured_queries if "INSERT" in query["sql"]]
    assert (len(inserts), OutboxEvent.objects.count()) == (1, 100)


def test_an_event_unknown_to_the_wiring_is_refused():
    with pytest.raises(UnknownEvent):
        publish("test.nobody", target="order:1", at=NOW)

    assert OutboxEvent.objects.count() == 0


def test_a_fact_without_listeners_waits_for_nobody():
    publish("test.unheard", target="order:1", at=NOW)

    assert not is_anything_due(NOW)
    assert deliver_due(NOW) == 0
    assert HandledEvent.objects.count() == 0


def test_a_listener_gets_batches_in_the_order_of_the_facts():
    publish_some("test.heard", 600)

    deliver_due(NOW)
    deliver_due(NOW)

    assert [len(batch) for batch in listeners.HEARD] == [500, 100]
    ids = [fact.id for batch in listeners.HEARD for fact in batch]
    assert ids == sorted(ids)


def test_a_fact_is_delivered_once_to_each_listener():
    publish("test.both", target="order:1", at=NOW, order_id=1)

    for _ in range(3):
        deliver_due(NOW)

    assert [len(batch) for batch in listeners.HEARD] == [1]
    assert listeners.HEARD[0][0].payload == {"order_id": 1}
    assert written() == ["order:1"]


def test_rel_j_02_nothing_of_rolled_back_work_is_delivered():
    for place in range(200):
        with transaction.atomic():
            publish("test.written", target=f"order:{place}", at=NOW)
            transaction.set_rollback(True)
    publish("test.written", target="order:kept", at=NOW)

    deliver_due(NOW)

    assert written() == ["order:kept"]


@pytest.mark.long
def test_rel_j_02_nothing_of_ten_thousand_rolled_back_transactions_is_delivered():
    for place in range(10_000):
        with transaction.atomic():
            publish("test.written", target=f"order:{place}", at=NOW)
            transaction.set_rollback(True)

    assert deliver_due(NOW) == 0
    assert (written(), OutboxEvent.objects.count()) == ([], 0)


def test_a_poisonous_fact_is_set_aside_and_the_others_are_delivered():
    publish_some("test.poisonous", 5)
    publish("test.poisonous", target="order:bad", at=NOW, poison=1)
    publish_some("test.poisonous", 5)

    deliver_due(NOW)

    assert len(written()) == 10
    bad = HandledEvent.objects.get(state="waiting")
    assert (bad.event.target, bad.attempts) == ("order:bad", 2)
    assert bad.error == "ValueError: order:bad is poisonous"
    assert bad.retry_at == NOW + dt.timedelta(seconds=30)


def test_a_poisonous_fact_is_given_up_after_five_attempts_then_waits_for_a_person():
    publish("test.poisonous", target="order:bad", at=NOW, poison=1)
    for hour in range(8):
        deliver_due(NOW + dt.timedelta(hours=hour))

    bad = HandledEvent.objects.get()
    assert (bad.state, bad.attempts) == ("dead", 5)
    assert not is_anything_due(NOW + dt.timedelta(days=9))

    OutboxEvent.objects.update(payload={})
    replay(bad.pk, at=NOW)
    deliver_due(NOW)

    assert written() == ["order:bad"]


def test_later_facts_of_a_target_wait_for_the_earlier_one():
    publish("test.poisonous", target="order:1", at=NOW, poison=1)
    publish("test.poisonous", target="order:1", at=NOW, step=2)
    publish("test.poisonous", target="order:2", at=NOW, step=1)

    deliver_due(NOW)
    deliver_due(NOW + dt.timedelta(seconds=1))

    assert written() == ["order:2"]

    OutboxEvent.objects.update(payload={})
    deliver_due(NOW + dt.timedelta(minutes=1))

    rows = Setting.objects.filter(value="order:1").order_by("pk").values_list("name", flat=True)
    first, second = OutboxEvent.objects.filter(target="order:1").order_by("pk")
    assert list(rows) == [f"heard {first.pk}", f"heard {second.pk}"]


def test_the_sweep_makes_one_delivery_job_and_wakes_it_again():
    for round_number in range(3):
        publish_some("test.written", 10)
        sweep(clock.now())
        sweep(clock.now())
        run_due(clock.now() + dt.timedelta(seconds=1))
        assert len(written()) == 10 * (round_number + 1)

    assert Job.objects.filter(name="core.deliver_events").count() == 1


@pytest.mark.django_db(transaction=True)
def test_four_deliverers_at_once_have_each_effect_once():
    publish_some("test.written", 50)

    outcomes = race([lambda: deliver_due(NOW) for _ in range(4)])
    for outcome in outcomes:
        assert outcome.error is None, outcome.error
    deliver_due(NOW + dt.timedelta(hours=1))

    assert len(written()) == 50
    assert HandledEvent.objects.exclude(state="handled").count() == 0

from __future__ import annotations

import datetime as dt
import time

import pytest

from core import clock
from core.idempotency import (
    KEPT_FOR,
    LEASE,
    Answer,
    KeyLost,
    KeyReused,
    KeyRunning,
    Submission,
    fingerprint_of,
    forget_expired,
    perform,
)
from core.models import IdempotencyKey, Setting
from tests.helpers.race import race

NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
ONE = Submission("api api_key:1", "k1", fingerprint_of("POST", b"{}"))


def act(name: str = "effect") -> Answer:
    Setting.objects.create(name=name, value="", changed_at=NOW, changed_by_key="system")
    return Answer(201, {"Location": "/orders/7/"}, b'{"id": 7}')


@pytest.mark.django_db
def test_a_repeat_gets_the_first_answer_and_has_no_effect():
    first = perform(ONE, act, now=NOW)
    again = perform(ONE, lambda: act("second effect"), now=NOW)

    assert (first.is_replay, again.is_replay) == (False, True)
    assert (again.status, again.headers, again.body) == (
        201,
        {"Location": "/orders/7/"},
        b'{"id": 7}',
    )
    assert Setting.objects.get().name == "effect"


@pytest.mark.django_db
def test_a_key_with_another_payload_is_refused():
    perform(ONE, act, now=NOW)
    other = Submission(ONE.scope, ONE.key, fingerprint_of("POST", b'{"qty": 2}'))

    with pytest.raises(KeyReused):
        perform(other, lambda: act("second effect"), now=NOW)

    assert Setting.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_of_another_caller_is_another_request():
    perform(ONE, act, now=NOW)
    perform(Submission("api api_key:2", ONE.key, ONE.fingerprint), lambda: act("b"), now=NOW)

    assert Setting.objects.count() == 2


@pytest.mark.django_db
def test_a_request_while_the_first_runs_is_refused():
    def meanwhile() -> Answer:
        with pytest.raises(KeyRunning):
            perform(ONE, lambda: act("second effect"), now=NOW)
        return act()

    perform(ONE, meanwhile, now=NOW)

    assert Setting.objects.get().name == "effect"


@pytest.mark.django_db
def test_a_refusal_has_no_effect_and_may_be_tried_again():
    def refused() -> Answer:
        act()
        return Answer(422, {}, b"no")

    assert perform(ONE, refused, now=NOW).status == 422
    assert Setting.objects.count() == 0
    assert perform(ONE, act, now=NOW).status == 201


@pytest.mark.django_db
def test_an_error_rolls_the_effect_back_and_frees_the_key():
    def broken() -> Answer:
        act()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        perform(ONE, broken, now=NOW)

    assert (Setting.objects.count(), IdempotencyKey.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_request_whose_process_died_is_taken_over_after_its_lease():
    IdempotencyKey.objects.create(
        scope=ONE.scope,
        key=ONE.key,
        fingerprint=ONE.fingerprint,
        holder="dead",
        lease_until=NOW + LEASE,
        created_at=NOW,
        expires_at=NOW + KEPT_FOR,
    )
    with pytest.raises(KeyRunning):
        perform(ONE, act, now=NOW)

    assert perform(ONE, act, now=NOW + LEASE).status == 201


@pytest.mark.django_db
def test_an_effect_that_outlasts_its_lease_is_undone():
    def overtaken() -> Answer:
        IdempotencyKey.objects.update(holder="another")
        return act()

    with pytest.raises(KeyLost):
        perform(ONE, overtaken, now=NOW)

    assert Setting.objects.count() == 0


@pytest.mark.django_db
def test_an_answer_is_kept_for_72_hours():
    perform(ONE, act, now=NOW)

    assert forget_expired(NOW + dt.timedelta(hours=71, minutes=59)) == 0
    assert forget_expired(NOW + dt.timedelta(hours=72)) == 1


@pytest.mark.django_db(transaction=True)
def test_rel_c_08_twenty_parallel_submits_have_one_effect_and_one_answer():
    def submit() -> Answer:
        return perform(ONE, slow_act, now=clock.now(), wait_seconds=30)

    def slow_act() -> Answer:
        time.sleep(0.1)
        return act()

    outcomes = race([submit] * 20)

    assert [outcome.error for outcome in outcomes] == [None] * 20
    assert {(one.value.status, one.value.body) for one in outcomes} == {(201, b'{"id": 7}')}
    assert sum(not outcome.value.is_replay for outcome in outcomes) == 1
    assert Setting.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_rel_c_08_control_without_the_key_every_submit_has_an_effect():
    def submit(place: int) -> Answer:
        own = Submission(ONE.scope, f"k{place}", ONE.fingerprint)
        return perform(own, lambda: act(f"effect {place}"), now=clock.now())

    outcomes = race([lambda place=place: submit(place) for place in range(20)])

    assert [outcome.error for outcome in outcomes] == [None] * 20
    assert Setting.objects.count() == 20

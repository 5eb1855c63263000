from __future__ import annotations

import datetime as dt

from core.jobs.watch import Signs, is_stuck, should_ring

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def after(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def signs(**changes) -> Signs:
    facts = {"started_at": NOON, "rung_at": None, "life_at": None, "busy": 0, "workers": 2}
    return Signs(**{**facts, **changes})


def test_a_canary_goes_out_every_ten_seconds_if_the_last_was_answered():
    assert should_ring(signs(), NOON)
    answered = signs(rung_at=NOON, life_at=after(1))
    assert not should_ring(answered, after(9))
    assert should_ring(answered, after(10))
    assert not should_ring(signs(rung_at=NOON), after(60))


def test_a_group_is_stuck_when_a_free_worker_takes_no_canary_for_25_s():
    silent = signs(started_at=after(-60), rung_at=NOON, life_at=after(-1))
    assert not is_stuck(silent, after(25))
    assert is_stuck(silent, after(26))


def test_a_group_whose_workers_are_all_busy_is_not_stuck():
    assert not is_stuck(signs(rung_at=NOON, busy=2), after(300))
    assert is_stuck(signs(rung_at=NOON, busy=1), after(300))


def test_a_group_just_started_gets_60_s_for_its_first_message():
    fresh = signs(rung_at=NOON, started_at=after(20))
    assert not is_stuck(fresh, after(80))
    assert is_stuck(fresh, after(81))


def test_messages_that_are_never_acknowledged_mean_stuck():
    answered = {"rung_at": NOON, "life_at": after(1)}
    assert not is_stuck(signs(**answered, in_flight=14), after(2))
    assert is_stuck(signs(**answered, in_flight=15), after(2))

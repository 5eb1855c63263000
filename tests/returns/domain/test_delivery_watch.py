"""X24: when a silent parcel is a worry, not handed over, or lost."""

from __future__ import annotations

import datetime as dt

import pytest

from orders.domain.promise import WorkCalendar
from returns.domain.delivery_watch import (
    CASE_MOVES,
    CLAIM_MOVES,
    LIVE_CLAIMS,
    OPEN_CASES,
    Limits,
    ParcelFacts,
    claim_deadline,
    days_left,
    judge,
)

FRIDAY = dt.datetime(2026, 1, 16, 15, tzinfo=dt.UTC)
LIMITS = Limits()
HOLIDAY = WorkCalendar(holidays=frozenset({dt.date(2026, 1, 19)}))


@pytest.mark.parametrize(
    ("day", "calendar", "finding"),
    [
        (19, WorkCalendar(), "fine"),  # Monday: one working day
        (20, WorkCalendar(), "unscanned"),
        (22, WorkCalendar(), "unscanned"),
        (23, WorkCalendar(), "not_handed_over"),
        (20, HOLIDAY, "fine"),
        (21, HOLIDAY, "unscanned"),
        (23, HOLIDAY, "unscanned"),
        (26, HOLIDAY, "not_handed_over"),
    ],
)
def test_x24_a_label_without_a_first_scan_by_working_days(day, calendar, finding):
    parcel = ParcelFacts(FRIDAY, calendar=calendar)

    assert judge(parcel, LIMITS, now=dt.datetime(2026, 1, day, 1, tzinfo=dt.UTC)) == finding


@pytest.mark.parametrize(
    ("days", "hours", "is_international", "finding"),
    [
        (14, 23, False, "fine"),
        (15, 0, False, "lost"),
        (29, 23, True, "fine"),
        (30, 0, True, "lost"),
    ],
)
def test_x24_silence_on_the_way_is_loss_after_15_days_at_home_and_30_abroad(
    days, hours, is_international, finding
):
    parcel = ParcelFacts(FRIDAY, FRIDAY, "in_transit", is_international)

    now = FRIDAY + dt.timedelta(days=days, hours=hours)

    assert judge(parcel, LIMITS, now=now) == finding


def test_x24_what_the_carrier_says_ends_the_watch_or_calls_it_lost():
    later = FRIDAY + dt.timedelta(days=200)
    told = [
        judge(ParcelFacts(FRIDAY, FRIDAY, status), LIMITS, now=later)
        for status in ("delivered", "return_to_sender")
    ]

    assert told == ["fine", "fine"]
    assert judge(ParcelFacts(FRIDAY, FRIDAY, "lost"), LIMITS, now=FRIDAY) == "lost"


def test_x24_the_last_day_to_claim_is_90_days_after_the_local_day_it_left():
    late = dt.datetime(2026, 1, 17, 2, tzinfo=dt.UTC)  # still Friday in Los Angeles

    assert claim_deadline(late, "America/Los_Angeles", LIMITS) == dt.date(2026, 4, 16)
    assert claim_deadline(late, "UTC", LIMITS) == dt.date(2026, 4, 17)
    assert days_left(dt.date(2026, 4, 16), dt.date(2026, 4, 18)) == -2


def test_x24_every_state_a_case_or_claim_may_reach_is_known():
    for table, live in ((CASE_MOVES, OPEN_CASES), (CLAIM_MOVES, LIVE_CLAIMS)):
        assert {after for targets in table.values() for after in targets} <= set(table)
        assert set(live) <= set(table)
    assert all("refunded" not in CASE_MOVES[state] for state in ("reshipped", "refunded"))

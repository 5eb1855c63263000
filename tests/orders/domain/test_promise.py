"""Promise dates: cut-off, calendars, transit, clock changes."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain.promise import (
    DispatchCalendar,
    NoOpenDay,
    WorkCalendar,
    hand_over,
    is_same_day,
    promise,
    transit_days,
)

MON_FRI = WorkCalendar()


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def site(zone: str = "UTC", cutoff: str = "12:00", days: int = 0, **more) -> DispatchCalendar:
    calendar = more.pop("calendar", MON_FRI)
    return DispatchCalendar(zone, dt.time.fromisoformat(cutoff), days, calendar)


def test_x23_the_worked_example():
    # Wed 22 Jan 2025, 12:01; two processing days; Fri 24 a holiday; transit 2-3 working days.
    closed = WorkCalendar(holidays=frozenset({dt.date(2025, 1, 24)}))
    found = hand_over(site(days=2, calendar=closed), as_of=utc("2025-01-22T12:01"))
    made = promise(found, transit_lo=2, transit_hi=3, carrier=MON_FRI)

    assert found.day == dt.date(2025, 1, 28)
    assert (made.arrives_from, made.arrives_by) == (dt.date(2025, 1, 30), dt.date(2025, 1, 31))


def test_x23_one_minute_earlier_is_a_working_day_earlier():
    closed = WorkCalendar(holidays=frozenset({dt.date(2025, 1, 24)}))

    found = hand_over(site(days=2, calendar=closed), as_of=utc("2025-01-22T12:00"))

    # Processing Wed 22 and Thu 23, hand-over Mon 27.
    assert found.day == dt.date(2025, 1, 27)


@pytest.mark.parametrize(
    ("as_of", "day"),
    [
        ("2025-01-24T11:59", "2025-01-24"),
        ("2025-01-24T12:01", "2025-01-27"),
        ("2025-01-25T08:00", "2025-01-27"),
        ("2024-12-31T13:00", "2025-01-01"),
        ("2024-02-28T13:00", "2024-02-29"),
    ],
)
def test_x23_without_processing_days_it_leaves_on_the_day_or_the_next_open_one(as_of, day):
    assert hand_over(site(), as_of=utc(as_of)).day == dt.date.fromisoformat(day)


def test_x23_the_cut_off_is_the_warehouses_clock_not_utc():
    shanghai = site("Asia/Shanghai", "16:00")

    # 07:59 UTC is 15:59 in Shanghai, 08:01 UTC is 16:01.
    assert hand_over(shanghai, as_of=utc("2025-01-22T07:59")).day == dt.date(2025, 1, 22)
    assert hand_over(shanghai, as_of=utc("2025-01-22T08:01")).day == dt.date(2025, 1, 23)


def test_rel_p_09_the_hour_a_clock_change_repeats_counts_once():
    # New York falls back on Sun 2 Nov 2025, 06:00 UTC: 01:30 comes at 05:30 and 06:30 UTC.
    sunday = WorkCalendar("1111111")
    new_york = site("America/New_York", "01:30", calendar=sunday)

    assert hand_over(new_york, as_of=utc("2025-11-02T05:30")).day == dt.date(2025, 11, 2)
    assert hand_over(new_york, as_of=utc("2025-11-02T06:20")).day == dt.date(2025, 11, 3)


def test_rel_p_09_a_cut_off_inside_the_hour_that_is_skipped():
    # New York springs forward on Sun 9 Mar 2025 at 02:00: 02:30 does not exist, it is 03:30 EDT.
    sunday = WorkCalendar("1111111")
    new_york = site("America/New_York", "02:30", calendar=sunday)

    assert new_york.cutoff_at(dt.date(2025, 3, 9)) == utc("2025-03-09T07:30")
    assert hand_over(new_york, as_of=utc("2025-03-09T07:30")).day == dt.date(2025, 3, 9)
    assert hand_over(new_york, as_of=utc("2025-03-09T07:31")).day == dt.date(2025, 3, 10)


@given(
    st.integers(0, 4 * 365 * 24 * 60),
    st.sampled_from(["UTC", "America/New_York", "Asia/Shanghai", "Pacific/Auckland"]),
    st.times().map(lambda moment: moment.replace(second=0, microsecond=0)),
    st.integers(0, 3),
)
def test_rel_p_09_a_later_order_never_leaves_earlier(minutes, zone, cutoff, days):
    here = DispatchCalendar(zone, cutoff, days, MON_FRI)
    as_of = utc("2024-01-01T00:00") + dt.timedelta(minutes=minutes)

    now = hand_over(here, as_of=as_of)
    later = hand_over(here, as_of=as_of + dt.timedelta(minutes=7))

    assert now.day <= later.day
    assert MON_FRI.is_open(now.day)
    assert days > 0 or as_of <= now.cutoff_at


def test_a_place_that_never_opens_is_named():
    with pytest.raises(NoOpenDay):
        hand_over(site(calendar=WorkCalendar("0000000")), as_of=utc("2025-01-22T09:00"))


def test_x23_the_90th_percentile_needs_thirty_deliveries():
    few = transit_days([9] * 29, card_lo=2, card_hi=3)
    many = transit_days([*[3] * 26, 5, 8, 8, 9], card_lo=2, card_hi=3)

    # The 27th smallest of 30 is 5.
    assert (few.lo_days, few.hi_days, few.is_measured) == (2, 3, False)
    assert (many.lo_days, many.hi_days, many.is_measured) == (3, 5, True)


def test_a26_same_day_only_while_time_remains():
    here = site(cutoff="14:00")
    early, late = utc("2025-01-22T13:59"), utc("2025-01-22T14:01")

    in_time = promise(hand_over(here, as_of=early), transit_lo=0, transit_hi=0, carrier=MON_FRI)
    too_late = promise(hand_over(here, as_of=late), transit_lo=0, transit_hi=0, carrier=MON_FRI)

    assert is_same_day(in_time, as_of=early, site=here)
    assert not is_same_day(too_late, as_of=late, site=here)

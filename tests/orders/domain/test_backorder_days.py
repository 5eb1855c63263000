"""B-16: goods on their way are given out in rank order, each unit once."""

from __future__ import annotations

import datetime as dt

from orders.domain.backorder_days import Need, days_of, promise

DAY = dt.date(2026, 4, 21)


def on(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


def test_b_16_units_are_given_out_once_and_the_last_unit_counts():
    arriving = {1: [(on(3), 5), (on(9), 4)], 2: [(on(20), 1)]}
    needs = [Need(10, 1, 4), Need(11, 1, 2), Need(12, 1, 3), Need(13, 1, 1), Need(10, 2, 1)]

    assert days_of(needs, arriving) == {10: on(20), 11: on(9), 12: on(9), 13: None}
    assert days_of([Need(1, 9, 1), Need(1, 1, 1)], arriving) == {1: None}
    assert arriving[1] == [(on(3), 5), (on(9), 4)]


def test_b_16_a_promise_waits_for_every_part_and_never_precedes_the_first_promise():
    assert promise(on(3), days=5, parts=[], first=None) == on(8)
    assert promise(on(3), days=5, parts=[on(12)], first=None) == on(12)
    assert promise(on(3), days=5, parts=[], first=on(10)) == on(10)

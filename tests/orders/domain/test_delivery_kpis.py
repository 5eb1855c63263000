"""A-21: on-time delivery both ways, mean and 90th percentile of speed, with exact values."""

from __future__ import annotations

import datetime as dt

from orders.domain.delivery_kpis import Delivery, figures

PLACED = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
DUE = dt.date(2026, 3, 5)


def after(hours: int, promised: dt.date | None = DUE) -> Delivery:
    moment = PLACED + dt.timedelta(hours=hours)
    return Delivery(PLACED, promised, moment, moment.date())


def test_a_21_on_time_of_delivered_and_of_due_and_speed():
    arrived = [after(24), after(48), after(72), after(120), after(200), after(30, None)]
    due = [*arrived[:5], Delivery(PLACED, DUE), Delivery(PLACED, DUE)]

    found = figures(arrived, due)

    assert (found.delivered, found.on_time, found.of_delivered) == (5, 3, 60.0)
    assert (found.due, found.due_on_time, round(found.of_due, 2)) == (7, 3, 42.86)
    # (24 + 48 + 72 + 120 + 200 + 30) / 6; nearest rank of 5.4 is the sixth.
    assert (found.timed, round(found.mean_h, 2), found.p90_h) == (6, 82.33, 200.0)


def test_the_promised_day_itself_is_on_time():
    last = dt.datetime(2026, 3, 5, 23, 59, tzinfo=dt.UTC)
    found = figures([Delivery(PLACED, DUE, last, last.date())], [])

    assert found.on_time == 1
    assert found.of_due is None


def test_without_orders_there_are_no_rates():
    found = figures([], [])

    assert (found.of_delivered, found.of_due, found.mean_h, found.p90_h) == (None,) * 4

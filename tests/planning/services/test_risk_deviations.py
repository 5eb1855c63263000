"""B-42: over 30 % lists a pair; what fires pauses automatic orders for exactly 24 hours."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import Actor
from inventory.models import Warehouse
from orders.models import Channel
from planning.models import DemandDeviation, DemandHistory, EventReading, Forecast, ForecastRun
from planning.queries.risk_state import state
from planning.services import risk_deviations
from planning.services.risk_deviations import judge
from planning.services.risk_errors import RiskOver, RiskRefused
from tests.factories import orders as make

pytestmark = pytest.mark.django_db
ANNA = Actor("user", 7, "Anna")
#: A Tuesday; the four weeks are those of 9 February to 8 March.
NOW = dt.datetime(2026, 3, 10, 2, 40, tzinfo=dt.UTC)
FIRST = dt.date(2026, 2, 9)
DAY = dt.timedelta(days=1)


@pytest.fixture
def run():
    return ForecastRun.objects.create(
        as_of=NOW - 30 * DAY,
        from_on=FIRST - dt.timedelta(weeks=1),
        horizon_weeks=8,
        input_weeks=52,
        method="test",
        inputs_hash="a",
        series=1,
        created_at=NOW - 30 * DAY,
    )


def pair(run, code, weekly, sold, variance=20.0):
    """A forecast of `weekly` units in each of 8 weeks and what each of the four weeks sold."""
    sku = make.sku(code)
    place = Warehouse.objects.first() or make.warehouse("LA")
    shop = Channel.objects.first() or make.channel()
    Forecast.objects.create(
        run=run, sku=sku, warehouse=place, kind="smooth", typical_week=weekly,
        mean_qty=8 * weekly, variance=variance, low_qty=0, high_qty=9999, confidence=70,
        weekly=[weekly] * 8,
    )  # fmt: skip
    for week, qty in enumerate(sold):
        if qty:
            DemandHistory.objects.create(
                sku=sku, warehouse=place, channel=shop, on=FIRST + dt.timedelta(days=7 * week + 2),
                qty=qty, value_amount=Decimal(qty) * 3,
            )  # fmt: skip
    return sku.pk, place.pk


def test_b_42_30_0_is_calm_and_30_1_fires_for_24_hours_exactly(run) -> None:
    calm = pair(run, "CALM", 250, [325, 325, 325, 325])
    over = pair(run, "OVER", 250, [325, 325, 325, 326])
    wide = pair(run, "WIDE", 250, [325, 325, 326, 325], variance=400_000)
    small = pair(run, "SMALL", 1, [3, 0, 0, 3])

    found = judge(now=NOW)

    rows = {row.sku_id: row for row in DemandDeviation.objects.all()}
    assert set(rows) == {over[0], wide[0], small[0]}
    assert calm[0] not in rows
    fired = rows[over[0]]
    assert (fired.share, fired.verdict, fired.reasons) == (0.301, "fires", ["OUTSIDE_BAND"])
    assert (fired.week_on, fired.value_amount) == (dt.date(2026, 3, 2), Decimal("903.0000"))
    assert (fired.safety_factor, fired.safety_until_on) == (2.0, dt.date(2026, 3, 15))
    assert rows[wide[0]].verdict == "listed", "within its band"
    assert rows[small[0]].verdict == "listed", "below 7 units forecast nothing is paused"
    assert (found.pairs, found.listed, found.fired) == (4, 2, 1)
    known = state(NOW)
    assert dict(known.paused) == {over: NOW + DAY}
    assert known.safety_factor(*over) == 2.0
    assert not state(NOW + DAY).paused
    assert judge(now=NOW + 2 * DAY).fired == 0, "the same week is judged once"
    assert not state(NOW + 2 * DAY).paused
    assert state(NOW + 2 * DAY).safety_factor(*over) == 2.0
    assert state(NOW + 6 * DAY).safety_factor(*over) == 1.0


def test_b_42_approval_ends_the_pause_and_is_made_once(run) -> None:
    over = pair(run, "OVER", 250, [325, 325, 325, 326])
    judge(now=NOW)
    row = DemandDeviation.objects.get()
    with pytest.raises(RiskRefused):
        risk_deviations.decide(row.pk, decision=" ", keeps_safety=True, actor=ANNA, now=NOW)
    done = risk_deviations.decide(
        row.pk, decision="A new shop sells it", keeps_safety=True, actor=ANNA, now=NOW
    )
    assert (done.state, done.reviewed_by) == ("reviewed", "user:7")
    assert not state(NOW).paused
    assert state(NOW).safety_factor(*over) == 2.0
    with pytest.raises(RiskOver):
        risk_deviations.decide(row.pk, decision="x", keeps_safety=False, actor=ANNA, now=NOW)


def test_b_42_a_wape_over_30_percent_raises_the_index_once(run) -> None:
    pair(run, "RISE", 100, [150, 150, 150, 150])
    pair(run, "FALL", 100, [50, 50, 50, 50])
    assert judge(now=NOW).wape == pytest.approx(0.5)
    judge(now=NOW + DAY)
    reading = EventReading.objects.get()
    assert (reading.signal, reading.cause) == ("total_demand", "WAPE 50.0%, 2026-02-09 +4")
    assert state(NOW + DAY).index == pytest.approx(40)


def test_b_42_without_a_forecast_made_before_nothing_is_judged() -> None:
    assert judge(now=NOW) == risk_deviations.Judged()

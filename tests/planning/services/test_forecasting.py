"""A run of forecasts is stored once, adds up over channels, replays the past; people override."""

from __future__ import annotations

import datetime as dt

import pytest

from core.actors import SYSTEM
from core.errors import StateConflict
from core.models import AuditEntry
from planning.models import DemandHistory, Forecast, ForecastOverride, ForecastRun
from planning.services import forecasting, overrides
from tests.factories import orders as shop

pytestmark = pytest.mark.django_db
#: A Thursday; the last complete week ends on Sunday the 28th.
NOW = dt.datetime(2026, 7, 2, 4, 0, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 6, 29)


@pytest.fixture
def history():
    """Sell 10 a week in the shop and 4 in the market for 40 weeks, then nothing new."""
    place, tea = shop.warehouse(), shop.sku("TEA")
    channels = shop.channel("shop"), shop.channel("market")
    DemandHistory.objects.bulk_create(
        DemandHistory(
            sku=tea,
            warehouse=place,
            channel=channel,
            on=MONDAY - dt.timedelta(weeks=weeks, days=-2),
            qty=qty,
            cleaned_qty=qty,
            value_amount=qty,
        )
        for weeks in range(1, 41)
        for channel, qty in zip(channels, (10, 4), strict=True)
    )
    return tea, place


def test_a_run_is_stored_once_and_channels_add_up_to_the_total(history):
    run = forecasting.run_forecast(as_of=NOW, now=NOW)
    again = forecasting.run_forecast(as_of=NOW + dt.timedelta(days=1), now=NOW)

    assert again == run
    assert (run.from_on, run.horizon_weeks, run.input_weeks, run.series) == (MONDAY, 12, 40, 2)
    total = run.rows.get(channel=None)
    parts = run.rows.exclude(channel=None)
    assert total.mean_qty == pytest.approx(168)  # 12 weeks of 14
    assert sorted(row.mean_qty for row in parts) == pytest.approx([48, 120])
    assert total.weekly == pytest.approx(
        [sum(week) for week in zip(*(row.weekly for row in parts), strict=True)]
    )
    assert (total.kind, total.typical_week) == ("regular", pytest.approx(14))
    assert total.low_qty <= 168 <= total.high_qty
    assert total.terms["weeks_with_demand"] == 40
    assert run.figures["wmape_week"] == 0
    assert run.choices["regular"]["typical"]


def test_fct07_a_past_day_is_forecast_with_what_was_known_then(history):
    tea, place = history
    DemandHistory.objects.filter(on__gte=MONDAY - dt.timedelta(weeks=5)).update(qty=500)

    then = forecasting.run_forecast(as_of=NOW - dt.timedelta(weeks=5), now=NOW)
    today = forecasting.run_forecast(as_of=NOW, now=NOW)

    assert then.from_on == MONDAY - dt.timedelta(weeks=5)
    assert then.rows.get(channel=None).mean_qty == pytest.approx(168)
    assert today.rows.get(channel=None).mean_qty > 1_000
    assert ForecastRun.objects.count() == 2
    assert Forecast.objects.filter(sku=tea, warehouse=place).count() == 6


@pytest.mark.usefixtures("db")
def test_without_history_the_run_says_what_to_do():
    with pytest.raises(forecasting.NoDemandHistory, match="before 2026-07-02"):
        forecasting.run_forecast(as_of=NOW, now=NOW)


def test_an_override_counts_in_its_weeks_until_it_expires_and_the_forecast_stays(history):
    tea, place = history
    row = forecasting.run_forecast(as_of=NOW, now=NOW, horizon_weeks=3).rows.get(channel=None)
    entry = overrides.OverrideEntry(
        sku_id=tea.pk,
        warehouse_id=place.pk,
        week_qty=50,
        from_on=MONDAY + dt.timedelta(weeks=1),
        until_on=MONDAY + dt.timedelta(weeks=1),
        reason="Trade fair",
        expires_on=MONDAY + dt.timedelta(days=10),
    )

    kept = overrides.enter(entry, actor=SYSTEM, now=NOW)

    assert overrides.effective_weekly(row, today=MONDAY) == pytest.approx([14, 50, 14])
    late = MONDAY + dt.timedelta(days=11)
    assert overrides.effective_weekly(row, today=late) == pytest.approx([14, 14, 14])
    overrides.withdraw(kept.pk, actor=SYSTEM, now=NOW)
    assert overrides.effective_weekly(row, today=MONDAY) == pytest.approx([14, 14, 14])
    with pytest.raises(StateConflict):
        overrides.withdraw(kept.pk, actor=SYSTEM, now=NOW)
    said = AuditEntry.objects.filter(target_kind="forecast_override").order_by("pk")
    assert list(said.values_list("action", "reason")) == [
        ("planning.forecast_overridden", "Trade fair"),
        ("planning.forecast_override_withdrawn", ""),
    ]
    row.refresh_from_db()
    assert row.mean_qty == pytest.approx(42)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": " "}, "write a reason"),
        ({"week_qty": -1}, "0 or more"),
        ({"until_on": MONDAY - dt.timedelta(days=1)}, "before the first day"),
        ({"expires_on": MONDAY}, "expires is over"),
    ],
)
def test_an_override_without_a_reason_or_a_future_is_refused(history, change, words):
    tea, place = history
    given = {
        "sku_id": tea.pk,
        "warehouse_id": place.pk,
        "week_qty": 5,
        "from_on": MONDAY,
        "until_on": MONDAY + dt.timedelta(days=20),
        "reason": "Fair",
        "expires_on": MONDAY + dt.timedelta(days=20),
    }
    with pytest.raises(overrides.OverrideRefused, match=words):
        overrides.enter(overrides.OverrideEntry(**given | change), actor=SYSTEM, now=NOW)
    assert not ForecastOverride.objects.exists()

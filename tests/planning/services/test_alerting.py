"""Alerts are raised once, follow the world, resolve by themselves, and people move them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core import settings_store
from core.actors import SYSTEM, Actor
from core.errors import StateConflict
from core.models import AuditEntry
from inventory.models import StockLevel
from planning.domain.alert_rules import LIGHT, Kind
from planning.models import (
    Alert,
    AlertRule,
    CoverStatus,
    DemandHistory,
    ForecastOutcome,
    ForecastRun,
)
from planning.services import alert_acts, alert_rules, alerting
from tests.factories import alerts as some
from tests.factories import inventory as goods
from tests.factories import orders as shop
from tests.helpers.race import ALL_COME_S, Meeting, race, wins

pytestmark = pytest.mark.django_db
NOW = some.NOW
TODAY = NOW.date()
DAY = dt.timedelta(days=1)


@pytest.fixture
def tea():
    """A SKU with 100 units in AMS that sells 2 a day: green."""
    place, sku = goods.make_warehouse("AMS"), goods.make_sku("TEA", list_price=Decimal(4))
    some.cover(sku, place)
    some.set_level(sku, place, 100)
    return sku, place


def refresh(at=NOW, kinds=(Kind.LOW_COVER,)):
    return alerting.refresh(now=at, kinds=kinds)


def sell(tea, on_hand):
    some.set_level(*tea, on_hand)


def test_a10_a28_b09_an_alert_comes_with_the_move_and_goes_by_itself(tea):
    first = refresh()
    sell(tea, 29)
    second, third = refresh(NOW + DAY / 300), refresh(NOW + DAY / 200)
    alert = Alert.objects.get()
    sell(tea, 100)
    refresh(NOW + DAY / 100)

    assert (first.raised, second.raised, third.raised, third.followed) == (0, 1, 0, 0)
    assert (alert.state, alert.severity, alert.reason) == ("open", 3, "RED_FLAT_COVER")
    assert alert.terms["days"] == 14.5
    alert.refresh_from_db()
    assert (alert.state, alert.close_reason) == ("resolved", "CLEARED")
    assert alert.cleared_at == NOW + DAY / 100
    entry = AuditEntry.objects.get(action="planning.alert_resolved", target_id=str(alert.pk))
    assert (entry.before, entry.after) == ({"state": "open"}, {"state": "resolved"})


def test_a28_shortage_and_overstock_alert_for_each_warehouse_once(tea):
    sku, ams = tea
    lax = goods.make_warehouse("LAX")
    some.cover(sku, lax, sellable_qty=700, on_hand_qty=700)
    some.set_level(sku, lax, 700)
    sell(tea, 20)

    done = refresh(kinds=LIGHT)
    again = refresh(NOW + DAY, kinds=LIGHT)

    rows = Alert.objects.order_by("kind").values_list("kind", "warehouse__code", "reason")
    assert list(rows) == [
        ("low_cover", "AMS", "RED_FLAT_COVER"),
        ("overstock", "LAX", "STOP"),
    ]
    assert (done.raised, again.raised, Alert.objects.count()) == (2, 0, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        some.alert(sku, ams)


def test_alt08_a_snooze_holds_until_its_time_or_until_it_gets_worse(tea):
    sell(tea, 50)
    refresh()
    alert = Alert.objects.get()
    buyer = Actor("user", None, "Mei")
    alert_acts.snooze([alert.pk], until=NOW + 3 * DAY, actor=buyer, now=NOW)

    refresh(NOW + DAY)
    alert.refresh_from_db()
    assert (alert.state, alert.severity) == ("snoozed", 2)
    refresh(NOW + 3 * DAY)
    alert.refresh_from_db()
    assert (alert.state, alert.snoozed_until) == ("open", None)

    alert_acts.snooze([alert.pk], until=NOW + 9 * DAY, actor=buyer, now=NOW + 3 * DAY)
    sell(tea, 20)
    done = refresh(NOW + 4 * DAY)
    alert.refresh_from_db()
    assert (done.woken, alert.state, alert.severity) == (1, "open", 3)
    woken = AuditEntry.objects.filter(action="planning.alert_woken").order_by("pk")
    assert list(woken.values_list("reason", flat=True)) == ["SNOOZE_OVER", "WORSE"]
    with pytest.raises(alert_acts.SnoozeRefused):
        alert_acts.snooze([alert.pk], until=NOW + 99 * DAY, actor=buyer, now=NOW)


def test_alt08_dismissed_stays_quiet_until_it_cleared_once_or_gets_worse(tea):
    sell(tea, 50)
    refresh()
    alert = Alert.objects.get()
    alert_acts.dismiss([alert.pk], reason="EXPECTED", actor=SYSTEM, now=NOW)

    quiet = refresh(NOW + DAY)
    assert (quiet.raised, quiet.kept_quiet, Alert.objects.count()) == (0, 1, 1)
    sell(tea, 20)
    assert refresh(NOW + 2 * DAY).raised == 1
    Alert.objects.filter(state="open").delete()
    sell(tea, 100)
    refresh(NOW + 3 * DAY)
    sell(tea, 50)
    assert refresh(NOW + 4 * DAY).raised == 1

    alert.refresh_from_db()
    assert (alert.state, alert.close_reason) == ("dismissed", "EXPECTED")
    assert alert.cleared_at == NOW + 3 * DAY
    entry = AuditEntry.objects.get(action="planning.alert_dismissed")
    assert (entry.reason, entry.after["state"]) == ("EXPECTED", "dismissed")
    with pytest.raises(StateConflict):
        alert_acts.reopen(alert.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(alert_acts.DismissRefused):
        alert_acts.dismiss([alert.pk], reason="OTHER", note=" ", actor=SYSTEM, now=NOW)


def test_alt08_people_take_up_assign_and_undo_and_each_act_is_on_record(tea, django_user_model):
    sku, place = tea
    mei = django_user_model.objects.create_user("mei", "mei@example.test")
    alert, gone = some.alert(sku, place), some.alert(sku, place, dedupe_key="x", state="resolved",
        closed_at=NOW, cleared_at=NOW)  # fmt: skip
    actor = Actor("user", mei.pk, "Mei")

    moved = alert_acts.acknowledge([alert.pk, gone.pk], actor=actor, now=NOW)

    alert.refresh_from_db()
    assert (moved.moved, moved.left) == (1, 1)
    assert (alert.state, alert.owner_id, alert.version) == ("acknowledged", mei.pk, 2)
    with pytest.raises(alert_acts.OwnerRefused, match="may not see"):
        alert_acts.assign([alert.pk], owner_id=mei.pk, due_on=None, actor=actor, now=NOW)
    alert_acts.assign([alert.pk], owner_id=None, due_on=TODAY + DAY, actor=actor, now=NOW)
    alert_acts.dismiss([alert.pk], reason="HANDLED", actor=actor, now=NOW)
    alert_acts.reopen(alert.pk, actor=actor, now=NOW)
    alert.refresh_from_db()
    assert (alert.state, alert.owner_id, alert.due_on) == ("open", None, TODAY + DAY)
    entries = AuditEntry.objects.filter(target_kind="alert", target_id=str(alert.pk))
    assert list(entries.order_by("pk").values_list("action", flat=True)) == [
        "planning.alert_acknowledged",
        "planning.alert_assigned",
        "planning.alert_dismissed",
        "planning.alert_reopened",
    ]
    with pytest.raises(StateConflict):
        alert_acts.reopen(alert.pk, actor=actor, now=NOW)


def test_f4_the_nearest_rule_answers_and_a_paused_one_closes_its_alerts(tea):
    sell(tea, 50)
    draft = alert_rules.RuleDraft(Kind.LOW_COVER, least_band="red", warehouse_id=tea[1].pk)
    refresh()
    assert AlertRule.objects.count() == len(Kind)
    general = AlertRule.objects.get(kind="low_cover")
    alert_rules.create(draft, actor=SYSTEM, now=NOW)

    assert refresh(NOW + DAY).resolved == 1  # yellow is no matter for the nearer rule
    sell(tea, 20)
    refresh(NOW + 2 * DAY)
    with pytest.raises(alert_rules.RuleExists):
        alert_rules.create(draft, actor=SYSTEM, now=NOW)
    for row in AlertRule.objects.filter(kind="low_cover"):
        alert_rules.pause(row.pk, actor=SYSTEM, now=NOW)
    refresh(NOW + 3 * DAY)

    closed = Alert.objects.order_by("pk").values_list("state", "close_reason")
    assert list(closed) == [("resolved", "CLEARED"), ("resolved", "RULE_OFF")]
    with pytest.raises(StateConflict):
        alert_rules.pause(general.pk, actor=SYSTEM, now=NOW)


def test_goods_and_demand_alert_from_what_the_books_say(tea):
    sku, place = tea
    channel = shop.channel("shop")
    old = goods.make_sku("OLD", default_cost=Decimal(3))
    goods.put_stock(old, 40, warehouse=place, at=NOW - 100 * DAY)
    goods.put_stock(
        goods.make_sku("MILK", lot_tracked=True), 12, warehouse=place, lot="M1",
        expires_on=TODAY + 10 * DAY, at=NOW - DAY,
    )  # fmt: skip
    DemandHistory.objects.bulk_create(
        DemandHistory(
            sku=sku, warehouse=place, channel=channel, on=TODAY - days * DAY, qty=2,
            returned_qty=1 if days <= 28 else 0, cleaned_qty=2,
        )
        for days in range(1, 60)
    )  # fmt: skip

    alerting.refresh(now=NOW)

    found = {
        (row.kind, row.sku.code): (row.reason, row.severity, row.risk_amount)
        for row in Alert.objects.select_related("sku").exclude(kind="overstock")
    }
    assert found == {
        ("dead_stock", "OLD"): ("NEVER_SOLD", 1, Decimal(120)),
        ("expiry", "MILK"): ("EXPIRES", 3, Decimal(0)),
        ("returns_spike", "TEA"): ("RETURNS", 3, Decimal(70)),
    }


def test_forecasts_missed_over_four_known_weeks_alert(tea):
    sku, place = tea
    run = ForecastRun.objects.create(
        as_of=NOW, from_on=TODAY, horizon_weeks=4, input_weeks=9, method="x", inputs_hash="0" * 64,
        series=1, created_at=NOW,
    )  # fmt: skip
    monday = dt.date(2026, 6, 29)
    for week in range(1, 6):
        ForecastOutcome.objects.create(
            sku=sku, warehouse=place, week_on=monday - week * 7 * DAY, lag_weeks=4, run=run,
            forecast_qty=10, actual_qty=16 if week <= 4 else 900,
        )  # fmt: skip

    refresh(kinds=[Kind.FORECAST_MISS])

    assert Alert.objects.get().terms == {
        "forecast": 40.0,
        "sold": 64.0,
        "percent": 60.0,
        "weeks": 4,
    }


@pytest.mark.long
def test_ten_thousand_covers_refresh_with_as_many_reads_as_ten():
    place, run = goods.make_warehouse("AMS"), some.review()
    counts = []
    for first, last in ((0, 10), (10, 10_000)):
        skus = [goods.Sku(code=f"S{n}", name="x", currency="USD") for n in range(first, last)]
        goods.Sku.objects.bulk_create(skus, batch_size=500)
        StockLevel.objects.bulk_create(
            [StockLevel(sku=sku, warehouse=place, on_hand=20) for sku in skus], batch_size=500
        )
        CoverStatus.objects.bulk_create(
            [
                CoverStatus(
                    sku=sku, warehouse=place, review=run, band="green", flat_band="green",
                    lead_band="green", reason="ENOUGH", on_hand_qty=100, sellable_qty=100,
                    daily_qty=2.0, near_days=50.0, position_days=50.0, reviewed_at=NOW,
                )
                for sku in skus
            ],
            batch_size=500,
        )  # fmt: skip
        refresh()
        settings_store.forget()  # read again both times: the cache lasts some seconds
        with CaptureQueriesContext(connection) as caught:
            assert refresh(NOW + DAY).holding == last
        counts.append(len(caught))

    assert Alert.objects.active().count() == 10_000
    assert counts[0] == counts[1] <= 12


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_refreshes_at_once_make_one_open_alert(tea, monkeypatch):
    sell(tea, 20)
    alert_rules.ensure_standard(actor=SYSTEM, now=NOW)
    meeting = Meeting(patience_s=ALL_COME_S)
    monkeypatch.setattr(alerting, "_raise", meeting.before(alerting._raise))

    outcomes = race([refresh, lambda: refresh(NOW + DAY / 1000)])

    assert wins(outcomes) == 2
    assert Alert.objects.count() == 1
    assert sum(outcome.value.raised for outcome in outcomes) >= 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_without_the_constraint_two_refreshes_make_two_alerts(tea, monkeypatch):
    sell(tea, 20)
    alert_rules.ensure_standard(actor=SYSTEM, now=NOW)
    guard = next(one for one in Alert._meta.constraints if one.name == "alert_one_active")
    meeting = Meeting(patience_s=ALL_COME_S)
    monkeypatch.setattr(alerting, "_raise", meeting.before(alerting._raise))
    with connection.schema_editor() as editor:
        editor.remove_constraint(Alert, guard)
    try:
        outcomes = race([refresh, lambda: refresh(NOW + DAY / 1000)])
        count = Alert.objects.count()
        Alert.objects.all().delete()
    finally:
        with connection.schema_editor() as editor:
            editor.add_constraint(Alert, guard)

    assert (wins(outcomes), count) == (2, 2)

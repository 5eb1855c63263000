"""Subscriptions: due days become orders, once each; people pause, skip and end them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import SYSTEM
from core.models import AuditEntry
from orders.models import Order, Subscription, SubscriptionRun
from orders.services import subscription_runs, subscriptions
from orders.services.subscriptions import ItemDraft, Version
from tests.factories import orders as make
from tests.factories.subscriptions import FIRST, draft, subscription
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
TODAY = make.NOW.date()
DAYS = dt.timedelta


@pytest.fixture
def shop():
    make.channel()
    make.put(make.sku(), make.warehouse(), 20)


def run(today: dt.date = TODAY, lead_days: int = 3) -> tuple[int, int, int]:
    report = subscription_runs.run_due(
        today=today, lead_days=lead_days, at=make.NOW + (today - TODAY)
    )
    return report.ordered, report.refused, report.resumed


def test_a_30_a_due_day_becomes_one_routed_order(shop):
    row = subscription()

    assert run(TODAY - DAYS(days=1)) == (0, 0, 0)
    assert run() == (1, 0, 0)
    assert run() == (0, 0, 0)

    order = Order.objects.get()
    assert order.external_id == f"{row.number}/2026-01-24"
    assert (order.total_amount, order.stage) == (Decimal("15.00"), "routed")
    assert [(line.sku.code, line.qty) for line in order.lines.all()] == [("TEA", 2)]
    row.refresh_from_db()
    assert row.next_on == dt.date(2026, 2, 24)
    assert row.runs.get().order == order
    assert_books_balance()


def test_a_30_a_year_of_months_makes_twelve_orders_without_drift(shop):
    subscription(first_on=dt.date(2026, 1, 31), ends_on=dt.date(2026, 12, 31))
    made = sum(run(TODAY + DAYS(days=n), lead_days=0)[0] for n in range(0, 365, 5))

    days = list(SubscriptionRun.objects.order_by("due_on").values_list("due_on", flat=True))
    assert made == 12
    assert [day.day for day in days] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert Subscription.objects.get().state == "ended"


def test_a_30_a_pause_leaves_days_out_and_ends_by_itself(shop):
    row = subscription(interval_unit="week")
    subscriptions.pause(
        Version(row.pk), until=FIRST + DAYS(days=16), actor=SYSTEM, at=make.NOW, reason="holiday"
    )

    assert run(FIRST) == (0, 0, 0)
    assert run(FIRST + DAYS(days=16), lead_days=0) == (0, 0, 1)
    row.refresh_from_db()
    assert (row.state, row.next_on, row.paused_until) == ("active", FIRST + DAYS(days=21), None)
    assert run(FIRST + DAYS(days=21), lead_days=0) == (1, 0, 0)


def test_a_30_a_skipped_day_is_not_ordered_and_an_ordered_day_not_skipped(shop):
    row = subscription()
    subscriptions.skip(Version(row.pk), due_on=FIRST, actor=SYSTEM, at=make.NOW)

    assert run() == (0, 0, 0)
    assert run(dt.date(2026, 2, 24)) == (1, 0, 0)
    with pytest.raises(subscriptions.NotDue):
        subscriptions.skip(Version(row.pk), due_on=dt.date(2026, 2, 24), actor=SYSTEM, at=make.NOW)
    assert list(row.runs.order_by("due_on").values_list("due_on", "state")) == [
        (FIRST, "skipped"),
        (dt.date(2026, 2, 24), "ordered"),
    ]


def test_a_30_a_refused_day_stops_no_other_and_is_tried_again(shop):
    refused = subscription(service_code="")
    subscription()
    Subscription.objects.filter(pk=refused.pk).update(channel=make.channel("gone"))
    refused.channel.refresh_from_db()
    type(refused.channel).objects.filter(code="gone").update(is_active=False)

    assert run() == (1, 1, 0)
    told = refused.runs.get()
    assert (told.state, told.order) == ("refused", None)
    assert "gone" in told.problem

    type(refused.channel).objects.filter(code="gone").update(is_active=True)
    assert run() == (1, 0, 0)
    assert refused.runs.get().state == "ordered"


def test_an_ended_subscription_makes_no_order_and_can_not_go_on(shop):
    row = subscription()
    subscriptions.end(Version(row.pk), actor=SYSTEM, at=make.NOW, reason="asked by mail")

    assert run() == (0, 0, 0)
    with pytest.raises(subscriptions.SubscriptionMoveRefused):
        subscriptions.resume(Version(row.pk), today=TODAY, actor=SYSTEM, at=make.NOW)
    assert AuditEntry.objects.get(action="orders.subscription_ended").reason == "asked by mail"


def test_a_stale_version_changes_nothing(shop):
    row = subscription()
    subscriptions.pause(Version(row.pk, 1), actor=SYSTEM, at=make.NOW)

    with pytest.raises(subscriptions.SubscriptionChanged):
        subscriptions.end(Version(row.pk, 1), actor=SYSTEM, at=make.NOW, reason="late")
    assert Subscription.objects.get().state == "paused"


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": ()},
        {"items": (ItemDraft("TEA", 0, Decimal(1)),)},
        {"items": (ItemDraft("TEA", 1, Decimal(-1)),)},
        {"items": (ItemDraft("NONE", 1, Decimal(1)),)},
        {"items": (ItemDraft("TEA", 1, Decimal(1)),) * 2},
        {"interval_count": 0},
        {"ends_on": FIRST - DAYS(days=1)},
        {"ship_to": make.address(country="")},
        {"channel": "none"},
    ],
)
def test_a_subscription_that_makes_no_sense_is_refused(shop, wrong):
    with pytest.raises(subscriptions.SubscriptionRefused):
        subscriptions.create(draft(**wrong), actor=SYSTEM, at=make.NOW)
    assert not Subscription.objects.exists()


def test_a_30_needs_tell_what_to_build_ahead(shop):
    subscription(interval_unit="week")
    paused = subscription()
    subscriptions.pause(Version(paused.pk), actor=SYSTEM, at=make.NOW)
    skipped = subscription()
    subscriptions.skip(Version(skipped.pk), due_on=FIRST, actor=SYSTEM, at=make.NOW)

    needs = subscription_runs.needs(start=TODAY, end=dt.date(2026, 2, 24))

    tea = Order._meta.apps.get_model("inventory", "Sku").objects.get(code="TEA")
    assert needs == {tea.pk: 2 * 5 + 2}

"""B-16, X05: the promises of waiting orders follow the day their goods come."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as outbox
from django.utils.formats import date_format

from core import clock, events, jobs
from core.models import AuditEntry, OutboundMail
from orders.models import DestinationRule, Order
from orders.services import arrival_days
from shipping.models import TrackedOrder
from suppliers.models import PurchaseLine, PurchaseOrder
from suppliers.services import answer_rows
from tests.factories import orders as make
from tests.factories import purchases as buy
from tests.factories.orders import NOW

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = NOW.date()


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


@pytest.fixture
def bought():
    """TEA is bought: 5 units, at the supplier; nothing is in stock."""
    make.channel(name="Tea House")
    place = make.warehouse("LA")
    trade = buy.trade(place=place, currency="USD")
    return buy.sent(trade, {buy.goods(trade, "TEA", "2.5"): 5})


def confirm(order: PurchaseOrder, on: dt.date, at: dt.datetime = NOW) -> None:
    """Let the supplier name a day, as an accepted answer does, and let the facts be heard."""
    PurchaseLine.objects.filter(order=order).update(confirmed_qty=5, confirmed_on=on)
    answer_rows.renew_eta(PurchaseOrder.objects.get(pk=order.pk), at=at)
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))


def promised(order: Order) -> tuple[dt.date | None, dt.date | None]:
    fresh = Order.objects.get(pk=order.pk)
    return fresh.promised_by, fresh.promised_at_order_by


def test_b_16_a_confirmed_day_dates_waiting_orders_and_a_later_one_is_told(bought):
    first, second = make.place_one(make.line("TEA", 3)), make.place_one(make.line("TEA", 3))
    assert (promised(first), promised(second)) == ((None, None), (None, None))

    confirm(bought, day(10))
    assert promised(first) == (day(15), day(15))
    assert promised(second) == (None, None)
    jobs.run_due(clock.now() + dt.timedelta(minutes=2))
    assert not OutboundMail.objects.filter(dedupe_key__contains=":late:").exists()

    confirm(bought, day(14), at=NOW + dt.timedelta(days=1))
    jobs.run_due(clock.now() + dt.timedelta(minutes=3))
    assert promised(first) == (day(19), day(15))
    (told,) = OutboundMail.objects.filter(dedupe_key__contains=":late:")
    assert told.target == first.key
    subjects = [one.subject for one in outbox.outbox]
    assert f"Order {first.number} arrives by {date_format(day(19))}" in subjects
    assert TrackedOrder.objects.get(order_key=first.key).promised_by_on == day(19)
    entries = AuditEntry.objects.filter(action="orders.promise_revised").order_by("pk")
    assert [(row.before["promised_by"], row.after["promised_by"]) for row in entries] == [
        ("", day(15).isoformat()),
        (day(15).isoformat(), day(19).isoformat()),
    ]

    confirm(bought, day(8), at=NOW + dt.timedelta(days=2))
    assert promised(first) == (day(15), day(15))


def test_b_16_a_channels_promise_stays_and_a_second_look_changes_nothing(bought):
    kept = make.place_one(make.line("TEA", 1), promised_by=day(2))
    moved = make.place_one(make.line("TEA", 1))
    confirm(bought, day(10))

    assert promised(kept) == (day(2), day(2))
    assert promised(moved)[0] == day(15)
    assert arrival_days.date_waiting(at=NOW) == 0


def test_b_16_a_shipment_without_a_day_of_its_own_comes_with_its_order(bought):
    waiting = make.place_one(make.line("TEA", 5))
    line = bought.lines.get()
    asn = bought.arrivals.create(
        number="A-9",
        supplier=bought.supplier,
        warehouse=bought.warehouse,
        created_at=NOW,
        created_by="system",
    )
    asn.lines.create(sku=line.sku, announced_qty=5, purchase_line=line)
    PurchaseOrder.objects.filter(pk=bought.pk).update(expected_on=day(7))
    PurchaseLine.objects.filter(pk=line.pk).update(shipped_qty=5)

    assert arrival_days.date_waiting(at=NOW) == 1
    assert promised(waiting)[0] == day(12)


def test_x05_the_notice_of_waiting_names_the_day_the_goods_can_be_there(bought):
    order = make.place_one(make.line("TEA", 2))
    DestinationRule.objects.all().delete()
    PurchaseLine.objects.filter(order=bought).update(confirmed_qty=5, confirmed_on=day(10))
    Order.objects.filter(pk=order.pk).update(attention_codes=["DEST_RESTRICTED_OOS"])

    events.publish("orders.backordered", target=order.key, at=NOW, order_id=order.pk)
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))

    (message,) = [one for one in outbox.outbox if "waits for stock" in one.subject]
    assert f"We expect it to reach you by {date_format(day(15))}." in message.body

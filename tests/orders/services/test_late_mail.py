"""Customers hear that their order comes late: once, in their language, with a link."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as outbox
from django.db.models import QuerySet
from django.utils.formats import date_format

from core import clock, events, jobs
from core.actors import SYSTEM
from core.models.documents import OutboundMail
from core.models.events import HandledEvent
from customers.domain.drafts import CustomerDraft
from customers.models import Customer
from orders.models import DestinationRule, Order
from orders.services import lifecycle, promising
from shipping.models import PublicLink, TrackedOrder
from tests.factories import orders as make
from tests.factories.orders import NOW

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.timedelta(days=1)


@pytest.fixture
def tea():
    make.channel(name="Tea House")
    return make.sku("TEA")


@pytest.fixture
def la(tea):
    place = make.warehouse("LA")
    make.put(tea, place, 9)
    return place


def notices() -> QuerySet[OutboundMail]:
    """Return the bad news; each order was confirmed by a mail of its own."""
    return OutboundMail.objects.exclude(template="orders/confirmed").order_by("pk")


def run_jobs() -> None:
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))


def revise(order: Order, *, days: int, at: dt.datetime = NOW) -> bool:
    """Move the promise to so many days behind the one at order time, as a new plan does."""
    before = order.promised_by
    order.promised_by = order.promised_at_order_by + days * DAY
    order.save(update_fields=["promised_by"])
    return promising.note_revision(order, before=before, at=at)


def test_x23_a_later_promise_is_mailed_with_both_days_and_a_link_that_opens(la, client):
    order = make.place_one()
    first, late = order.promised_at_order_by, order.promised_at_order_by + 2 * DAY
    revise(order, days=2)

    run_jobs()

    (message,) = [one for one in outbox.outbox if "arrives by" in one.subject]
    assert message.to == ["ada@example.org"]
    assert message.subject == f"Order {order.number} arrives by {date_format(late)}"
    assert f"by {date_format(late)}, not by {date_format(first)}." in message.body
    assert "Hello Ada," in message.body
    link = next(word for word in message.body.split() if word.startswith("http"))
    assert client.get("/" + link.split("/", 3)[3]).status_code == 200
    assert notices().get(target=order.key).state == "sent"


def test_x23_one_mail_a_day_and_another_the_day_after(la):
    order = make.place_one()

    told = [
        revise(order, days=1),
        revise(order, days=2),
        revise(order, days=3, at=NOW + DAY),
    ]
    run_jobs()

    assert told == [True, False, True]
    keys = notices().values_list("dedupe_key", flat=True)
    assert list(keys) == [
        f"order:{order.pk}:late:2026-01-21",
        f"order:{order.pk}:late:2026-01-22",
    ]


def test_x23_the_same_fact_again_sends_nothing_and_makes_no_second_link(la):
    order = make.place_one()
    revise(order, days=2)
    run_jobs()
    before = PublicLink.objects.count()

    for _ in range(2):
        events.publish(
            "orders.promise_revised", target=order.key, at=NOW, order_id=order.pk, notify=1
        )
    run_jobs()

    assert notices().count() == 1
    assert PublicLink.objects.count() == before


def test_x23_an_earlier_promise_is_no_mail(la):
    order = make.place_one()

    assert revise(order, days=-1) is False
    run_jobs()

    assert notices().count() == 0


def test_x23_an_order_back_in_time_before_the_mail_is_written_is_no_mail(la):
    order = make.place_one()
    revise(order, days=2)
    revise(order, days=0)

    run_jobs()

    assert notices().count() == 0


def test_x23_the_customers_own_language_goes_before_the_channels(la):
    order = make.place_one(customer=CustomerDraft("shop", "c-1", "Ada Brook"))
    Customer.objects.update(language="zh-hans")
    revise(order, days=2)

    run_jobs()

    late = order.promised_by
    mail = notices().get()
    assert mail.language == "zh-hans"
    message = next(one for one in outbox.outbox if one.subject == mail.subject)
    assert f"{late.year}年{late.month}月{late.day}日" in message.subject
    assert "您好" in message.body


def test_x23_the_channels_language_is_used_for_guests(la):
    order = make.place_one()
    order.channel.language = "zh-hans"
    order.channel.save(update_fields=["language"])
    revise(order, days=2)

    run_jobs()

    assert notices().get().language == "zh-hans"


@pytest.mark.parametrize("how", ["no_email", "history", "cancelled"])
def test_x23_no_mail_without_address_for_past_or_closed_orders(la, how):
    order = make.place_one()
    revise(order, days=2)
    if how == "no_email":
        Order.objects.update(email="")
    elif how == "history":
        Order.objects.update(is_history=True)
    else:
        lifecycle.cancel(order.pk, reason="changed mind", actor=SYSTEM, at=NOW)

    run_jobs()

    assert notices().count() == 0


def test_x05_a_restricted_destination_without_stock_tells_the_customer_once(tea, la):
    toronto = make.warehouse("YYZ", "CA")
    DestinationRule.objects.create(country="CA", kind="only", warehouse=toronto, priority=1)
    order = make.place_one(ship_to=make.address("CA"))

    run_jobs()
    events.publish("orders.backordered", target=order.key, at=NOW, order_id=order.pk)
    run_jobs()

    assert order.attention_codes == ["DEST_RESTRICTED_OOS"]
    mail = notices().get()
    assert (mail.template, mail.dedupe_key) == ("orders/waiting", f"order:{order.pk}:waiting")
    assert f"Order {order.number} waits for stock" in [one.subject for one in outbox.outbox]


def test_the_end_of_a_file_is_told_without_an_order_and_harms_nothing(tea, la):
    order = make.place_one()
    events.publish("orders.imported", target="import:1", at=NOW, batch_id=1, mode="open")

    run_jobs()

    assert HandledEvent.objects.exclude(state="handled").count() == 0
    assert TrackedOrder.objects.get().order_key == order.key


def test_one_letter_of_bad_news_a_day_whatever_the_reasons(tea, la):
    late, waiting = make.place_one(), make.place_one()
    run_jobs()
    Order.objects.filter(pk__in=[late.pk, waiting.pk]).update(
        attention_codes=["DEST_RESTRICTED_OOS"]
    )
    now = clock.now()
    revise(late, days=2, at=now)
    run_jobs()
    for order in (late, waiting):
        events.publish("orders.backordered", target=order.key, at=now, order_id=order.pk)
    run_jobs()

    told = notices().values_list("target", "template")
    assert list(told) == [(late.key, "orders/late"), (waiting.key, "orders/waiting")]

    events.publish("orders.backordered", target=late.key, at=now + DAY, order_id=late.pk)
    run_jobs()

    assert notices().last().dedupe_key == f"order:{late.pk}:waiting"

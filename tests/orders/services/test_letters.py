"""A-16, A-27: customers hear what happens to their order, in their words, with a link, once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import date_format

from core import clock, events, jobs, letters
from core.actors import SYSTEM
from core.models import OutboundMail
from customers.domain.topics import DELIVERY, ORDERS
from customers.services import notifications, wordings
from orders.models import Order
from orders.services import letters as order_letters
from shipping.models import PublicLink
from shipping.services import tracking
from shipping.services.tracking import TrackingDraft
from tests.factories import orders as make
from tests.factories.core import principal
from tests.factories.orders import NOW
from tests.factories.shipping import make_shipped

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order() -> Order:
    make.channel(name="Tea House")
    make.sku("TEA", name="Sencha")
    make.put(make.sku("MUG"), make.warehouse("LA"), 9)
    make.put(make.Sku.objects.get(code="TEA"), make.Warehouse.objects.get(), 9)
    return make.place_one(make.line("TEA", 2), make.line("MUG", 1, "5.50"))


def run_jobs() -> None:
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))


def parcel_of(order: Order):
    shipment = order.shipments.get()
    return make_shipped(
        owner_key=shipment.key,
        order_key=order.key,
        order_number=order.number,
        shipment_number=shipment.number,
    )


def report(parcel, status: str, at: dt.datetime) -> None:
    draft = TrackingDraft(parcel.tracking_number, f"{status}{at}", status, at)
    tracking.record_events([draft], at=NOW + dt.timedelta(days=2))


def test_a_16_an_order_is_confirmed_once_with_its_items_total_day_and_a_link(order, client):
    run_jobs()
    events.publish("orders.imported", target=order.key, at=NOW, order_id=order.pk)
    run_jobs()

    (message,) = outbox.outbox
    assert (message.to, message.subject) == (
        ["ada@example.org"],
        f"Order {order.number} is confirmed",
    )
    for part in (
        "Hello Ada,",
        f"thank you for your order {order.number} at Tea House.",
        "2 x Sencha\n1 x Mug\n",
        "Total: USD 25.50",
        f"It arrives by {date_format(order.promised_by)}.",
    ):
        assert part in message.body
    link = next(word for word in message.body.split() if word.startswith("http"))
    assert client.get("/" + link.split("/", 3)[3]).status_code == 200
    (page, kind) = message.alternatives[0][:2]
    assert kind == "text/html"
    assert f'<a href="{link}">' in page
    assert "2 x Sencha<br>1 x Mug" in page
    assert "List-Unsubscribe" not in message.extra_headers
    assert PublicLink.objects.filter(order_key=order.key).count() == 1


def test_a_27_each_step_of_a_parcel_is_told_once(order):
    run_jobs()
    parcel = parcel_of(order)
    shipment = order.shipments.get()
    for _again in range(2):
        events.publish("fulfillment.shipped", target=shipment.key, at=NOW, shipment_id=shipment.pk)
    for hours, status in ((1, "in_transit"), (30, "out_for_delivery"), (33, "delivered")):
        report(parcel, status, NOW + dt.timedelta(hours=hours))
    run_jobs()

    told = [one.subject.removeprefix(f"Order {order.number} ") for one in outbox.outbox]
    assert sorted(told) == ["arrives today", "has arrived", "is confirmed", "is on its way"]
    shipped = next(one for one in outbox.outbox if "on its way" in one.subject)
    assert f"Parcel 1 of 1: {parcel.service.carrier.name} {parcel.tracking_number}" in shipped.body
    off = shipped.extra_headers["List-Unsubscribe"].strip("<>")
    assert off in shipped.body
    assert shipped.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_reader_silences_a_topic_by_the_link_and_gets_the_rest(order, client):
    shipment = order.shipments.get()
    events.publish("fulfillment.shipped", target=shipment.key, at=NOW, shipment_id=shipment.pk)
    run_jobs()
    sent = OutboundMail.objects.get(template="orders/shipped")
    url = reverse("mail-off", args=[letters.off_token(sent.pk)])

    assert "No more mails of this kind?" in client.get(url).content.decode()
    assert notifications.silenced([order.email], DELIVERY) == frozenset()
    stopped = client.post(url, {"List-Unsubscribe": "One-Click"})

    assert "You get no more mails of this kind" in stopped.content.decode()
    assert notifications.silenced(["Ada@Example.org "], DELIVERY) == {"ada@example.org"}
    second = make.place_one()
    moved = second.shipments.get()
    events.publish("fulfillment.shipped", target=moved.key, at=NOW, shipment_id=moved.pk)
    run_jobs()
    told = OutboundMail.objects.filter(target=second.key)
    assert list(told.values_list("template", flat=True)) == ["orders/confirmed"]

    client.post(url, {"wanted": "1"})
    assert notifications.silenced([order.email], DELIVERY) == frozenset()


@pytest.mark.parametrize("token", ["1.forged", "x", "0", "99999.aaaaaaaaaaaaaaaaaaaa"])
def test_a_forged_link_of_a_mail_opens_nothing(order, client, token):
    run_jobs()
    essential = letters.off_token(OutboundMail.objects.get().pk)

    answers = [client.post(reverse("mail-off", args=[one])) for one in (token, essential)]

    assert [one.status_code for one in answers] == [404, 404]


def test_what_belongs_to_the_contract_can_not_be_silenced():
    with pytest.raises(notifications.TopicIsEssential):
        notifications.choose("a@b.example", {ORDERS: False}, source="account", actor=SYSTEM, at=NOW)
    choices = notifications.choices_of("a@b.example")
    assert [(one.topic, one.is_on, one.is_fixed) for one in choices] == [
        ("orders", True, True),
        ("delivery", True, False),
        ("returns", True, True),
        ("progress", True, False),
        ("feedback", True, False),
    ]


def test_a_channel_that_writes_itself_is_left_to_it(order):
    run_jobs()
    notifications.switch("shop", {ORDERS: False}, actor=SYSTEM, at=NOW)
    make.place_one()
    order.channel.kind = "marketplace"
    order.channel.save(update_fields=["kind"])
    notifications.switch("shop", {ORDERS: True}, actor=SYSTEM, at=NOW)
    told = make.place_one()
    shipment = told.shipments.get()
    events.publish("fulfillment.shipped", target=shipment.key, at=NOW, shipment_id=shipment.pk)
    run_jobs()

    # Both orders are heard of after the switch stands on; a marketplace tells of parcels itself.
    targets = OutboundMail.objects.filter(template="orders/confirmed")
    assert targets.count() == 3
    assert not OutboundMail.objects.filter(template="orders/shipped").exists()


@pytest.mark.parametrize("how", ["history", "no_email", "old", "cancelled"])
def test_no_confirmation_for_past_old_or_mail_less_orders(order, how):
    changes = {
        "history": {"is_history": True},
        "no_email": {"email": ""},
        "old": {"placed_at": NOW - dt.timedelta(days=3)},
        "cancelled": {"status": "cancelled"},
    }
    Order.objects.update(**changes[how])

    run_jobs()

    assert OutboundMail.objects.count() == 0


def test_a_delivery_heard_of_days_later_is_not_told(order):
    run_jobs()
    report(parcel_of(order), "delivered", NOW - dt.timedelta(days=6))
    run_jobs()

    assert not OutboundMail.objects.filter(template="orders/delivered").exists()


def test_the_teams_own_words_are_used_and_the_older_ones_come_back(order):
    kind = letters.kind_of("orders/confirmed")
    desk = principal("admin").actor
    words = ("Thanks, [name]!", "Dear [name], [order_number] is ours now.\n\n[link]")
    saved = wordings.save(kind, "en", words, after_version=0, actor=desk, at=NOW)
    run_jobs()

    (message,) = outbox.outbox
    assert (saved.version, message.subject) == (1, "Thanks, Ada!")
    assert message.body.startswith(f"Dear Ada, {order.number} is ours now.\n\nhttp")
    with pytest.raises(wordings.VersionTaken):
        wordings.save(kind, "en", words, after_version=0, actor=desk, at=NOW)
    back = wordings.restore(kind, "en", 0, actor=desk, at=NOW)
    assert (back.version, wordings.in_force("orders/confirmed", "en")) == (2, None)
    again = wordings.restore(kind, "en", 1, actor=desk, at=NOW)
    assert wordings.in_force("orders/confirmed", "en") == again


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("", "x [link]"), "WORDING_INCOMPLETE"),
        (("x" * 201, "x [link]"), "WORDING_TOO_LONG"),
        (("Hi [nmae]", "[link] [total] [iban]"), "UNKNOWN_PLACE"),
        (("Hi", "no way in"), "LINK_MISSING"),
    ],
)
def test_words_a_letter_can_not_be_made_from_are_refused(words, code):
    kind = letters.kind_of("orders/confirmed")

    with pytest.raises(wordings.InputRefused) as refused:
        wordings.check(kind, *words)

    assert refused.value.code == code
    if code == "UNKNOWN_PLACE":
        assert str(refused.value).startswith("This letter can't fill [iban], [nmae].")


def test_a_place_is_never_filled_twice(order):
    Order.objects.update(ship_name="[order_number]{{x}}")
    kind = letters.kind_of("orders/confirmed")
    words = ("Hi", "[name] {{ shop }} [link]")
    wordings.save(kind, "en", words, after_version=0, actor=SYSTEM, at=NOW)
    run_jobs()

    assert outbox.outbox[0].body.startswith("[order_number]{{x}} {{ shop }} http")


def test_a_letter_is_sent_again_with_a_link_of_its_own(order):
    run_jobs()
    sent = OutboundMail.objects.get()

    draft = order_letters.again(sent, NOW)

    assert draft.dedupe_key == f"order:{order.pk}:confirmed:again:{NOW.isoformat()}"
    assert (draft.to, draft.template) == ("ada@example.org", "orders/confirmed")
    assert PublicLink.objects.filter(order_key=order.key).count() == 2


def test_letters_cost_the_same_statements_for_many_orders(order):
    def cost(rows: list[Order]) -> int:
        facts = [
            events.EventFact(0, "orders.imported", row.key, NOW, {"order_id": row.pk})
            for row in rows
        ]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            order_letters.on_imported(facts)
        return len(asked)

    few = cost([order, make.place_one()])
    many = cost([make.place_one() for _ in range(9)])

    assert OutboundMail.objects.count() == 11
    assert many == few
    assert few <= 21

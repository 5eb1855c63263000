"""C10 and the desk: a customer writes, somebody answers, the answer is on the customer's page."""

import datetime as dt
import html
import re

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from core import jobs
from returns.models import CustomerMessage, DeliveryCase, MessageThread
from returns.services import messages
from shipping.services import tracking
from shipping.services.tracking import TrackingDraft
from tests.factories import orders, returns
from tests.factories import portal as factory
from tests.factories.core import make_user
from tests.factories.portal import ASKED
from tests.factories.shipping import make_shipped
from tests.helpers.pictures import upload

pytestmark = pytest.mark.django_db
DUE = dt.datetime(2090, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(ASKED, tick=False):
        yield


@pytest.fixture
def sale():
    return factory.sold(orders.line("TEA", 1))


def text_of(response):
    plain = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", plain)


def write(client, token, body="The lid is dented.", **more):
    fields = {"topic": "DAMAGED", "body": body, **more}
    return client.post(reverse("portal-message", args=[token]), fields)


def test_a_message_with_a_photo_reaches_the_desk_and_its_answer_the_customer(client, sale):
    order, token = sale
    sent = write(client, token, photo=factory.picture())
    message = CustomerMessage.objects.get()
    desk = type(client)()
    desk.force_login(make_user(role="order_desk", username="desk"))

    page = text_of(desk.get(reverse("return-messages")))
    picture = desk.get(reverse("return-message-photo", args=[message.pk]))
    answered = desk.post(
        reverse("return-message-answer", args=[message.thread_id]),
        {"body": "A new one is on its way."},
    )
    mail.outbox.clear()
    jobs.run_due(DUE)
    seen = text_of(client.get(reverse("portal-message", args=[token])))
    tracking = text_of(client.get(reverse("tracking", args=[token])))

    assert sent.status_code == 302
    assert "The lid is dented." in page
    assert order.number in page
    assert picture["Content-Type"] == "image/jpeg"
    assert answered.status_code == 303
    assert "A new one is on its way." in seen
    assert "We answered you" in tracking
    told = [one for one in mail.outbox if "Our answer about order" in one.subject]
    assert [one.to for one in told] == [[order.email]]
    path = re.search(r"/t/\w+/message/", told[0].body)[0]
    assert "A new one is on its way." in text_of(client.get(path))


def test_a_second_message_goes_on_in_the_same_conversation_and_waits_again(client, sale):
    _order, token = sale
    write(client, token)
    thread = MessageThread.objects.get()
    messages.answer(thread.pk, "We look.", actor=returns.DESK, at=ASKED)

    write(client, token, "Any news?")
    thread.refresh_from_db()

    assert thread.state == "waiting"
    assert [one.side for one in thread.messages.order_by("pk")] == ["customer", "shop", "customer"]


def test_an_empty_message_and_a_file_that_is_no_photo_are_refused_in_words(client, sale):
    _order, token = sale

    empty = write(client, token, "")
    broken = write(client, token, photo=upload(b"%PDF-1.7 no photo"))

    assert (empty.status_code, broken.status_code) == (422, 422)
    assert "no JPEG or PNG photo" in text_of(broken)
    assert "The lid is dented." in text_of(broken)
    assert CustomerMessage.objects.count() == 0


def test_rel_h_14_a_customer_writes_twenty_messages_a_day_and_no_more(client, sale):
    order, token = sale
    thread = MessageThread.objects.create(
        order=order, topic="OTHER", opened_at=ASKED, last_at=ASKED
    )
    said = {"thread": thread, "side": "customer", "body": "Hello", "at": ASKED, "by": "customer"}
    CustomerMessage.objects.bulk_create(CustomerMessage(**said) for _ in range(messages.MOST_A_DAY))

    today = write(client, token)
    with time_machine.travel(ASKED + dt.timedelta(days=1, minutes=1), tick=False):
        tomorrow = write(client, token)

    assert today.status_code == 429
    assert "You wrote 20 messages today" in text_of(today)
    assert tomorrow.status_code == 302


def test_rel_h_08_a_photo_opens_only_by_the_link_of_its_order(client, sale):
    _order, token = sale
    write(client, token, photo=factory.picture())
    message = CustomerMessage.objects.get()
    _other, foreign = factory.sold(orders.line("TEA", 1))

    own = client.get(reverse("portal-message-photo", args=[token, message.pk]))
    wrong = client.get(reverse("portal-message-photo", args=[foreign, message.pk]))

    assert own.status_code == 200
    assert own["Cache-Control"] == "no-store, private"
    assert wrong.status_code == 404
    assert "The lid" not in text_of(client.get(reverse("portal-message", args=[foreign])))


def test_hostile_words_are_shown_as_text(client, sale):
    _order, token = sale
    write(client, token, "<script>alert(1)</script><img src=x onerror=alert(1)>")

    body = client.get(reverse("portal-message", args=[token])).content.decode()

    assert "<script" not in body
    assert "&lt;script&gt;alert(1)" in body


def test_x24_delivered_but_not_received_opens_a_case_for_each_delivered_parcel(client, sale):
    order, token = sale
    shipment = order.shipments.get()
    parcel = make_shipped(order_key=order.key, owner_key=f"shipment:{shipment.pk}")
    under_way = make_shipped(order_key=order.key, owner_key="shipment:999999")
    draft = TrackingDraft(parcel.tracking_number, "d", "delivered", ASKED)
    tracking.record_events([draft], at=ASKED)

    for _ in range(2):
        write(client, token, "Nobody rang.", topic="NOT_ARRIVED")

    case = DeliveryCase.objects.get()
    assert (case.parcel_id, case.kind) == (parcel.pk, "NOT_RECEIVED")
    assert case.parcel_id != under_way.pk
    assert MessageThread.objects.get().topic == "NOT_ARRIVED"

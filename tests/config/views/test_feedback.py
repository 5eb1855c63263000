"""A-21: customers are asked once after delivery, answer once, and the desk sees the figures."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as outbox
from django.urls import reverse

from core import clock, jobs
from core.actors import SYSTEM
from core.models import OutboundMail
from customers.domain.topics import FEEDBACK
from customers.models import Feedback
from customers.services import feedback, notifications
from customers.services.feedback import Answer, AnsweredBefore, FeedbackRefused, Question
from orders.models import Order, Shipment
from orders.services import asking_feedback
from orders.services.delivery_figures import delivery_figures
from shipping.models import TrackingEvent
from tests.factories import core as people
from tests.factories import returns as make
from tests.factories.core import principal
from tests.factories.returns import DELIVERED
from tests.factories.shipping import make_shipped

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def order() -> Order:
    make.stocked()
    return make.delivered_order()


def link() -> str:
    """Send what is planned and return the path of the page that the last mail opens."""
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))
    mails = [one for one in outbox.outbox if one.subject.startswith("How was")]
    word = next(word for word in mails[-1].body.split() if "/feedback/" in word)
    return "/" + word.split("/", 3)[3]


def test_a_21_the_customer_is_asked_once_a_week_after_and_answers_once(order, client):
    early = asking_feedback.ask_due(DELIVERED + 6 * DAY)
    first = asking_feedback.ask_due(DELIVERED + 7 * DAY)
    again = asking_feedback.ask_due(DELIVERED + 8 * DAY)
    assert (early, first, again) == (0, 1, 0)
    Feedback.objects.update(expires_at=clock.now() + DAY)
    url = link()

    page = client.get(url)
    assert f"How was order {order.number}?" in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"
    refused = client.post(url, {"nps": "9"})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()
    said = client.post(url, {"csat": "5", "nps": "9", "words": " <b>Great</b> tea "})
    assert "Your answer has arrived" in said.content.decode()
    second = client.post(url, {"csat": "1"})

    assert (second.status_code, "first answer is kept" in second.content.decode()) == (409, True)
    row = Feedback.objects.get()
    assert (row.csat, row.nps, row.words) == (5, 9, "<b>Great</b> tea")
    assert (row.channel_code, row.was_late) == ("shop", False)


@pytest.mark.parametrize("how", ["silenced", "switched_off", "under_way", "returned"])
def test_who_is_not_asked(order, how):
    if how == "silenced":
        wanted = {FEEDBACK: False}
        notifications.choose(order.email, wanted, source="mail", actor=SYSTEM, at=DELIVERED)
    elif how == "switched_off":
        notifications.switch("shop", {FEEDBACK: False}, actor=SYSTEM, at=DELIVERED)
    elif how == "returned":
        Order.objects.update(stage="returned")
    else:
        Shipment.objects.create(
            number="S-2",
            order=order,
            warehouse=order.shipments.get().warehouse,
            status="planned",
            created_at=DELIVERED,
        )

    assert asking_feedback.ask_due(DELIVERED + 7 * DAY) == 0
    assert (
        Feedback.objects.count()
        == OutboundMail.objects.filter(template="orders/feedback").count()
        == 0
    )


@pytest.mark.parametrize("token", ["x", "A" * 22, "A" * 200])
def test_a_wrong_or_ended_token_opens_nothing(order, client, token):
    asking_feedback.ask_due(DELIVERED + 7 * DAY)
    Feedback.objects.update(expires_at=DELIVERED + 8 * DAY)

    answers = [client.get(reverse("feedback", args=[one])) for one in (token, link().split("/")[2])]

    assert [one.status_code for one in answers] == [404, 404]


def ask(number: int, **more: object) -> Feedback:
    key = f"order:{number}"
    feedback.ask_many([Question(key, str(number), "shop", DELIVERED)], at=clock.now())
    row = Feedback.objects.get(order_key=key)
    if more:
        feedback.answer(row.pk, Answer(**more), at=clock.now())
    return row


@pytest.mark.parametrize(
    "said", [Answer(0), Answer(6), Answer(5, 11), Answer(5, -1), Answer(5, 5, "x" * 1001)]
)
def test_an_answer_off_the_scale_is_refused(said):
    with pytest.raises(FeedbackRefused):
        feedback.answer(ask(1).pk, said, at=clock.now())


def test_a_21_the_desk_sees_scores_with_n_and_response_rate(client):
    for number, (csat, nps) in enumerate([(5, 10), (4, 9), (4, 8), (1, 2)], start=1):
        ask(number, csat=csat, nps=nps, words=f"word{number}")
    for number in range(5, 9):
        ask(number)
    with pytest.raises(AnsweredBefore):
        feedback.answer(Feedback.objects.first().pk, Answer(5), at=clock.now())

    people.sign_in(client, people.make_user("admin"))
    page = client.get(reverse("feedback-index"))

    said = page.context["said"]
    assert (said.asked, said.answered, said.rate) == (8, 4, 50.0)
    assert (said.csat.n, said.csat.value, said.nps.value) == (4, 75.0, 25.0)
    text = page.content.decode()
    assert "n = 4" in text
    assert "4 of 8 asked" in text
    assert "word4" in text
    assert "Fewer than 30 answers" in text
    client.logout()
    people.sign_in(client, people.make_user("auditor"))
    assert "word4" not in client.get(reverse("feedback-index")).content.decode()
    client.logout()
    people.sign_in(client, people.make_user("order_desk", channels=["other"]))
    assert client.get(reverse("feedback-index")).context["said"].asked == 0


def test_a_21_delivery_counts_the_carriers_day_and_orders_not_there_yet(order):
    due = order.promised_at_order_by
    late = make.delivered_order()
    missing = make.orders.place_one()
    Order.objects.update(promised_at_order_by=due)
    for row, day, offset in ((order, due, -300), (late, due + DAY, 0)):
        shipment = row.shipments.get()
        parcel = make_shipped(owner_key=shipment.key, order_key=row.key)
        # 22:00 at the place of the first is 03:00 UTC of the next day.
        moment = dt.datetime.combine(day, dt.time(22), tzinfo=dt.UTC)
        TrackingEvent.objects.create(
            parcel=parcel,
            source_event_id="d",
            status="delivered",
            rank=9,
            at=moment - dt.timedelta(minutes=offset),
            utc_offset_min=offset,
            received_at=moment,
        )

    start = dt.datetime.combine(due - 5 * DAY, dt.time(), tzinfo=dt.UTC)
    found = delivery_figures(principal("admin"), start, start + 30 * DAY)

    assert missing.shipments.exists()
    assert (found.delivered, found.on_time, found.of_delivered) == (2, 1, 50.0)
    assert (found.due, found.due_on_time) == (3, 1)
    assert delivery_figures(principal("admin"), start - 99 * DAY, start - 98 * DAY).timed == 0

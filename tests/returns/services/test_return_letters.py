"""A-16: the status of a return comes to the customer: created, in transit, received, refunded."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core import mail as outbox
from django.utils.formats import date_format

from core import clock, events, jobs
from core.actors import SYSTEM
from core.models import OutboundMail
from customers.services import notifications
from returns.domain.refund_math import Way
from returns.models import ReturnRequest
from returns.services import letters, progress, refunds
from returns.services.progress import Why
from tests.factories import returns as make
from tests.factories.returns import ASKED

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.timedelta(days=1)


@pytest.fixture
def request_row() -> ReturnRequest:
    make.ensure_rules()
    make.stocked()
    row = make.request(make.delivered_order())
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))
    outbox.outbox.clear()
    OutboundMail.objects.all().delete()
    return row


def hear(row: ReturnRequest, name: str, at: dt.datetime = ASKED) -> None:
    """Let the listener hear one step, as the outbox hands it over."""
    fact = events.EventFact(0, f"returns.{name}", row.key, at, progress.payload(row))
    letters.on_facts([fact])


def send() -> list[str]:
    """Send what is planned; return the subjects in the order of planning."""
    jobs.run_due(clock.now() + dt.timedelta(minutes=2))
    rows = OutboundMail.objects.filter(template__startswith="returns/").order_by("pk")
    return list(rows.values_list("subject", flat=True))


def stand(row: ReturnRequest, status: str, **more: object) -> None:
    more.setdefault("decided_at", ASKED)
    ReturnRequest.objects.filter(pk=row.pk).update(status=status, **more)


def test_a_16_each_step_of_a_return_is_told_once_with_items_day_and_link(request_row, client):
    row = request_row
    due = dt.date(2026, 3, 2)
    stand(row, "approved", send_by_on=due, expected_refund_on=due + 7 * DAY)
    for name in ("requested", "approved", "approved", "label_issued", "in_transit"):
        hear(row, name)
    stand(row, "arrived")
    hear(row, "arrived")
    stand(row, "inspected")
    row.lines.update(received_qty=1, accepted_qty=1)
    hear(row, "inspected")

    number = row.number
    assert send() == [
        f"Return {number} is agreed to",
        f"The label of return {number} is ready",
        f"Return {number} is on its way to us",
        f"Return {number} has arrived",
        f"Return {number} was inspected",
    ]
    agreed = next(one for one in outbox.outbox if "agreed" in one.subject)
    assert "1 x Tea" in agreed.body
    assert f"Hand it over by {date_format(due)}." in agreed.body
    assert f"Your money is expected by {date_format(due + 7 * DAY)}." in agreed.body
    link = next(word for word in agreed.body.split() if word.startswith("http"))
    assert client.get("/" + link.split("/", 3)[3]).status_code == 200
    seen = next(one for one in outbox.outbox if "inspected" in one.subject)
    assert "Accepted: 1. Not accepted: 0." in seen.body


def test_a_return_that_waits_for_a_decision_and_one_that_is_declined(request_row):
    stand(request_row, "review")
    hear(request_row, "requested")
    stand(request_row, "rejected", decision_reason="The seal is broken.")
    hear(request_row, "rejected")

    assert send() == [
        f"We have your return {request_row.number}",
        f"Return {request_row.number} can't be accepted",
    ]
    assert "The seal is broken." in outbox.outbox[-1].body


def test_a_16_paid_money_is_told_with_its_amount(request_row):
    order = request_row.order
    giving = refunds.Giving("GOODWILL", "key-1", "For the dent", Way.REFUND, None)
    refund = refunds.give(order.pk, Decimal("5.00"), giving, actor=SYSTEM, at=ASKED)
    facts = {"refund_id": refund.pk, "order_id": order.pk}
    letters.on_facts([events.EventFact(0, "returns.refunded", refund.key, ASKED, facts)])

    assert send() == ["USD 5.00 comes back to you"]
    assert f"for your order {order.number} we have sent USD 5.00 back" in outbox.outbox[-1].body


@pytest.mark.parametrize("how", ["undelivered", "no_order", "silenced"])
def test_what_the_customer_did_not_ask_for_or_silenced_is_not_told(request_row, how):
    if how == "silenced":
        wanted = {"progress": False}
        email = request_row.order.email
        notifications.choose(email, wanted, source="account", actor=SYSTEM, at=ASKED)
    elif how == "undelivered":
        ReturnRequest.objects.update(kind="rts")
    else:
        ReturnRequest.objects.update(order=None)
    hear(request_row, "in_transit")

    assert send() == []


def test_the_returns_own_language_goes_before_the_orders(request_row):
    ReturnRequest.objects.update(language="zh-hans")
    hear(request_row, "in_transit")

    assert OutboundMail.objects.get(template="returns/in_transit").language == "zh-hans"


def test_who_has_not_sent_yet_is_reminded_once_in_the_last_three_days(request_row):
    row = request_row
    stand(row, "approved", send_by_on=(ASKED + 4 * DAY).date())
    progress.note(row, "x", actor=SYSTEM, at=ASKED, why=Why())

    told = [letters.remind(ASKED + n * DAY)["send_soon"] for n in (0, 1, 2, 5)]

    assert told == [0, 1, 0, 0]
    assert "hand it over by" in send()[0]


def test_a_letter_about_a_return_is_sent_again(request_row):
    hear(request_row, "in_transit")
    sent = OutboundMail.objects.get(template="returns/in_transit")

    draft = letters.again(sent, ASKED)

    assert (draft.template, draft.to) == ("returns/in_transit", "ada@example.org")
    assert draft.context["items"] == "1 x Tea"

"""X25: what suppliers answer, what buyers make of it, and what silence leads to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import Actor
from core.models import AuditEntry, Notice, OutboundMail, OutboxEvent
from suppliers.domain.answering import WantedChange
from suppliers.models import AnswerClock, ChangeProposal, PurchaseOrder, SupplierAnswer
from suppliers.queries import portal
from suppliers.services import (
    answer_clock,
    answer_deciding,
    answers,
    order_talk,
    purchase_closing,
    purchase_sending,
    supplier_links,
)
from suppliers.services.answer_errors import (
    ChangeRefused,
    NotAnswerable,
    NothingChanged,
    ProposalDecided,
    ReasonUnknown,
    StaleOrder,
    TooManyMessages,
)
from suppliers.services.answers import AnswerDraft
from suppliers.services.purchase_drafts import LineChange
from suppliers.services.purchase_revising import revise
from tests.factories import purchases as buy
from tests.factories.supplier_terms import ORDER_DAY

pytestmark = pytest.mark.django_db
NOW = buy.NOW
HOUR = dt.timedelta(hours=1)
VENDOR = Actor("supplier", 1, "Hill Tea")
WANTED = ORDER_DAY + dt.timedelta(days=40)


@pytest.fixture
def trade():
    return buy.trade(code="HILL")


@pytest.fixture
def order(trade):
    """One order of 100 tins at 10 and 50 boxes at 4: 1 200 in all."""
    tins, boxes = buy.goods(trade, "TIN", "10"), buy.goods(trade, "BOX", "4")
    return buy.sent(trade, {tins: 100, boxes: 50}, required_by=WANTED)


def line(order, code):
    return order.lines.get(sku__code=code)


def fresh(order):
    return PurchaseOrder.objects.get(pk=order.pk)


def propose(order, *changes, key="k1", confirmed=(), at=NOW + HOUR):
    draft = AnswerDraft(
        order_id=order.pk, revision=order.revision, confirmed_line_ids=confirmed, changes=changes
    )
    return answers.propose(draft, event_key=key, actor=VENDOR, at=at).proposal


def mails(template):
    rows = OutboundMail.objects.filter(template=f"suppliers/{template}")
    return sorted(rows.values_list("to", flat=True))


def test_x25_sending_asks_the_supplier_with_a_link_a_pdf_and_a_clock(order, trade):
    mail = OutboundMail.objects.get(template="suppliers/order_new")
    link = supplier_links.find(mail.context["token"], at=NOW)
    clock = AnswerClock.objects.get(order=order)

    assert mail.attachment == f"purchase_order:{order.pk}:1"
    assert (link.supplier, link.order, link.purpose) == (trade.supplier, order, "order")
    assert clock.due_at - clock.asked_at == 48 * HOUR
    assert [step.kind for step in portal.steps_of(order, today=ORDER_DAY)] == [
        "pre_production",
        "production",
        "pre_shipment",
        "shipment",
        "delivery",
    ]


def test_x25_lines_are_accepted_one_by_one_and_the_last_confirms_the_order(order):
    tin = line(order, "TIN")

    answers.accept(
        order.pk, revision=1, line_ids=[tin.pk], event_key="a", actor=VENDOR, at=NOW + HOUR
    )
    half = fresh(order).state
    answers.accept(order.pk, revision=1, event_key="b", actor=VENDOR, at=NOW + 2 * HOUR)
    repeated = answers.accept(order.pk, revision=1, event_key="b", actor=VENDOR, at=NOW + 3 * HOUR)

    order = fresh(order)
    assert (half, order.state, order.expected_on) == ("sent", "confirmed", WANTED)
    assert repeated.at == NOW + 2 * HOUR
    assert SupplierAnswer.objects.count() == 2
    assert [(row.confirmed_qty, row.confirmed_on) for row in order.lines.order_by("position")] == [
        (100, WANTED),
        (50, WANTED),
    ]
    assert AnswerClock.objects.get().stopped_at == NOW + 2 * HOUR
    assert OutboxEvent.objects.get(name="suppliers.eta_changed").payload["on"] == WANTED.isoformat()


def test_x25_a_proposal_is_compared_with_the_order_and_the_agreement(order, trade):
    tin = line(order, "TIN")

    proposal = propose(
        order, WantedChange(tin.pk, "PRICE", 90, WANTED + dt.timedelta(days=5), Decimal("10.3"))
    )
    shown = portal.for_buyer(fresh(order), now=NOW + HOUR)

    change = shown["changes"][0]
    assert (change["qty"], change["price"]) == (90, Decimal("10.300000"))
    assert (change["order_share"], change["quoted_share"]) == (Decimal("0.0300"), Decimal("0.0300"))
    assert change["amount_change"] == Decimal("-73.00")
    assert (shown["light"], shown["is_stale"], proposal.state) == ("gray", False, "proposed")
    assert Notice.objects.get(kind="order_change_proposed").user == trade.buyer
    assert mails("answer_changed") == [trade.buyer.email]
    assert fresh(order).state == "sent"


def test_x25_a_small_quantity_change_accepted_carries_over_and_counts_as_confirmed(order, trade):
    tin, box = line(order, "TIN"), line(order, "BOX")
    late = WANTED + dt.timedelta(days=3)
    proposal = propose(order, WantedChange(tin.pk, "QTY", 98, late), confirmed=[box.pk])

    done = answer_deciding.accept_change(proposal.pk, actor=trade.buying, at=NOW + 2 * HOUR)

    order = fresh(order)
    tin.refresh_from_db()
    assert (done.state, order.revision, order.sent_revision) == ("confirmed", 2, 2)
    assert (tin.qty, tin.confirmed_qty, tin.confirmed_on) == (98, 98, late)
    assert (order.expected_on, order.total_amount) == (late, Decimal("1180"))
    assert ChangeProposal.objects.get().agreed_revision == 2
    assert len(mails("change_accepted")) == 1
    assert not mails("order_amended")
    with pytest.raises(ProposalDecided):
        answer_deciding.accept_change(proposal.pk, actor=trade.buying, at=NOW + 3 * HOUR)


def test_x25_a_price_change_accepted_waits_for_approval_then_counts_as_confirmed(order, trade):
    tin, box = line(order, "TIN"), line(order, "BOX")
    proposal = propose(
        order, WantedChange(tin.pk, "PRICE", None, None, Decimal("10.5")), confirmed=[box.pk]
    )

    waiting = answer_deciding.accept_change(proposal.pk, actor=trade.buying, at=NOW + 2 * HOUR)
    assert (waiting.state, waiting.revision) == ("pending", 2)
    assert portal.is_changing(waiting)
    assert not mails("change_accepted")

    buy.approve(trade, waiting)
    sent = purchase_sending.send(order.pk, actor=trade.buying, at=NOW + 5 * HOUR)

    assert (sent.state, line(sent, "TIN").confirmed_qty) == ("confirmed", 100)
    assert len(mails("change_accepted")) == 1


def test_x25_days_alone_need_no_revision(order, trade):
    tin, box = line(order, "TIN"), line(order, "BOX")
    late = WANTED + dt.timedelta(days=9)
    proposal = propose(order, WantedChange(tin.pk, "DATE", None, late), confirmed=[box.pk])

    done = answer_deciding.accept_change(proposal.pk, actor=trade.buying, at=NOW + 2 * HOUR)

    assert (done.state, done.revision, done.expected_on) == ("confirmed", 1, late)
    assert len(mails("change_accepted")) == 1


def test_x25_rejecting_a_proposal_notifies_the_supplier_and_starts_the_clock_again(order, trade):
    proposal = propose(order, WantedChange(line(order, "TIN").pk, "QTY", 10))
    later = NOW + 20 * HOUR

    with pytest.raises(ReasonUnknown):
        answer_deciding.reject_change(proposal.pk, comment="  ", actor=trade.buying, at=later)
    answer_deciding.reject_change(
        proposal.pk, comment="We need all 100.", actor=trade.buying, at=later
    )

    mail = OutboundMail.objects.get(template="suppliers/change_rejected")
    clock = AnswerClock.objects.get()
    assert (mail.to, mail.context["comment"]) == ("hill@example.com", "We need all 100.")
    assert (clock.asked_at, clock.stopped_at) == (later, None)
    assert (fresh(order).state, line(order, "TIN").confirmed_qty) == ("sent", None)
    assert AuditEntry.objects.filter(action="suppliers.change_rejected").count() == 1


def test_x25_a_declined_order_tells_the_buyer_and_may_still_be_confirmed(order, trade):
    draft = AnswerDraft(order_id=order.pk, revision=1, comment="No steel.")

    with pytest.raises(ReasonUnknown):
        answers.decline(draft, reason="QTY", event_key="d", actor=VENDOR, at=NOW + HOUR)
    answers.decline(draft, reason="OUT_OF_STOCK", event_key="d", actor=VENDOR, at=NOW + HOUR)
    answers.decline(draft, reason="OUT_OF_STOCK", event_key="d", actor=VENDOR, at=NOW + HOUR)

    assert Notice.objects.filter(kind="order_declined", user=trade.buyer).count() == 1
    assert mails("answer_declined") == [trade.buyer.email]
    assert (fresh(order).state, portal.last_answer(order).comment) == ("sent", "No steel.")
    answers.accept(order.pk, revision=1, event_key="e", actor=VENDOR, at=NOW + 2 * HOUR)
    assert fresh(order).state == "confirmed"


def test_x25_48_hours_of_silence_escalate_once(order, trade):
    day, edge = NOW + 24 * HOUR, NOW + 48 * HOUR

    quiet = answer_clock.run(now=day - HOUR)
    reminded = answer_clock.run(now=day)
    at_the_edge = answer_clock.run(now=edge)
    over = answer_clock.run(now=edge + dt.timedelta(seconds=1))
    again = answer_clock.run(now=edge + 24 * HOUR)

    assert (quiet, reminded, at_the_edge, over, again) == (
        answer_clock.Round(),
        answer_clock.Round(reminded=1),
        answer_clock.Round(),
        answer_clock.Round(escalated=1),
        answer_clock.Round(),
    )
    assert mails("answer_reminder") == mails("answer_overdue") == ["hill@example.com"]
    assert mails("answer_silent") == [trade.buyer.email]
    assert Notice.objects.get(kind="order_unanswered").data["hours"] == 48
    assert OutboxEvent.objects.filter(name="suppliers.answer_overdue").count() == 1
    now = edge + HOUR
    assert portal.light_of(fresh(order), has_proposal=False, now=now) == "red"


def test_x25_an_answer_to_another_revision_is_stale_and_writes_nothing(order, trade):
    tin = line(order, "TIN")
    proposal = propose(order, WantedChange(tin.pk, "QTY", 95))
    revise(
        order.pk,
        changes=[LineChange(tin.pk, 99, None)],
        expected_version=fresh(order).version,
        reason="Less is enough.",
        actor=trade.buying,
        at=NOW + 2 * HOUR,
    )

    with pytest.raises(StaleOrder):
        answers.accept(order.pk, revision=1, event_key="x", actor=VENDOR, at=NOW + 3 * HOUR)
    with pytest.raises(StaleOrder):
        answer_deciding.accept_change(proposal.pk, actor=trade.buying, at=NOW + 3 * HOUR)

    purchase_sending.send(order.pk, actor=trade.buying, at=NOW + 4 * HOUR)
    proposal.refresh_from_db()
    assert proposal.state == "superseded"
    assert len(mails("order_amended")) == 1
    assert [
        (row.sku, row.field, row.before, row.after)
        for row in portal.differences_since(fresh(order), 1)
    ] == [("", "total", "1200", "1190"), ("TIN", "qty", 100, 99)]


def test_x25_what_cannot_be_meant_is_refused(order):
    tin = line(order, "TIN")
    cases = [
        (WantedChange(tin.pk, "QTY", 100, WANTED, Decimal(10)), NothingChanged),
        (WantedChange(tin.pk, "", 90), ReasonUnknown),
        (WantedChange(tin.pk, "PRICE", None, None, Decimal(-1)), ChangeRefused),
        (WantedChange(tin.pk, "DATE", None, ORDER_DAY - dt.timedelta(days=9)), ChangeRefused),
    ]

    for change, error in cases:
        with pytest.raises(error):
            propose(order, change)

    assert not SupplierAnswer.objects.exists()


def test_x25_a_cancelled_order_is_not_answerable_and_its_supplier_is_told(order, trade):
    propose(order, WantedChange(line(order, "TIN").pk, "QTY", 90))

    purchase_closing.cancel(order.pk, reason="NOT_NEEDED", actor=trade.buying, at=NOW + 2 * HOUR)

    with pytest.raises(NotAnswerable):
        answers.accept(order.pk, revision=1, event_key="x", actor=VENDOR, at=NOW + 3 * HOUR)
    assert ChangeProposal.objects.get().state == "superseded"
    assert mails("order_cancelled") == ["hill@example.com"]


def test_messages_reach_the_other_side_once_and_are_limited(order, trade):
    for _twice in range(2):
        order_talk.write_message(order.pk, " Hello ", event_key="m", actor=VENDOR, at=NOW)
    order_talk.write_message(order.pk, "Yes?", event_key="n", actor=trade.buying, at=NOW)
    for number in range(29):
        order_talk.write_message(order.pk, "…", event_key=f"s{number}", actor=VENDOR, at=NOW)

    with pytest.raises(TooManyMessages):
        order_talk.write_message(order.pk, "…", event_key="s30", actor=VENDOR, at=NOW)

    assert [row.text for row in portal.talk_of(order)[-2:]] == ["Yes?", "Hello"]
    assert mails("message") == ["hill@example.com"]
    assert Notice.objects.filter(kind="order_message").count() == 30

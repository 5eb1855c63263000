"""Deciding, changing, ending returns; what the order learns of it."""

from __future__ import annotations

import datetime as dt

import pytest

from core import clock, jobs
from core.actors import SYSTEM
from core.models import AuditEntry
from orders.models import Order, OrderLine
from orders.services import returned
from returns.models import ReturnLine, ReturnRequest, ReturnStep
from returns.services import closing, deciding, order_facts, progress
from returns.services.deciding import LineChange, LineEnded, OutcomeUnknown
from returns.services.errors import ReturnMoveRefused, ReturnReasonMissing
from returns.services.request_errors import UnitsGone
from tests.factories import orders as make
from tests.factories import returns as back
from tests.factories.returns import ASKED, DESK

LATER = ASKED + dt.timedelta(days=3)


@pytest.fixture
def order(db):
    back.ensure_rules()
    back.stocked("TEA")
    return back.delivered_order(make.line("TEA", 3))


def for_review(order: Order, qty: int = 1) -> ReturnRequest:
    row = back.request(order, units={"TEA": qty})
    ReturnRequest.objects.filter(pk=row.pk).update(status="review", decided_at=None)
    return row


def test_a_person_approves_or_declines_once_and_says_why(order):
    first, second = for_review(order), for_review(order)

    deciding.approve(first.pk, actor=DESK, at=LATER)
    with pytest.raises(ReturnReasonMissing):
        deciding.reject(second.pk, reason="  ", actor=DESK, at=LATER)
    deciding.reject(second.pk, reason="worn", actor=DESK, at=LATER)

    rows = ReturnRequest.objects.order_by("pk").values_list(
        "status", "decided_by", "decision_reason", "send_by_on"
    )
    sent_by = (LATER + dt.timedelta(days=14)).date()
    assert rows[0] == ("approved", DESK.key, "", sent_by)
    assert rows[1][:3] == ("rejected", DESK.key, "worn")
    assert ReturnLine.objects.get(request=second).state == "rejected"
    for move in (deciding.approve, deciding.approve):
        with pytest.raises(ReturnMoveRefused):
            move(second.pk, actor=DESK, at=LATER)


def test_units_of_a_declined_return_are_free_and_it_is_reopened_only_while_they_are(order):
    row = for_review(order, qty=2)
    deciding.reject(row.pk, reason="worn", actor=DESK, at=LATER)
    other = back.request(order, units={"TEA": 2})

    with pytest.raises(UnitsGone):
        deciding.reopen(row.pk, reason="photo came", actor=DESK, at=LATER)
    deciding.cancel(other.pk, reason="", actor=SYSTEM, at=LATER, by_customer=True)
    deciding.reopen(row.pk, reason="photo came", actor=DESK, at=LATER)

    row.refresh_from_db()
    assert (row.status, row.lines.get().state) == ("review", "open")
    assert ReturnLine.objects.get(request=other).state == "cancelled"


def test_what_is_not_handed_over_in_time_expires_and_frees_its_units(order):
    row = back.request(order)
    kept = back.request(order, units={"TEA": 1})
    ReturnRequest.objects.filter(pk=kept.pk).update(method="keep")
    last_day = dt.datetime.combine(row.send_by_on, dt.time(23, 59), dt.UTC)

    assert deciding.expire_due(last_day) == 0
    assert deciding.expire_due(last_day + dt.timedelta(minutes=1)) == 1
    assert deciding.expire_due(last_day + dt.timedelta(minutes=2)) == 0

    row.refresh_from_db()
    assert (row.status, row.lines.get().state) == ("expired", "cancelled")
    assert ReturnRequest.objects.get(pk=kept.pk).status == "approved"


def test_staff_decide_a_line_otherwise_and_both_values_stay_in_the_log(order):
    line = back.request(order, units={"TEA": 2}).lines.get()

    changed = deciding.override_line(
        line.pk, LineChange(is_kept=True), reason="worth less than its way", actor=DESK, at=LATER
    )

    assert (changed.resolution, changed.accepted_qty, changed.is_kept) == ("returnless", 2, True)
    entry = AuditEntry.objects.get(action="returns.line_changed")
    assert (entry.before["resolution"], entry.after["resolution"]) == ("refund", "returnless")
    assert entry.reason == "worth less than its way"
    step = ReturnStep.objects.get(code="LINE_CHANGED")
    assert (step.is_public, step.by) == (False, DESK.key)

    back_again = deciding.change_resolution(
        line.pk, "store_credit", reason="asked for", actor=DESK, at=LATER
    )
    assert (back_again.resolution, back_again.accepted_qty) == ("store_credit", 2)
    for wish in ("exchange", "gold"):
        with pytest.raises(OutcomeUnknown):
            deciding.change_resolution(line.pk, wish, reason="x", actor=DESK, at=LATER)
    with pytest.raises(ReturnReasonMissing):
        deciding.change_resolution(line.pk, "refund", reason="", actor=DESK, at=LATER)
    closing.close_line(line.pk, actor=SYSTEM, at=LATER)
    with pytest.raises((LineEnded, ReturnMoveRefused)):
        deciding.change_resolution(line.pk, "refund", reason="x", actor=DESK, at=LATER)


def test_a_return_ends_with_its_last_line_but_not_before_its_goods_are_inspected(order):
    row = back.request(order)
    line = row.lines.get()
    assert closing.close_line(line.pk, actor=SYSTEM, at=LATER) is False
    progress.move(row.pk, "arrive", actor=SYSTEM, at=LATER)
    assert closing.try_resolve(row.pk, actor=SYSTEM, at=LATER) is False
    progress.move(row.pk, "inspect", actor=SYSTEM, at=LATER)

    jobs.run_due(clock.now() + dt.timedelta(minutes=1))

    row.refresh_from_db()
    assert (row.status, row.closed_at is not None) == ("resolved", True)
    assert closing.close_line(line.pk, actor=SYSTEM, at=LATER) is False

    kept = back.request(order)
    line = kept.lines.get()
    deciding.override_line(line.pk, LineChange(is_kept=True), reason="cheap", actor=DESK, at=LATER)
    assert closing.close_line(line.pk, actor=SYSTEM, at=LATER) is True


def test_an_order_is_not_completed_while_a_return_of_it_is_open(order):
    assert order.status == "completed"
    row = back.request(order)
    order.refresh_from_db()
    assert (order.status, order.stage, order.open_returns) == ("confirmed", "delivered", 1)

    ReturnLine.objects.filter(request=row).update(received_qty=1, accepted_qty=1)
    progress.move(row.pk, "arrive", actor=SYSTEM, at=LATER)
    order_facts.refresh(order.pk, actor=SYSTEM, at=LATER)
    order.refresh_from_db()
    assert (order.status, order.stage) == ("confirmed", "returned_part")
    assert OrderLine.objects.get(order=order).returned_qty == 1

    progress.move(row.pk, "inspect", actor=SYSTEM, at=LATER)
    progress.move(row.pk, "resolve", actor=SYSTEM, at=LATER)
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))
    order.refresh_from_db()
    assert (order.status, order.stage, order.open_returns) == (
        "completed",
        "returned_part",
        0,
    )
    line = OrderLine.objects.get(order=order)
    assert returned.record(order.pk, {line.pk: 3}, open_returns=0, actor=SYSTEM, at=LATER) == (
        "returned"
    )


def test_goods_of_a_cancelled_return_open_its_lines_again_if_nobody_asked_for_them(order):
    row = back.request(order, units={"TEA": 2})
    deciding.cancel(row.pk, reason="", actor=SYSTEM, at=LATER, by_customer=True)
    progress.move(row.pk, "arrive", actor=SYSTEM, at=LATER)
    other = back.request(order, units={"TEA": 2})

    assert closing.revive(row.pk, actor=SYSTEM, at=LATER) == 0
    deciding.cancel(other.pk, reason="", actor=SYSTEM, at=LATER, by_customer=True)
    assert closing.revive(row.pk, actor=SYSTEM, at=LATER) == 1
    assert closing.revive(row.pk, actor=SYSTEM, at=LATER) == 0
    assert row.lines.get().state == "open"

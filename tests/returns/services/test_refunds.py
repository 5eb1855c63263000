"""Refunds of returns: amount, moment, units, way, approval."""

import random
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.actors import SYSTEM, Actor
from core.approvals.errors import OwnRequest
from core.models import AuditEntry
from core.models.events import OutboxEvent
from orders.models import Order, RefundDue
from orders.services import lifecycle
from returns.models import (
    GatewayBooking,
    Recoverable,
    Refund,
    RefundLine,
    RefundPayment,
    ReturnLine,
    ReturnRequest,
    StoreCreditEntry,
)
from returns.services import (
    credit,
    paying_back,
    progress,
    recoverables,
    refund_approving,
    refunds,
)
from returns.services.money_errors import (
    CreditTooLow,
    RecoverableSettled,
    ReferenceUsed,
    RefundAboveLeft,
    RefundMoved,
    RefundReasonMissing,
)
from tests.factories import core as people
from tests.factories import money, orders, returns

pytestmark = pytest.mark.django_db
D = Decimal
LATER = money.LATER


def plan(rma, event="inspected", at=LATER):
    return refunds.plan_for(rma.pk, event, at=at)


def pay(refund):
    refund.refresh_from_db()
    ids = list(refund.payments.filter(state="requested").values_list("pk", flat=True))
    paying_back.pay_many(ids, now=LATER)
    refund.refresh_from_db()
    return refund


def three_teas(**more):
    """Three TEA of 10.00 with 1.00 off and 2.60 tax: 31.60 in all; shipping 4.00."""
    line = orders.line("TEA", 3, "10.00", discount_amount=D("1.00"), tax_amount=D("2.60"))
    return money.paid_order(line, shipping_amount=D("4.00"), **more)


def test_x21_a_refund_is_paid_to_the_cent_with_its_rows():
    order = three_teas()
    rma = returns.request(order, units={"TEA": 2}, resolution="refund")
    ReturnLine.objects.filter(request=rma).update(restocking_share=D("0.10"))
    money.set_policy(rma, return_shipping_amount="2.50")
    money.bring_back(rma)

    (refund,) = plan(rma)

    rows = refund.lines.order_by("position").values_list("code", "amount", "qty", "from_unit")
    assert [(code, str(amount), qty, unit) for code, amount, qty, unit in rows] == [
        ("GOODS", "21.7300", 2, 1),
        ("DISCOUNT", "-0.6600", 2, None),
        ("RESTOCKING", "-2.1100", 2, None),
        ("SHIPPING", "0.0000", 0, None),
        ("RETURN_SHIPPING", "-2.5000", 0, None),
    ]
    assert (refund.amount, refund.fee_amount) == (D("16.46"), D("2.50"))
    pay(refund)
    assert refund.state == "paid"
    (payment,) = refund.payments.all()
    booking = GatewayBooking.objects.get()
    assert (payment.gateway, payment.state) == ("test", "paid")
    assert (booking.amount, booking.reference) == (D("16.46"), payment.gateway_reference)
    assert RefundDue.objects.get().state == "paid"
    rma.refresh_from_db()
    assert rma.status == "resolved"
    assert rma.steps.filter(code="REFUND_PAID", is_public=True).count() == 1
    event = OutboxEvent.objects.get(name="returns.refunded")
    assert event.payload == {
        "refund_id": refund.pk,
        "order_id": order.pk,
        "request_id": rma.pk,
    }


def test_x21_a_unit_is_paid_once_however_often_its_events_come():
    order = three_teas()
    rma = returns.request(order, units={"TEA": 3})
    line = ReturnLine.objects.get(request=rma)
    progress.move(rma.pk, "arrive", actor=SYSTEM, at=LATER)
    amounts = []
    for accepted in (1, 1, 3, 3):
        ReturnLine.objects.filter(pk=line.pk).update(received_qty=accepted, accepted_qty=accepted)
        amounts += [one.amount for one in plan(rma, "arrived")]
    progress.move(rma.pk, "inspect", actor=SYSTEM, at=LATER)

    assert plan(rma) == []
    assert amounts == [D("10.53"), D("21.07")]
    units = RefundLine.objects.units().order_by("from_unit").values_list("from_unit", "qty")
    assert list(units) == [(1, 1), (2, 2)]
    with pytest.raises(IntegrityError, match=r"refundline_unit_once|UNIQUE"), transaction.atomic():
        RefundLine.objects.create(
            refund=Refund.objects.first(),
            position=90,
            code="GOODS",
            return_line=line,
            qty=1,
            from_unit=1,
            amount=D("1.00"),
        )


@pytest.mark.parametrize(
    ("pays_at", "paid_after"),
    [
        ("label", ["0", "21.07", "0", "0", "0"]),
        ("in_transit", ["0", "0", "21.07", "0", "0"]),
        ("validated", ["0", "0", "0", "0", "21.07"]),
        ("manual", ["0", "0", "0", "0", "21.07"]),
    ],
)
def test_x21_the_money_moves_at_the_event_of_the_policy(pays_at, paid_after):
    rma = returns.request(three_teas(), units={"TEA": 2})
    money.set_policy(rma, processing_event=pays_at)
    moves = {"approved": "", "label_issued": "issue_label", "in_transit": "hand_over"}
    found = []
    for event, move in moves.items():
        if move:
            progress.move(rma.pk, move, actor=SYSTEM, at=LATER)
        found.append(sum((one.amount for one in plan(rma, event)), D(0)))
    progress.move(rma.pk, "arrive", actor=SYSTEM, at=LATER)
    found.append(sum((one.amount for one in plan(rma, "arrived")), D(0)))
    money.bring_back(rma)
    found.append(sum((one.amount for one in plan(rma)), D(0)))

    assert found == [D(one) for one in paid_after]


def test_x20_only_accepted_units_are_paid_and_early_money_becomes_recoverable():
    order = three_teas()
    rma = returns.request(order, units={"TEA": 3})
    money.set_policy(rma, processing_event="in_transit")
    progress.move(rma.pk, "hand_over", actor=SYSTEM, at=LATER)
    (refund,) = plan(rma, "in_transit")
    assert pay(refund).amount == D("31.60")
    money.bring_back(rma, 1)

    assert plan(rma) == []
    (row,) = recoverables.look_at(rma.pk, at=LATER)
    assert recoverables.look_at(rma.pk, at=LATER) == [row]

    assert (row.qty, row.amount, row.state) == (2, D("21.07"), "open")
    assert list(recoverables.open_for(Order.objects.get(pk=order.pk).customer_id)) == [row]
    with pytest.raises(RefundReasonMissing):
        recoverables.settle(row.pk, is_recovered=False, reason=" ", actor=SYSTEM, at=LATER)
    recoverables.settle(row.pk, is_recovered=False, reason="Regular", actor=SYSTEM, at=LATER)
    with pytest.raises(RecoverableSettled):
        recoverables.settle(row.pk, is_recovered=True, reason="x", actor=SYSTEM, at=LATER)
    assert Recoverable.objects.get().state == "waived"


def test_original_shipping_goes_back_in_parts_that_sum_to_it():
    order = three_teas()
    rma = returns.request(order, units={"TEA": 1}, reason_code="QUALITY_BELOW")
    money.set_policy(rma, refunds_original_shipping=True)
    money.bring_back(rma)
    (first,) = plan(rma)
    rest = returns.request(order, units={"TEA": 2}, reason_code="QUALITY_BELOW")
    money.set_policy(rest, refunds_original_shipping=True)
    money.bring_back(rest)
    (second,) = plan(rest)

    shipping = RefundLine.objects.filter(code="SHIPPING").order_by("pk")
    assert list(shipping.values_list("amount", flat=True)) == [D("1.33"), D("2.67")]
    assert first.amount + second.amount == order.total_amount == D("35.60")
    giving = refunds.Giving("GOODWILL", "g1", "late")
    with pytest.raises(RefundAboveLeft, match=r"0.01 USD is more than is left: 0.00 USD"):
        refunds.give(order.pk, D("0.01"), giving, actor=SYSTEM, at=LATER)


def test_store_credit_grows_with_its_bonus_and_is_spent_once():
    order = three_teas()
    rma = returns.request(order, units={"TEA": 3}, resolution="store_credit")
    ReturnLine.objects.filter(request=rma).update(bonus_share=D("0.10"))
    money.bring_back(rma)

    (refund,) = plan(rma)

    assert (refund.way, refund.amount, refund.bonus_amount, refund.state) == (
        "store_credit",
        D("31.60"),
        D("3.16"),
        "paid",
    )
    customer_id = Order.objects.get(pk=order.pk).customer_id
    entries = StoreCreditEntry.objects.order_by("position")
    assert list(entries.values_list("kind", "amount", "balance_amount")) == [
        ("refund", D("31.60"), D("31.60")),
        ("bonus", D("3.16"), D("34.76")),
    ]
    other = orders.place_one(orders.line("TEA", 1), paid_amount=D(0))
    Order.objects.filter(pk=other.pk).update(customer=customer_id)
    spending = credit.Spending(other.pk, D("10.00"), "desk-1")
    for _ in range(2):
        credit.spend(spending, actor=SYSTEM, at=LATER)
    other.refresh_from_db()
    assert other.paid_amount == D("10.00")
    assert credit.balance_of(customer_id, "USD") == D("24.76")
    assert sum(StoreCreditEntry.objects.values_list("amount", flat=True)) == D("24.76")
    too_much = credit.EntryDraft("correction", D("-25.00"), "c1", note="typed wrong")
    with pytest.raises(CreditTooLow, match=r"24.76 USD"):
        credit.correct(customer_id, "USD", too_much, actor=SYSTEM, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        StoreCreditEntry.objects.filter(pk=entries[0].pk).update(amount=D("99.00"))
    lifecycle.cancel(other.pk, reason="changed mind", actor=SYSTEM, at=LATER)
    (back,) = [refunds.pay_due(due.pk, actor=SYSTEM, at=LATER) for due in other.refunds_due.all()]
    back.refresh_from_db()
    assert (back.reason, back.state) == ("ORDER_CANCELLED", "paid")
    assert credit.balance_of(customer_id, "USD") == D("34.76")


def test_what_orders_left_owing_is_paid_by_rule_oldest_payment_first():
    order = money.paid_order(orders.line("TEA", 2), payments=("12.00", "8.00"))
    due = RefundDue.objects.create(
        order=order,
        amount=D("15.00"),
        currency="USD",
        reason="ORDER_EDITED",
        event_key="order:edit",
        created_at=LATER,
    )

    refund = refunds.pay_due(due.pk, actor=SYSTEM, at=LATER)

    assert refunds.pay_due(due.pk, actor=SYSTEM, at=LATER) == refund
    parts = refund.payments.order_by("position").values_list("amount", "refund_key", "state")
    assert list(parts) == [
        (D("12.00"), f"{refund.number}-1", "requested"),
        (D("3.00"), f"{refund.number}-2", "requested"),
    ]
    assert pay(refund).state == "paid"
    due.refresh_from_db()
    assert due.state == "paid"
    assert sum(GatewayBooking.objects.values_list("amount", flat=True)) == D("15.00")


def approver(name):
    user = people.make_user("approver")
    return user, Actor("user", user.pk, name)


def test_a_refund_above_the_limit_waits_for_somebody_who_did_not_make_it():
    _user, boss = approver("boss@example.org")
    _other, clerk = approver("clerk@example.org")
    order = money.paid_order(orders.line("TEA", 40, "10.00"))
    giving = refunds.Giving("LOST", "lost-1", "parcel lost")

    refund = refunds.give(order.pk, D("250.01"), giving, actor=clerk, at=LATER)

    assert refunds.give(order.pk, D("250.01"), giving, actor=clerk, at=LATER) == refund
    assert (refund.state, refund.payments.get().state) == ("to_approve", "waiting")
    shown = refund.content_hash
    with pytest.raises(OwnRequest):
        refund_approving.approve(refund.pk, content_hash=shown, actor=clerk, at=LATER)
    refund_approving.approve(refund.pk, content_hash=shown, actor=boss, at=LATER)
    assert pay(refund).state == "paid"
    assert refund.decided_by == boss.key
    small = refunds.Giving("LOST", "lost-2", "rest")
    paid = refunds.give(order.pk, D("149.99"), small, actor=clerk, at=LATER)
    assert (paid.state, Refund.objects.count()) == ("paying", 2)


def test_a_declined_refund_is_owed_no_more_and_its_units_can_be_asked_for_anew():
    _user, boss = approver("boss@example.org")
    order = money.paid_order(orders.line("TEA", 40, "10.00"))
    rma = returns.request(order, units={"TEA": 30})
    money.bring_back(rma)
    (refund,) = plan(rma)
    assert refund.state == "to_approve"

    refund_approving.reject(
        refund.pk, content_hash=refund.content_hash, reason="half is used", actor=boss, at=LATER
    )

    refund.refresh_from_db()
    assert (refund.state, refund.payments.get().state) == ("rejected", "dropped")
    assert RefundDue.objects.get().state == "dropped"
    (again,) = plan(rma, "manual")
    assert (again.amount, again.state, again.pk == refund.pk) == (
        D("300.00"),
        "to_approve",
        False,
    )
    assert AuditEntry.objects.filter(action="orders.refund_dropped").count() == 1


def test_a_refund_nobody_may_approve_waits_and_asks_again():
    order = money.paid_order(orders.line("TEA", 40, "10.00"))
    refund = refunds.give(
        order.pk, D("60.00"), refunds.Giving("GOODWILL", "g", "late"), actor=SYSTEM, at=LATER
    )
    refund.refresh_from_db()
    assert (refund.state, bool(refund.problem)) == ("to_approve", True)
    approver("boss@example.org")

    assert refund_approving.ask_again(at=LATER) == 1

    refund.refresh_from_db()
    assert refund.problem == ""
    assert refund_approving.waiting_for(refund) is not None
    assert refund_approving.ask_again(at=LATER) == 0


def test_paying_by_hand_needs_a_reference_of_its_own():
    first, second = (
        refunds.give(
            money.paid_order(orders.line("TEA", 2), method="cash").pk,
            D("5.00"),
            refunds.Giving("LATE", f"late-{n}", "late"),
            actor=SYSTEM,
            at=LATER,
        )
        for n in range(2)
    )
    one, two = first.payments.get(), second.payments.get()
    assert (one.gateway, one.state) == ("manual", "by_hand")
    paying_back.confirm_by_hand(one.pk, reference=" TR-1 ", actor=SYSTEM, at=LATER)

    with pytest.raises(ReferenceUsed, match=f"TR-1 belongs to refund {first.number}"):
        paying_back.confirm_by_hand(two.pk, reference="TR-1", actor=SYSTEM, at=LATER)
    with pytest.raises(RefundMoved):
        paying_back.confirm_by_hand(one.pk, reference="TR-2", actor=SYSTEM, at=LATER)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("paid", "paying")
    refund_approving.cancel(second.pk, reason="paid in the store", actor=SYSTEM, at=LATER)
    second.refresh_from_db()
    assert (second.state, second.due.state) == ("cancelled", "dropped")
    assert ReturnRequest.objects.count() == 0
    assert RefundPayment.objects.get(pk=two.pk).state == "dropped"


def back_in_parts(chance, order):
    """Return a whole order in random parts and outcomes, some units refused."""
    left = {"TEA": 3, "CUP": 2}
    while any(left.values()):
        code = chance.choice([code for code, units in left.items() if units])
        qty = chance.randint(1, left[code])
        left[code] -= qty
        way = chance.choice(["refund", "store_credit"])
        rma = returns.request(order, units={code: qty}, resolution=way)
        fee, shipping = chance.choice(["0", "1.37"]), chance.random() < 0.5
        money.set_policy(rma, return_shipping_amount=fee, refunds_original_shipping=shipping)
        ReturnLine.objects.filter(request=rma).update(bonus_share=D(chance.choice(["0", "0.1"])))
        money.bring_back(rma, chance.choice([qty, qty, qty - 1]))
        for refund in plan(rma):
            pay(refund)


def test_refunds_of_random_returns_never_exceed_what_was_paid():
    chance = random.Random(17)
    for number in range(4):
        lines = (
            orders.line("TEA", 3, "3.33", discount_amount=D("0.50"), tax_amount=D("0.61")),
            orders.line("CUP", 2, "7.77"),
        )
        more = {"shipping_amount": D("2.50"), "discount_amount": D("1.00")}
        order = money.paid_order(*lines, **more)
        if number % 2:
            Order.objects.filter(pk=order.pk).update(paid_amount=D("20.00"))
        back_in_parts(chance, order)
        order.refresh_from_db()
        dues = RefundDue.objects.filter(order=order).values_list("amount", flat=True)
        assert D(0) < sum(dues) <= order.paid_amount
        for refund in order.refunds.all():
            rows = sum(refund.lines.values_list("amount", flat=True))
            parts = sum(refund.payments.values_list("amount", flat=True))
            assert (rows, parts) == (refund.amount + refund.bonus_amount, refund.amount)
            assert refund.state == "paid"
    assert Refund.objects.filter(way="store_credit").exists()
    assert Refund.objects.filter(way="refund").exists()

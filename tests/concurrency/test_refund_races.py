"""Several workers pay one refund; several people refund, spend and plan the same money."""

from decimal import Decimal

import pytest

from config import wiring
from core.actors import SYSTEM
from orders.models import RefundDue
from orders.querysets import OrderQuerySet
from orders.services import refunding
from returns.models import Refund, RefundLine, RefundPayment, StoreCreditAccount, StoreCreditEntry
from returns.services import credit, paying_back, refund_rows, refunds
from returns.services.money_errors import CreditTooLow, RefundAboveLeft
from returns.services.refunds import Giving
from tests.factories import money, orders, returns
from tests.factories.money import ForgetfulBank
from tests.helpers.race import ALL_COME_S, Meeting, race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
D = Decimal
LATER = money.LATER


@pytest.fixture
def bank(monkeypatch):
    """Wire in a bank that pays anew with each call and remembers nothing for `find`."""
    path = "tests.factories.money.ForgetfulBank"
    monkeypatch.setitem(wiring.PAYMENT_GATEWAYS, "bank", path)
    ForgetfulBank.reset()
    return ForgetfulBank


@pytest.fixture
def payment(bank):
    order = money.paid_order(orders.line("TEA", 2), method="bank")
    refund = refunds.give(order.pk, D("5.00"), Giving("LATE", "one", "x"), actor=SYSTEM, at=LATER)
    return refund.payments.get()


def pay_eight_times(payment):
    return race([lambda: paying_back.pay_many([payment.pk], now=LATER)] * 8)


def sold(bank):
    return sum(len(paid) for paid in bank.paid.values())


def test_eight_workers_pay_one_refund_once(bank, payment):
    outcomes = pay_eight_times(payment)

    assert [outcome.error for outcome in outcomes] == [None] * 8
    assert sum(outcome.value.paid for outcome in outcomes) == sold(bank) == 1
    assert Refund.objects.get().state == "paid"


def test_control_without_the_claim_the_refund_is_paid_several_times(bank, payment, monkeypatch):
    meeting = Meeting(patience_s=ALL_COME_S)

    def unclaimed(payment_ids, now):
        rows = RefundPayment.objects.filter(pk__in=payment_ids, state="requested")
        found = list(rows.select_related("payment"))
        meeting.wait()
        return found

    monkeypatch.setattr(paying_back, "_claim", unclaimed)

    pay_eight_times(payment)

    assert sold(bank) > 1


def give_eight_times(order):
    return race(
        [
            lambda n=n: refunds.give(
                order.pk, D("6.00"), Giving("LATE", f"g{n}", "x"), actor=SYSTEM, at=LATER
            )
            for n in range(8)
        ]
    )


def test_eight_people_refund_one_order_and_never_more_than_was_paid():
    order = money.paid_order(orders.line("TEA", 2))

    outcomes = give_eight_times(order)

    assert sum(outcome.won for outcome in outcomes) == 3
    assert {type(one.error) for one in outcomes if one.error} == {RefundAboveLeft}
    assert sum(Refund.objects.values_list("amount", flat=True)) == D("18.00")


def test_control_without_the_orders_lock_more_goes_back_than_was_paid(monkeypatch):
    order = money.paid_order(orders.line("TEA", 1))
    meeting = Meeting(patience_s=ALL_COME_S)
    monkeypatch.setattr(refunding, "left_of", meeting.after(refunding.left_of))
    monkeypatch.setattr(OrderQuerySet, "lock", lambda rows: rows.order_by("pk"))

    give_eight_times(order)

    assert sum(RefundDue.objects.values_list("amount", flat=True)) > D("10.00")


def test_an_event_heard_eight_times_at_once_plans_each_unit_once():
    order = money.paid_order(orders.line("TEA", 2))
    rma = returns.request(order, units={"TEA": 2})
    money.bring_back(rma)

    outcomes = race([lambda: refunds.plan_for(rma.pk, "inspected", at=LATER)] * 8)

    assert [outcome.error for outcome in outcomes] == [None] * 8
    assert sorted(len(outcome.value) for outcome in outcomes) == [0] * 7 + [1]
    assert RefundLine.objects.units().get().qty == 2


def test_one_debt_adopted_eight_times_is_one_refund():
    order = money.paid_order(orders.line("TEA", 2))
    due = RefundDue.objects.create(
        order=order, amount=D("4.00"), currency="USD", reason="x", event_key="x", created_at=LATER
    )

    outcomes = race([lambda: refunds.pay_due(due.pk, actor=SYSTEM, at=LATER).pk] * 8)

    assert {outcome.value for outcome in outcomes} == {Refund.objects.get().pk}
    assert refund_rows.RefundPayment.objects.count() == 1


def credit_customer():
    order = money.paid_order(orders.line("TEA", 2))
    draft = credit.EntryDraft("refund", D("10.00"), "start")
    credit.book(order.customer_id, "USD", draft, actor=SYSTEM, at=LATER)
    return order.customer_id


def spend_eight_times(customer_id):
    return race(
        [
            lambda n=n: credit.book(
                customer_id,
                "USD",
                credit.EntryDraft("spent", D("-3.00"), f"s{n}"),
                actor=SYSTEM,
                at=LATER,
            )
            for n in range(8)
        ]
    )


def test_eight_spenders_never_take_more_than_the_balance():
    customer_id = credit_customer()

    outcomes = spend_eight_times(customer_id)

    assert sum(outcome.won for outcome in outcomes) == 3
    assert {type(one.error) for one in outcomes if one.error} == {CreditTooLow}
    entries = StoreCreditEntry.objects.order_by("position")
    assert [str(one.balance_amount) for one in entries] == ["10.0000", "7.0000", "4.0000", "1.0000"]
    assert StoreCreditAccount.objects.get().balance_amount == D("1.0000")


def test_control_without_the_lock_the_constraint_still_refuses_a_second_entry(monkeypatch):
    customer_id = credit_customer()
    meeting = Meeting(8, patience_s=ALL_COME_S)

    def unlocked(customer, currency):
        found = StoreCreditAccount.objects.get(customer=customer, currency=currency)
        meeting.wait()
        return found

    monkeypatch.setattr(credit, "_locked", unlocked)

    outcomes = spend_eight_times(customer_id)

    assert any(type(outcome.error).__name__ == "IntegrityError" for outcome in outcomes)
    assert sum(outcome.won for outcome in outcomes) < 3

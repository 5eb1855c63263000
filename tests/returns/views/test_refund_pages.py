"""The pages of refunds and of a customer's credit: what they show, and what can be done."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM
from orders.models import Order
from returns.domain.refund_math import Way
from returns.models import Refund, RefundPayment, ReturnLine, StoreCreditEntry
from returns.services import paying_back, progress, recoverables, refunds
from returns.services.refunds import Giving
from tests.factories import money, orders, returns
from tests.factories.core import make_user, sign_in

pytestmark = pytest.mark.django_db
D = Decimal
LATER = money.LATER


@pytest.fixture
def desk():
    return sign_in(Client(), make_user("order_desk"))


@pytest.fixture
def boss():
    return sign_in(Client(), make_user("approver"))


def order_of_ten(**more):
    return money.paid_order(orders.line("TEA", 10), **more)


def give(order, amount="5.00", key="one", **more):
    giving = Giving("LATE", key, "late", **more)
    return refunds.give(order.pk, D(amount), giving, actor=SYSTEM, at=LATER)


def test_a_person_refunds_an_amount_pays_it_by_hand_and_finds_it_in_its_tab(desk):
    order = order_of_ten(method="cash")
    form = desk.get(reverse("refund-give", args=[order.pk]))
    assert "USD 100.00 of what was paid has not gone back." in form.content.decode()
    url = reverse("refund-give", args=[order.pk])
    facts = {"way": "refund", "reason": "GOODWILL", "note": "late", "submission_key": "k"}
    refused = desk.post(url, {**facts, "amount": "100.01"})
    assert refused.status_code == 422
    assert "100.01 USD is more than is left: 100.00 USD" in refused.content.decode()

    for _ in range(2):
        answer = desk.post(url, {**facts, "amount": "12.50", "submission_key": "k2"})

    refund = Refund.objects.get()
    assert answer["Location"] == reverse("refund-page", args=[refund.pk])
    page = desk.get(answer["Location"]).content.decode()
    assert "Agreed amount" in page
    assert "12.50" in page
    payment = refund.payments.get()
    confirm = reverse("refund-payment-confirm", args=[payment.pk])
    assert confirm in page
    assert desk.get(reverse("refund-index") + "?tab=by_hand").content.decode().count(refund.number)
    assert desk.post(confirm, {"reference": ""}).status_code == 422
    assert desk.post(confirm, {"reference": "SEPA-7"}).status_code == 303
    refund.refresh_from_db()
    assert (refund.state, payment.refund.order_id) == ("paid", order.pk)
    assert refund.number in desk.get(reverse("refund-index") + "?tab=paid").content.decode()


def test_an_approver_approves_what_the_desk_asked_for(desk, boss):
    order = order_of_ten()
    facts = {"way": "refund", "reason": "GOODWILL", "note": "late", "submission_key": "k"}
    desk.post(reverse("refund-give", args=[order.pk]), {**facts, "amount": "60"})
    refund = Refund.objects.get()
    page = reverse("refund-page", args=[refund.pk])
    assert reverse("refund-approve", args=[refund.pk]) not in desk.get(page).content.decode()
    assert reverse("refund-approve", args=[refund.pk]) in boss.get(page).content.decode()
    stale = boss.post(reverse("refund-approve", args=[refund.pk]), {"content_hash": "0" * 64})
    assert stale.status_code == 409

    shown = {"content_hash": refund.content_hash}
    assert boss.post(reverse("refund-approve", args=[refund.pk]), shown).status_code == 303

    refund.refresh_from_db()
    assert (refund.state, refund.payments.get().state) == ("paying", "requested")


def test_a_refused_payment_is_sent_another_way_from_its_page(desk):
    refund = give(order_of_ten(), "5.91")
    payment = refund.payments.get()
    paying_back.pay_many([payment.pk], now=LATER)
    failed = desk.get(reverse("refund-index") + "?tab=failed").content.decode()
    assert refund.number in failed
    page = desk.get(reverse("refund-page", args=[refund.pk])).content.decode()
    assert "The card of this payment was closed." in page
    url = reverse("refund-payment-reroute", args=[payment.pk])
    assert 'value="test"' not in desk.get(url).content.decode()
    assert desk.post(reverse("refund-payment-retry", args=[payment.pk])).status_code == 303
    paying_back.pay_many([payment.pk], now=LATER)

    assert desk.post(url, {"gateway": "store_credit"}).status_code == 303

    refund.refresh_from_db()
    assert refund.state == "paid"
    assert StoreCreditEntry.objects.get().amount == D("5.91")
    assert RefundPayment.objects.filter(state="replaced").count() == 1
    assert desk.post(reverse("refund-cancel", args=[refund.pk]), {"reason": "x"}).status_code == 409


def test_the_return_page_shows_its_money_and_pays_early(desk):
    order = order_of_ten()
    rma = returns.request(order, units={"TEA": 2})
    page = reverse("return-page", args=[rma.pk])
    assert "Nothing is paid yet" in desk.get(page).content.decode()

    desk.post(reverse("return-refund-now", args=[rma.pk]))

    refund = Refund.objects.get()
    ids = list(refund.payments.values_list("pk", flat=True))
    paying_back.pay_many(ids, now=LATER)
    text = desk.get(page).content.decode()
    assert refund.number in text
    assert "20.00" in text
    progress.move(rma.pk, "arrive", actor=SYSTEM, at=LATER)
    line = ReturnLine.objects.get(request=rma)
    ReturnLine.objects.filter(pk=line.pk).update(received_qty=2, accepted_qty=1, refused_qty=1)
    (owed,) = recoverables.look_at(rma.pk, at=LATER)
    assert "10.00" in (text := desk.get(page).content.decode())
    assert "were paid for 1 unit that did not come back" in text
    settle = reverse("recoverable-settle", args=[owed.pk])
    desk.post(settle, {"outcome": "waived", "reason": "small"})
    owed.refresh_from_db()
    assert (owed.state, owed.settled_reason) == ("waived", "small")


def test_the_credit_of_a_customer_is_spent_and_corrected(desk, django_assert_max_num_queries):
    order = order_of_ten()
    give(order, "30.00", way=Way.CREDIT)
    customer_id = order.customer_id
    other = orders.place_one(orders.line("TEA", 1), paid_amount=D(0))
    Order.objects.filter(pk=other.pk).update(customer=customer_id)
    spend = reverse("customer-credit-spend", args=[customer_id])

    assert desk.post(spend, {"order": "nope", "amount": "1"}).status_code in (409, 422)
    assert desk.post(spend, {"order": other.number, "amount": "10"}).status_code == 303
    correct = reverse("customer-credit-correct", args=[customer_id])
    wrong = {"currency": "usd", "amount": "-21", "reason": "typo"}
    assert desk.post(correct, wrong).status_code == 409
    assert desk.post(correct, {**wrong, "amount": "-5"}).status_code == 303

    with django_assert_max_num_queries(25):
        text = desk.get(reverse("customer-credit", args=[customer_id])).content.decode()
    balances = list(
        StoreCreditEntry.objects.order_by("pk").values_list("balance_amount", flat=True)
    )
    assert balances == [D("30.00"), D("20.00"), D("15.00")]
    assert "15.00" in text
    assert other.number in text


def test_pages_of_refunds_need_a_constant_number_of_queries(desk, django_assert_max_num_queries):
    order = order_of_ten()
    for number in range(6):
        refund = give(order, "1.00", f"k{number}")

    with django_assert_max_num_queries(25):
        text = desk.get(reverse("refund-index") + "?tab=all").content.decode()
    assert text.count("RF-") >= 6
    with django_assert_max_num_queries(25):
        page = desk.get(reverse("refund-page", args=[refund.pk])).content.decode()
    assert f"{refund.number}-1" in page

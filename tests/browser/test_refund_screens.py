"""Refunds and store credit at the desk: both languages and themes, phone and desk."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.actors import SYSTEM
from returns.domain.refund_math import Way
from returns.models import ReturnLine
from returns.services import paying_back, refunds
from returns.services.refunds import Giving
from tests.browser.looks import LOOKS, found_on
from tests.factories import core as people
from tests.factories import money, orders, returns

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def paths():
    returns.ensure_rules()
    line = orders.line("TEA", 40, "10.00", discount_amount=Decimal("20.00"))
    order = money.paid_order(line, shipping_amount=Decimal("4.00"), payments=("5.91", "378.09"))
    rma = returns.request(order, units={"TEA": 3})
    ReturnLine.objects.filter(request=rma).update(restocking_share=Decimal("0.10"))
    money.set_policy(rma, return_shipping_amount="2.50")
    money.bring_back(rma, 2)
    (refund,) = refunds.plan_for(rma.pk, "inspected", at=money.LATER)
    paying_back.pay_many(refund.payments.values_list("pk", flat=True), now=money.LATER)
    giving = Giving("GOODWILL", "one", "late", Way.CREDIT)
    refunds.give(order.pk, Decimal("12.00"), giving, actor=SYSTEM, at=money.LATER)
    big = Giving("LOST", "two", "lost")
    waits = refunds.give(order.pk, Decimal("251.00"), big, actor=SYSTEM, at=money.LATER)
    return [
        "/returns/refunds/?tab=all",
        f"/returns/refunds/{refund.pk}/",
        f"/returns/refunds/{waits.pk}/",
        f"/returns/{rma.pk}/",
        f"/returns/orders/{order.pk}/refund/",
        f"/returns/customers/{order.customer_id}/credit/",
        f"/orders/{order.pk}/",
    ]


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_refunds_at_the_desk_are_accessible_and_fit(desk, paths, language, theme, width):
    admin = people.make_user(role="admin", language=language)
    window = desk(admin, width=width, language=language, theme=theme)
    assert found_on(window, paths) == {}

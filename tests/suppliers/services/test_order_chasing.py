"""P5, P7: a buyer chases a supplier who has not answered, once a day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from core.models import AuditEntry, OutboundMail
from suppliers.models import SupplierContact
from suppliers.services import order_chasing
from suppliers.services.purchase_errors import ChasedAlready, NobodyToChase, OrderState
from tests.factories import core as people
from tests.factories import purchases as buy
from tests.factories.purchases import NOW

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def trade():
    return buy.trade(currency="USD")


@pytest.fixture
def order(trade):
    return buy.sent(trade, {buy.goods(trade, "TEA", "2"): 5})


def chase(order, trade, hours=0):
    return order_chasing.chase(order.pk, actor=trade.buying, at=NOW + hours * HOUR)


def mails() -> int:
    return OutboundMail.objects.filter(template="suppliers/answer_chase").count()


def test_p5_a_supplier_is_chased_once_a_day_and_it_is_written_down(order, trade):
    assert (chase(order, trade), mails()) == (1, 1)
    with pytest.raises(ChasedAlready) as refused:
        chase(order, trade, hours=3)
    assert (refused.value.data["hours"], mails()) == (21, 1)
    assert (chase(order, trade, hours=24), mails()) == (1, 2)
    assert AuditEntry.objects.filter(action="suppliers.purchase_chased").count() == 2


def test_p5_only_an_order_that_waits_for_its_supplier_is_chased(order, trade):
    draft = buy.draft(trade, {buy.goods(trade, "TIN", "2"): 5})
    with pytest.raises(OrderState):
        chase(draft, trade)
    SupplierContact.objects.update(email="", phone="+86 571 1")
    with pytest.raises(NobodyToChase):
        chase(order, trade)
    assert (mails(), AuditEntry.objects.filter(action="suppliers.purchase_chased").count()) == (
        0,
        0,
    )


def test_p7_the_button_asks_first_and_the_timeline_tells(order, trade, client, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW + HOUR)
    desk = people.sign_in(client, trade.buyer)
    url = reverse("purchase-order-chase", args=[order.pk])

    asked = desk.get(url).content.decode()
    done, again = desk.post(url), desk.post(url)

    assert f"{order.number}, sent 1 h" in asked
    assert (done.status_code, again.status_code) == (303, 409)
    page = desk.get(reverse("purchase-order", args=[order.pk])).content.decode()
    assert "Reminder sent to the supplier" in page

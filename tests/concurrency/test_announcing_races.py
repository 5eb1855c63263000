"""Two people announce the same goods of an order at once; the control announces them twice."""

from __future__ import annotations

import pytest
from django.db.models import Sum

from core.actors import SYSTEM
from suppliers.models import AsnLine, PurchaseOrder
from suppliers.queries import to_announce
from suppliers.services import announcing, purchase_rows
from suppliers.services.announce_errors import OverOrder
from suppliers.services.drafts import OrderArrivalDraft
from tests.factories import purchases as buy
from tests.factories import suppliers as inbound
from tests.factories.purchases import NOW
from tests.helpers.race import ALL_COME_S, Meeting, race, wins

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def order():
    trade = buy.trade(code="HILL")
    inbound.dock(trade.place)
    return buy.sent(trade, {buy.goods(trade, "TIN", "10"): 100})


def both(order):
    draft = OrderArrivalDraft(order_id=order.pk, units={order.lines.get().pk: 100})
    return race([lambda: announcing.announce(draft, actor=SYSTEM, at=NOW)] * 2)


def announced() -> int:
    return AsnLine.objects.aggregate(units=Sum("announced_qty"))["units"]


def test_the_goods_of_an_order_are_announced_once_by_two_people(order, monkeypatch):
    meeting = Meeting()
    monkeypatch.setattr(to_announce, "units_left", meeting.after(to_announce.units_left))

    outcomes = both(order)

    assert (wins(outcomes), announced()) == (1, 100)
    refused = next(one.error for one in outcomes if not one.won)
    assert isinstance(refused, OverOrder)
    assert order.lines.get().shipped_qty == 100


def test_control_without_the_lock_they_are_announced_twice(order, monkeypatch):
    meeting = Meeting(patience_s=ALL_COME_S)
    rows = PurchaseOrder.objects.select_related("supplier", "warehouse")
    monkeypatch.setattr(purchase_rows, "lock", lambda pk: rows.get(pk=pk))
    monkeypatch.setattr(to_announce, "units_left", meeting.after(to_announce.units_left))

    outcomes = both(order)

    assert (wins(outcomes), announced()) == (2, 200)


def test_two_scans_of_an_orders_number_at_the_dock_open_one_arrival(order):
    outcomes = race([lambda: announcing.come_of_order(order.pk, actor=SYSTEM, at=NOW)] * 2)

    assert (wins(outcomes), announced()) == (2, 100)
    assert outcomes[0].value == outcomes[1].value

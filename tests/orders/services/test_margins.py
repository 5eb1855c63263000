"""What shipped goods brought and cost: provisional until the costs of their receipt are closed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import F
from django.urls import reverse

from core.actors import SYSTEM
from core.services.rates import RateUnknown
from inventory.domain.demand import DispatchLine
from inventory.models import BinStock, CostLayer
from inventory.services import dispatching, landing, stock
from inventory.services.landing import Share
from inventory.services.stock import ReceiveLine
from orders.models import ShipmentLine
from orders.services.margins import margins_of
from tests.factories import orders as make
from tests.factories.core import make_user
from tests.factories.inventory import a_key, make_bin

pytestmark = pytest.mark.django_db
LATER = make.NOW + dt.timedelta(days=3)


def _stock(units, cost, place, code="TEA", **more):
    make.channel()
    sku = make.sku(code)
    line = ReceiveLine(make_bin(place).pk, sku.pk, units, "", None, cost, "USD", **more)
    stock.receive([line], event_key=a_key("in"), actor=SYSTEM, at=make.NOW)


def _ship(order, qty):
    """Let units of the order's first line leave, as a manifest does."""
    row = ShipmentLine.objects.get(shipment__order=order)
    held = BinStock.objects.get(sku=row.sku, qty__gt=0)
    line = DispatchLine(row.key, row.shipment.warehouse_id, row.sku_id, None, qty, held.bin_id)
    dispatching.dispatch([line], event_key=a_key("out"), actor=SYSTEM, at=make.NOW, keep_rest=True)
    ShipmentLine.objects.filter(pk=row.pk).update(
        picked_qty=F("picked_qty") + qty,
        packed_qty=F("packed_qty") + qty,
        shipped_qty=F("shipped_qty") + qty,
    )


def _land(amount):
    share = Share(CostLayer.objects.get().pk, Decimal(amount), "USD")
    landing.land([share], event_key=a_key("land"), actor=SYSTEM, at=LATER)


def test_a_margin_is_provisional_until_late_costs_are_in_and_closed():
    _stock(10, Decimal("4.00"), make.warehouse(), is_provisional=True)
    order = make.place_one(make.line("TEA", 5, "10.00", discount_amount=Decimal("5.00")))
    nothing = margins_of(order)
    _ship(order, 4)
    first = margins_of(order)
    _land("10.00")
    _ship(order, 1)
    second = margins_of(order)
    landing.mark_final([CostLayer.objects.get().pk])
    last = margins_of(order)

    assert (nothing.lines, nothing.margin) == ([], 0)
    line = first.lines[0]
    assert (line.shipped_qty, line.revenue, line.cost, line.variance) == (4, 36, 16, 0)
    assert (first.margin, first.is_final) == (Decimal("20.00"), False)
    line = second.lines[0]
    assert (line.revenue, line.cost, line.variance) == (45, 21, 4)
    assert (last.margin, last.is_final, last.currency) == (Decimal("20.00"), True, "USD")


def test_goods_without_a_cost_have_no_margin_yet():
    _stock(3, None, make.warehouse())
    order = make.place_one(make.line("TEA", 2, "10.00"))
    _ship(order, 2)

    found = margins_of(order)

    assert (found.lines[0].revenue, found.lines[0].cost) == (20, None)
    assert (found.margin, found.is_final) == (None, False)


def test_the_margin_of_an_order_in_a_currency_without_a_rate_is_not_guessed():
    _stock(3, Decimal(1), make.warehouse())
    order = make.place_one(make.line("TEA", 2, "10.00"))
    _ship(order, 2)
    order.currency = "GBP"

    with pytest.raises(RateUnknown):
        margins_of(order)


def test_only_who_may_see_costs_sees_the_margin(client):
    _stock(3, Decimal("1.25"), make.warehouse())
    order = make.place_one(make.line("TEA", 2, "10.00"))
    _ship(order, 2)
    page = reverse("order", args=[order.pk])

    client.force_login(make_user("order_desk"))
    desk = client.get(page).content.decode()
    client.force_login(make_user("admin"))
    admin = client.get(page).content.decode()

    assert "Later costs" not in desk
    assert "17.50" in admin

"""Placing orders: one path for one and for many, repeatable, complete or not at all."""

from __future__ import annotations

import pytest

from inventory.models import Reservation, StockLevel
from orders.models import Order, OrderLine, RoutingDecision, Shipment, ShipmentLine
from tests.factories import orders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make.channel()


@pytest.fixture
def tea():
    return make.sku("TEA")


@pytest.fixture
def la():
    return make.warehouse("LA")


def reserved(warehouse, sku) -> int:
    return StockLevel.objects.get(warehouse=warehouse, sku=sku).reserved


def test_an_order_in_stock_is_routed_reserved_and_explained(shop, tea, la):
    make.put(tea, la, 5)

    order = make.place_one(make.line("TEA", 2))

    shipment = Shipment.objects.get(order=order)
    line = ShipmentLine.objects.get(shipment=shipment)
    promise = Reservation.objects.get()
    decision = RoutingDecision.objects.get(order=order)
    assert (order.status, order.stage, order.attention_codes) == ("confirmed", "routed", [])
    assert (shipment.warehouse, shipment.status, shipment.service_code) == (
        la,
        "planned",
        make.flat_service().code,
    )
    assert (line.qty, line.reserved_qty, promise.qty, promise.owner_key) == (2, 2, 2, line.key)
    assert reserved(la, tea) == 2
    assert decision.chosen["legs"][0]["warehouse"] == "LA"
    assert order.total_amount == 20
    assert order.promised_at_order_by == order.promised_by


def test_the_same_order_again_changes_nothing(shop, tea, la):
    make.put(tea, la, 5)
    draft = make.draft()

    first = make.place_all(draft)[0]
    again, twice = make.place_all(draft, draft)

    assert (first.outcome, again.outcome, twice.outcome) == ("created", "repeated", "repeated")
    assert first.order_id == again.order_id == twice.order_id
    assert (Order.objects.count(), reserved(la, tea)) == (1, 1)


def test_x01_the_order_after_the_last_unit_waits_with_a_reason(shop, tea, la):
    make.put(tea, la, 1)

    winner, loser = make.place(make.draft(), make.draft())

    assert (winner.stage, loser.stage) == ("routed", "attention")
    assert loser.attention_codes == ["OUT_OF_STOCK"]
    assert OrderLine.objects.get(order=loser).backorder_qty == 1
    assert not Shipment.objects.filter(order=loser).exists()
    assert reserved(la, tea) == 1

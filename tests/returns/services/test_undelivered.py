"""Parcels the carrier brings back: a return of another kind, sent again after the address."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core import clock, jobs
from core.actors import SYSTEM
from core.events import EventFact
from orders.models import Order
from returns.models import ReturnRequest
from returns.services import closing, progress, undelivered
from returns.services.undelivered import NothingToSendAgain
from tests.factories import core as people
from tests.factories import orders as make
from tests.factories import returns as back
from tests.factories.returns import ASKED, DESK, NOW

pytestmark = pytest.mark.django_db
LATER = ASKED + dt.timedelta(days=2)


@pytest.fixture
def sent():
    back.ensure_rules()
    back.stocked("TEA")
    order = make.place_one(make.line("TEA", 2))
    [shipment] = back.send_off(order)
    return order, shipment


def brought_back(shipment, status="return_to_sender") -> None:
    payload = {"owner_key": shipment.key, "status": status}
    undelivered.on_tracking([EventFact(1, "shipping.tracking_changed", "parcel:1", ASKED, payload)])


def test_x21_an_undelivered_parcel_is_a_return_of_its_own_kind_and_proposes_sending_again(sent):
    order, shipment = sent
    brought_back(shipment, "in_transit")
    assert not ReturnRequest.objects.exists()
    brought_back(shipment)
    brought_back(shipment)

    row = ReturnRequest.objects.get()
    line = row.lines.get()
    assert (row.kind, row.source, row.status) == ("rts", "carrier", "review")
    assert (line.qty, line.resolution, line.value_amount) == (2, "none", Decimal("20.00"))
    # It takes none of the customer's own returns of the limit away.
    assert ReturnRequest.objects.exclude(kind="rts").count() == 0

    address = make.address(line1="14 Mill Lane")
    again = undelivered.reship(row.pk, address, reason="wrong number", actor=DESK, at=LATER)
    same = undelivered.reship(row.pk, address, reason="wrong number", actor=DESK, at=LATER)

    assert again.pk == same.pk
    assert Order.objects.count() == 2
    assert (again.replaces_id, again.total_amount, again.ship_line1, again.stage) == (
        order.pk,
        0,
        "14 Mill Lane",
        "routed",
    )
    assert again.lines.get().qty == 2
    row.refresh_from_db()
    line.refresh_from_db()
    assert (row.status, line.resolution, line.state) == ("approved", "replacement", "closed")
    progress.move(row.pk, "arrive", actor=SYSTEM, at=LATER)
    assert closing.try_resolve(row.pk, actor=SYSTEM, at=LATER) is False
    progress.move(row.pk, "inspect", actor=SYSTEM, at=LATER)
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))
    row.refresh_from_db()
    assert row.status == "resolved"


def test_only_undelivered_goods_are_sent_again(sent):
    order, shipment = sent
    back.floor.deliver([shipment.pk], actor=SYSTEM, at=back.DELIVERED)
    row = back.request(order)
    with pytest.raises(NothingToSendAgain):
        undelivered.reship(row.pk, make.address(), reason="x", actor=DESK, at=LATER)
    assert Order.objects.count() == 1


def test_the_desk_sends_again_from_the_page(sent, client):
    _order, shipment = sent
    brought_back(shipment)
    row = ReturnRequest.objects.get()
    people.sign_in(client, people.make_user(role="order_desk"))
    page = client.get(reverse("return-page", args=[row.pk])).content.decode()
    url = reverse("return-reship", args=[row.pk])
    assert "Send again" in page
    assert "The parcel did not reach the customer" in page
    assert "12 Mill Lane" in client.get(url).content.decode()
    wish = {"name": "Ada", "line1": "14 Mill Lane", "postcode": "62704", "city": "Springfield"}

    assert client.post(url, wish).status_code == 422
    assert client.post(url, {**wish, "reason": "wrong number"}).status_code == 303

    order = Order.objects.get(replaces__isnull=False)
    assert (order.ship_line1, order.ship_country) == ("14 Mill Lane", "US")
    shown = client.get(reverse("return-page", args=[row.pk])).content.decode()
    assert order.number in shown
    assert row.requested_at > NOW

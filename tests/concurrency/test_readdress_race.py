"""An address is corrected while the manifest closes: no box leaves under a voided label (X08)."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from core.actors import SYSTEM
from fulfillment.services import dispatch
from fulfillment.services.errors import ParcelRelabelled
from orders.models import Order, Shipment
from orders.services import editing
from orders.services import floor as orders_floor
from orders.services.editing import OrderEdit, with_address
from orders.services.lifecycle import AlreadyShipped
from shipping.models import LabelRequest, Parcel
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories.orders import NOW
from tests.helpers.race import ALL_COME_S, Overtaking, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
LATER = NOW + dt.timedelta(minutes=30)


@pytest.fixture
def scanned() -> tuple[Order, int]:
    """An order whose labelled parcel was scanned onto an open manifest."""
    make.channel()
    place = make.warehouse("LA")
    make.put(make.sku("TEA"), place, 9)
    order = make.place_one(make.line("TEA", 2))
    floor.pick_all(floor.release(order))
    carton = floor.pack_all([Shipment.objects.get(order=order)])[0]
    parcel = Parcel.objects.get(pk=carton.parcel_id)
    manifest = dispatch.open_manifest(
        warehouse_id=place.pk, carrier_code=parcel.service.carrier.code, actor=SYSTEM, at=NOW
    )
    dispatch.add_parcels(manifest_id=manifest.pk, parcel_ids=[parcel.pk], actor=SYSTEM, at=NOW)
    return order, manifest.pk


def edit(order: Order):
    change = OrderEdit(ship_to=with_address(order, line1="14 Mill Lane"))
    return editing.edit(order.pk, change, actor=SYSTEM, at=LATER)


def close(manifest_id: int):
    return dispatch.close_manifest(manifest_id=manifest_id, actor=SYSTEM, at=LATER)


def slow_dispatch(monkeypatch, seconds: float) -> None:
    """Let the other one go first: closing waits before it locks the orders."""
    real = orders_floor.lock_shipments

    def late(shipment_ids):
        time.sleep(seconds)
        return real(shipment_ids)

    monkeypatch.setattr(orders_floor, "lock_shipments", late)


@pytest.mark.parametrize("delay_s", [0, 0.01, 0.05, 0.3])
def test_x08_edit_and_manifest_close_at_once_one_of_them_is_refused_by_name(
    scanned, monkeypatch, delay_s
):
    order, manifest_id = scanned
    slow_dispatch(monkeypatch, delay_s)

    edited, closed = race([lambda: edit(order), lambda: close(manifest_id)])

    parcel = Parcel.objects.get()
    if edited.won:
        assert type(closed.error) is ParcelRelabelled
        assert (Shipment.objects.get().status, parcel.state) == ("packed", "verified")
        assert parcel.ship_to["line1"] == "14 Mill Lane"
    else:
        assert type(edited.error) is AlreadyShipped
        assert closed.won
        assert parcel.state == "manifested"
        assert parcel.ship_to["line1"] == "12 Mill Lane"
        assert LabelRequest.objects.get().state == "purchased"


def test_x08_control_without_the_check_the_box_leaves_under_the_voided_label(scanned, monkeypatch):
    order, manifest_id = scanned
    monkeypatch.setattr(dispatch, "_check_labels", lambda manifest: None)
    overtaking = Overtaking(patience_s=ALL_COME_S)
    real = orders_floor.lock_shipments

    def late(shipment_ids):
        overtaking.stop()
        return real(shipment_ids)

    monkeypatch.setattr(orders_floor, "lock_shipments", late)

    edited, closed = race([overtaking.overtake(lambda: edit(order)), lambda: close(manifest_id)])

    assert (edited.error, closed.error) == (None, None)
    assert Parcel.objects.get().state == "manifested"
    assert "void_pending" in LabelRequest.objects.values_list("state", flat=True)

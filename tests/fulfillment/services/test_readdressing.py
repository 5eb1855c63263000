"""An address corrected after packing: the old label never travels, a new one is asked for (X08)."""

from __future__ import annotations

import datetime as dt

import pytest

from core.actors import SYSTEM
from fulfillment.models import Manifest
from fulfillment.services import dispatch, packing
from fulfillment.services.errors import ParcelRelabelled
from inventory.services import checking
from orders.models import Order, Shipment
from orders.services import editing
from orders.services.editing import OrderEdit, with_address
from orders.services.lifecycle import AlreadyShipped
from shipping.models import Label, LabelRequest, Parcel
from shipping.services import buying, labels, readdressing
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories.orders import NOW

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + dt.timedelta(minutes=30)
SOON = LATER + dt.timedelta(minutes=5)


@pytest.fixture
def order() -> Order:
    """An order that is packed in one parcel."""
    make.channel()
    place = make.warehouse("LA")
    make.put(make.sku("TEA"), place, 9)
    order = make.place_one(make.line("TEA", 2))
    floor.pick_all(floor.release(order))
    packing.pack_whole(
        shipment_ids=[Shipment.objects.get(order=order).pk],
        station_bin_id=floor.bench(place).pk,
        actor=SYSTEM,
        at=NOW,
    )
    return order


def buy() -> None:
    wishes = LabelRequest.objects.filter(state="requested").values_list("pk", flat=True)
    buying.purchase_many(list(wishes), now=LATER)


def void() -> int:
    wishes = LabelRequest.objects.filter(state="void_pending").values_list("pk", flat=True)
    return buying.settle_voids(list(wishes), now=LATER)


def move_house(order: Order, street: str = "14 Mill Lane", at: dt.datetime = LATER):
    order.refresh_from_db()
    change = OrderEdit(ship_to=with_address(order, line1=street))
    return editing.edit(order.pk, change, actor=SYSTEM, at=at)


def on_manifest(parcel: Parcel, at: dt.datetime = NOW) -> Manifest:
    place = Shipment.objects.get().warehouse_id
    carrier = parcel.service.carrier.code
    manifest = dispatch.open_manifest(warehouse_id=place, carrier_code=carrier, actor=SYSTEM, at=at)
    scan(manifest, parcel, at)
    return manifest


def scan(manifest: Manifest, parcel: Parcel, at: dt.datetime) -> None:
    dispatch.add_parcels(manifest_id=manifest.pk, parcel_ids=[parcel.pk], actor=SYSTEM, at=at)


def close(manifest: Manifest):
    return dispatch.close_manifest(manifest_id=manifest.pk, actor=SYSTEM, at=SOON)


def test_x08_a_labelled_parcel_gets_the_new_address_and_another_label(order):
    buy()
    old = Label.objects.get()

    result = move_house(order)
    void()
    buy()

    parcel = Parcel.objects.get()
    wishes = LabelRequest.objects.order_by("pk").values_list("state", flat=True)
    new = labels.get_label(parcel.pk)
    assert result.relabelled == (parcel.number,)
    assert parcel.ship_to["line1"] == "14 Mill Lane"
    assert list(wishes) == ["voided", "purchased"]
    assert (parcel.state, parcel.tracking_number) == ("labelled", new.tracking_number)
    assert new.tracking_number != old.tracking_number
    assert new.content_hash != old.content_hash


def test_x08_a_label_not_bought_yet_is_bought_for_the_new_address_only(order):
    move_house(order)
    buy()

    states = LabelRequest.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["voided", "purchased"]
    assert Label.objects.count() == 1


def test_x08_a_label_the_carrier_refused_is_asked_for_again(order):
    LabelRequest.objects.update(state="failed", error_code="BAD_ADDRESS")

    move_house(order)

    states = LabelRequest.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["failed", "requested"]


def test_x08_the_same_address_again_voids_nothing(order):
    buy()
    move_house(order)
    buy()

    again = move_house(order)

    assert again.relabelled == ()
    assert LabelRequest.objects.count() == 2
    assert LabelRequest.objects.filter(state="purchased").count() == 1


def test_x08_other_edits_leave_the_label_alone(order):
    buy()
    order.refresh_from_db()

    editing.edit(order.pk, OrderEdit(note="gift"), actor=SYSTEM, at=LATER)

    assert LabelRequest.objects.get().state == "purchased"


def test_x08_a_box_with_the_voided_label_stops_the_manifest_until_it_is_scanned_anew(order):
    buy()
    parcel = Parcel.objects.get()
    manifest = on_manifest(parcel)
    move_house(order)
    buy()

    with pytest.raises(ParcelRelabelled) as caught:
        close(manifest)
    assert (caught.value.code, caught.value.data) == (
        "PARCEL_RELABELLED",
        {"parcel": parcel.number},
    )
    assert Shipment.objects.get().status == "packed"

    dispatch.remove_parcel(manifest_id=manifest.pk, parcel_id=parcel.pk, actor=SYSTEM, at=SOON)
    scan(manifest, parcel, SOON)
    close(manifest)

    assert Shipment.objects.get().status == "shipped"
    assert checking.check() == []


def test_x08_after_the_manifest_is_closed_the_address_stays_and_the_refusal_has_a_name(order):
    buy()
    parcel = Parcel.objects.get()
    close(on_manifest(parcel))

    with pytest.raises(AlreadyShipped) as caught:
        move_house(order)

    parcel.refresh_from_db()
    assert caught.value.code == "ALREADY_SHIPPED"
    assert parcel.ship_to["line1"] == "12 Mill Lane"
    assert LabelRequest.objects.get().state == "purchased"


def test_a_parcel_that_left_can_not_take_another_address(order):
    buy()
    parcel = Parcel.objects.get()
    close(on_manifest(parcel))
    party = readdressing.Party(name="Ada Brook", line1="14 Mill Lane", country="US")

    with pytest.raises(labels.LabelAlreadyUsed):
        readdressing.readdress(
            [parcel.owner_key], party, reason="ADDRESS_CHANGED", actor=SYSTEM, at=LATER
        )

    parcel.refresh_from_db()
    assert parcel.ship_to["line1"] == "12 Mill Lane"


def test_a_part_that_left_keeps_its_address_and_is_named(order):
    buy()
    parcel = Parcel.objects.get()
    close(on_manifest(parcel))
    # A part of the order still waits for stock.
    order.lines.update(qty=3, backorder_qty=1)

    result = move_house(order)

    order.refresh_from_db()
    assert order.ship_line1 == "14 Mill Lane"
    assert (result.relabelled, result.parcels_gone) == ((), (parcel.number,))

"""The way of an order through the floor, by services alone."""

from __future__ import annotations

import pytest

from core.actors import SYSTEM
from fulfillment.models import PickTask
from fulfillment.services import dispatch, packing, picking, waves
from fulfillment.services.errors import (
    ManifestEmpty,
    NothingToRelease,
    NotPicked,
    TaskNotOpen,
    ToteInUse,
)
from inventory.models import StockLevel
from orders.models import Order, Shipment
from shipping.models import Parcel
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture
def shop():
    make.channel()
    place = make.warehouse()
    make.put(make.sku("TEA"), place, 10)
    make.put(make.sku("CUP"), place, 10)
    return place


def test_an_order_goes_from_wave_to_the_van_and_the_books_balance(shop):
    order = make.place_one(make.line("TEA", 2), make.line("CUP", 1))
    wave = floor.release(order)
    floor.pick_all(wave)
    shipment = Shipment.objects.get(order=order)
    carton = floor.pack_all([shipment])[0]
    manifest = dispatch.open_manifest(
        warehouse_id=shop.pk, carrier_code="own", actor=SYSTEM, at=NOW
    )
    dispatch.add_parcels(
        manifest_id=manifest.pk, parcel_ids=[carton.parcel_id], actor=SYSTEM, at=NOW
    )

    handed = dispatch.close_manifest(manifest_id=manifest.pk, actor=SYSTEM, at=NOW)

    shipment.refresh_from_db()
    order = Order.objects.get(pk=order.pk)
    wave.refresh_from_db()
    levels = StockLevel.objects.order_by("sku__code").values_list("on_hand", "reserved")
    assert (shipment.status, order.stage, wave.state) == ("shipped", "shipped", "completed")
    assert (handed.units_qty, list(levels)) == (3, [(9, 0), (8, 0)])
    assert Parcel.objects.get(pk=carton.parcel_id).state == "manifested"
    assert_books_balance()


def test_closing_a_manifest_twice_ships_once(shop):
    order = make.place_one(make.line("TEA", 2))
    floor.pick_all(floor.release(order))
    carton = floor.pack_all([Shipment.objects.get(order=order)])[0]
    manifest = dispatch.open_manifest(
        warehouse_id=shop.pk, carrier_code="own", actor=SYSTEM, at=NOW
    )
    dispatch.add_parcels(
        manifest_id=manifest.pk, parcel_ids=[carton.parcel_id], actor=SYSTEM, at=NOW
    )
    dispatch.close_manifest(manifest_id=manifest.pk, actor=SYSTEM, at=NOW)

    again = dispatch.close_manifest(manifest_id=manifest.pk, actor=SYSTEM, at=NOW)

    assert again.units_qty == 0
    assert StockLevel.objects.get(sku__code="TEA").on_hand == 8
    assert_books_balance()


def test_a_manifest_without_parcels_is_not_handed_over(shop):
    manifest = dispatch.open_manifest(
        warehouse_id=shop.pk, carrier_code="own", actor=SYSTEM, at=NOW
    )

    with pytest.raises(ManifestEmpty):
        dispatch.close_manifest(manifest_id=manifest.pk, actor=SYSTEM, at=NOW)


def test_releasing_the_same_shipment_again_is_refused_and_makes_no_second_task(shop):
    order = make.place_one(make.line("TEA", 2))
    floor.release(order)

    with pytest.raises(NothingToRelease) as caught:
        floor.release(order)

    assert list(caught.value.data["refused"].values()) == ["NOT_PLANNED"]
    assert PickTask.objects.count() == 1


def test_a_picked_task_can_not_be_picked_again(shop):
    order = make.place_one(make.line("TEA", 2))
    wave = floor.release(order)
    task = PickTask.objects.get()
    picked = picking.Picked(task.pk, 2, floor.tote(shop).pk)
    picking.confirm(picked=picked, actor=SYSTEM, at=NOW)

    with pytest.raises(TaskNotOpen):
        picking.confirm(picked=picked, actor=SYSTEM, at=NOW)

    wave.refresh_from_db()
    assert wave.state == "completed"
    assert_books_balance()


def test_two_orders_never_share_a_tote(shop):
    first, second = make.place_one(make.line("TEA", 1)), make.place_one(make.line("CUP", 1))
    floor.release(first, second)
    tote = floor.tote(shop)
    one, two = PickTask.objects.order_by("shipment_id")
    picking.confirm(picked=picking.Picked(one.pk, 1, tote.pk), actor=SYSTEM, at=NOW)

    with pytest.raises(ToteInUse):
        picking.confirm(picked=picking.Picked(two.pk, 1, tote.pk), actor=SYSTEM, at=NOW)


def test_a_shipment_is_not_packed_before_it_is_picked(shop):
    order = make.place_one(make.line("TEA", 2))
    floor.release(order)

    with pytest.raises(NotPicked):
        packing.open_carton(
            shipment_id=Shipment.objects.get(order=order).pk,
            station_bin_id=floor.bench(shop).pk,
            actor=SYSTEM,
            at=NOW,
        )


def test_walking_order_follows_the_bins(shop):
    order = make.place_one(make.line("TEA", 1), make.line("CUP", 1))
    wave = floor.release(order)

    sequences = PickTask.objects.filter(wave=wave).order_by("sequence")

    assert [task.sequence for task in sequences] == [1, 2]
    assert waves.close_if_done(wave.pk, at=NOW) is False

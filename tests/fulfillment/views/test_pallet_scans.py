"""Business orders: cartons onto pallets, pallets onto the van, all by scanner."""

from __future__ import annotations

import pytest

from core import settings_store
from core.actors import SYSTEM
from fulfillment.models import Carton, ManifestParcel, Pallet, PrintJob
from fulfillment.services import dispatch
from fulfillment.views.floor import STATION_COOKIE
from orders.models import Shipment
from shipping.models import Parcel
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(client):
    """Two packed business orders and one of a shop, and a client that may pack and dispatch."""
    make.channel("trade", kind="b2b", country_only=True)
    make.channel("shop", country_only=True)
    place = make.warehouse()
    floor.bench(place)
    make.put(make.sku("TEA"), place, 90)
    for code, qty in (("trade", 24), ("trade", 12), ("shop", 1)):
        order = make.place_one(make.line("TEA", qty), channel=code)
        floor.pick_all(floor.release(order))
        floor.pack_all(list(Shipment.objects.filter(order=order)))
    people.sign_in(client, people.make_user("operator", warehouses=["LA"]))
    return place


def labels() -> list[str]:
    """Return the parcel numbers in the order of packing."""
    return list(Parcel.objects.order_by("pk").values_list("number", flat=True))


def test_a_30_a_carton_opens_its_pallet_and_the_pallet_leaves_by_one_scan(client, trade):
    first, other, shop = labels()
    opened = Scanner(client, "pallet-home").scan(first)
    pallet = Pallet.objects.get()
    device = Scanner(client, "pallet", f"pallet:{pallet.pk}")

    assert opened["next"] == f"/floor/pallets/{pallet.pk}/"
    assert device.verdicts(first, other, shop, "NOTHING") == [
        ("warn", "CARTON_KNOWN"),
        ("reject", "OTHER_SHIPMENT"),
        ("reject", "OTHER_SHIPMENT"),
        ("reject", "UNKNOWN_CODE"),
    ]
    assert device.verdicts("CMD-CLOSEBOX") == [("complete", "PALLET_CLOSED")]
    assert device.verdicts("CMD-CLOSEBOX", first) == [("reject", "PALLET_IS_CLOSED")] * 2

    carrier = Parcel.objects.get(number=first).service.carrier.code
    manifest = dispatch.open_manifest(
        warehouse_id=trade.pk, carrier_code=carrier, actor=SYSTEM, at=make.NOW
    )
    van = Scanner(client, "dispatch", f"manifest:{manifest.pk}")
    scanned = f"]C100{pallet.sscc}"
    assert van.verdicts(scanned, scanned) == [("accept", "PALLET_LOADED"), ("warn", "PARCEL_KNOWN")]
    loaded = Parcel.objects.filter(pk__in=ManifestParcel.objects.values("parcel_id"))
    assert [parcel.number for parcel in loaded] == [first]
    dispatch.close_manifest(manifest_id=manifest.pk, actor=SYSTEM, at=make.NOW)
    assert Shipment.objects.get(pk=pallet.shipment_id).status == "shipped"
    assert_books_balance()


def test_a_30_each_carton_and_pallet_has_an_sscc_of_its_own(client, trade):
    first, other, _shop = labels()
    for label in (first, other):
        Scanner(client, "pallet-home").scan(label)

    codes = [*Pallet.objects.values_list("sscc", flat=True)]
    codes += [row.sscc for pallet in Pallet.objects.all() for row in pallet.entries.all()]
    assert len(set(codes)) == 4
    assert {code[:8] for code in codes} == {"09521234"}


def test_only_business_orders_go_on_pallets(client, trade):
    shop = labels()[2]

    assert Scanner(client, "pallet-home").verdicts(shop) == [("reject", "NOT_FOR_PALLETS")]
    assert not Pallet.objects.exists()


def test_a_closed_pallet_prints_its_label_twice_at_the_station(client, trade):
    Scanner(client, "pallet-home").scan(labels()[0])
    pallet = Pallet.objects.get()
    device = Scanner(client, "pallet", f"pallet:{pallet.pk}")
    client.cookies[STATION_COOKIE] = floor.station(trade).code

    assert device.verdicts("CMD-CLOSEBOX") == [("complete", "PALLET_CLOSED")]
    job = PrintJob.objects.get(kind="pallet_label")
    assert (job.key, job.copies) == (f"shipment:{pallet.shipment_id}:{pallet.sscc}", 2)


def test_undo_takes_the_carton_off_and_an_empty_pallet_does_not_close(client, trade):
    first = labels()[0]
    Scanner(client, "pallet-home").scan(first)
    device = Scanner(client, "pallet", f"pallet:{Pallet.objects.get().pk}")

    assert device.verdicts("CMD-UNDO", "CMD-UNDO", "CMD-CLOSEBOX", first) == [
        ("accept", "STEP_UNDONE"),
        ("reject", "NOTHING_TO_UNDO"),
        ("reject", "PALLET_IS_EMPTY"),
        ("accept", "CARTON_ON_PALLET"),
    ]


def test_a_prefix_that_makes_no_sscc_is_named(client, trade):
    settings_store.put("fulfillment.gs1_prefix", "12", actor=SYSTEM, at=make.NOW)

    answer = Scanner(client, "pallet-home").scan(labels()[0])

    assert (answer["verdict"], answer["code"]) == ("reject", "GS1_PREFIX_UNUSABLE")
    assert "12" in answer["text"]


def test_the_home_shows_what_waits_and_the_pallets_that_are_open(client, trade):
    before = client.get("/floor/pallets/").context
    Scanner(client, "pallet-home").scan(labels()[0])
    after = client.get("/floor/pallets/").context
    page = client.get(f"/floor/pallets/{Pallet.objects.get().pk}/").content.decode()

    trade_cartons = Carton.objects.filter(shipment__order__channel__code="trade").order_by("pk")
    assert list(before["waiting"]) == list(trade_cartons)
    assert list(after["waiting"]) == [trade_cartons[1]]
    assert [row.number for row in after["pallets"]] == [1]
    assert Pallet.objects.get().sscc in page

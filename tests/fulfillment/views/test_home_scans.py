"""A scan on a home page opens what it names, whichever home it is."""

from __future__ import annotations

import pytest
from django.urls import reverse

from fulfillment.models import Carton, PickTask
from fulfillment.services import dispatch, stations
from fulfillment.services.stations import StationDraft
from inventory.models import Bin
from orders.models import Shipment
from orders.services import holds
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.floor_scans import Scanner

pytestmark = pytest.mark.django_db
HOMES = ("home", "pack-home", "dispatch-home")


def in_tote(place, qty=1) -> Shipment:
    """Return a shipment whose units stand in T-00n, n being its id."""
    order = make.place_one(make.line("TEA", qty))
    floor.pick_all(floor.release(order))
    return Shipment.objects.get(order=order)


@pytest.mark.parametrize("screen", HOMES)
def test_next_opens_the_task_to_pick(shop, scanner, screen):
    wave = floor.release(make.place_one(make.line("TEA", 1)))
    task = PickTask.objects.get(wave=wave)

    answer = scanner(screen).scan("CMD-NEXT")

    assert answer == {
        "verdict": "accept",
        "tone": "high",
        "code": "OPENED",
        "text": "Opened. Its next step is on the card.",
        "next": reverse("floor-pick-task", args=[task.pk]),
    }


@pytest.mark.parametrize("screen", HOMES)
def test_next_without_a_pick_says_where_work_is(shop, scanner, screen):
    answer = scanner(screen).scan("CMD-NEXT")

    assert (answer["verdict"], answer["code"]) == ("warn", "NOTHING_TO_DO")
    assert answer["text"] == "Nothing to do. No pick waits. Look at packing or dispatch."
    assert "Look at packing or dispatch." in answer["html"]["floor-card"]
    assert "next" not in answer


def test_a_tote_opens_its_packing(shop, scanner):
    shipment = in_tote(shop)
    code = floor.tote(shop, shipment.pk).code

    answers = [scanner(screen).scan(code) for screen in HOMES]

    carton = Carton.objects.get()
    assert {answer["next"] for answer in answers} == {reverse("floor-carton", args=[carton.pk])}
    assert (carton.shipment_id, carton.station_bin.code) == (shipment.pk, "PACK-1")


def test_a_carton_opens_on_the_bench_of_the_device_s_own_station(shop, scanner):
    floor.station(shop)
    second = Bin.objects.create(warehouse=shop, code="PACK-2", kind="pack", is_pickable=False)
    own = stations.save_station(
        StationDraft("LA-PACK-2", "Pack bench 2", shop.pk, second.pk, "pack"),
        actor=make.SYSTEM,
        at=make.NOW,
    )
    elsewhere = make.warehouse("NYC")
    away = floor.station(elsewhere, "NYC-PACK-1")
    benches = []
    for station in (own, away):
        device = scanner("home")
        device.client.cookies["q_station"] = station.code
        device.scan(f"T-{in_tote(shop).pk:03d}")
        benches.append(Carton.objects.latest("pk").station_bin.code)

    assert benches == ["PACK-2", "PACK-1"]


def test_a_tote_that_still_misses_units_is_not_opened(shop, scanner):
    floor.release(make.place_one(make.line("TEA", 1), make.line("CUP", 2)))
    first = PickTask.objects.order_by("sequence")[0]
    scanner("pick", first).verdicts("A-01", "TEA", "T-001")

    answer = scanner("home").scan("T-001")

    assert (answer["verdict"], answer["code"]) == ("reject", "NOT_PICKED")
    assert answer["text"] == "Stop. 2 units are still to be picked. Finish the pick first."
    assert Carton.objects.count() == 0


def test_x07_the_tote_of_a_held_order_is_not_opened(shop, scanner):
    shipment = in_tote(shop)
    holds.place_hold(shipment.order_id, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    answer = scanner("pack-home").scan(floor.tote(shop, shipment.pk).code)

    assert (answer["verdict"], answer["code"]) == ("reject", "STEP_STOPPED")
    assert Carton.objects.count() == 0


def test_a_wave_opens_its_walk(shop, scanner):
    wave = floor.release(make.place_one(make.line("TEA", 1), make.line("CUP", 1)))
    first = PickTask.objects.order_by("sequence")[0]

    answer = scanner("home").scan(wave.number)

    assert answer["next"] == reverse("floor-pick-task", args=[first.pk])


def test_a_manifest_opens_its_loading_until_it_left(shop, scanner, packed):
    done = packed()
    manifest = dispatch.open_manifest(
        warehouse_id=shop.pk, carrier_code="own", actor=make.SYSTEM, at=make.NOW
    )

    opened = scanner("dispatch-home").scan(manifest.number)
    scanner("dispatch", manifest).verdicts(str(done.carton.parcel_id), "CMD-OK")
    label = dispatch.Parcel.objects.get().tracking_number
    scanner("dispatch", manifest).verdicts(label, "CMD-OK")
    left = scanner("dispatch-home").scan(manifest.number)

    assert opened["next"] == reverse("floor-manifest", args=[manifest.pk])
    assert (left["verdict"], left["code"]) == ("reject", "UNKNOWN_CODE")


def test_a_shipment_number_opens_its_carton(shop, scanner, packed):
    done = packed()

    answer = scanner("home").scan(done.shipment.number)

    assert answer["next"] == reverse("floor-carton", args=[done.carton.pk])


@pytest.mark.parametrize("raw", ["Z-99", "T-002", "TEA"])
def test_what_names_no_work_is_unknown(shop, scanner, raw):
    answer = scanner("home").scan(raw)

    assert (answer["verdict"], answer["code"]) == ("reject", "UNKNOWN_CODE")
    assert answer["text"] == f"Unknown code. Nothing here is called {raw}. Scan tote."


def test_work_of_another_warehouse_is_unknown(shop, sign_in, packed):
    shipment = in_tote(shop)
    wave = floor.release(make.place_one(make.line("CUP", 1)))
    done = packed()
    manifest = dispatch.open_manifest(
        warehouse_id=shop.pk, carrier_code="own", actor=make.SYSTEM, at=make.NOW
    )
    stranger = Scanner(sign_in("operator", warehouses=["NYC"]), "home")
    codes = [
        floor.tote(shop, shipment.pk).code,
        wave.number,
        done.shipment.number,
        manifest.number,
    ]

    assert stranger.verdicts(*codes) == [("reject", "UNKNOWN_CODE")] * 4
    assert stranger.verdicts("CMD-NEXT") == [("warn", "NOTHING_TO_DO")]

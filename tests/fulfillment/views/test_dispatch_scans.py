"""What the dock answers to each scan, and what left with the van."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core import jobs
from fulfillment.models import Manifest, ManifestParcel
from fulfillment.services import dispatch
from inventory.models import StockLevel
from orders.models import Shipment
from orders.services import holds, lifecycle
from shipping.models import Carrier, Parcel
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
NEXT = "/floor/dispatch/"


@pytest.fixture
def manifest(shop) -> Manifest:
    return opened(shop)


def opened(place, carrier="own") -> Manifest:
    return dispatch.open_manifest(
        warehouse_id=place.pk, carrier_code=carrier, actor=make.SYSTEM, at=make.NOW
    )


def parcel_of(done) -> Parcel:
    return Parcel.objects.get(pk=done.carton.parcel_id)


def loaded() -> list[int]:
    return list(ManifestParcel.objects.order_by("pk").values_list("parcel_id", flat=True))


def test_parcels_are_loaded_and_leave_at_ok(manifest, packed, scanner):
    first, second = parcel_of(packed(2)), parcel_of(packed(1))
    device = scanner("dispatch", manifest)

    by_label = device.scan(first.tracking_number.lower())
    by_number = device.scan(second.number)
    last = device.scan("CMD-OK")

    assert (by_label["verdict"], by_label["code"]) == ("accept", "PARCEL_LOADED")
    assert by_label["text"] == "Loaded. 1 of 2. Scan the next parcel."
    assert "1 / 2" in by_label["html"]["floor-card"]
    assert by_number["text"] == "Loaded. 2 of 2. Scan the next parcel."
    assert (last["verdict"], last["code"], last["next"]) == ("complete", "TASK_DONE", NEXT)
    assert (last["tone"], "html" in last) == ("rising", False)
    manifest.refresh_from_db()
    assert manifest.state == "closed"
    assert set(Shipment.objects.values_list("status", flat=True)) == {"shipped"}
    assert StockLevel.objects.get(sku__code="TEA").on_hand == 7
    assert_books_balance()


def test_the_same_parcel_again_is_known_and_not_loaded_twice(manifest, packed, scanner):
    parcel = parcel_of(packed())
    device = scanner("dispatch", manifest)

    answers = device.verdicts(parcel.tracking_number, parcel.tracking_number)

    assert answers == [("accept", "PARCEL_LOADED"), ("warn", "PARCEL_KNOWN")]
    assert loaded() == [parcel.pk]


def test_closing_lets_only_the_scanned_parcels_leave(manifest, packed, scanner):
    there, left = packed(2), packed(1)
    device = scanner("dispatch", manifest)
    device.scan(parcel_of(there).tracking_number)

    question, answer = device.scan("CMD-OK"), device.scan("CMD-OK")

    assert (question["verdict"], question["code"]) == ("warn", "PARCELS_LEFT")
    assert question["text"] == (
        f"Parcels left. 1 wait for this carrier: {parcel_of(left).tracking_number}. Load them, "
        "or scan CMD-OK again to leave them here."
    )
    assert answer["code"] == "TASK_DONE"
    assert Shipment.objects.get(pk=there.shipment.pk).status == "shipped"
    assert Shipment.objects.get(pk=left.shipment.pk).status == "packed"
    assert StockLevel.objects.get(sku__code="TEA").on_hand == 8
    page = scanner("dispatch").client.get(
        reverse("floor-manifest", args=[opened(manifest.warehouse).pk])
    )
    assert parcel_of(left).tracking_number in page.content.decode()
    assert_books_balance()


def test_w14_what_stays_behind_is_asked_again_after_another_scan(manifest, packed, scanner):
    there, left = packed(), packed()
    device = scanner("dispatch", manifest)
    loading = parcel_of(there).tracking_number

    codes = [code for _verdict, code in device.verdicts(loading, "CMD-OK", loading, "CMD-OK")]

    assert codes == ["PARCEL_LOADED", "PARCELS_LEFT", "PARCEL_KNOWN", "PARCELS_LEFT"]
    assert Shipment.objects.get(pk=left.shipment.pk).status == "packed"
    manifest.refresh_from_db()
    assert manifest.state == "open"


def test_an_empty_manifest_is_not_handed_over(manifest, scanner):
    answer = scanner("dispatch", manifest).scan("CMD-OK")

    assert (answer["verdict"], answer["code"]) == ("reject", "MANIFEST_EMPTY")
    manifest.refresh_from_db()
    assert manifest.state == "open"


def test_a_parcel_without_label_is_not_packed(manifest, packed, scanner):
    done = packed()
    Parcel.objects.filter(pk=done.carton.parcel_id).update(state="open")

    answer = scanner("dispatch", manifest).scan(parcel_of(done).number)

    assert (answer["verdict"], answer["code"]) == ("reject", "PARCEL_NOT_READY")
    assert answer["text"] == (
        f"Not packed. Parcel {parcel_of(done).number} is not packed and labeled. "
        "Finish packing first."
    )
    assert loaded() == []


def test_a_parcel_of_another_carrier_stays(shop, packed, scanner):
    Carrier.objects.create(code="van", name="Van")
    parcel = parcel_of(packed())

    answer = scanner("dispatch", opened(shop, "van")).scan(parcel.tracking_number)

    assert (answer["verdict"], answer["code"]) == ("reject", "WRONG_CARRIER")
    assert answer["text"] == (
        f"Wrong carrier. Parcel {parcel.number} goes with own. Scan it onto that manifest."
    )
    assert loaded() == []


def test_a_parcel_of_another_warehouse_stays(other_shop, shop, packed, scanner):
    parcel = parcel_of(packed(code="POT"))

    answer = scanner("dispatch", opened(shop)).scan(parcel.tracking_number)

    assert (answer["verdict"], answer["code"]) == ("reject", "PARCEL_ELSEWHERE")
    assert answer["text"] == (
        f"Stop. Parcel {parcel.number} belongs to another warehouse. Put it aside."
    )
    assert loaded() == []


def test_x07_the_parcel_of_a_held_order_stays(manifest, packed, scanner):
    done = packed()
    holds.place_hold(done.order.pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)
    parcel = parcel_of(done)

    answer = scanner("dispatch", manifest).scan(parcel.tracking_number)

    assert (answer["verdict"], answer["code"]) == ("reject", "PARCEL_STOPPED")
    assert answer["text"] == (
        f"Stop parcel. Parcel {parcel.number} must not leave (ON_HOLD:FRAUD). "
        "Put it on the hold shelf."
    )
    assert loaded() == []


def test_x07_a_hold_after_loading_stops_the_hand_over_until_it_is_taken_off(
    manifest, packed, scanner
):
    good, held = packed(), packed()
    device = scanner("dispatch", manifest)
    device.verdicts(parcel_of(good).tracking_number, parcel_of(held).tracking_number)
    holds.place_hold(held.order.pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    answers = device.verdicts("CMD-OK", "CMD-UNDO", "CMD-OK")

    assert answers == [
        ("reject", "PARCEL_STOPPED"),
        ("accept", "STEP_UNDONE"),
        ("complete", "TASK_DONE"),
    ]
    assert loaded() == [good.carton.parcel_id]
    assert Shipment.objects.get(pk=held.shipment.pk).status == "packed"
    assert_books_balance()


def test_x11_the_parcel_of_a_cancelled_order_stays(manifest, packed, scanner):
    done = packed()
    parcel = parcel_of(done)
    lifecycle.cancel(done.order.pk, reason="customer", actor=make.SYSTEM, at=make.NOW)
    device = scanner("dispatch", manifest)

    at_once = device.verdicts(parcel.tracking_number)
    jobs.run_due(make.NOW)
    recalled = device.verdicts(parcel.tracking_number, parcel.number)

    assert at_once == [("reject", "PARCEL_STOPPED")]
    assert recalled == [("reject", "UNKNOWN_CODE"), ("reject", "PARCEL_NOT_READY")]
    assert loaded() == []


@pytest.mark.parametrize("raw", ["Z-99", "A-01", "TEA"])
def test_what_is_no_parcel_is_unknown(manifest, scanner, raw):
    answer = scanner("dispatch", manifest).scan(raw)

    assert (answer["verdict"], answer["code"]) == ("reject", "UNKNOWN_CODE")
    assert answer["text"] == f"Unknown code. Nothing here is called {raw}. Scan label."


def test_undo_of_an_empty_van_is_said(manifest, scanner):
    answer = scanner("dispatch", manifest).scan("CMD-UNDO")

    assert (answer["verdict"], answer["code"]) == ("reject", "NOTHING_TO_UNDO")


def test_nothing_is_loaded_onto_a_manifest_that_left(manifest, packed, scanner):
    first, second = packed(), packed()
    device = scanner("dispatch", manifest)
    device.verdicts(parcel_of(first).tracking_number, "CMD-OK", "CMD-OK")

    answers = device.verdicts(parcel_of(second).tracking_number, "CMD-UNDO", "CMD-OK")

    assert answers == [
        ("reject", "MANIFEST_CLOSED"),
        ("reject", "MANIFEST_CLOSED"),
        ("complete", "TASK_DONE"),
    ]
    assert loaded() == [first.carton.parcel_id]
    assert StockLevel.objects.get(sku__code="TEA").on_hand == 9
    assert_books_balance()


def test_a_parcel_that_left_is_not_loaded_again(shop, packed, scanner):
    done = packed()
    label = parcel_of(done).tracking_number
    scanner("dispatch", opened(shop)).verdicts(label, "CMD-OK")

    answer = scanner("dispatch", opened(shop)).scan(label)

    assert (answer["verdict"], answer["code"]) == ("reject", "PARCEL_GONE")
    assert answer["text"] == (
        f"Stop. Parcel {parcel_of(done).number} has left already. "
        "Put it aside and ask a supervisor."
    )
    assert loaded() == [done.carton.parcel_id]

"""W15 and W16 by scanner alone, and what the pages show."""

from __future__ import annotations

import json
import uuid
from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from inventory.models import BinStock, StockLevel
from returns.models import Inspection, InspectionDesk, ReturnArrival, ReturnPhoto, ReturnScan
from tests.factories import core as people
from tests.factories import orders, return_floor, returns
from tests.factories.return_floor import take_in
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(client):
    return people.sign_in(client, people.make_user("operator"))


class Device:
    """A scanner on one screen of the return floor."""

    def __init__(self, client, screen, task=""):
        self.client, self.screen, self.task = client, screen, task

    def send(self, raw, scan_id=None):
        body = {"scan_id": str(scan_id or uuid.uuid4()), "task": self.task, "raw": raw}
        answer = self.client.post(
            reverse("return-scan", args=[self.screen]),
            json.dumps(body),
            content_type="application/json",
        )
        assert answer.status_code == 200, answer.content
        return answer.json()

    def codes(self, *raws):
        answers = [self.send(raw) for raw in raws]
        return [(answer["verdict"], answer["code"]) for answer in answers]


def jpeg():
    held = BytesIO()
    Image.new("RGB", (40, 30), "red").save(held, "JPEG")
    held.seek(0)
    held.name = "box.jpg"
    return held


def test_x21_a_parcel_is_taken_in_inspected_and_shelved_by_scanner_alone(worker):
    place = return_floor.ready("TEA", units=10)
    request = return_floor.asked(reason_code="TOO_SMALL")

    opened = Device(worker, "arrivals").send(request.number)
    parcel = ReturnArrival.objects.get()
    assert (opened["code"], opened["next"]) == ("PARCEL_OPENED", f"/floor/returns/{parcel.pk}/")
    page = worker.get(opened["next"]).content.decode()
    assert all(text in page for text in (request.number, "0 / 1", "RET-1", "Too small"))
    inside = Device(worker, "arrival", f"arrival:{parcel.pk}")
    twice = uuid.uuid4()
    first = inside.send("TEA", twice)
    assert inside.send("TEA", twice) == first
    assert "1 / 1" in first["html"]["floor-card"]
    assert inside.codes("TEA", "CMD-UNDO", "CMD-OK") == [
        ("warn", "ITEM_EXTRA"),
        ("accept", "SCAN_UNDONE"),
        ("complete", "PARCEL_DONE"),
    ]

    assert "TEA" in worker.get(reverse("return-inspect")).content.decode()
    desk = Device(worker, "inspect", "inspect")
    assert desk.codes("TEA", "A-01", "CMD-SEALED", "CMD-NO-2", "CMD-GRADE-A", "CMD-OK") == [
        ("accept", "INSPECT_NOW"),
        ("reject", "GRADE_MISSING"),
        ("accept", "SEAL_KEPT"),
        ("accept", "CHECK_KEPT"),
        ("accept", "GRADED"),
        ("reject", "SCAN_SHELF"),
    ]
    done = desk.send("A-01")

    assert (done["verdict"], done["code"]) == ("complete", "INSPECTION_DONE")
    found = Inspection.objects.get()
    assert (found.grade, found.seal, found.disposition) == ("A", "sealed", "restock")
    assert [code for code, ok in found.checks.items() if not ok] == ["COMPLETE"]
    request.refresh_from_db()
    assert request.status == "inspected"
    assert StockLevel.objects.get(warehouse=place).atp_qty == 9
    assert not InspectionDesk.objects.exists()
    assert_books_balance()


def test_x20_unknown_foreign_and_empty_parcels_by_scanner_alone(worker):
    return_floor.ready("TEA", units=10)
    order = returns.delivered_order(orders.line("TEA", 2))

    Device(worker, "arrivals").send("LP00012345")
    parcel = ReturnArrival.objects.get()
    inside = Device(worker, "arrival", f"arrival:{parcel.pk}")
    assert inside.codes("TEA", order.number, "CMD-FOREIGN", "WHAT-IS-THIS", "CMD-EMPTY") == [
        ("reject", "ARRIVAL_UNKNOWN"),
        ("accept", "PARCEL_NAMED"),
        ("warn", "ITEM_FOREIGN"),
        ("reject", "UNKNOWN_ITEM"),
        ("reject", "ARRIVAL_NAMED"),
    ]
    assert inside.codes("CMD-UNDO", "CMD-EMPTY", "CMD-WEIGHT-140", "CMD-EMPTY") == [
        ("accept", "SCAN_UNDONE"),
        ("reject", "ARRIVAL_WEIGHT_MISSING"),
        ("accept", "PARCEL_WEIGHED"),
        ("reject", "ARRIVAL_PHOTOS_MISSING"),
    ]
    url = reverse("return-arrival", args=[parcel.pk])
    assert worker.post(url, {"photo": BytesIO(b"nothing")}).status_code == 422
    assert worker.post(url, {"photo": jpeg()}).status_code == 302
    assert inside.codes("CMD-EMPTY") == [("complete", "PARCEL_DONE")]

    parcel.refresh_from_db()
    assert (parcel.is_empty, parcel.request.order_id, parcel.weight_g) == (True, order.pk, 140)
    photo = ReturnPhoto.objects.get()
    assert (photo.by, photo.file.content_type) == ("staff", "image/jpeg")


def test_x21_the_card_offers_only_what_is_possible_and_refused_goods_stay_apart(worker):
    place = return_floor.ready("TEA", units=10)
    request = return_floor.asked()
    take_in(place, request, {"TEA": 1})
    desk = Device(worker, "inspect", "inspect")

    assert desk.codes(request.number, "CMD-GRADE-B", "CMD-OPENBOX", "CMD-QTY-2", "CMD-REFUSE") == [
        ("accept", "INSPECT_NOW"),
        ("accept", "GRADED"),
        ("reject", "DISPOSITION_REFUSED"),
        ("reject", "ONLY_SO_MANY"),
        ("warn", "UNITS_REFUSED"),
    ]
    page = worker.get(reverse("return-inspect")).content.decode()
    assert 'data-command="CMD-DONATE"' in page
    assert 'data-command="CMD-OPENBOX"' not in page
    assert desk.codes("A-01", "CMD-OK") == [
        ("reject", "SHELF_REFUSED"),
        ("complete", "INSPECTION_DONE"),
    ]

    line = request.lines.get()
    assert (line.accepted_qty, line.refused_qty) == (0, 1)
    assert BinStock.objects.get(bin__code="RET-1").qty == 1
    assert ReturnScan.objects.filter(verdict="reject").count() == 3


def test_a_14_at_a_counter_the_goods_are_inspected_at_once(client):
    return_floor.ready("TEA", units=10)
    store = orders.warehouse("STORE1", kind="store")
    return_floor.return_bin(store, "BACK")
    user = people.make_user("operator", warehouses=["STORE1"])
    worker = people.sign_in(client, user)
    request = return_floor.asked(method="store")

    Device(worker, "arrivals").send(request.order.number)
    parcel = ReturnArrival.objects.get()
    inside = Device(worker, "arrival", f"arrival:{parcel.pk}")
    inside.send("TEA")
    done = inside.send("CMD-OK")

    assert done["next"] == f"/floor/returns/inspect/?parcel={parcel.pk}"
    page = worker.get(done["next"], follow=True).content.decode()
    assert request.number in page
    assert Device(worker, "inspect").codes("CMD-GRADE-A", "A-01")[-1] == (
        "complete",
        "INSPECTION_DONE",
    )
    assert StockLevel.objects.get(warehouse=store).atp_qty == 1


def test_the_pages_are_empty_without_work_and_few_queries_with_it(
    worker, django_assert_max_num_queries
):
    place = return_floor.ready("TEA", units=30)
    for url in ("return-arrivals", "return-inspect"):
        assert worker.get(reverse(url)).status_code == 200
    assert "Nothing waits to be inspected" in worker.get(reverse("return-inspect")).content.decode()
    for _number in range(3):
        take_in(place, return_floor.asked(), {"TEA": 1})
    with django_assert_max_num_queries(25):
        page = worker.get(reverse("return-inspect")).content.decode()
    assert page.count("floor-line") == 3


def test_x21_an_undelivered_parcel_goes_back_on_the_shelf_by_itself(worker):
    place = return_floor.ready("TEA", units=10)
    [shipment] = returns.send_off(orders.place_one(orders.line("TEA", 2)))
    Device(worker, "arrivals").send(shipment.number)
    parcel = ReturnArrival.objects.get()
    inside = Device(worker, "arrival", f"arrival:{parcel.pk}")

    inside.codes("TEA", "CMD-QTY-2")
    done = inside.send("CMD-OK")

    assert (done["code"], "A-01" in done["text"]) == ("UNDELIVERED_SHELVED", True)
    assert StockLevel.objects.get(warehouse=place).atp_qty == 10
    request = parcel.request
    request.refresh_from_db()
    assert (request.kind, request.status) == ("rts", "inspected")
    assert inside.send("LP0002")["code"] == "PARCEL_OPENED"
    assert_books_balance()


def test_x20_the_desk_sees_what_came_and_closes_what_did_not(client):
    place = return_floor.ready("TEA", "CUP", units=10)
    order = returns.delivered_order(orders.line("TEA", 1), orders.line("CUP", 1, "4.00"))
    request = returns.request(order)
    take_in(place, request, {"CUP": 1, "a shoe": 1})
    cup, shoe = return_floor.waiting(request)
    return_floor.inspect(cup, "B", disposition="donate", is_accepted=False)
    return_floor.inspect(shoe, "D", disposition="quarantine")
    desk = people.sign_in(client, people.make_user("order_desk"))
    url = reverse("return-page", args=[request.pk])

    page = desk.get(url).content.decode()
    assert all(text in page for text in ("Donate", "not accepted", "1 unit did not come"))
    acted = reverse("return-missing", args=[request.pk])
    assert desk.post(acted, {"reason": ""}).status_code == 422
    assert desk.post(acted, {"reason": "asked twice"}).status_code == 303

    lines = list(request.lines.order_by("position").values_list("kind", "state"))
    assert lines == [("expected", "rejected"), ("unexpected", "rejected"), ("foreign", "open")]
    assert "1 unit did not come" not in desk.get(url).content.decode()
    listed = desk.get(reverse("return-parcels")).content.decode()
    assert request.number not in listed
    assert request.number in desk.get(reverse("return-parcels") + "?tab=all").content.decode()


def test_w11_the_page_compares_what_goods_abroad_are_worth(client):
    return_floor.ready("TEA", units=10)
    order = returns.delivered_order(orders.line("TEA", 2, "30.00"), ship_to=orders.address("CA"))
    request = returns.request(order, units={"TEA": 2})
    desk = people.sign_in(client, people.make_user("order_desk"))

    page = desk.get(reverse("return-page", args=[request.pk])).content.decode()

    card = page[page.index('id="economics"') :]
    assert all(text in card for text in ("Bring it home pooled", "35.00", "26.00", "22.00"))
    assert "Pooling is best from" in card

"""W20, A11, W19 and W21: the queue, its printers, a problem, the hand-over."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core import clock
from fulfillment.models import Printer, PrintJob, ProblemReport, Station
from fulfillment.services import printing
from inventory.models import Bin
from orders.models import Shipment
from shipping.models import Parcel
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.floor_scans import Scanner

pytestmark = pytest.mark.django_db
QUEUE = "/floor/prints/"


@pytest.fixture
def station(shop) -> Station:
    return floor.with_printers(floor.station(shop), "browser")


@pytest.fixture
def bench(worker, station):
    """Return the operator's browser at the station."""
    worker.cookies["q_station"] = station.code
    return worker


def label_job(station) -> PrintJob:
    return printing.print_document(
        "bin_label",
        f"bin:{station.bin_id}",
        station_code=station.code,
        copies=1,
        actor=make.SYSTEM,
        at=clock.now(),
    )


def test_w20_the_browser_of_the_station_takes_each_document_once(bench, station):
    old, job = label_job(station), label_job(station)
    PrintJob.objects.filter(pk=old.pk).update(asked_at=make.NOW)

    taken = bench.post(reverse("floor-print-take")).json()
    nothing = bench.post(reverse("floor-print-take")).json()
    shown = bench.get(taken["url"])

    assert taken == {
        "job": job.pk,
        "url": f"/floor/prints/{job.pk}/file/",
        "title": "Bin label",
        "copies": 1,
    }
    assert nothing == {}
    assert shown.content.startswith(b"%PDF")
    assert shown["Content-Type"] == "application/pdf"
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    job.refresh_from_db()
    old.refresh_from_db()
    assert (job.state, job.printer.state) == ("sent", "ready")
    assert old.state == "queued"


def test_w20_the_queue_lists_jobs_and_printers_and_prints_again_with_a_reason(bench, station):
    job = label_job(station)

    page = bench.get(QUEUE).content.decode()
    refused = bench.post(f"{QUEUE}{job.pk}/", {"act": "reprint", "reason": ""})
    done = bench.post(f"{QUEUE}{job.pk}/", {"act": "reprint", "reason": "JAM"})

    assert "Bin label" in page
    assert "LA-SMALL_LABEL" in page
    assert (refused.status_code, done.status_code) == (422, 302)
    assert "Say why this is printed again." in refused.content.decode()
    assert PrintJob.objects.get(reprint_of=job).reason == "JAM"
    assert bench.post(f"{QUEUE}{job.pk}/", {"act": "retry"}).status_code == 409


def test_w20_an_offline_printer_s_job_goes_to_another(bench, station):
    job = label_job(station)
    Printer.objects.filter(pk=job.printer_id).update(state="offline", problem="no paper")
    spare = Printer.objects.create(
        code="SPARE", name="Spare", warehouse=station.warehouse, mode="browser", media="small_label"
    )

    assert "no paper" in bench.get(QUEUE).content.decode()
    done = bench.post(f"{QUEUE}{job.pk}/", {"act": "redirect", "printer": spare.pk})

    job.refresh_from_db()
    assert (done.status_code, job.state) == (302, "redirected")
    assert PrintJob.objects.get(reprint_of=job).printer == spare


def test_w20_commands_print_again_and_test_and_a_parcel_its_label(bench, station, packed):
    done = packed()
    parcel = Parcel.objects.get(pk=done.carton.parcel_id)
    device = Scanner(bench, "prints", f"station:{station.pk}")

    first = device.verdicts("CMD-REPRINT", "CMD-PRINT", parcel.tracking_number, "A-01")
    label_job(station)
    printing.print_document(
        "shipping_label",
        f"parcel:{parcel.pk}",
        station_code=station.code,
        copies=1,
        actor=make.SYSTEM,
        at=make.NOW,
    )
    PrintJob.objects.filter(kind="bin_label").update(state="failed")
    second = device.verdicts("CMD-REPRINT", parcel.tracking_number)

    assert first == [
        ("reject", "NOTHING_PRINTED"),
        ("accept", "TEST_PRINTS"),
        ("reject", "UNKNOWN_CODE"),
        ("reject", "UNKNOWN_CODE"),
    ]
    assert second == [("accept", "PRINTS_AGAIN"), ("accept", "PRINTS_AGAIN")]
    assert sorted(PrintJob.objects.filter(reason="BY_SCAN").values_list("kind", flat=True)) == [
        "bin_label",
        "shipping_label",
    ]


def test_w20_a_browser_without_station_is_led_to_choose_one(worker):
    page = worker.get(QUEUE).content.decode()

    assert "No station chosen" in page
    assert worker.post(reverse("floor-print-take")).json() == {}


def test_a11_a_manager_sets_up_printer_and_station_and_tests_it(manager, shop):
    refused = manager.post(
        reverse("printer-new"),
        {
            "code": "ZEBRA",
            "name": "Zebra",
            "warehouse": shop.pk,
            "mode": "network_zpl",
            "media": "label",
            "address": "10.0.0.9:22",
        },
    )
    manager.post(
        reverse("printer-new"),
        {
            "code": "ZEBRA",
            "name": "Zebra",
            "warehouse": shop.pk,
            "mode": "network_zpl",
            "media": "label",
            "address": "10.0.0.9:9100",
        },
    )
    zebra = Printer.objects.get()
    bin_id = Bin.objects.get(code="PACK-1").pk
    fields = {"name": "Bench 9", "bin": bin_id, "kind": "pack", "label": zebra.pk}
    made = manager.post(reverse("station-new"), {"code": "LA-9", **fields})
    twice = manager.post(reverse("station-new"), {"code": "LA-9", **fields})
    station = Station.objects.get(code="LA-9")
    tested = manager.post(reverse("printer-test", args=[zebra.pk]))
    page = manager.get(reverse("printing-setup")).content.decode()

    assert refused.status_code == 422
    assert "10.0.0.12:9100" in refused.content.decode()
    assert (made.status_code, twice.status_code, tested.status_code) == (302, 422, 303)
    assert printing.printer_for(station, "label") == zebra
    assert PrintJob.objects.get().reason == "TEST"
    assert "LA-9 · Bench 9" in page
    assert "ZEBRA" in page
    edit = reverse("station-edit", args=[station.pk])
    assert str(zebra.pk) in manager.get(edit).content.decode()
    manager.post(edit, {"code": "LA-9", **fields, "label": ""})
    assert printing.printer_for(station, "label") is None


def test_w19_help_opens_the_report_which_keeps_the_task(bench, scanner, station):
    task = floor.release(make.place_one(make.line("TEA"))).tasks.get()

    answer = scanner("pick", task).scan("CMD-HELP")
    page = bench.get(answer["next"]).content.decode()
    sent = bench.post("/floor/problem/", {"task": f"pick_task:{task.pk}", "reason": "DEVICE"})
    empty = bench.post("/floor/problem/", {"task": "", "reason": "POEM"})

    report = ProblemReport.objects.get()
    assert answer["next"] == f"/floor/problem/?task=pick_task:{task.pk}"
    assert "Goods are damaged" in page
    assert (sent.status_code, empty.status_code) == (200, 422)
    assert (report.reason, report.task_key, report.warehouse) == (
        "DEVICE",
        f"pick_task:{task.pk}",
        station.warehouse,
    )


def test_w21_logout_lists_what_is_begun(bench, scanner, station):
    order = make.place_one(make.line("TEA", 2))
    floor.pick_all(floor.release(order))
    shipment = Shipment.objects.get(order=order)

    opened = Scanner(bench, "home").scan(f"T-{shipment.pk:03d}")
    answer = Scanner(bench, "home").scan("CMD-LOGOUT")
    page = bench.get(answer["next"]).content.decode()

    assert opened["code"] == "OPENED"
    assert answer["next"] == "/floor/hand-over/"
    assert shipment.number in page
    assert "data-empty-queue" in page

"""The scan address itself: once and only once, who may, and what can't be read."""

from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client

from fulfillment.models import PickTask, ScanRecord
from fulfillment.services import dispatch, packing
from inventory.models import BinStock, StockEvent
from orders.models import Shipment
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
SCAN_ID = uuid.UUID("6f0f4a44-5d3e-4a2f-8f2e-0c6f6f1f8a01")


@pytest.fixture
def task(shop) -> PickTask:
    floor.release(make.place_one(make.line("TEA", 2)))
    return PickTask.objects.get()


def body(**changes) -> str:
    scan = {"scan_id": str(uuid.uuid4()), "raw": "A-01", "task": "", "at": "2026-01-21T09:00:00Z"}
    return json.dumps({**scan, **changes})


def test_the_same_scan_again_counts_once_and_answers_the_same(task, scanner):
    device = scanner("pick", task)
    device.scan("A-01")

    first = device.scan("TEA", SCAN_ID)
    again = device.scan("TEA", SCAN_ID)

    task.refresh_from_db()
    assert again == first
    assert (first["code"], task.counted_qty) == ("ITEM_OK", 1)
    assert ScanRecord.objects.count() == 2


def test_the_same_last_scan_again_picks_once_and_leads_to_the_same_page(task, scanner):
    device = scanner("pick", task)
    device.verdicts("A-01", "TEA", "TEA")

    first = device.scan("T-001", SCAN_ID)
    events = StockEvent.objects.count()
    again = device.scan("T-001", SCAN_ID)

    assert again == first
    assert (first["code"], first["next"]) == ("TASK_DONE", "/floor/pick/")
    assert (StockEvent.objects.count(), BinStock.objects.get(bin__code="T-001").qty) == (events, 2)
    assert_books_balance()


def test_a_refused_scan_again_is_refused_the_same(task, scanner):
    device = scanner("pick", task)

    first = device.scan("B-01", SCAN_ID)
    device.scan("A-01")
    again = device.scan("B-01", SCAN_ID)

    said = ("verdict", "code", "text", "tone")
    assert [again[key] for key in said] == [first[key] for key in said]
    assert first["text"] == "Wrong bin. This is B-01. Go to bin A-01."


def test_the_same_scans_again_pack_and_ship_once(shop, packed, scanner):
    order = make.place_one(make.line("TEA", 2))
    floor.pick_all(floor.release(order))
    shipment = Shipment.objects.get(order=order)
    carton = packing.open_carton(
        shipment_id=shipment.pk,
        station_bin_id=floor.bench(shop).pk,
        actor=make.SYSTEM,
        at=make.NOW,
    )
    device = scanner("pack", carton)
    unit = [device.scan("TEA", SCAN_ID) for _ in range(3)]
    device.scan("TEA")
    closing = uuid.uuid4()
    box = [device.scan("CMD-CLOSEBOX", closing) for _ in range(2)]

    assert unit[0] == unit[1] == unit[2]
    assert [answer["code"] for answer in box] == ["BOX_OK", "BOX_OK"]
    assert carton.lines.get().verified_qty == 2

    manifest = dispatch.open_manifest(
        warehouse_id=shop.pk, carrier_code="own", actor=make.SYSTEM, at=make.NOW
    )
    other = packed()
    van = scanner("dispatch", manifest)
    van.scan(dispatch.Parcel.objects.get(pk=other.carton.parcel_id).number)
    leaving = uuid.uuid4()
    assert van.scan("CMD-OK", leaving) == van.scan("CMD-OK", leaving)
    assert_books_balance()


def test_a_scan_is_kept_with_its_answer(task, worker):
    user_id = int(worker.session["_auth_user_id"])

    Scanner(worker, "pick", f"pick_task:{task.pk}").scan("B-01", SCAN_ID)

    record = ScanRecord.objects.get()
    assert (record.scan_id, record.screen, record.raw) == (SCAN_ID, "pick", "B-01")
    assert (record.task_key, record.actor_key) == (f"pick_task:{task.pk}", f"user:{user_id}")
    assert (record.verdict, record.answer["why"]) == ("reject", "WRONG_BIN")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "null",
        '"scan"',
        "{}",
        body(scan_id="7"),
        '{"scan_id": "6f0f4a44-5d3e-4a2f-8f2e-0c6f6f1f8a01"}',
        b"\xff\xfe",
        "[" * 5000,
        body(raw=None),
        body(raw={"code": "A-01"}),
    ],
)
def test_what_is_no_scan_is_a_400_and_leaves_nothing(worker, text):
    answer = Scanner(worker, "home").post(text)

    assert answer.status_code == 400
    assert answer.json() == {"verdict": "reject", "text": "", "code": "BAD_SCAN"}
    assert ScanRecord.objects.count() == 0


@pytest.mark.parametrize(
    ("raw", "kept"), [("A\x00B", "AB"), ("\ud800", "?"), ("Z\ud83d-9", "Z?-9")]
)
@pytest.mark.parametrize("screen", ["pick", "home"])
def test_what_no_database_keeps_is_left_out_of_the_code(task, scanner, screen, raw, kept):
    answer = scanner(screen, task if screen == "pick" else None).scan(raw)

    assert (answer["verdict"], answer["code"]) == ("reject", "UNKNOWN_CODE")
    assert ScanRecord.objects.get().raw == kept


def test_an_overlong_code_is_cut_and_unknown(task, scanner):
    answer = scanner("pick", task).scan("X" * 100_000)

    assert (answer["verdict"], answer["code"]) == ("reject", "UNKNOWN_CODE")
    assert answer["text"] == f"Unknown code. Nothing here is called {'X' * 64}. Scan A-01."
    assert ScanRecord.objects.get().raw == "X" * 512


@pytest.mark.parametrize("raw", ["CMD-" + "Q" * 4000, "CMD-QTY-" + "9" * 4000])
def test_an_overlong_command_is_refused(task, scanner, raw):
    answer = scanner("pick", task).scan(raw)

    assert answer["verdict"] == "reject"
    assert answer["code"] in {"COMMAND_NOT_HERE", "SCAN_ITEM_NOW"}
    assert len(answer["text"]) < 200


@pytest.mark.parametrize("screen", ["pick", "pack", "dispatch", "put-back"])
@pytest.mark.parametrize("key", ["", "pick_task:", "carton:999999", "manifest:x", "put_back:-1"])
def test_an_unknown_task_is_not_found(shop, worker, screen, key):
    assert Scanner(worker, screen, key).send("A-01").status_code == 404
    assert ScanRecord.objects.count() == 0


def test_the_key_of_another_kind_of_task_is_not_found(task, worker):
    answer = Scanner(worker, "pick", f"carton:{task.pk}").send("A-01")

    task.refresh_from_db()
    assert (answer.status_code, task.step) == (404, "bin")


def test_a_number_too_large_for_a_key_is_not_found(shop, worker):
    assert Scanner(worker, "pick", "pick_task:" + "9" * 30).send("A-01").status_code == 404


def test_an_unknown_screen_is_not_found(worker):
    assert Scanner(worker, "moon").send("A-01").status_code == 404


def test_a_get_is_refused(worker):
    assert worker.get("/floor/scan/home/").status_code == 405


def test_signed_out_is_a_401_so_that_the_device_keeps_the_scan(task):
    answer = Scanner(Client(), "pick", f"pick_task:{task.pk}").send("A-01")

    task.refresh_from_db()
    assert (answer.status_code, task.step) == (401, "bin")
    assert ScanRecord.objects.count() == 0


@pytest.mark.parametrize("screen", ["home", "pick", "pack", "dispatch", "put-back"])
def test_who_may_not_work_on_the_floor_is_refused(task, client, screen):
    people.sign_in(client, people.make_user("auditor"))

    answer = Scanner(client, screen, f"pick_task:{task.pk}").send("A-01")

    assert (answer.status_code, ScanRecord.objects.count()) == (403, 0)


def test_tasks_of_another_warehouse_are_not_found(task, packed, sign_in):
    stranger = sign_in("operator", warehouses=["NYC"])
    done = packed()
    manifest = dispatch.open_manifest(
        warehouse_id=task.warehouse_id, carrier_code="own", actor=make.SYSTEM, at=make.NOW
    )

    answers = [
        Scanner(stranger, "pick", f"pick_task:{task.pk}").send("A-01"),
        Scanner(stranger, "pack", f"carton:{done.carton.pk}").send("TEA"),
        Scanner(stranger, "dispatch", f"manifest:{manifest.pk}").send("CMD-OK"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert ScanRecord.objects.count() == 0


def test_the_answer_speaks_the_language_of_its_reader(task, sign_in):
    device = Scanner(sign_in("operator", language="zh-hans"), "pick", f"pick_task:{task.pk}")

    answer = device.scan("B-01")

    assert answer["text"] == "库位不对. 这是 B-01。去库位 A-01。"
    assert "库位不对" in answer["html"]["floor-card"]


@pytest.mark.parametrize("lines", [1, 8])
def test_an_accepted_pick_scan_costs_the_same_in_a_long_walk(shop, scanner, lines):
    for number in range(lines - 1):
        make.put(make.sku(f"S{number}"), shop, 1)
    goods = [make.line(f"S{number}", 1) for number in range(lines - 1)]
    floor.release(make.place_one(make.line("TEA", 2), *goods))
    device = scanner("pick", PickTask.objects.get(sku__code="TEA"))
    device.scan("A-01")

    with query_baseline("floor-scan-pick"):
        answer = device.scan("TEA")

    assert answer["code"] == "ITEM_OK"

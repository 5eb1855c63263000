"""What the pick card answers to each scan, and what the scan changed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from fulfillment.models import PickTask, ShortDecision
from fulfillment.services import picking
from inventory.models import Bin, BinStock, CountTask
from inventory.services import stock
from orders.models import Channel, Order, ShipmentLine
from orders.services import holds
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.fulfillment.views.conftest import EAN
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
NEXT = "/floor/pick/"


def released(qty=2, code="TEA") -> PickTask:
    """Return the one pick task of a new order."""
    wave = floor.release(make.place_one(make.line(code, qty)))
    return PickTask.objects.get(wave=wave)


def standing(task: PickTask) -> tuple[str, str, int, int]:
    """Return (state, step, counted, picked) of the task as it is now."""
    task.refresh_from_db()
    return task.state, task.step, task.counted_qty, task.picked_qty


def pick_lots(code: str, *lots: tuple[str, dt.date]) -> None:
    """Put five units of each lot on the shelf."""
    sku = make.sku(code, lot_tracked=True)
    place = make.Warehouse.objects.get(code="LA")
    for lot, expires_on in lots:
        make.put(sku, place, 5, lot_code=lot, expires_on=expires_on)


def test_bin_item_item_tote_books_the_units_into_the_tote(shop, scanner):
    task = released(2)
    device = scanner("pick", task)

    answers = device.verdicts("A-01", EAN, "TEA")
    last = device.scan("T-001")

    assert answers == [("accept", "BIN_OK"), ("accept", "ITEM_OK"), ("accept", "SCAN_TOTE_NOW")]
    assert last == {
        "verdict": "complete",
        "tone": "rising",
        "code": "TASK_DONE",
        "text": "Done. The next task is on the card.",
        "next": NEXT,
    }
    assert standing(task) == ("picked", "tote", 2, 2)
    assert task.tote.code == "T-001"
    assert ShipmentLine.objects.get().picked_qty == 2
    assert BinStock.objects.get(bin__code="T-001").qty == 2
    assert_books_balance()


def test_an_accepted_scan_brings_the_card_as_it_is_now(shop, scanner):
    task = released(3)
    device = scanner("pick", task)

    device.scan("A-01")
    answer = device.scan("TEA")

    assert answer["text"] == "Counted. 1 of 3. Scan the next."
    assert (answer["tone"], set(answer["html"])) == ("high", {"floor-card", "floor-scans"})
    assert "1 / 3" in answer["html"]["floor-card"]
    assert "Waiting for scan: item" in answer["html"]["floor-card"]
    assert "TEA" in answer["html"]["floor-scans"]
    assert standing(task) == ("open", "item", 1, 0)


@pytest.mark.parametrize(
    ("raw", "code", "text"),
    [
        ("B-01", "WRONG_BIN", "Wrong bin. This is B-01. Go to bin A-01."),
        ("TEA", "SCAN_BIN_FIRST", "Bin first. Scan bin A-01 first."),
        ("T-001", "SCAN_BIN_FIRST", "Bin first. Scan bin A-01 first."),
        ("CMD-SHORT", "SCAN_BIN_FIRST", "Bin first. Scan bin A-01 first."),
        ("CMD-OK", "COMMAND_NOT_HERE", "Not here. CMD-OK does nothing at this step."),
        ("Z-99", "UNKNOWN_CODE", "Unknown code. Nothing here is called Z-99. Scan A-01."),
    ],
)
def test_before_the_bin_everything_else_is_refused(shop, scanner, raw, code, text):
    task = released(2)

    answer = scanner("pick", task).scan(raw)

    assert (answer["verdict"], answer["tone"]) == ("reject", "double-low")
    assert (answer["code"], answer["text"]) == (code, text)
    assert "floor-card-error" in answer["html"]["floor-card"]
    assert standing(task) == ("open", "bin", 0, 0)


@pytest.mark.parametrize(
    ("raw", "verdict", "code"),
    [
        ("CUP", "reject", "WRONG_ITEM"),
        ("B-01", "reject", "WRONG_BIN"),
        ("T-001", "reject", "SCAN_ITEM_NOW"),
        ("CMD-QTY-2", "reject", "SCAN_ITEM_NOW"),
        ("A-01", "accept", "BIN_OK"),
    ],
)
def test_at_the_bin_only_the_item_counts(shop, scanner, raw, verdict, code):
    task = released(2)
    device = scanner("pick", task)
    device.scan("A-01")

    assert device.verdicts(raw) == [(verdict, code)]
    assert standing(task) == ("open", "item", 0, 0)


def test_right_item_wrong_lot_names_the_lot_to_take(shop, scanner):
    pick_lots("JAM", ("R2406", dt.date(2090, 9, 1)), ("R2407", dt.date(2090, 12, 1)))
    task = released(2, "JAM")
    device = scanner("pick", task)
    device.verdicts("A-01", "JAM")

    answer = device.scan("R2407")

    assert (answer["verdict"], answer["code"]) == ("warn", "LATER_LOT_ASK")
    assert answer["text"] == (
        "Other lot. Planned is lot R2406: take it, or a supervisor scans their badge to allow "
        "R2407."
    )
    assert standing(task) == ("open", "item", 0, 0)
    assert device.verdicts("JAM", "R2406", "JAM", "R2407", "R2406", "T-001") == [
        ("accept", "SCAN_LOT_NOW"),
        ("accept", "ITEM_OK"),
        ("accept", "SCAN_LOT_NOW"),
        ("reject", "WRONG_LOT"),
        ("accept", "SCAN_TOTE_NOW"),
        ("complete", "TASK_DONE"),
    ]
    assert BinStock.objects.get(bin__code="T-001").lot.code == "R2406"
    assert_books_balance()


def test_x13_a_lot_too_short_dated_for_the_order_is_not_allowed(shop, scanner):
    Channel.objects.update(min_life_days=60)
    pick_lots("JAM", ("R2605", dt.date(2026, 2, 20)), ("R2609", dt.date(2090, 9, 1)))
    task = released(1, "JAM")
    device = scanner("pick", task)
    device.verdicts("A-01", "JAM")

    answer = device.scan("R2605")

    assert (answer["verdict"], answer["code"]) == ("reject", "LOT_NOT_ALLOWED")
    assert answer["text"] == (
        "Lot not allowed. Lot R2605 is too short-dated for this order. Take lot R2609."
    )
    assert standing(task) == ("open", "lot", 1, 0)


def test_a_quantity_command_counts_for_the_unit_just_scanned(shop, scanner):
    task = released(5)
    device = scanner("pick", task)

    answers = device.verdicts("A-01", "TEA", "CMD-QTY-9", "CMD-QTY-5", "T-001")

    assert answers == [
        ("accept", "BIN_OK"),
        ("accept", "ITEM_OK"),
        ("reject", "TOO_MANY"),
        ("accept", "SCAN_TOTE_NOW"),
        ("complete", "TASK_DONE"),
    ]
    assert standing(task) == ("picked", "tote", 5, 5)


def test_a_box_of_more_units_than_the_task_asks_is_too_many(shop, scanner):
    make.Sku.objects.get(code="TEA").barcodes.create(code="TEA-X6", units_per_scan=6)
    task = released(5)
    device = scanner("pick", task)

    assert device.verdicts("A-01", "TEA-X6")[1] == ("reject", "TOO_MANY")
    assert standing(task) == ("open", "item", 0, 0)


def test_a_tote_of_another_order_is_refused(shop, scanner):
    first = released(1)
    task = released(1, "CUP")
    picked = picking.Picked(first.pk, 1, floor.tote(shop, 2).pk)
    picking.confirm(picked=picked, actor=make.SYSTEM, at=make.NOW)
    device = scanner("pick", task)
    device.verdicts("A-01", "CUP")

    answer = device.scan("T-002")

    assert (answer["verdict"], answer["code"]) == ("reject", "TOTE_IN_USE")
    assert answer["text"] == (
        "Tote in use. Tote T-002 holds another order. Take an empty tote and scan it."
    )
    assert standing(task) == ("open", "tote", 1, 0)
    assert device.verdicts("T-001") == [("complete", "TASK_DONE")]


def test_an_order_keeps_to_its_own_tote(shop, scanner):
    floor.release(make.place_one(make.line("TEA", 1), make.line("CUP", 1)))
    first, second = PickTask.objects.order_by("sequence")
    scanner("pick", first).verdicts("A-01", first.sku.code, "T-001")
    device = scanner("pick", second)
    device.verdicts("A-01", second.sku.code)

    answer = device.scan("T-002")

    assert (answer["verdict"], answer["code"]) == ("reject", "WRONG_TOTE")
    assert answer["text"] == "Wrong tote. This order is in tote T-001. Scan that one."
    assert device.verdicts("TEA", "T-001") == [
        ("reject", "SCAN_TOTE_NOW"),
        ("complete", "TASK_DONE"),
    ]


def test_x09_nothing_in_the_bin_is_short_at_once_and_waits_for_a_person(shop, scanner):
    task = released(10)
    device = scanner("pick", task)
    device.scan("A-01")

    answer = device.scan("CMD-SHORT")

    assert (answer["verdict"], answer["code"]) == ("warn", "SHORT_NONE_FOUND")
    assert (answer["tone"], answer["next"]) == ("low", NEXT)
    assert standing(task) == ("short", "item", 0, 0)
    assert task.reason == "NOT_THERE"
    assert ShortDecision.objects.get().short_qty == 10
    assert CountTask.objects.filter(state="open").count() == 1
    assert_books_balance()


def test_x09_what_was_found_goes_to_the_tote_and_the_rest_to_another_bin(shop, scanner):
    task = released(8)
    second = Bin.objects.get(code="B-01")
    line = stock.ReceiveLine(second.pk, task.sku_id, 5)
    stock.receive([line], event_key="more", actor=make.SYSTEM, at=make.NOW)
    device = scanner("pick", task)

    answers = device.verdicts("A-01", "TEA", "CMD-SHORT")
    last = device.scan("T-001")

    rest = PickTask.objects.order_by("-pk")[:2]
    assert answers[2] == ("warn", "SHORT_SCAN_TOTE")
    assert (last["verdict"], last["code"], last["next"]) == ("warn", "SHORT_REST_ELSEWHERE", NEXT)
    assert last["text"] == "Short. In the tote: 1 of 8. The rest is looked for elsewhere."
    assert standing(task) == ("short", "tote", 1, 1)
    assert (rest[0].bin_id, rest[0].qty, rest[0].state) == (second.pk, 5, "open")
    assert_books_balance()


def test_damaged_units_are_short_with_their_reason(shop, scanner):
    task = released(2)

    answers = scanner("pick", task).verdicts("A-01", "CMD-DAMAGED")

    assert answers[1] == ("warn", "SHORT_NONE_FOUND")
    assert standing(task)[0] == "short"
    assert task.reason == "DAMAGED"


def test_undo_goes_back_scan_by_scan(shop, scanner):
    task = released(2)
    device = scanner("pick", task)
    device.verdicts("A-01", "TEA")

    device.verdicts("CMD-UNDO")
    once = standing(task)
    device.verdicts("CMD-UNDO")

    assert (once, standing(task)) == (("open", "item", 0, 0), ("open", "bin", 0, 0))


def test_undo_of_a_short_keeps_the_units_already_counted(shop, scanner):
    task = released(3)
    device = scanner("pick", task)
    device.verdicts("A-01", "TEA", "CMD-SHORT")

    answer = device.scan("CMD-UNDO")

    assert (answer["verdict"], answer["code"]) == ("accept", "STEP_UNDONE")
    assert standing(task) == ("open", "item", 1, 0)
    assert task.reason == ""


def test_undo_at_the_next_card_takes_the_last_pick_back(shop, scanner):
    first, second = released(1), released(1, "CUP")
    scanner("pick", first).verdicts("A-01", "TEA", "T-001")

    answer = scanner("pick", second).scan("CMD-UNDO")

    assert (answer["code"], answer["next"]) == (
        "STEP_UNDONE",
        reverse("floor-pick-task", args=[first.pk]),
    )
    assert standing(first) == ("open", "bin", 0, 0)
    assert BinStock.objects.filter(bin__code="T-001", qty__gt=0).count() == 0
    assert ShipmentLine.objects.get(shipment=first.shipment).picked_qty == 0
    assert_books_balance()


def test_nothing_to_undo_is_said(shop, scanner):
    answer = scanner("pick", released(1)).scan("CMD-UNDO")

    assert (answer["verdict"], answer["code"]) == ("reject", "NOTHING_TO_UNDO")


def test_a_packed_pick_is_not_undone_by_scan(shop, scanner):
    first, second = released(1), released(1, "CUP")
    scanner("pick", first).verdicts("A-01", "TEA", "T-001")
    floor.pack_all([first.shipment])

    answer = scanner("pick", second).scan("CMD-UNDO")

    assert (answer["verdict"], answer["code"]) == ("reject", "TOO_LATE_TO_UNDO")
    assert standing(first)[0] == "picked"


def test_skip_puts_the_task_behind_the_others(shop, scanner):
    wave = floor.release(make.place_one(make.line("TEA", 1), make.line("CUP", 1)))
    first, second = PickTask.objects.filter(wave=wave).order_by("sequence")
    device = scanner("pick", first)
    device.verdicts("A-01", first.sku.code)

    answer = device.scan("CMD-SKIP")

    assert (answer["verdict"], answer["code"], answer["next"]) == ("warn", "TASK_SKIPPED", NEXT)
    assert standing(first) == ("open", "bin", 0, 0)
    assert list(PickTask.objects.order_by("sequence")) == [second, first]


def test_a_skipped_task_forgets_the_reason_of_a_short(shop, scanner):
    task = released(2)
    device = scanner("pick", task)
    device.verdicts("A-01", "TEA", "CMD-SHORT", "CMD-SKIP", "A-01", "TEA", "TEA", "T-001")

    assert standing(task) == ("picked", "tote", 2, 2)
    assert task.reason == ""


def test_x07_a_held_order_stops_at_the_next_scan_and_moves_nothing(shop, scanner):
    task = released(1)
    device = scanner("pick", task)
    device.scan("A-01")
    holds.place_hold(task.shipment.order_id, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    answer = device.scan("TEA")

    assert (answer["verdict"], answer["code"]) == ("reject", "ON_HOLD:FRAUD")
    assert answer["text"] == (
        "Stop. This order is blocked (ON_HOLD:FRAUD). Put the goods aside and scan the next."
    )
    assert standing(task) == ("open", "item", 0, 0)
    assert device.verdicts("CMD-SKIP") == [("warn", "TASK_SKIPPED")]


def test_a_finished_task_takes_no_scan_again(shop, scanner):
    task = released(1)
    device = scanner("pick", task)
    device.verdicts("A-01", "TEA", "T-001")

    answer = device.scan("T-001")

    assert (answer["verdict"], answer["code"]) == ("reject", "TASK_NOT_OPEN")
    assert answer["text"] == "Stop. This task is Picked already. Take the next one."
    assert Order.objects.get().stage == "picking"
    assert_books_balance()

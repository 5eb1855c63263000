"""A batch into one tote, and the put wall that sorts it (W10)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core import jobs
from core.models import AuditEntry
from fulfillment.models import Carton, CartSlot, PickRound, PickTask, PutBackTask, PutWall, WallSlot
from fulfillment.services import put_backs
from inventory.models import Bin, BinStock, CountTask
from orders.services import holds, lifecycle
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories import rounds
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(shop, worker):
    """Return a batch of two orders (2 TEA; 1 TEA and 1 CUP), fetched into tote T-001."""
    rounds.cart(shop)
    placed = [
        make.place_one(make.line("TEA", 2)),
        make.place_one(make.line("TEA", 1), make.line("CUP", 1)),
    ]
    row = rounds.planned(*placed, method="batch")
    Scanner(worker, "home").scan("CART-1-LA")
    scanner = Scanner(worker, "round", row.key)
    codes = ("T-001", "A-01", "TEA", "CMD-QTY-3", "T-001", "A-01", "CUP", "T-001", "CMD-OK")
    assert {verdict for verdict, _code in scanner.verdicts(*codes)} <= {"accept", "complete"}
    return placed


@pytest.fixture
def wall(shop, worker) -> Scanner:
    """Return the scanner of the wall's screen."""
    return Scanner(worker, "wall", f"wall:{rounds.wall(shop).pk}")


def lying(code: str) -> dict[str, int]:
    """Return the units of each SKU in a bin."""
    rows = BinStock.objects.filter(bin__code=code, qty__gt=0)
    return dict(rows.values_list("sku__code", "qty"))


def test_a_batch_is_fetched_into_one_tote_and_waits_to_be_sorted(batch, worker, shop):
    pack_home = worker.get("/floor/pack/").content.decode()
    opened = Scanner(worker, "pack-home").scan("T-001")

    assert PickRound.objects.get().state == "sorting"
    assert lying("T-001") == {"TEA": 3, "CUP": 1}
    assert CartSlot.objects.get().is_open
    assert not any(order.number in pack_home for order in batch)
    assert (opened["verdict"], opened["code"]) == ("reject", "UNKNOWN_CODE")
    assert_books_balance()


def test_a_single_pick_does_not_go_into_the_tote_of_a_batch(batch, worker):
    task = PickTask.objects.get(wave=floor.release(make.place_one(make.line("CUP", 1))))
    device = Scanner(worker, "pick", f"pick_task:{task.pk}")

    assert device.verdicts("A-01", "CUP", "T-001")[2] == ("reject", "TOTE_IN_USE")


def test_each_item_goes_to_the_slot_of_its_order_and_a_complete_slot_to_packing(
    batch, wall, worker, shop
):
    answers = wall.verdicts("TEA", "T-001", "TEA", "PW-2", "CMD-QTY-2", "PW-1", "TEA", "PW-2")
    half = (lying("PW-1"), lying("PW-2"), lying("T-001"))
    last = wall.scan("CUP")
    done = wall.verdicts("PW-2")
    opened = Scanner(worker, "pack-home").scan("PW-2")

    assert answers == [
        ("reject", "SCAN_BATCH_TOTE"),
        ("accept", "TOTE_AT_WALL"),
        ("accept", "PUT_INTO_SLOT"),
        ("reject", "WRONG_WALL_SLOT"),
        ("accept", "PUT_INTO_SLOT"),
        ("complete", "SLOT_COMPLETE"),
        ("accept", "PUT_INTO_SLOT"),
        ("accept", "PUT_OK"),
    ]
    assert half == ({"TEA": 2}, {"TEA": 1}, {"CUP": 1})
    assert last["text"] == "Slot PW-2. Put 1 into slot PW-2 and scan it."
    assert done == [("complete", "SLOT_COMPLETE")]
    assert PickRound.objects.get().state == "closed"
    assert not CartSlot.objects.filter(is_open=True).exists()
    assert opened["next"] == reverse("floor-carton", args=[Carton.objects.get().pk])
    assert Carton.objects.get().shipment.order == batch[1]
    assert_books_balance()


def test_an_item_no_order_needs_is_booked_into_the_overflow_by_its_scan(batch, wall, shop):
    wall.verdicts("T-001", "CUP", "PW-1")
    before = lying("A-01")

    answer = wall.scan("CUP")
    undone = wall.verdicts("CMD-UNDO", "OVERFLOW")
    booked = wall.verdicts("CUP", "OVERFLOW", "TEA", "PW-2")

    assert (answer["verdict"], answer["text"]) == (
        "warn",
        "Not needed. No order here needs CUP. Put it into OVERFLOW and scan that.",
    )
    assert undone == [("accept", "STEP_UNDONE"), ("reject", "NOTHING_TO_SORT")]
    assert booked == [
        ("warn", "TO_OVERFLOW"),
        ("accept", "OVERFLOW_BOOKED"),
        ("accept", "PUT_INTO_SLOT"),
        ("accept", "PUT_OK"),
    ]
    assert lying("OVERFLOW") == {"CUP": 1}
    assert lying("A-01") == before | {"CUP": before["CUP"] - 1}
    entry = AuditEntry.objects.get(action="fulfillment.overflowed")
    assert (entry.after["qty"], entry.after["bin"]) == (1, "OVERFLOW")
    assert_books_balance()


def test_what_the_books_can_not_spare_is_counted_in_the_overflow(batch, wall):
    make.sku("JAM")
    wall.verdicts("T-001")

    answers = wall.verdicts("JAM", "OVERFLOW", "JAM", "TEA", "PW-1")

    assert answers == [
        ("warn", "TO_OVERFLOW"),
        ("warn", "OVERFLOW_TO_COUNT"),
        ("warn", "TO_OVERFLOW"),
        ("accept", "PUT_INTO_SLOT"),
        ("accept", "PUT_OK"),
    ]
    count = CountTask.objects.get()
    assert (count.bin.code, count.sku.code, count.reason) == ("OVERFLOW", "JAM", "WALL_OVERFLOW")
    assert lying("OVERFLOW") == {}


def test_x07_a_unit_of_an_order_on_hold_stays_in_the_tote(batch, wall):
    wall.verdicts("T-001")
    holds.place_hold(batch[1].pk, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    assert wall.verdicts("CUP", "OVERFLOW") == [
        ("warn", "UNIT_STAYS"),
        ("reject", "NOTHING_TO_SORT"),
    ]
    assert lying("OVERFLOW") == {}


def test_x11_an_order_cancelled_half_sorted_goes_back_from_tote_and_slot(batch, wall):
    wall.verdicts("T-001", "TEA", "PW-1")
    lifecycle.cancel(batch[0].pk, reason="customer", actor=make.SYSTEM, at=make.NOW)
    jobs.run_due(make.NOW)

    answers = wall.verdicts("TEA", "PW-2", "TEA", "CUP", "PW-2")

    assert sorted(PutBackTask.objects.values_list("from_bin__code", "qty")) == [
        ("PW-1", 1),
        ("T-001", 1),
    ]
    assert answers == [
        ("accept", "PUT_INTO_SLOT"),
        ("accept", "PUT_OK"),
        ("warn", "TO_OVERFLOW_PUT_BACK"),
        ("accept", "PUT_INTO_SLOT"),
        ("complete", "SLOT_COMPLETE"),
    ]
    assert_books_balance()


def test_x11_units_of_a_stopped_order_move_to_the_overflow_with_their_put_back(batch, wall):
    wall.verdicts("T-001")
    lifecycle.cancel(batch[0].pk, reason="customer", actor=make.SYSTEM, at=make.NOW)
    jobs.run_due(make.NOW)
    wall.verdicts("TEA", "PW-1")

    answers = wall.verdicts("TEA", "OVERFLOW", "TEA", "OVERFLOW")

    assert answers == [
        ("warn", "TO_OVERFLOW_PUT_BACK"),
        ("accept", "OVERFLOW_PUT_BACK"),
        ("warn", "TO_OVERFLOW_PUT_BACK"),
        ("accept", "OVERFLOW_PUT_BACK"),
    ]
    tasks = PutBackTask.objects.order_by("pk")
    assert list(tasks.values_list("from_bin__code", "qty", "state")) == [
        ("OVERFLOW", 1, "open"),
        ("OVERFLOW", 1, "open"),
    ]
    assert lying("OVERFLOW") == {"TEA": 2}
    for task in tasks:
        put_backs.confirm(
            task_id=task.pk,
            to_bin_id=Bin.objects.get(code="A-01").pk,
            actor=make.SYSTEM,
            at=make.NOW,
        )
    assert lying("OVERFLOW") == {}
    assert_books_balance()


def test_a_slot_is_free_again_when_its_order_has_left_and_a_full_wall_says_so(batch, worker, shop):
    small = rounds.wall(shop, slots=1)
    scanner = Scanner(worker, "wall", f"wall:{small.pk}")
    scanner.verdicts("T-001", "TEA", "CMD-QTY-2", "PW-1")

    full = scanner.scan("CUP")
    carton = floor.pack_all([batch[0].shipments.get()])[0]
    freed = scanner.verdicts("CUP", "PW-1")

    assert (full["code"], carton.state) == ("WALL_IS_FULL", "closed")
    assert full["text"] == "Wall is full. All 1 slots collect orders. Pack a complete one first."
    assert freed == [("accept", "PUT_INTO_SLOT"), ("accept", "PUT_OK")]
    assert WallSlot.objects.get().shipment.order == batch[1]


def test_the_wall_page_shows_each_slot_with_how_full_it_is(batch, wall, worker):
    wall.verdicts("T-001", "TEA")

    page = worker.get(reverse("floor-wall", args=[PutWall.objects.get().pk])).content.decode()

    assert "3 units to sort" not in page
    assert "4 units to sort" in page
    assert "0 / 2" in page
    assert page.count("data-lit") == 1

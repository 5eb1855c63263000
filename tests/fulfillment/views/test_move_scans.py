"""W7 by scanner: refills from bulk to pick bin, and free moves from bin to bin."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from inventory.models import Bin, BinStock, CountTask, ReplenishTask, StockMove, Warehouse
from inventory.services import replenishing
from tests.factories import core as people
from tests.factories import moves
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(client):
    return people.sign_in(client, people.make_user("operator"))


@pytest.fixture
def task():
    face = moves.empty_face()
    replenishing.plan(face.bin.warehouse_id, at=moves.NOW)
    return ReplenishTask.objects.get()


def test_a_refill_goes_from_the_bulk_bin_to_the_pick_bin(worker, task):
    source, sku, face = task.from_bin.code, task.face.sku.code, task.face.bin.code
    scanner = Scanner(worker, "refill", f"refill:{task.pk}")

    answers = scanner.verdicts(face, source, sku, "CMD-QTY-10", source, face)

    assert answers == [
        ("reject", "WRONG_BIN"),
        ("accept", "BIN_OK"),
        ("accept", "ITEM_OK"),
        ("accept", "REFILL_SCAN_TARGET"),
        ("reject", "REFILL_WRONG_TARGET"),
        ("complete", "REFILL_DONE"),
    ]
    assert BinStock.objects.get(bin=task.face.bin).qty == 10
    assert scanner.verdicts(source) == [("reject", "REFILL_IS_DONE")]
    assert_books_balance()


def test_a_part_is_booked_and_nothing_at_all_asks_for_a_count(worker, task):
    source, sku, face = task.from_bin.code, task.face.sku.code, task.face.bin.code
    scanner = Scanner(worker, "refill", f"refill:{task.pk}")

    assert scanner.verdicts(source, sku, "CMD-SHORT", face)[2:] == [
        ("warn", "REFILL_PART"),
        ("complete", "REFILL_DONE"),
    ]
    assert BinStock.objects.get(bin=task.face.bin).qty == 1
    replenishing.plan(task.warehouse_id, at=moves.NOW)
    second = ReplenishTask.objects.get(state="open")
    scanner = Scanner(worker, "refill", f"refill:{second.pk}")
    assert scanner.verdicts("CMD-SKIP", source, "CMD-SHORT") == [
        ("warn", "TASK_SKIPPED"),
        ("accept", "BIN_OK"),
        ("warn", "REFILL_EMPTY"),
    ]
    assert CountTask.objects.get().bin.code == source
    assert not ReplenishTask.objects.open().exists()


def test_goods_move_from_any_bin_to_another_with_lots_and_damage(worker):
    place = make.warehouse("LA")
    Bin.objects.create(warehouse=place, code="B-02", kind="pick")
    tea = make.sku("TEA", lot_tracked=True)
    make.put(tea, place, 5, lot_code="L3", expires_on=dt.date(2027, 1, 1))
    make.put(make.sku("CUP"), place, 4)
    scanner = Scanner(worker, "move", f"move:{place.pk}")

    answers = scanner.verdicts(
        "TEA", "A-01", "POT", "CUP", "CMD-QTY-9", "CMD-QTY-3", "A-01", "TEA", "B-02", "L3", "B-02"
    )
    assert answers == [
        ("reject", "MOVE_BIN_FIRST"),
        ("accept", "MOVE_FROM"),
        ("reject", "MOVE_SCAN_ITEM"),
        ("accept", "MOVE_TAKEN"),
        ("reject", "MOVE_TOO_MANY"),
        ("accept", "MOVE_TAKEN"),
        ("reject", "MOVE_SAME_BIN"),
        ("accept", "MOVE_SCAN_LOT"),
        ("reject", "MOVE_SCAN_LOT"),
        ("accept", "MOVE_TAKEN"),
        ("complete", "MOVE_DONE"),
    ]
    moved = BinStock.objects.filter(bin__code="B-02").order_by("sku__code")
    assert list(moved.values_list("sku__code", "qty", "condition")) == [
        ("CUP", 3, "good"),
        ("TEA", 1, "good"),
    ]
    scanner.verdicts("A-01", "CUP", "CMD-DAMAGED", "B-02")
    assert BinStock.objects.get(bin__code="B-02", condition="damaged").qty == 1
    undone = scanner.verdicts("B-02", "TEA", *["CMD-UNDO"] * 3)
    assert undone[-2:] == [("accept", "STEP_UNDONE"), ("reject", "NOTHING_TO_UNDO")]
    assert StockMove.objects.filter(event__kind="move").count() == 3
    assert_books_balance()


def test_the_pages_ask_a_constant_number_of_questions(worker, task):
    with query_baseline("floor-refills"):
        page = worker.get(reverse("floor-refills")).content.decode()
    assert task.face.bin.code in page
    with query_baseline("floor-refill"):
        page = worker.get(reverse("floor-refill", args=[task.pk])).content.decode()
    assert task.from_bin.code in page
    place = Warehouse.objects.get()
    Scanner(worker, "move", f"move:{place.pk}").scan(task.from_bin.code)
    with query_baseline("floor-move"):
        page = worker.get(reverse("floor-move", args=[place.pk])).content.decode()
    assert task.face.sku.code in page

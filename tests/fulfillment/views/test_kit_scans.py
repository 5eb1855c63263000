"""W11 by scanner: kits built of the right lots, scrapped parts, closed short, taken apart."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from fulfillment.models import DeskState, PrintJob
from fulfillment.views.floor import STATION_COOKIE
from inventory.models import BinStock, Lot, StockLevel, WorkOrder
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import moves
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db


@pytest.fixture
def kit():
    """A SET of 2 TEA (3 of lot L3, 9 of L5) and 1 CUP (6)."""
    place = make.warehouse("LA")
    tea = make.sku("TEA", lot_tracked=True)
    make.put(tea, place, 3, lot_code="L3", expires_on=dt.date(2027, 1, 1))
    make.put(tea, place, 9, lot_code="L5", expires_on=dt.date(2027, 5, 1))
    cup = make.sku("CUP")
    make.put(cup, place, 6)
    return moves.assembled_kit("SET", {tea: 2, cup: 1}, lot_tracked=True)


@pytest.fixture
def order(kit):
    return moves.work_order(kit, make.Warehouse.objects.get(), 3)


@pytest.fixture
def worker(client):
    return people.sign_in(client, people.make_user("operator"))


def device(worker, order) -> Scanner:
    return Scanner(worker, "kit", f"work_order:{order.pk}")


def on_hand(code: str) -> int:
    return StockLevel.objects.get(sku__code=code).on_hand


def test_x14_kits_are_built_by_scanner_alone(worker, order):
    home = Scanner(worker, "home").scan(order.number)
    scanner = device(worker, order)

    answers = scanner.verdicts("TEA", "L5", "L3", "CUP", "SET", "TEA", "L3", "SET")
    assert home["next"] == reverse("floor-kit", args=[order.pk])
    assert answers == [
        ("accept", "SCAN_PART_LOT"),
        ("reject", "WRONG_PART_LOT"),
        ("accept", "PART_OK"),
        ("accept", "PART_OK"),
        ("reject", "COMPONENTS_FIRST"),
        ("accept", "SCAN_PART_LOT"),
        ("accept", "SCAN_KIT_NOW"),
        ("complete", "KIT_MADE"),
    ]
    assert scanner.verdicts("CMD-DAMAGED", "CUP") == [
        ("warn", "SCAN_BROKEN"),
        ("warn", "PART_SCRAPPED"),
    ]
    last = scanner.verdicts("TEA", "L3", "TEA", "L5", "CUP", "SET", "CMD-OK", "CMD-OK")
    assert last[-3:] == [
        ("complete", "KIT_MADE"),
        ("warn", "KITS_ARE_LEFT"),
        ("complete", "KIT_ORDER_DONE"),
    ]
    order.refresh_from_db()
    assert (order.state, order.made_qty, order.reason) == ("done", 2, "CLOSED_ON_FLOOR")
    assert [on_hand(code) for code in ("SET", "TEA", "CUP")] == [2, 8, 3]
    assert not DeskState.objects.exists()
    assert scanner.verdicts("CUP") == [("reject", "KIT_ORDER_CLOSED")]
    assert_books_balance()


def test_x14_a_quantity_ends_the_order_and_unkit_brings_it_back(worker, kit, order):
    place = make.Warehouse.objects.get()
    scanner = device(worker, order)
    scanner.verdicts("TEA", "L3", "CMD-QTY-2", "CUP", "SET")
    scanner.verdicts("TEA", "L3", "TEA", "L5", "CUP", "SET")
    assert scanner.verdicts("TEA", "L5", "CMD-QTY-2", "CUP", "CMD-QTY-1")[-1] == (
        "complete",
        "KIT_ORDER_DONE",
    )
    made = list(Lot.objects.filter(sku=kit).order_by("pk").values_list("code", flat=True))
    back = moves.work_order(kit, place, 2, is_unkit=True)
    scanner = device(worker, back)

    answers = scanner.verdicts("SET", made[0], "TEA", "CMD-DAMAGED", "CUP")
    assert answers[-1] == ("complete", "KIT_APART")
    scanner.verdicts("SET", made[1], "CUP", "TEA")

    assert WorkOrder.objects.get(pk=back.pk).state == "done"
    tea = BinStock.objects.filter(sku__code="TEA", qty__gt=0).order_by("lot__code")
    assert list(tea.values_list("lot__code", "qty")) == [("L3", 3), ("L5", 7)]
    assert BinStock.objects.get(sku__code="CUP", condition="damaged").qty == 1
    assert_books_balance()


def test_the_pages_ask_a_constant_number_of_questions(worker, order):
    with query_baseline("floor-kit"):
        page = worker.get(reverse("floor-kit", args=[order.pk])).content.decode()
    assert "L3" in page
    assert "A-01" in page
    with query_baseline("floor-kits"):
        page = worker.get(reverse("floor-kits")).content.decode()
    assert order.number in page


def test_a_built_kit_prints_its_label_at_the_station(worker, order):
    worker.cookies[STATION_COOKIE] = floor.station(make.Warehouse.objects.get()).code

    device(worker, order).verdicts("TEA", "L3", "CUP", "TEA", "L3", "SET")

    built = Lot.objects.get(sku__code="SET")
    assert list(PrintJob.objects.values_list("kind", "key", "copies")) == [
        ("kit_label", f"lot:{built.pk}", 1)
    ]

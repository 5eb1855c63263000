"""Packaging and inserts leave stock from the nearest bin and never take a promised unit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.actors import SYSTEM
from inventory.models import BinStock, CountTask, StockEvent, StockLevel, StockMove
from inventory.services import stock
from inventory.services.consuming import ConsumeLine, consume
from inventory.services.move_facts import BadQuantity
from tests.factories.inventory import NOW, a_key, make_bin, make_sku, make_warehouse
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


@pytest.fixture
def bench():
    """Return a bench at place 50 of its warehouse, and a box with stock near, far and outside."""
    house = make_warehouse("SZX")
    station = make_bin(house, "PACK-1", kind="pack", pick_sequence=50)
    box = make_sku("BOX-M", kind="packaging")
    for place, qty in (
        (make_bin(house, "A-01", pick_sequence=1), 5),
        (make_bin(house, "P-02", pick_sequence=52), 2),
        (station, 1),
        (make_bin(house, "DOCK", kind="dock", pick_sequence=50), 9),
    ):
        receive(place, box, qty)
    return station, box


def receive(place, sku, qty):
    line = stock.ReceiveLine(place.pk, sku.pk, qty, unit_cost=Decimal("0.25"), currency="USD")
    stock.receive([line], event_key=a_key(), actor=SYSTEM, at=NOW)


def take(station, *lines, key="pack:1"):
    wanted = [ConsumeLine(sku.pk, qty, station.pk, f"extra:{sku.pk}") for sku, qty in lines]
    return consume(wanted, event_key=key, actor=SYSTEM, at=NOW)


def left_of(box):
    rows = BinStock.objects.filter(sku=box).order_by("bin__code")
    return dict(rows.values_list("bin__code", "qty"))


def test_a_06_units_come_from_the_bench_then_from_the_nearest_bin(bench):
    station, box = bench

    done = take(station, (box, 4))

    assert left_of(box) == {"A-01": 4, "DOCK": 9, "P-02": 0, "PACK-1": 0}
    assert [(row.qty, row.cost_amount, row.missing_qty) for row in done] == [(4, Decimal("1"), 0)]
    moves = StockMove.objects.filter(event__event_key="pack:1").order_by("pk")
    assert list(moves.values_list("from_bin__code", "to_bin__code", "qty")) == [
        ("PACK-1", "ASSEMBLY", 1),
        ("P-02", "ASSEMBLY", 2),
        ("A-01", "ASSEMBLY", 1),
    ]
    assert StockLevel.objects.get(sku=box).on_hand == 13
    assert_books_balance()


def test_the_same_call_again_takes_nothing_and_says_the_same(bench):
    station, box = bench
    first = take(station, (box, 2))

    again = take(station, (box, 2))

    assert again == first
    assert sum(left_of(box).values()) == 15
    assert StockEvent.objects.filter(kind="consume").count() == 1


def test_what_the_books_lack_is_reported_and_counted_and_stops_nobody(bench):
    station, box = bench
    card = make_sku("CARD", kind="insert")

    done = take(station, (box, 10), (card, 1))

    assert [(row.qty, row.missing_qty) for row in done] == [(8, 2), (0, 1)]
    assert done[1].cost_amount is None
    assert left_of(box) == {"A-01": 0, "DOCK": 9, "P-02": 0, "PACK-1": 0}
    tasks = CountTask.objects.order_by("pk").values_list("bin__code", "sku__code", "reason")
    assert list(tasks) == [
        ("PACK-1", "BOX-M", "PACKING_MATERIAL_SHORT"),
        ("PACK-1", "CARD", "PACKING_MATERIAL_SHORT"),
    ]
    assert_books_balance()


def test_a_unit_promised_to_a_customer_is_not_used_up(bench):
    station, box = bench
    StockLevel.objects.filter(sku=box).update(reserved=16)

    done = take(station, (box, 4))

    assert [(row.qty, row.missing_qty) for row in done] == [(1, 3)]
    assert StockLevel.objects.get(sku=box).on_hand == 16


def test_a_quantity_below_one_is_refused_and_books_nothing(bench):
    station, box = bench

    with pytest.raises(BadQuantity):
        take(station, (box, 0))

    assert not StockEvent.objects.filter(kind="consume").exists()
    assert sum(left_of(box).values()) == 17

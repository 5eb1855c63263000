from __future__ import annotations

import pytest

from core.actors import SYSTEM
from core.imports import pipeline
from customers.models import Customer
from inventory.models import Reservation, Sku, StockLevel
from inventory.services import checking
from orders.models import Channel, Order, OrderLine, ReturnFact, RoutingDecision, Shipment
from tests.factories import orders as make
from tests.orders.importing.files import (
    DAY,
    SHOP_ROWS,
    history,
    lines_accounted,
    run_import,
    write,
)

pytestmark = pytest.mark.django_db

ARGUMENTS = ("--channel", "uk-shop-live", "--mapping", "online-retail", "--country-only")


def open_import(path, *more: str) -> dict:
    return run_import(path, *ARGUMENTS, "--create-missing", *more)


@pytest.fixture
def stocked_tea():
    make.flat_service()
    london = make.warehouse("LON", "GB")
    tea = make.sku("TEA-1", weight_g=None, hs_code="", origin_country="", customs_text="")
    make.put(tea, london, 20)
    return tea


def test_a_country_only_channel_ships_without_street_customs_data_weight_or_rate_card(
    tmp_path, stocked_tea
):
    answer = open_import(write(tmp_path / "shop.csv", SHOP_ROWS[:2]))

    assert answer["orders_created"] == 1
    channel = Channel.objects.get()
    assert (channel.code, channel.country_only, channel.currency) == ("uk-shop-live", True, "GBP")
    order = Order.objects.get()
    assert (order.status, order.is_history, order.ship_country) == ("confirmed", False, "GB")
    assert order.holds.count() == 0
    shipment = Shipment.objects.get()
    assert (shipment.warehouse.code, shipment.status) == ("LON", "planned")
    assert shipment.service_code != ""
    assert RoutingDecision.objects.filter(order=order).exists()
    assert StockLevel.objects.get().reserved == 12
    assert checking.check() == []


def test_only_orders_from_the_day_on_come_in_counted_in_the_shops_own_zone(tmp_path, stocked_tea):
    rows = [
        ["1", "TEA-1", "", "1", "2025-12-05 23:59:59", "1", "", "France"],
        ["2", "TEA-1", "", "1", "2025-12-06 00:00:00", "1", "", "France"],
    ]

    answer = open_import(write(tmp_path / "shop.csv", rows), "--from", "2025-12-06")

    assert list(Order.objects.values_list("external_id", flat=True)) == ["2"]
    assert answer["lines_set_aside"] == {"OUTSIDE_DATES": 1}


def test_the_same_open_orders_again_change_nothing(tmp_path, stocked_tea):
    path = write(tmp_path / "shop.csv")
    open_import(path)
    before = (Order.objects.count(), Reservation.objects.count(), ReturnFact.objects.count())

    answer = open_import(path)

    assert answer["orders_created"] == 0
    assert lines_accounted(answer) == answer["lines_read"]
    assert (
        Order.objects.count(),
        Reservation.objects.count(),
        ReturnFact.objects.count(),
    ) == before


def test_an_order_with_a_line_that_can_not_be_read_waits_whole(tmp_path, stocked_tea):
    rows = [
        ["1", "TEA-1", "", "2", DAY, "1", "", "France"],
        ["1", "TEA-1", "", "many", DAY, "1", "", "France"],
        ["2", "TEA-1", "", "2", DAY, "1", "", "France"],
    ]

    answer = open_import(write(tmp_path / "shop.csv", rows))

    assert list(Order.objects.values_list("external_id", flat=True)) == ["2"]
    assert answer["lines_set_aside"] == {"ORDER_NOT_WHOLE": 1, "UNREADABLE": 1}
    assert [p["line"] for p in answer["first_problems"]] == [3]


def test_free_goods_are_lines_to_be_shipped(tmp_path, stocked_tea):
    rows = [["1", "TEA-1", "", "3", DAY, "0", "", "United Kingdom"]]

    open_import(write(tmp_path / "shop.csv", rows))

    line = OrderLine.objects.get()
    assert (line.kind, line.set_reason) == ("free", "free")
    assert StockLevel.objects.get().reserved == 3


def test_undo_cancels_open_orders_gives_stock_back_and_lets_the_file_come_again(
    tmp_path, stocked_tea
):
    path = write(tmp_path / "shop.csv", SHOP_ROWS[:2])
    first = open_import(path)

    batch = pipeline.undo(first["import"], actor=SYSTEM, now=make.NOW)

    order = Order.objects.get()
    assert (order.status, order.external_id) == ("cancelled", f"700001~undone-{batch.pk}")
    assert StockLevel.objects.get().reserved == 0
    assert batch.undo_report["touched"] == []
    again = open_import(path)
    assert again["orders_created"] == 1
    assert StockLevel.objects.get().reserved == 12


def test_undo_leaves_and_lists_an_order_that_moved_on(tmp_path, stocked_tea):
    first = open_import(write(tmp_path / "shop.csv", SHOP_ROWS[:2]))
    Shipment.objects.update(status="released")

    batch = pipeline.undo(first["import"], actor=SYSTEM, now=make.NOW)

    order = Order.objects.get()
    assert order.status == "confirmed"
    assert order.number in batch.undo_report["touched"]
    assert StockLevel.objects.get().reserved == 12


def test_undo_of_history_removes_orders_returns_products_and_customers(tmp_path):

    first = history(write(tmp_path / "shop.csv"))

    batch = pipeline.undo(first["import"], actor=SYSTEM, now=make.NOW)

    assert batch.undo_report["touched"] == []
    assert [m.objects.count() for m in (Order, OrderLine, ReturnFact, Sku, Customer)] == [0] * 5
    assert history(write(tmp_path / "shop.csv"))["orders_created"] == 3

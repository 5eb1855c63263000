from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.utils import translation

from core.actors import SYSTEM
from core.imports import pipeline
from customers.models import Customer
from inventory.models import Reservation, Sku, StockLevel
from inventory.services import checking
from orders.domain.drafts import PaymentDraft
from orders.models import (
    Channel,
    Order,
    OrderLine,
    Payment,
    RefundDue,
    ReturnFact,
    RoutingDecision,
    Shipment,
)
from orders.services import importing, paying
from tests.factories import orders as make
from tests.orders.importing.files import (
    DAY,
    HEADER,
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


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


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


PAID = ["Invoice", "StockCode", "Quantity", "InvoiceDate", "Price", "Country", "paid", "ref"]
PAID_MAPPING = {
    "order_id": "Invoice",
    "sku": "StockCode",
    "qty": "Quantity",
    "ordered_at": "InvoiceDate",
    "unit_price": "Price",
    "country": "Country",
    "paid_amount": "paid",
    "payment_reference": "ref",
    "default_currency": "GBP",
}


def paid_import(tmp_path, rows, name="paid.csv"):
    mapping = tmp_path / "paid.json"
    mapping.write_text(json.dumps(PAID_MAPPING))
    lines = [[key, "TEA-1", "1", DAY, "4.00", "GB", paid, ref] for key, paid, ref in rows]
    path = write(tmp_path / name, lines, PAID)
    return run_import(
        path, "--channel", "uk-paid", "--country-only", "--create-missing", "--mapping",
        str(mapping),
    )  # fmt: skip


def test_a_payment_reference_used_twice_stops_its_order_and_no_other(tmp_path, stocked_tea):
    paid_import(tmp_path, [("1", "4.00", "pay-1")])

    answer = paid_import(
        tmp_path,
        [
            ("2", "4.00", "pay-1"),
            ("3", "4.00", "pay-3"),
            ("4", "4.00", "pay-3"),
            ("5", "", "pay-5"),
        ],
        "more.csv",
    )

    holder = Order.objects.get(external_id="1").number
    assert list(Order.objects.order_by("pk").values_list("external_id", flat=True)) == ["1", "3"]
    assert answer["lines_set_aside"] == {"PAYMENT_REFERENCE_USED": 2, "PAYMENT_WITHOUT_AMOUNT": 1}
    assert [(one["line"], one["field"], one["value"]) for one in answer["first_problems"]] == [
        (2, "payment_reference", "pay-1"),
        (4, "payment_reference", "pay-3"),
        (5, "paid_amount", "pay-5"),
    ]
    fixes = [one["fix"] for one in answer["first_problems"]]
    assert fixes[0].startswith(f"Payment reference pay-1 belongs to order {holder}. Correct")
    assert fixes[1].startswith("Payment reference pay-3 belongs to order 3. Correct")
    assert lines_accounted(answer) == answer["lines_read"] == 4
    assert sorted(Payment.objects.values_list("gateway_reference", "amount")) == [
        ("pay-1", 4),
        ("pay-3", 4),
    ]


def test_a_payment_taken_between_look_and_write_stops_its_order_and_no_other(
    tmp_path, stocked_tea, monkeypatch
):
    paid_import(tmp_path, [("1", "4.00", "pay-1")])
    monkeypatch.setattr(importing, "settle_payments", lambda plans, seen: None)

    answer = paid_import(tmp_path, [("2", "4.00", "pay-1"), ("3", "4.00", "pay-3")], "more.csv")

    assert list(Order.objects.order_by("pk").values_list("external_id", flat=True)) == ["1", "3"]
    assert answer["lines_set_aside"] == {"PAYMENT_REFERENCE_USED": 1}
    assert answer["orders_created"] == 1


def test_an_order_the_service_refuses_is_reported_and_the_others_are_placed(tmp_path, stocked_tea):
    header = [*HEADER, "coin"]
    rows = [
        ["1", "TEA-1", "", "1", DAY, "4.00", "", "France", "XXQ"],
        ["2", "TEA-1", "", "1", DAY, "4.00", "", "France", "EUR"],
    ]
    mapping = {**PAID_MAPPING, "currency": "coin"}
    del mapping["paid_amount"], mapping["payment_reference"]
    (tmp_path / "coin.json").write_text(json.dumps(mapping))

    answer = run_import(
        write(tmp_path / "coin.csv", rows, header),
        *("--channel", "uk-coin", "--country-only", "--create-missing"),
        *("--mapping", str(tmp_path / "coin.json")),
    )

    assert list(Order.objects.values_list("external_id", "currency")) == [("2", "EUR")]
    assert answer["lines_set_aside"] == {"ORDER_REFUSED": 1}
    assert "ISO 4217" in answer["first_problems"][0]["fix"]


def test_undo_takes_the_payment_back_and_owes_nothing(tmp_path, stocked_tea):
    first = paid_import(tmp_path, [("1", "4.00", "pay-1")])

    pipeline.undo(first["import"], actor=SYSTEM, now=make.NOW)
    again = paid_import(tmp_path, [("1", "4.00", "pay-1")])

    assert again["orders_created"] == 1
    assert RefundDue.objects.count() == 0
    assert Payment.objects.get().order.external_id == "1"


def test_undo_leaves_an_order_that_was_paid_since(tmp_path, stocked_tea):
    first = paid_import(tmp_path, [("1", "", "")])
    order = Order.objects.get()
    money = PaymentDraft(Decimal(4), "GBP", "pay-9")
    paying.record_payment(order.pk, money, actor=SYSTEM, at=make.NOW)

    batch = pipeline.undo(first["import"], actor=SYSTEM, now=make.NOW)

    assert batch.undo_report["touched"] == [order.number]
    assert Payment.objects.get().gateway_reference == "pay-9"

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import CommandError

from core.models import AuditEntry, ImportBatch, OutboxEvent
from customers.models import Customer
from inventory.models import Sku, StockMove
from orders.models import Order, OrderLine, ReturnFact, SetAsideLine, Shipment
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


def contents() -> dict[str, list]:
    """Every row an import may write, to compare before and after."""
    models = (
        Order,
        OrderLine,
        ReturnFact,
        SetAsideLine,
        Sku,
        Customer,
        ImportBatch,
        AuditEntry,
        OutboxEvent,
    )
    return {m.__name__: list(m._base_manager.order_by("pk").values()) for m in models}


def test_every_line_is_imported_returned_or_set_aside(tmp_path):
    answer = history(write(tmp_path / "shop.csv.gz"))

    assert {
        k: answer[k] for k in ("lines_read", "orders_created", "lines_imported", "return_facts")
    } == {
        "lines_read": 12,
        "orders_created": 3,
        "lines_imported": 5,
        "return_facts": 2,
    }
    assert answer["lines_set_aside"] == {
        "ADJUSTMENT": 1,
        "MANUAL": 1,
        "NEGATIVE_QTY": 1,
        "POSTAGE": 1,
        "VOUCHER": 1,
    }
    assert lines_accounted(answer) == answer["lines_read"]


def test_a_line_is_its_order_and_position_so_equal_lines_stay(tmp_path):
    history(write(tmp_path / "shop.csv"))

    lines = OrderLine.objects.filter(order__external_id="700001").order_by("position")

    assert [(x.position, x.sku_code, x.qty, x.unit_price, x.source_row) for x in lines] == [
        (1, "TEA-1", 6, Decimal("4.25"), 2),
        (2, "TEA-1", 6, Decimal("4.25"), 3),
    ]


def test_lines_that_stand_apart_in_the_file_belong_to_one_order(tmp_path):
    history(write(tmp_path / "shop.csv"))

    order = Order.objects.get(external_id="700002")

    assert [(x.sku_code, x.kind, x.set_reason) for x in order.lines.order_by("position")] == [
        ("CUP-1", "goods", ""),
        ("CUP-2", "free", "free"),
    ]
    assert order.items_amount == Decimal("6.20")  # 2 x 3.10, the free cups add nothing


def test_a_past_order_is_completed_and_touches_no_stock(tmp_path):
    history(write(tmp_path / "shop.csv"))

    order = Order.objects.get(external_id="700001")

    assert (order.status, order.stage, order.is_history) == ("completed", "delivered", True)
    assert order.placed_at == dt.datetime(2025, 11, 30, 23, 59, tzinfo=dt.UTC)
    assert (order.currency, order.total_amount, order.source_row) == ("GBP", Decimal(51), 2)
    assert Shipment.objects.count() == 0
    assert StockMove.objects.count() == 0


def test_summer_dates_are_local_time_of_the_mapping(tmp_path):
    rows = [["1", "TEA-1", "", "1", "2025-07-01 12:00:00", "1", "", "France"]]
    history(write(tmp_path / "shop.csv", rows))

    assert Order.objects.get().placed_at == dt.datetime(2025, 7, 1, 11, 0, tzinfo=dt.UTC)


def test_names_of_countries_become_codes_and_unknown_ones_stay_empty(tmp_path):
    history(write(tmp_path / "shop.csv"))

    found = dict(Order.objects.values_list("external_id", "ship_country"))

    assert found == {"700001": "GB", "700002": "IE", "700003": ""}


def test_guests_are_allowed_and_customers_are_counted(tmp_path):
    history(write(tmp_path / "shop.csv"))

    assert Order.objects.get(external_id="700003").customer is None
    known = Customer.objects.get(external_ids__external_id="502")
    assert (known.order_count, known.country) == (1, "IE")
    assert known.first_order_at == Order.objects.get(external_id="700002").placed_at


def test_a_missing_sku_takes_its_most_frequent_description(tmp_path):
    history(write(tmp_path / "shop.csv"))

    assert dict(Sku.objects.values_list("code", "name")) == {
        "TEA-1": "BLACK TEA",
        "CUP-1": "BLUE CUP",
        "CUP-2": "RED CUP",
    }


def test_credit_notes_become_return_facts_with_what_was_credited(tmp_path):
    rows = [
        ["1", "TEA-1", "", "9", DAY, "2.00", "", "France"],
        ["C2", "TEA-1", "", "-3", DAY, "2.00", "", "France"],
        ["C3", "M", "Manual", "1", DAY, "7.00", "", "France"],
    ]
    history(write(tmp_path / "shop.csv", rows))

    facts = ReturnFact.objects.order_by("source_row")

    assert [
        (f.external_id, f.sku and f.sku.code, f.sku_code, f.qty, f.unit_price) for f in facts
    ] == [
        ("C2", "TEA-1", "TEA-1", 3, Decimal(2)),
        ("C3", None, "M", 1, Decimal(-7)),
    ]


def test_a_set_aside_line_keeps_its_raw_cells(tmp_path):
    history(write(tmp_path / "shop.csv"))

    line = SetAsideLine.objects.get(reason="POSTAGE")

    assert (line.source_row, line.raw) == (4, dict(zip(HEADER, SHOP_ROWS[2], strict=True)))


def test_the_same_file_again_changes_nothing(tmp_path):
    path = write(tmp_path / "shop.csv")
    history(path)
    before = contents()

    answer = history(path)

    assert (answer["orders_created"], answer["lines_imported"], answer["return_facts"]) == (0, 0, 0)
    assert answer["lines_set_aside"]["ALREADY_IMPORTED"] == 7
    assert lines_accounted(answer) == answer["lines_read"]
    assert contents() == before


def test_a_longer_file_brings_only_what_is_new(tmp_path):
    history(write(tmp_path / "shop.csv"))
    more = [*SHOP_ROWS, ["700008", "TEA-1", "", "2", DAY, "4.25", "501", "France"]]

    answer = history(write(tmp_path / "longer.csv", more))

    assert (answer["orders_created"], answer["lines_imported"]) == (1, 1)
    assert lines_accounted(answer) == answer["lines_read"] == 13
    assert Customer.objects.get(external_ids__external_id="501").order_count == 2


def test_an_order_that_came_with_other_lines_is_reported_and_left_alone(tmp_path):
    history(write(tmp_path / "shop.csv"))
    changed = [[*row] for row in SHOP_ROWS[:2]]
    changed[0][3] = "7"

    answer = history(write(tmp_path / "changed.csv", changed))

    assert answer["lines_set_aside"] == {"ORDER_DIFFERS": 2}
    assert [p["line"] for p in answer["first_problems"]] == [2]
    assert OrderLine.objects.filter(order__external_id="700001", qty=6).count() == 2


def test_a_row_that_can_not_be_read_is_named_and_the_others_go_on(tmp_path):
    rows = [
        ["1", "TEA-1", "", "two", DAY, "1", "", "France"],
        ["2", "TEA-1", "", "2", "2025-02-31 10:00:00", "1", "", "France"],
        ["3", "TEA-1", "", "2", DAY, "NaN", "", "France"],
        ["4", "TEA-1", "", "99999999999", DAY, "1", "", "France"],
        ["5", "TEA-1", "", "2", DAY, "1", "", "Atlantis"],
        ["6", "TEA-1", "", "=1+1", DAY, "1", "", "France"],
        ["7", "TEA-1", "", "2.5", DAY, "1", "", "France"],
        ["8", "TEA-1", "tea\x00", "2", DAY, "1", "", "France"],
        ["9", "TEA-1", "", "2", DAY, "1", "", "France"],
    ]

    answer = history(write(tmp_path / "shop.csv", rows))

    assert (answer["lines_imported"], answer["lines_set_aside"]) == (1, {"UNREADABLE": 8})
    assert [(p["line"], p["field"], p["value"]) for p in answer["first_problems"]] == [
        (2, "qty", "two"),
        (3, "ordered_at", "2025-02-31 10:00:00"),
        (4, "unit_price", "NaN"),
        (5, "qty", "99999999999"),
        (6, "country", "Atlantis"),
        (7, "qty", "=1+1"),
        (8, "qty", "2.5"),
        (9, "description", "tea\N{REPLACEMENT CHARACTER}"),
    ]
    assert all(problem["fix"].endswith(".") for problem in answer["first_problems"])


def test_an_unknown_sku_is_refused_without_create_missing(tmp_path):
    write(tmp_path / "shop.csv")
    history(write(tmp_path / "first.csv", SHOP_ROWS[:1]))

    answer = run_import(
        tmp_path / "shop.csv", "--channel", "uk-shop", "--mapping", "online-retail", "--history"
    )

    assert answer["lines_set_aside"]["UNKNOWN_SKU"] == 2
    assert lines_accounted(answer) == answer["lines_read"]
    assert not Sku.objects.filter(code="CUP-1").exists()


def test_another_shop_needs_a_mapping_and_no_code(tmp_path):
    path = tmp_path / "wein.csv"
    path.write_text("Nr;Artikel;Menge;Preis;Datum\nB-1;RIESLING;6;7,50;31.03.2026\n", "cp1252")
    mapping = tmp_path / "wein.json"
    mapping.write_text(
        '{"order_id": "Nr", "sku": "Artikel", "qty": "Menge", "unit_price": "Preis",'
        ' "ordered_at": "Datum", "date_format": "%d.%m.%Y", "zone": "Europe/Berlin",'
        ' "country": {"value": "DE"}, "default_currency": "EUR"}'
    )

    answer = run_import(
        path, "--channel", "wein", "--mapping", str(mapping), "--history", "--create-missing"
    )

    assert answer["orders_created"] == 1
    order = Order.objects.get()
    assert (order.currency, order.total_amount, order.ship_country) == ("EUR", Decimal(45), "DE")
    assert order.placed_at == dt.datetime(2026, 3, 30, 22, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ('{"order_id": "Invoice", "colour": "x"}', "colour"),
        (
            '{"order_id": "Rechnung", "sku": "StockCode", "qty": "Quantity",'
            ' "ordered_at": "InvoiceDate"}',
            "Rechnung",
        ),
        ('{"order_id": "Invoice"}', "No column is chosen"),
        ("[]", "JSON object"),
        ("{", "not JSON"),
    ],
)
def test_a_mapping_that_does_not_fit_says_what_is_wrong(tmp_path, mapping, told):
    path = write(tmp_path / "shop.csv")
    (tmp_path / "mapping.json").write_text(mapping)

    with pytest.raises(CommandError, match=told):
        run_import(
            path, "--channel", "x", "--mapping", str(tmp_path / "mapping.json"), "--create-missing"
        )

    assert Order.objects.count() == 0


def test_a_truncated_file_writes_nothing_at_all(tmp_path):
    path = write(tmp_path / "shop.csv.gz")
    path.write_bytes(path.read_bytes()[:-12])

    with pytest.raises(CommandError, match="ends too early"):
        history(path)

    assert (Order.objects.count(), Sku.objects.count(), ImportBatch.objects.count()) == (0, 0, 0)


def test_an_unknown_channel_is_named_with_the_known_ones(tmp_path):
    history(write(tmp_path / "shop.csv"))

    with pytest.raises(CommandError, match=r"no channel nowhere\. Channels are: uk-shop"):
        run_import(tmp_path / "shop.csv", "--channel", "nowhere", "--mapping", "online-retail")

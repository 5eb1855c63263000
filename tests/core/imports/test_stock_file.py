from __future__ import annotations

import datetime as dt
import gzip
import io
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from core.actors import SYSTEM
from core.imports import pipeline
from core.models import ImportBatch
from inventory.models import Bin, BinStock, CostLayer, Lot, Sku, StockEvent, StockLevel, Warehouse
from inventory.services import checking
from tests.factories.inventory import NOW, make_sku, make_warehouse

pytestmark = pytest.mark.django_db

FILE = (
    "warehouse,sku,qty,bin,lot,expiry,unit_cost,currency\n"
    "LON,TEA,40,A-01,,,2.50,GBP\n"
    "LON,TEA,10,A-02,,,,\n"
    "LON,CREAM,5,A-01,L-77,2027-03-31,1.20,GBP\n"
    "MAN,TEA,7,,,,,\n"
)


def run(path, *arguments: str, text: str | None = None) -> dict:
    if text is not None:
        path.write_text(text)
    out = io.StringIO()
    call_command("import_stock", str(path), *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_create_missing_makes_warehouse_bin_sku_lot_and_opens_cost_layers(tmp_path):
    answer = run(tmp_path / "stock.csv", "--create-missing", "--country", "GB", text=FILE)

    assert (answer["lines_read"], answer["lines_imported"], answer["units_received"]) == (4, 4, 62)
    levels = StockLevel.objects.values_list("warehouse__code", "sku__code", "on_hand")
    assert sorted(levels) == [("LON", "CREAM", 5), ("LON", "TEA", 50), ("MAN", "TEA", 7)]
    assert Warehouse.objects.get(code="LON").country == "GB"
    assert Bin.objects.get(warehouse__code="MAN").code == "STOCK"
    assert Lot.objects.get().expires_on == dt.date(2027, 3, 31)
    costs = CostLayer.objects.filter(sku__code="TEA").order_by("qty", "pk")
    assert [(c.qty, c.unit_cost) for c in costs] == [(7, None), (10, None), (40, Decimal("2.5"))]
    assert checking.check() == []


def test_the_same_stock_file_again_changes_nothing(tmp_path):
    run(tmp_path / "stock.csv", "--create-missing", text=FILE)
    events = StockEvent.objects.count()

    answer = run(tmp_path / "stock.csv", "--create-missing")
    renamed = run(tmp_path / "other-name.csv", text=FILE)

    for repeat in (answer, renamed):
        assert (repeat["lines_imported"], repeat["lines_set_aside"]) == (0, {"ALREADY_IMPORTED": 4})
    assert StockEvent.objects.count() == events


def test_rows_of_unknown_places_and_products_are_named_and_the_others_received(tmp_path):
    make_warehouse("LON")
    Bin.objects.create(warehouse=Warehouse.objects.get(code="LON"), code="A-01", is_pickable=True)
    make_sku("TEA")

    answer = run(tmp_path / "stock.csv", text=FILE)

    assert (answer["lines_imported"], answer["units_received"]) == (1, 40)
    assert [(p["line"], p["field"], p["value"]) for p in answer["first_problems"]] == [
        (3, "bin", "A-02"),
        (4, "sku", "CREAM"),
        (5, "warehouse", "MAN"),
    ]


@pytest.mark.parametrize(
    "qty", ["-5", "0", "NaN", "inf", "1e30", "1.5", "=3", "five", "99999999999"]
)
def test_a_quantity_that_is_none_is_refused_with_line_field_value_and_fix(tmp_path, qty):
    text = f"warehouse,sku,qty\nLON,TEA,{qty}\nLON,TEA,3\n"

    answer = run(tmp_path / "stock.csv", "--create-missing", text=text)

    (problem,) = answer["first_problems"]
    assert (problem["line"], problem["field"], problem["value"]) == (2, "qty", qty)
    assert problem["fix"].endswith(".")
    assert StockLevel.objects.get().on_hand == 3


def test_a_truncated_stock_file_receives_nothing(tmp_path):

    path = tmp_path / "stock.csv.gz"
    path.write_bytes(gzip.compress(FILE.encode())[:-10])

    with pytest.raises(CommandError, match="ends too early"):
        run(path, "--create-missing")

    assert (Warehouse.objects.count(), StockEvent.objects.count()) == (0, 0)


def test_undo_books_free_units_out_and_lists_promised_ones(tmp_path):
    answer = run(tmp_path / "stock.csv", "--create-missing", text=FILE)
    StockLevel.objects.filter(warehouse__code="MAN").update(reserved=1)

    batch = pipeline.undo(answer["import"], actor=SYSTEM, now=NOW)

    assert batch.status == ImportBatch.Status.UNDONE
    assert batch.undo_report == {
        "restored": 0,
        "removed": 3,
        "touched": ["MAN / TEA"],
        "in_use": [],
    }
    assert dict(
        StockLevel.objects.values_list("warehouse__code", "on_hand").filter(sku__code="TEA")
    ) == {
        "LON": 0,
        "MAN": 7,
    }
    assert Sku.objects.count() == 2


def test_after_an_undo_the_same_file_may_come_again(tmp_path):
    first = run(tmp_path / "stock.csv", "--create-missing", text=FILE)
    pipeline.undo(first["import"], actor=SYSTEM, now=NOW)

    answer = run(tmp_path / "stock.csv", "--create-missing")

    assert answer["units_received"] == 62
    assert sum(BinStock.objects.values_list("qty", flat=True)) == 62
    assert checking.check() == []

"""Purchase orders through the one import pipeline: drafted, refused by row, undone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from core.actors import SYSTEM
from core.imports import pipeline
from core.models import ImportBatch
from core.models.imports import ImportIssue
from suppliers.models import PurchaseLine, PurchaseOrder
from tests.core.imports.batches import batch_of
from tests.factories import purchases as buy
from tests.factories.purchases import NOW

pytestmark = pytest.mark.django_db
TEMPLATE = Path(__file__).parents[3] / "docs/templates/purchase_orders.csv"
HEADER = TEMPLATE.read_text().splitlines(keepends=True)[0]
OTHER = "B-7,HILL,LA,CUP,5,,,,,,,\n"


@pytest.fixture(autouse=True)
def trade():
    made = buy.trade(code="HILL")
    buy.goods(made, "TEA", "10", moq_qty=100, multiple_qty=50)
    buy.goods(made, "CUP", "2.5")
    return made


@pytest.fixture
def put(tmp_path):
    """Accept a text as an upload and apply it."""

    def run(text: str) -> ImportBatch:
        batch = batch_of(tmp_path, text, "purchase_orders")
        return pipeline.apply(batch.pk, actor=SYSTEM, now=NOW)

    return run


def problems(batch: ImportBatch) -> list[tuple[int, str, str, str]]:
    rows = ImportIssue.objects.filter(batch=batch).order_by("pk")
    return list(rows.values_list("line", "field", "value", "code"))


def test_the_template_drafts_one_order_rounded_and_priced_and_nobody_approved_it(put):
    batch = put(TEMPLATE.read_text() + OTHER)

    order = PurchaseOrder.objects.get(reason="Spring campaign")
    lines = PurchaseLine.objects.filter(order=order).order_by("position")
    found = lines.values_list("sku__code", "raw_need_qty", "qty", "unit_price")
    assert list(found) == [("TEA", 120, 150, Decimal(10)), ("CUP", 48, 48, Decimal("2.15"))]
    assert lines[1].off_agreement_reason == "agreed by phone"
    assert (order.state, order.required_by, order.note, order.is_system) == (
        "draft",
        dt.date(2026, 9, 10),
        "Pack by lot",
        False,
    )
    assert batch.tally["counts"] == {
        "lines_imported": 3,
        "lines_read": 3,
        "objects_new": 2,
        "purchase_orders": 2,
        "units": 173,
    }


def test_the_same_reference_again_changes_nothing_until_it_is_undone(put):
    first = put(TEMPLATE.read_text() + OTHER)
    again = put(TEMPLATE.read_text())
    sent = PurchaseOrder.objects.get(lines__sku__code="CUP", lines__raw_need_qty=5)
    PurchaseOrder.objects.filter(pk=sent.pk).update(state="rejected")

    undone = pipeline.undo(first.pk, actor=SYSTEM, now=NOW)
    once_more = put(TEMPLATE.read_text() + OTHER)

    assert again.tally["counts"]["set_aside:ALREADY_IMPORTED"] == 2
    assert undone.status == "undone"
    assert once_more.tally["counts"]["objects_new"] == 1
    assert once_more.tally["counts"]["set_aside:ALREADY_IMPORTED"] == 1
    states = PurchaseOrder.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["cancelled", "rejected", "draft"]


@pytest.mark.parametrize(
    ("bad", "found"),
    [
        ("A-1,NOBODY,LA,CUP,5,,,,,,,", ("supplier", "NOBODY", "SUPPLIER_MISSING")),
        ("A-1,HILL,MARS,CUP,5,,,,,,,", ("warehouse", "MARS", "PURCHASE_WAREHOUSE_MISSING")),
        ("A-1,HILL,LA,NONE,5,,,,,,,", ("sku", "NONE", "PURCHASE_SKU_MISSING")),
        ("A-1,HILL,LA,=CMD(),5,,,,,,,", ("sku", "=CMD()", "PURCHASE_SKU_MISSING")),
        ("A-1,HILL,LA,TEA,5,,,,,,,", ("sku", "TEA", "PURCHASE_SKU_TWICE")),
        ("A-1,HILL,LA,CUP,5,,,,,boat,,", ("mode", "boat", "PURCHASE_MODE_UNKNOWN")),
        ("A-1,HILL,LA,CUP,5,2,,,,,,", ("price_reason", "", "PRICE_REASON_NEEDED")),
    ],
)
def test_a_bad_cell_is_named_with_its_line_and_the_other_orders_come(put, bad, found):
    batch = put(f"{HEADER}A-1,HILL,LA,TEA,1,,,,,,,\n{bad}\n{OTHER}")

    rows = [row for row in problems(batch) if row[3] != "PURCHASE_ROWS_DIFFER"]
    assert rows == [(3, *found)]
    assert PurchaseLine.objects.values_list("sku__code", "qty").get() == ("CUP", 5)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("qty", "{},,,,,,,"),
        ("price", "5,{},why,,,,,"),
        ("required_by", "5,,,{},,,,"),
    ],
)
@pytest.mark.parametrize("value", ["-3", "many", "1e999", "99999999999999999999", "NaN"])
def test_cells_that_are_no_units_prices_or_days_are_refused_with_their_line(
    put, name, cells, value
):
    batch = put(f"{HEADER}A-1,HILL,LA,CUP,{cells.format(value)}\n{OTHER}")

    assert [row[:3] for row in problems(batch)] == [(2, name, value)]
    assert PurchaseOrder.objects.get().source_key == "import:HILL:B-7"


def test_rows_of_one_reference_that_differ_and_unknown_currencies_are_refused(put):
    rows = "A-1,HILL,LA,TEA,5,,,2026-03-01,,,,\nA-1,HILL,LA,CUP,5,,,2026-03-02,,air,,\n"
    foreign = "C-1,HILL,LA,CUP,5,,,,ZZZ,,,\n"

    batch = put(HEADER + rows + foreign)

    assert problems(batch) == [
        (3, "mode", "air", "PURCHASE_ROWS_DIFFER"),
        (3, "required_by", "2026-03-02", "PURCHASE_ROWS_DIFFER"),
        (4, "reference", "C-1", "PURCHASE_CURRENCY"),
    ]
    assert PurchaseOrder.objects.count() == 0

"""Arrivals through the one import pipeline: check, apply, refuse by row, undo."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import translation

from core.actors import SYSTEM
from core.imports import pipeline
from core.models import ImportBatch
from core.models.imports import ImportIssue, ImportRow
from suppliers.models import Asn, AsnCarton, AsnContent, AsnLine
from tests.core.imports.batches import batch_of
from tests.factories import orders as make
from tests.factories import suppliers as inbound
from tests.factories.inventory import NOW

pytestmark = pytest.mark.django_db
TEMPLATE = Path(__file__).parents[3] / "docs/templates/arrivals.csv"
HEADER = TEMPLATE.read_text().splitlines(keepends=True)[0]
OTHER = "B-7,HILL,LA,,CUP,5,,,,,\n"


@pytest.fixture(autouse=True)
def place():
    with translation.override("en"):
        made = make.warehouse("LA")
        make.sku("TEA", lot_tracked=True)
        make.sku("CUP")
        inbound.dock(made)
        inbound.supplier()
        yield made


@pytest.fixture
def put(tmp_path):
    """Accept a text as an upload and apply it."""

    def run(text: str, **options) -> ImportBatch:
        batch = batch_of(tmp_path, text, "arrivals", **options)
        return pipeline.apply(batch.pk, actor=SYSTEM, now=NOW)

    return run


def problems(batch: ImportBatch) -> list[tuple[int, str, str, str]]:
    rows = ImportIssue.objects.filter(batch=batch).order_by("pk")
    return list(rows.values_list("line", "field", "value", "code"))


def test_the_check_names_each_arrival_and_writes_nothing(tmp_path):
    batch = batch_of(tmp_path, TEMPLATE.read_text() + OTHER, "arrivals")

    pipeline.preview(batch.pk, actor=SYSTEM, now=NOW)

    rows = ImportRow.objects.order_by("pk").values_list("key", "outcome", "lines", "diff")
    assert list(rows) == [
        ("HILL-2026-041", "new", 3, {"units": ["", "72"]}),
        ("B-7", "new", 1, {"units": ["", "5"]}),
    ]
    assert Asn.objects.count() == 0


def test_the_template_announces_lines_cartons_lots_and_expiry(put):
    batch = put(TEMPLATE.read_text())

    asn = Asn.objects.get()
    assert (asn.supplier.code, asn.warehouse.code, asn.reference) == ("HILL", "LA", "HILL-2026-041")
    assert (asn.expected_on, asn.tracking, asn.state) == (
        dt.date(2026, 2, 10),
        "JD0001",
        "announced",
    )
    lines = AsnLine.objects.order_by("sku__code").values_list("sku__code", "announced_qty")
    assert list(lines) == [("CUP", 12), ("TEA", 60)]
    contents = AsnContent.objects.order_by("position").values_list(
        "asn_line__sku__code", "qty", "carton__sscc", "lot_code", "expires_on"
    )
    assert list(contents) == [
        ("TEA", 40, "340123450000000017", "L2601", dt.date(2026, 12, 31)),
        ("TEA", 20, "340123450000000017", "L2602", dt.date(2027, 1, 31)),
        ("CUP", 12, None, "", None),
    ]
    assert batch.tally["counts"] == {
        "arrivals": 1,
        "lines_imported": 3,
        "lines_read": 3,
        "objects_new": 1,
        "units": 72,
    }


def test_the_same_arrival_again_changes_nothing(put):
    put(TEMPLATE.read_text())

    again = put(TEMPLATE.read_text() + OTHER)

    assert again.tally["counts"]["set_aside:ALREADY_IMPORTED"] == 3
    assert list(Asn.objects.order_by("pk").values_list("reference", flat=True)) == [
        "HILL-2026-041",
        "B-7",
    ]


@pytest.mark.parametrize(
    ("bad", "found"),
    [
        ("A-1,NOBODY,LA,,CUP,5,,,,,\n", ("supplier", "NOBODY", "SUPPLIER_MISSING")),
        ("A-1,HILL,MARS,,CUP,5,,,,,\n", ("warehouse", "MARS", "ARRIVAL_WAREHOUSE_MISSING")),
        ("A-1,HILL,LA,,NONE,5,,,,,\n", ("sku", "NONE", "ARRIVAL_SKU_MISSING")),
        ("A-1,HILL,LA,,CUP,5,340123450000000018,,,,\n", ("sscc", "340123450000000018", "BAD_SSCC")),
        ("A-1,HILL,LA,,CUP,5,,,2026-12-31,,\n", ("lot", "", "LOT_MISSING")),
    ],
)
def test_a_bad_cell_is_named_its_arrival_stays_out_and_the_others_come(put, bad, found):
    batch = put(HEADER + "A-1,HILL,LA,,TEA,1,,,,,\n" + bad + OTHER)

    rows = [row for row in problems(batch) if row[3] != "ARRIVAL_ROWS_DIFFER"]
    assert rows == [(3, *found)]
    assert list(Asn.objects.values_list("reference", flat=True)) == ["B-7"]


@pytest.mark.parametrize("qty", ["0", "-3", "1.5", "many", "99999999999999999999"])
def test_a_quantity_that_is_no_count_is_refused_with_its_line(put, qty):
    batch = put(HEADER + f"A-1,HILL,LA,,CUP,{qty},,,,,\n" + OTHER)

    assert [row[:3] for row in problems(batch)] == [(2, "qty", qty)]
    assert Asn.objects.get().reference == "B-7"


def test_rows_of_one_number_that_differ_in_supplier_or_day_are_refused(put):
    inbound.supplier("DALE")
    rows = "A-1,HILL,LA,2026-02-01,CUP,5,,,,,\nA-1,DALE,LA,2026-02-02,CUP,5,,,,,\n"

    batch = put(HEADER + rows)

    assert problems(batch) == [
        (3, "supplier", "DALE", "ARRIVAL_ROWS_DIFFER"),
        (3, "expected_on", "2026-02-02", "ARRIVAL_ROWS_DIFFER"),
    ]
    assert Asn.objects.count() == 0


def test_undo_cancels_what_has_not_come_and_lists_what_stands_at_the_dock(put):
    batch = put(TEMPLATE.read_text() + OTHER)
    here = Asn.objects.get(reference="B-7")
    inbound.receipt(here)

    batch = pipeline.undo(batch.pk, actor=SYSTEM, now=NOW)

    states = dict(Asn.objects.values_list("reference", "state"))
    assert states == {"HILL-2026-041": "cancelled", "B-7": "arrived"}
    assert AsnCarton.objects.count() == 0
    assert batch.status == "undone"
    again = put(TEMPLATE.read_text())
    assert again.tally["counts"]["objects_new"] == 1
    assert AsnCarton.objects.count() == 1

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from core.actors import SYSTEM
from core.imports import pipeline
from core.models import ImportBatch, ImportRow
from inventory.models import PackagingSpec, Product, Sku, SkuBarcode
from tests.core.imports.batches import batch_of
from tests.factories.inventory import NOW, make_sku

pytestmark = pytest.mark.django_db

FILE = (
    "sku,name,weight_g,brand,product,barcode,list_price\n"
    "TEA,Green tea,250,Leaf,TEAS,4006381333931,6.50\n"
    "CUP,Blue cup,,,,,3.10\n"
    "POT,Same pot,900,,,,\n"
)


def columns_of(*codes: str) -> list[dict]:
    return list(Sku.objects.filter(code__in=codes).order_by("code").values())


def run(path, text: str) -> dict:
    path.write_text(text)
    out = io.StringIO()
    call_command("import_products", str(path), "--json", stdout=out)
    return json.loads(out.getvalue())


def test_one_file_creates_changes_and_leaves_alone(tmp_path):
    make_sku("CUP", name="Cup", list_price=None)
    make_sku("POT", name="Same pot", weight_g=900)

    answer = run(tmp_path / "products.csv", FILE)

    assert (answer["skus_created"], answer["skus_changed"], answer["lines_same"]) == (1, 1, 1)
    tea = Sku.objects.get(code="TEA")
    assert (tea.name, tea.weight_g, tea.product.code, tea.product.brand) == (
        "Green tea",
        250,
        "TEAS",
        "Leaf",
    )
    assert SkuBarcode.objects.get().sku == tea
    assert Sku.objects.get(code="CUP").name == "Blue cup"


def test_the_preview_shows_each_cell_that_would_change_and_writes_nothing(tmp_path):
    make_sku("CUP", name="Cup", list_price=None)
    make_sku("POT", name="Same pot", weight_g=900)
    before = columns_of("CUP", "POT")

    batch = pipeline.preview(batch_of(tmp_path, FILE, "products").pk, actor=SYSTEM, now=NOW)

    assert batch.status == ImportBatch.Status.CHECKED
    rows = {row.key: (row.outcome, row.diff) for row in batch.rows.all()}
    assert rows["CUP"] == ("changed", {"name": ["Cup", "Blue cup"], "list_price": ["", "3.10"]})
    assert rows["POT"] == ("same", {})
    assert rows["TEA"][0] == ImportRow.Outcome.NEW
    assert columns_of("CUP", "POT", "TEA") == before


def test_undo_restores_changed_rows_byte_for_byte_and_removes_new_ones(tmp_path):
    make_sku("CUP", name="Cup", list_price=None)
    make_sku("POT", name="Same pot", weight_g=900)
    before = columns_of("CUP", "POT")
    answer = run(tmp_path / "products.csv", FILE)
    assert columns_of("CUP", "POT") != before

    batch = pipeline.undo(answer["import"], actor=SYSTEM, now=NOW)

    assert columns_of("CUP", "POT", "TEA") == before
    assert (Product.objects.count(), SkuBarcode.objects.count()) == (0, 0)
    assert batch.undo_report["touched"] == []


def test_undo_leaves_and_lists_what_someone_changed_since(tmp_path):
    make_sku("CUP", name="Cup")
    answer = run(tmp_path / "products.csv", FILE)
    Sku.objects.filter(code="CUP").update(name="Cup, renamed by hand")
    Sku.objects.filter(code="TEA").update(weight_g=251)

    batch = pipeline.undo(answer["import"], actor=SYSTEM, now=NOW)

    assert sorted(batch.undo_report["touched"]) == ["CUP", "TEA"]
    assert batch.undo_report["in_use"] == ["TEAS"]
    assert Sku.objects.get(code="CUP").name == "Cup, renamed by hand"
    assert Sku.objects.filter(code="TEA").exists()
    assert not Sku.objects.filter(code="POT").exists()


def test_a_sku_named_twice_and_a_taken_barcode_are_refused_and_the_others_saved(tmp_path):
    SkuBarcode.objects.create(sku=make_sku("OLD"), code="111")
    text = (
        "sku,name,barcode,kind\nA,First,,\nA,Again,,\nB,Other,111,\nC,Third,,spaceship\nD,Fine,,\n"
    )

    answer = run(tmp_path / "products.csv", text)

    assert [(p["line"], p["field"], p["value"]) for p in answer["first_problems"]] == [
        (3, "sku", "A"),
        (4, "barcode", "111"),
        (5, "kind", "spaceship"),
    ]
    assert set(Sku.objects.values_list("code", flat=True)) == {"OLD", "A", "D"}


def test_negative_and_endless_measures_are_refused(tmp_path):
    text = "sku,weight_g,list_price\nA,-1,1\nB,1e99,1\nC,1,-0.01\nD,5,NaN\nE,5,1\n"

    answer = run(tmp_path / "products.csv", text)

    assert [(p["line"], p["field"]) for p in answer["first_problems"]] == [
        (2, "weight_g"),
        (3, "weight_g"),
        (4, "list_price"),
        (5, "list_price"),
    ]
    assert list(Sku.objects.values_list("code", flat=True)) == ["E"]


BOXES = (
    "sku,name,kind,packaging,inner_length_mm,inner_width_mm,inner_height_mm,padding_mm,"
    "max_weight_g,fragile\n"
    "BOX-A,Box A,packaging,box,300,200,100,5,12000,\n"
    "BOX-B,Box B,packaging,,250,200,,,9000,\n"
    "BOX-C,Box C,packaging,crate,250,200,100,,9000,\n"
    "BOX-D,Box D,packaging,box,250,200,10,5,9000,\n"
    "CUP,Cup,,,,,,,,yes\n"
)


def test_a06_boxes_come_with_their_room_and_goods_with_their_handling(tmp_path):
    answer = run(tmp_path / "boxes.csv", BOXES)

    assert [(p["line"], p["value"]) for p in answer["first_problems"]] == [
        (3, ""),
        (4, "crate"),
        (5, "box"),
    ]
    spec = PackagingSpec.objects.get()
    assert (spec.sku.code, spec.kind, spec.inner_height_mm, spec.padding_mm) == (
        "BOX-A",
        "box",
        100,
        5,
    )
    assert Sku.objects.get(code="CUP").fragile


def test_a06_a_box_changes_by_a_file_and_undo_brings_it_back(tmp_path):
    first = run(tmp_path / "boxes.csv", BOXES)
    text = "sku,inner_height_mm,padding_mm\nBOX-A,120,5\n"

    second = run(tmp_path / "higher.csv", text)
    height = PackagingSpec.objects.get().inner_height_mm
    pipeline.undo(second["import"], actor=SYSTEM, now=NOW)
    restored = PackagingSpec.objects.get().inner_height_mm
    pipeline.undo(first["import"], actor=SYSTEM, now=NOW)

    assert (second["skus_changed"], height, restored) == (1, 120, 100)
    assert (Sku.objects.count(), PackagingSpec.objects.count()) == (0, 0)

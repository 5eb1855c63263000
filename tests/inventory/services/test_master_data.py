from __future__ import annotations

from decimal import Decimal

import pytest

from core.actors import SYSTEM
from core.models import AuditEntry
from inventory.domain.kits import KitCycle, KitTooDeep
from inventory.models import Bin, Bom, BomLine, Product, Sku, SkuBarcode
from inventory.queries.kits import kit_atp, read_boms
from inventory.services import catalog, kits, places
from inventory.services.catalog import BarcodeDraft, BomLineDraft, SkuDraft
from inventory.services.places import BinDraft, WarehouseDraft
from tests.factories.inventory import NOW, make_kit, make_sku, make_warehouse, put_stock

pytestmark = pytest.mark.django_db
BY = {"actor": SYSTEM, "at": NOW}


def test_skus_are_created_with_product_and_barcodes():
    drafts = [
        SkuDraft(
            code="TEA-1",
            name="Tea",
            product_code="TEA",
            weight_g=90,
            barcodes=(BarcodeDraft("501"), BarcodeDraft("1501", "gtin_case", 12)),
        ),
        SkuDraft(code="CUP", list_price=Decimal("4.50")),
    ]

    saved = catalog.save_skus(drafts, **BY)

    assert (saved["TEA-1"].product.code, saved["TEA-1"].weight_g, saved["CUP"].name) == (
        "TEA",
        90,
        "CUP",
    )
    assert list(SkuBarcode.objects.order_by("pk").values_list("code", "units_per_scan")) == [
        ("501", 1),
        ("1501", 12),
    ]


def test_a_second_save_changes_only_what_is_said_and_notes_it():
    catalog.save_skus([SkuDraft(code="TEA", name="Tea", weight_g=90)], **BY)

    catalog.save_skus([SkuDraft(code="TEA", weight_g=95)], **BY)
    catalog.save_skus([SkuDraft(code="TEA", weight_g=95)], **BY)

    sku = Sku.objects.get(code="TEA")
    entries = AuditEntry.objects.filter(target_kind="sku", target_id=str(sku.pk)).order_by("pk")
    assert (sku.name, sku.weight_g) == ("Tea", 95)
    assert [(row.action, row.after) for row in entries] == [
        ("inventory.sku_created", None),
        ("inventory.sku_changed", {"weight_g": 95}),
    ]


def test_saving_skus_takes_the_same_statements_for_few_and_many(django_assert_max_num_queries):
    def drafts(count: int, name: str) -> list[SkuDraft]:
        return [
            SkuDraft(
                code=f"{name}{i}",
                product_code=f"P{name}{i}",
                barcodes=(BarcodeDraft(f"{name}-{i}"),),
            )
            for i in range(count)
        ]

    with django_assert_max_num_queries(14):
        catalog.save_skus(drafts(2, "a"), **BY)
    with django_assert_max_num_queries(14):
        catalog.save_skus(drafts(60, "b"), **BY)

    assert Product.objects.count() == 62


def test_lot_tracking_stays_once_stock_exists():
    sku = make_sku("TEA")
    put_stock(sku, 3)

    with pytest.raises(catalog.SkuHasStock):
        catalog.save_skus([SkuDraft(code="TEA", lot_tracked=True)], **BY)

    sku.refresh_from_db()
    assert sku.lot_tracked is False


def test_a_barcode_stands_for_one_sku():
    catalog.save_skus([SkuDraft(code="TEA", barcodes=(BarcodeDraft("501"),))], **BY)

    with pytest.raises(catalog.BarcodeTaken) as caught:
        catalog.save_skus([SkuDraft(code="CUP", barcodes=(BarcodeDraft("501"),))], **BY)

    assert caught.value.data == {"barcode": "501", "sku": "TEA"}
    assert not Sku.objects.filter(code="CUP").exists()


def test_x14_editing_a_kit_makes_a_new_version_and_keeps_the_old():
    for code in ("CUP", "TEA"):
        make_sku(code)
    kit = make_sku("SET", kind="virtual_kit")
    first = kits.save_bom("SET", [BomLineDraft("CUP", 2), BomLineDraft("TEA", 1)], **BY)
    same = kits.save_bom("SET", [BomLineDraft("CUP", 2), BomLineDraft("TEA", 1)], **BY)

    second = kits.save_bom("SET", [BomLineDraft("CUP", 3), BomLineDraft("TEA", 1)], **BY)

    assert (first.pk, first.version) == (same.pk, 1)
    assert second.version == 2
    assert list(
        Bom.objects.filter(kit=kit).order_by("version").values_list("version", "is_current")
    ) == [(1, False), (2, True)]
    assert list(
        BomLine.objects.filter(bom=first).order_by("pk").values_list("qty", "price_share")
    ) == [
        (2, Decimal("0.666667")),
        (1, Decimal("0.333333")),
    ]


def test_x14_shares_follow_list_prices():
    make_sku("CUP", list_price=Decimal(3))
    make_sku("TEA", list_price=Decimal(4))
    make_sku("SET", kind="virtual_kit")

    bom = kits.save_bom("SET", [BomLineDraft("CUP", 2), BomLineDraft("TEA", 1)], **BY)

    # 2 x 3 and 1 x 4: 6/10 and 4/10
    assert list(bom.lines.order_by("pk").values_list("price_share", flat=True)) == [
        Decimal("0.600000"),
        Decimal("0.400000"),
    ]


def test_x14_shares_that_do_not_sum_to_one_are_refused():
    make_sku("CUP")
    make_sku("SET", kind="virtual_kit")

    with pytest.raises(kits.SharesDontSum):
        kits.save_bom("SET", [BomLineDraft("CUP", 2, Decimal("0.9"))], **BY)

    assert Bom.objects.count() == 0


def test_x14_a_kit_can_not_contain_itself():
    make_sku("INNER", kind="virtual_kit")
    make_sku("OUTER", kind="virtual_kit")
    make_sku("CUP")
    kits.save_bom("INNER", [BomLineDraft("CUP", 1)], **BY)
    kits.save_bom("OUTER", [BomLineDraft("INNER", 1)], **BY)

    with pytest.raises(KitCycle):
        kits.save_bom("INNER", [BomLineDraft("OUTER", 1)], **BY)


def test_x14_kits_nest_three_deep_and_no_deeper():
    make_sku("CUP")
    for code in ("K1", "K2", "K3", "K4"):
        make_sku(code, kind="virtual_kit")
    kits.save_bom("K1", [BomLineDraft("CUP", 1)], **BY)
    kits.save_bom("K2", [BomLineDraft("K1", 1)], **BY)
    kits.save_bom("K3", [BomLineDraft("K2", 1)], **BY)

    with pytest.raises(KitTooDeep):
        kits.save_bom("K4", [BomLineDraft("K3", 1)], **BY)


def test_x14_a_warehouse_can_promise_as_many_kits_as_its_scarcest_part_allows():
    site, cup, tea = make_warehouse(), make_sku(), make_sku()
    kit = make_kit("SET", {cup: 2, tea: 3})
    put_stock(cup, 9, warehouse=site)
    put_stock(tea, 7, warehouse=site)

    # floor(9/2) = 4 cups' worth, floor(7/3) = 2 teas' worth
    assert kit_atp([kit.pk], [site.pk]) == {(site.pk, kit.pk): 2}
    assert [(part.component_id, part.qty) for part in read_boms([kit.pk])[kit.pk]] == [
        (cup.pk, 2),
        (tea.pk, 3),
    ]


def test_bins_are_saved_by_code_and_a_repeat_keeps_what_it_does_not_name():
    site = make_warehouse()
    places.save_bins(site.pk, [BinDraft(code="A-1", zone_code="A", pick_sequence=7)], **BY)

    saved = places.save_bins(
        site.pk, [BinDraft(code="A-1"), BinDraft(code="T-1", kind="tote")], **BY
    )

    assert (saved["A-1"].pick_sequence, saved["A-1"].zone.code, saved["A-1"].is_pickable) == (
        7,
        "A",
        True,
    )
    assert (saved["T-1"].kind, saved["T-1"].is_pickable) == ("tote", False)


def test_a_bin_with_units_in_it_stays_open():
    site = make_warehouse()
    put_stock(make_sku(), 4, warehouse=site)
    place = Bin.objects.get(warehouse=site)

    with pytest.raises(places.BinNotEmpty):
        places.deactivate_bins([place.pk], **BY)

    place.refresh_from_db()
    assert place.is_active


def test_an_empty_bin_can_be_closed():
    site = make_warehouse()
    place = places.save_bins(site.pk, [BinDraft(code="A-1")], **BY)["A-1"]

    closed = places.deactivate_bins([place.pk], **BY)

    place.refresh_from_db()
    assert (closed, place.is_active) == (1, False)


def test_a_warehouse_is_saved_by_code():
    draft = WarehouseDraft(code="LON", name="London", country="GB", priority=1)
    first = places.save_warehouse(draft, **BY)

    again = places.save_warehouse(WarehouseDraft(code="LON", priority=2), **BY)

    assert (again.pk, again.name, again.priority) == (first.pk, "London", 2)


def test_goods_without_measures_are_listed():
    make_sku("FULL", length_mm=90, width_mm=80, height_mm=70)
    make_sku("FLAT", length_mm=90, width_mm=80, height_mm=0)
    make_sku("BARE")
    make_sku("BOX", kind="packaging")

    rows = Sku.objects.unmeasured().order_by("code")

    assert list(rows.values_list("code", flat=True)) == ["BARE", "FLAT"]

"""The records of suppliers: ranks, lists, people, papers; and both imports."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.actors import SYSTEM
from core.imports import pipeline
from core.models import AuditEntry
from core.models.imports import ImportIssue
from suppliers.models import ListPrice, Supplier, SupplierContact, SupplierLeadTime, SupplierSku
from suppliers.services import agreement_errors as errors
from suppliers.services import supplier_records as records
from suppliers.services.errors import SkuMissing, SupplierMissing
from suppliers.services.supplier_records import ContactDraft, GoodsDraft, SupplierDraft
from tests.core.imports.batches import batch_of
from tests.factories.inventory import make_sku
from tests.factories.supplier_terms import NOW, make_goods, make_supplier

pytestmark = pytest.mark.django_db
WHO = {"actor": SYSTEM, "at": NOW}
DAY = dt.date(2026, 4, 1)


def ranks(sku) -> list[str]:
    rows = SupplierSku.objects.filter(sku=sku).order_by("rank")
    return [f"{row.rank} {row.supplier.code}" for row in rows.select_related("supplier")]


def test_backups_close_up_behind_the_first_choice():
    sku = make_sku("TEA")
    one, two, three = (make_supplier(code) for code in ("ONE", "TWO", "THREE"))
    draft = GoodsDraft(sku_code="TEA", currency="USD")
    for supplier in (one, two, three):
        records.put_goods(supplier.pk, draft, **WHO)

    assert ranks(sku) == ["1 ONE", "2 TWO", "3 THREE"]
    first = GoodsDraft(sku_code="TEA", currency="USD", rank=1, moq_qty=50)
    records.put_goods(three.pk, first, **WHO)
    assert ranks(sku) == ["1 THREE", "2 ONE", "3 TWO"]
    records.put_goods(three.pk, GoodsDraft(sku_code="TEA", currency="USD", rank=9), **WHO)
    assert ranks(sku) == ["1 ONE", "2 TWO", "3 THREE"]


def test_what_a_record_refuses_is_named():
    supplier = make_supplier("HILL")
    goods = make_goods(supplier, make_sku("TEA"), supplier_code="H-1")
    make_sku("CUP")
    put = records.put_goods
    contact = ContactDraft(name="Li", email="li@hill.example")
    records.put_contact(supplier.pk, contact, **WHO)
    twice = {1: Decimal(5), 10: Decimal(6)}
    refusals = [
        (errors.SupplierKnown, lambda: records.create(SupplierDraft(code="HILL", name="X"), **WHO)),
        (errors.BadCurrency, lambda: records.create(draft(currency="XYZ1"), **WHO)),
        (errors.BadFigure, lambda: records.create(draft(incoterm="ABC"), **WHO)),
        (errors.BadFigure, lambda: records.create(draft(risk="none"), **WHO)),
        (SupplierMissing, lambda: records.edit(10**6, draft(), **WHO)),
        (SkuMissing, lambda: put(supplier.pk, GoodsDraft(sku_code="X", currency="USD"), **WHO)),
        (errors.BadFigure, lambda: put(supplier.pk, tea(moq_qty=0), **WHO)),
        (errors.GoodsKnown, lambda: put(supplier.pk, tea("CUP", supplier_code="H-1"), **WHO)),
        (errors.ContactKnown, lambda: records.put_contact(supplier.pk, contact, **WHO)),
        (
            errors.BadFigure,
            lambda: records.put_contact(supplier.pk, ContactDraft(name="Li"), **WHO),
        ),
        (errors.BadPriceBreak, lambda: records.set_list(goods.pk, twice, valid_from=DAY, **WHO)),
        (errors.BadFigure, lambda: records.set_lead_times(supplier.pk, {"camel": 9}, **WHO)),
    ]

    for error, act in refusals:
        with pytest.raises(error), transaction.atomic():
            act()
    assert (Supplier.objects.count(), SupplierContact.objects.count()) == (1, 1)
    assert ListPrice.objects.count() == 0


def draft(**more) -> SupplierDraft:
    return SupplierDraft(**{"code": "NEW", "name": "New", **more})


def tea(code: str = "TEA", **more) -> GoodsDraft:
    return GoodsDraft(sku_code=code, currency="USD", **more)


def test_the_database_refuses_prices_and_terms_that_must_never_be():
    goods = make_goods(make_supplier("HILL"), breaks={1: "10"})
    price = ListPrice.objects.filter(supplier_sku=goods)
    rules = [
        ("listprice_above_zero", lambda: price.update(unit_price=0)),
        ("listprice_break_in_range", lambda: price.update(min_qty=0)),
        ("listprice_ends_after", lambda: price.update(valid_until=dt.date(2026, 1, 1))),
        ("listprice_break_once|UNIQUE", lambda: make_goods(goods.supplier, goods.sku, {1: "9"})),
        ("moq_in_range", lambda: SupplierSku.objects.update(moq_qty=0)),
        ("rank_from_one", lambda: SupplierSku.objects.update(rank=0)),
        ("supplier_risk_is_known", lambda: Supplier.objects.update(risk="x")),
        ("supplier_deposit_in_range", lambda: Supplier.objects.update(deposit_pct=101)),
        (
            "supplierleadtime_days",
            lambda: SupplierLeadTime.objects.create(
                supplier=goods.supplier, mode="air", agreed_days=0
            ),
        ),
    ]

    for rule, act in rules:
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            act()


def run(folder, kind: str, text: str, *, write: bool = True):
    batch = batch_of(folder, text, kind)
    step = pipeline.apply if write else pipeline.preview
    return step(batch.pk, actor=SYSTEM, now=NOW)


SUPPLIER_FILE = """code,name,country,currency,payment_days,risk
HILL,Hill Tea,CN,cny,45,low
BAY,Bay Cups,DE,EUR,,high
BAD,Bad One,CN,XXQ,,
"""
PRICE_FILE = """sku,supplier,supplier_code,moq,pack,valid_from,min_qty,unit_price
TEA,HILL,H-1,50,10,2026-04-01,1,10.00
TEA,HILL,H-1,50,10,2026-04-01,100,9.5
CUP,HILL,,,,2026-04-01,1,3
CUP,HILL,,,,2026-04-01,10,4
NOPE,HILL,,,,2026-04-01,1,3
"""


def test_suppliers_come_from_a_file_and_an_empty_cell_leaves_what_is_known(tmp_path):
    run(tmp_path, "suppliers", SUPPLIER_FILE)

    hill = Supplier.objects.get(code="HILL")
    assert (hill.name, hill.currency, hill.payment_days, hill.risk) == (
        "Hill Tea",
        "CNY",
        45,
        "low",
    )
    assert sorted(Supplier.objects.values_list("code", flat=True)) == ["BAY", "HILL"]
    assert [row.code for row in ImportIssue.objects.all()] == ["BAD_CURRENCY"]
    run(tmp_path, "suppliers", "code,name,payment_days\nHILL,,60\n")
    hill.refresh_from_db()
    assert (hill.name, hill.payment_days) == ("Hill Tea", 60)


def test_prices_come_from_a_file_list_by_list_and_go_back(tmp_path):
    make_supplier("HILL", currency="CNY")
    for code in ("TEA", "CUP"):
        make_sku(code)

    checked = run(tmp_path, "supplier_prices", PRICE_FILE, write=False)
    assert (ListPrice.objects.count(), SupplierSku.objects.count()) == (0, 0)
    batch = run(tmp_path, "supplier_prices", PRICE_FILE)
    goods = SupplierSku.objects.get()
    assert (goods.supplier_code, goods.moq_qty, goods.multiple_qty, goods.currency) == (
        "H-1",
        50,
        10,
        "CNY",
    )
    found = ListPrice.objects.order_by("min_qty").values_list("min_qty", "unit_price")
    assert list(found) == [(1, Decimal(10)), (100, Decimal("9.5"))]
    codes = {row.code for row in ImportIssue.objects.filter(batch__in=[checked, batch])}
    assert codes == {"BAD_PRICE_BREAK", "ARRIVAL_SKU_MISSING"}
    written = AuditEntry.objects.filter(action__startswith="suppliers.").count()
    run(tmp_path, "supplier_prices", PRICE_FILE.replace("10.00", "10.0"))
    assert AuditEntry.objects.filter(action__startswith="suppliers.").count() == written == 2
    pipeline.undo(batch.pk, actor=SYSTEM, now=NOW)
    assert (ListPrice.objects.count(), SupplierSku.objects.count()) == (0, 0)

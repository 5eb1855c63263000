"""P1, P2, P3: suppliers and agreements in the office, and who sees their prices."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core import clock
from core.models import ApprovalRequest
from suppliers.models import Agreement, ListPrice, Supplier, SupplierDocument, SupplierSku
from suppliers.queries.agreement_terms import fingerprint
from tests.factories import core as people
from tests.factories.inventory import make_sku
from tests.factories.supplier_terms import NOW, make_agreement, make_goods, make_supplier
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
CANARY = "73.918273"


def signed_in(role: str) -> Client:
    return people.sign_in(Client(), people.make_user(role))


@pytest.fixture
def buyer():
    return signed_in("buyer")


@pytest.fixture
def goods():
    supplier = make_supplier("HILL", name="Hill Tea", risk="high", payment_days=45)
    return make_goods(supplier, make_sku("TEA"), {1: CANARY}, supplier_code="H-1")


def agreement_form(**more):
    return {
        "supplier": "HILL",
        "valid_from": "2026-04-01",
        "valid_until": "2026-06-30",
        "currency": "usd",
        "prices": "TEA 1 9.20\nTEA\t100\t8,5",
        "batches": "TEA 2026-05-01 600",
        **more,
    }


def test_a_supplier_is_created_and_its_terms_are_written(buyer):
    make_sku("TEA")
    first = {
        "code": "HILL",
        "name": "Hill Tea",
        "currency": "cny",
        "risk": "low",
        "is_active": "on",
    }

    made = buyer.post(reverse("supplier-new"), first)
    again = buyer.post(reverse("supplier-new"), first)
    supplier = Supplier.objects.get()
    assert made.headers["Location"] == reverse("supplier", args=[supplier.pk])
    assert (again.status_code, supplier.currency) == (422, "CNY")
    for name, data in (
        ("supplier-edit", {**first, "incoterm": "FOB", "payment_days": "30", "deposit_pct": "30"}),
        ("supplier-contact", {"name": "Li", "email": "li@hill.example", "language": "zh-hans"}),
        ("supplier-lead-times", {"air": "7", "sea": "35"}),
        ("supplier-goods", {"sku": "TEA", "moq_qty": 50, "multiple_qty": 10, "currency": "CNY"}),
    ):
        answer = buyer.post(reverse(name, args=[supplier.pk]), data)
        assert answer.status_code == 303, (name, answer.content.decode())
    row = SupplierSku.objects.get()
    prices = {"valid_from": "2026-04-01", "breaks": "1 10\n100 9.5"}
    wrong = {"valid_from": "2026-04-01", "breaks": "1 10\n100 11"}
    assert buyer.post(reverse("supplier-prices", args=[row.pk]), wrong).status_code == 422
    buyer.post(reverse("supplier-prices", args=[row.pk]), prices)
    supplier.refresh_from_db()
    assert (supplier.incoterm, supplier.payment_days, row.moq_qty) == ("FOB", 30, 50)
    assert dict(supplier.lead_times.values_list("mode", "agreed_days")) == {"air": 7, "sea": 35}
    found = ListPrice.objects.order_by("min_qty").values_list("min_qty", "unit_price")
    assert list(found) == [(1, Decimal(10)), (100, Decimal("9.5"))]
    page = buyer.get(reverse("supplier", args=[supplier.pk])).content.decode()
    assert all(text in page for text in ("li@hill.example", "FOB", "9.50", "TEA"))


def test_a_paper_that_ended_is_said_on_the_page_and_found_in_the_list(buyer, goods):
    url = reverse("supplier-document", args=[goods.supplier_id])
    yesterday = clock.now().date() - dt.timedelta(days=1)
    good = SimpleUploadedFile("ce.pdf", b"%PDF-1.4 x")
    evil = SimpleUploadedFile("ce.pdf", b"<html>")
    values = {"kind": "certificate", "title": "CE mark", "valid_until": yesterday.isoformat()}

    assert buyer.post(url, {**values, "file": evil}).status_code == 422
    assert buyer.post(url, {**values, "file": good}).status_code == 303
    page = buyer.get(reverse("supplier", args=[goods.supplier_id])).content.decode()
    assert f"CE mark ended on {yesterday.isoformat()}." in page
    assert "HILL" in buyer.get(reverse("suppliers-index") + "?tab=papers").content.decode()
    paper = SupplierDocument.objects.get()
    file = buyer.get(reverse("supplier-document-file", args=[paper.pk]))
    assert b"".join(file) == b"%PDF-1.4 x"
    buyer.post(reverse("supplier-document-withdraw", args=[paper.pk]))
    page = buyer.get(reverse("supplier", args=[goods.supplier_id])).content.decode()
    assert "CE mark ended" not in page


def test_an_agreement_goes_from_draft_to_force_by_two_people(buyer, goods):
    wrong = buyer.post(reverse("agreement-new"), agreement_form(prices="TEA 1 9\nTEA 100 9.5"))
    made = buyer.post(reverse("agreement-new"), agreement_form())
    agreement = Agreement.objects.get()
    assert (wrong.status_code, made.headers["Location"]) == (
        422,
        reverse("agreement", args=[agreement.pk]),
    )
    assert "a larger quantity must never cost more apiece" in wrong.content.decode()
    page = buyer.get(reverse("agreement-edit", args=[agreement.pk])).content.decode()
    assert "TEA 100 8.5" in page
    assert "TEA 2026-05-01 600" in page
    edited = agreement_form(prices="TEA 1 list", expected=fingerprint(agreement))
    assert buyer.post(reverse("agreement-edit", args=[agreement.pk]), edited).status_code == 303
    assert buyer.post(reverse("agreement-edit", args=[agreement.pk]), edited).status_code == 409
    approver = signed_in("approver")
    buyer.post(reverse("agreement-submit", args=[agreement.pk]))
    found = ApprovalRequest.objects.get(kind="agreement")
    page = buyer.get(reverse("agreement", args=[agreement.pk])).content.decode()
    assert reverse("approval", args=[found.pk]) in page
    listed = approver.get(reverse("approvals"))
    assert [row.pk for row, *_rest in listed.context["rows"]] == [found.pk]
    card = approver.get(reverse("approval", args=[found.pk])).content.decode()
    assert agreement.supplier.name in card
    url = reverse("approval-approve", args=[found.pk])
    assert "Approve this agreement?" in approver.get(url).content.decode()
    shown = {"revision": 1, "content_hash": fingerprint(agreement)}
    assert approver.post(url, {**shown, "content_hash": "x"}).status_code == 409
    assert buyer.post(url, shown).status_code == 403
    assert approver.post(url, shown).status_code == 303
    agreement.refresh_from_db()
    assert (agreement.state, agreement.lines.get().unit_price) == ("active", None)
    days = {"valid_from": "2026-07-11", "valid_until": "2026-09-30"}
    made = buyer.post(reverse("agreement-renew", args=[agreement.pk]), days)
    newer = Agreement.objects.get(version=2)
    page = buyer.get(reverse("agreement", args=[newer.pk])).content.decode()
    assert made.headers["Location"] == reverse("agreement", args=[newer.pk])
    assert "nothing covers 2026-07-01 to 2026-07-10" in page
    assert "<del>2026-06-30</del> 2026-09-30" in page


def test_a_price_of_a_supplier_is_never_shown_to_the_warehouse(buyer, goods):
    agreement = make_agreement(goods.supplier, {goods.sku: CANARY})
    pages = [
        reverse("supplier", args=[goods.supplier_id]),
        reverse("suppliers-index"),
    ]
    manager = signed_in("warehouse_manager")

    for url in pages:
        shown = manager.get(url)
        assert shown.status_code == 200
        assert "HILL" in shown.content.decode()
        assert not any(text in shown.content.decode() for text in (CANARY, "73.92", "45 days"))
    assert CANARY in buyer.get(pages[0]).content.decode()
    for url in (reverse("agreement", args=[agreement.pk]), reverse("agreements-index")):
        assert manager.get(url).status_code == 403


@pytest.mark.parametrize("count", [3, 30])
def test_the_pages_cost_the_same_however_much_they_show(buyer, count):
    supplier = make_supplier("HILL")
    skus = [make_sku() for _one in range(count)]
    for sku in skus:
        make_goods(supplier, sku, {1: "10", 100: "9"})
    agreement = make_agreement(supplier, dict.fromkeys(skus, "9"))
    for number in range(count):
        make_supplier(f"S-{number:03d}")
    pages = {
        "suppliers-index": (reverse("suppliers-index"), "S-002"),
        "supplier": (reverse("supplier", args=[supplier.pk]), skus[-1].code),
        "agreements-index": (reverse("agreements-index"), agreement.number),
        "agreement": (reverse("agreement", args=[agreement.pk]), skus[-1].code),
    }

    for name, (url, text) in pages.items():
        buyer.get(url)
        with query_baseline(name):
            shown = buyer.get(url)
        assert text in shown.content.decode(), name


def test_the_pages_speak_chinese(buyer, goods):
    agreement = make_agreement(goods.supplier, {goods.sku: "9"}, created_at=NOW)
    person = people.User.objects.latest("pk")
    person.language = "zh-hans"
    person.save()

    page = buyer.get(reverse("agreement", args=[agreement.pk])).content.decode()

    assert "生效中" in page


def test_the_api_reads_suppliers_and_agreements(buyer, goods):
    agreement = make_agreement(goods.supplier, {goods.sku: "9.2"})

    suppliers = buyer.get("/api/v1/suppliers/", {"code": "HILL"}).json()["results"]
    found = buyer.get(f"/api/v1/agreements/agr_{agreement.pk}/").json()

    assert [(row["code"], row["payment_days"]) for row in suppliers] == [("HILL", 45)]
    assert suppliers[0]["goods"][0]["supplier_code"] == "H-1"
    assert (found["supplier"], found["valid_until"]) == ("HILL", "2026-06-30")
    assert found["lines"] == [{"sku": "TEA", "min_qty": 1, "unit_price": "9.200000"}]
    assert buyer.get("/api/v1/agreements/agr_999999/").status_code == 404

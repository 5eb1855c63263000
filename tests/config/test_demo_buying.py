"""The demo company has purchase orders in every state a buyer meets."""

from __future__ import annotations

import pytest

from config.demo import buying, came_in, catalog, company, inbound
from suppliers.models import (
    Asn,
    AsnContent,
    ChangeProposal,
    LandedCost,
    PurchaseOrder,
    PurchaseRevision,
    SupplierClaim,
    SupplierInvoice,
)
from tests.factories.orders import NOW
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


def test_the_demo_company_buys_in_every_state_once():
    rows = list(catalog.skus(80))
    company.people_of_the_company(NOW)
    company.warehouses(NOW)
    company.products(rows, NOW)
    inbound.on_the_way(rows, at=NOW)

    counted = [buying.purchase_orders(rows, at=NOW) for _ in range(2)]

    assert counted == [12, 12]
    orders = PurchaseOrder.objects.order_by("pk")
    assert list(orders.values_list("state", flat=True)) == [
        "draft",
        "draft",
        "pending",
        "rejected",
        "approved",
        "sent",
        "sent",
        "confirmed",
        "approved",
        "closed",
        "cancelled",
        "sent",
    ]
    change = ChangeProposal.objects.open().get().lines.get()
    assert (change.reason, change.qty < change.was_qty) == ("CAPACITY", True)
    assert orders.filter(is_system=True).count() == 1
    assert orders.late(NOW.date()).count() == 1
    carried = PurchaseRevision.objects.filter(is_carried_over=True)
    assert carried.values_list("revision", flat=True).get() == 2


def test_the_demo_companys_goods_come_in_full_in_part_and_late_with_their_papers():
    rows = list(catalog.skus(80))
    company.people_of_the_company(NOW)
    company.warehouses(NOW)
    company.products(rows, NOW)
    inbound.on_the_way(rows, at=NOW)
    buying.purchase_orders(rows, at=NOW)

    counted = [came_in.came(rows, at=NOW) for _ in range(2)]

    assert counted == [4, 4]
    tied = Asn.objects.filter(purchase_order__isnull=False).order_by("pk")
    assert [asn.state for asn in tied] == ["received", "received", "announced", "announced"]
    states = PurchaseOrder.objects.order_by("-pk").values_list("state", flat=True)[:3]
    assert list(states) == ["confirmed", "partly_received", "received"]
    assert sorted(LandedCost.objects.values_list("state", flat=True)) == ["draft", "posted"]
    assert SupplierClaim.objects.get().state == "sent"
    assert SupplierInvoice.objects.get().state == "blocked"
    assert AsnContent.objects.filter(carton__isnull=False).count() == 2
    assert tied[3].expected_on < NOW.date() < tied[2].expected_on
    assert_books_balance()

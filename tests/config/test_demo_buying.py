"""The demo company has purchase orders in every state a buyer meets."""

from __future__ import annotations

import pytest

from config.demo import buying, catalog, company, inbound
from suppliers.models import ChangeProposal, PurchaseOrder, PurchaseRevision
from tests.factories.orders import NOW

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

"""The demo company has a transfer on the way, a work order on the floor and a refill to make."""

from __future__ import annotations

import pytest

from config.demo import catalog, company, inside
from inventory.models import ReplenishTask, Transfer, WorkOrder
from tests.factories.orders import NOW
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


def test_the_demo_company_moves_goods_inside_once():
    rows = list(catalog.skus(12))
    company.people_of_the_company(NOW)
    made = company.warehouses(NOW)
    company.opening_stock(rows, company.products(rows, NOW), made, NOW)

    for _ in range(2):
        inside.moves(rows, made, at=NOW)

    assert list(Transfer.objects.order_by("pk").values_list("state", flat=True)) == [
        "in_transit",
        "draft",
    ]
    assert list(WorkOrder.objects.values_list("state", "planned_qty")) == [("released", 4)]
    assert ReplenishTask.objects.open().count() == 1
    assert_books_balance()

"""The demo company expects goods, and has some at the dock."""

from __future__ import annotations

import pytest

from config.demo import catalog, company, inbound
from suppliers.models import Asn, ReceiptLine
from tests.factories.orders import NOW
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


def test_the_demo_company_expects_three_arrivals_once():
    rows = list(catalog.skus(40))
    company.people_of_the_company(NOW)
    company.warehouses(NOW)
    company.products(rows, NOW)

    counted = [inbound.on_the_way(rows, at=NOW) for _ in range(2)]

    assert counted == [3, 3]
    states = Asn.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["receiving", "announced", "announced"]
    kinds = ReceiptLine.objects.order_by("pk").values_list("kind", "qty")
    assert list(kinds) == [("good", 20), ("damaged", 2)]
    assert_books_balance()

"""The demo company has a backup supplier in another currency, papers that end, an agreement."""

from __future__ import annotations

import pytest

from config.demo import buying, catalog, company, inbound, terms
from suppliers.models import Agreement, Supplier, SupplierDocument, SupplierSku
from tests.factories.orders import NOW

pytestmark = pytest.mark.django_db


def test_the_demo_company_has_terms_with_its_suppliers_once():
    rows = list(catalog.skus(80))
    company.people_of_the_company(NOW)
    company.warehouses(NOW)
    company.products(rows, NOW)
    inbound.on_the_way(rows, at=NOW)
    buying.purchase_orders(rows, at=NOW)

    counted = [terms.agreed(rows, at=NOW) for _ in range(2)]

    assert counted == [1, 1]
    agreement = Agreement.objects.get()
    assert (agreement.supplier.code, agreement.state) == ("HILLSIDE", "active")
    assert agreement.call_offs.count() == 6
    currencies = Supplier.objects.order_by("code").values_list("currency", flat=True)
    assert list(currencies) == ["USD", "CNY", "EUR"]
    assert SupplierSku.objects.filter(rank=2).exists()
    assert SupplierDocument.objects.on_file().count() == 3

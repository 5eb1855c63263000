"""Landed costs, excess, claims and invoices in the office; prices stay with who may see them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.actors import SYSTEM
from suppliers.models import ExcessDecision, LandedCost, SupplierClaim, SupplierInvoice
from suppliers.services import finishing
from tests.factories import costs, purchases
from tests.factories import suppliers as docks
from tests.factories.core import make_user
from tests.factories.purchases import NOW
from tests.helpers.query_counts import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade():
    return purchases.trade()


@pytest.fixture
def buyer(client, trade):
    client.force_login(trade.buyer)
    return client


def _arrived(trade, code="TEA", damaged=0, over=0):
    """Return an arrival of 100 units at 10.00, some damaged, some above the tolerance."""
    sku = purchases.goods(trade, code)
    asn = costs.announced(trade, purchases.sent(trade, {sku: 100}))
    opened = docks.receipt(asn)
    if damaged:
        docks.count(opened, sku, damaged, kind="damaged")
    docks.count(opened, sku, 100 - damaged + over)
    finishing.finish(opened.pk, actor=SYSTEM, at=NOW)
    return asn


def test_a_bill_is_previewed_line_by_line_posted_and_reversed(buyer, trade):
    asn = _arrived(trade)
    form = {
        "kind": "freight",
        "payee": "Blue Line",
        "reference": "B-1",
        "billed_on": NOW.date().isoformat(),
        "amount": "50",
        "currency": "usd",
        "basis": "qty",
        "arrivals": f"{asn.number}, PO-9999999",
    }

    unknown = buyer.post(reverse("landed-cost-new"), form)
    made = buyer.post(reverse("landed-cost-new"), {**form, "arrivals": asn.purchase_order.number})
    cost = LandedCost.objects.get()
    draft = buyer.get(reverse("landed-cost", args=[cost.pk])).content.decode()
    buyer.post(reverse("landed-cost-post", args=[cost.pk]))
    posted = buyer.get(reverse("landed-cost", args=[cost.pk])).content.decode()
    again = buyer.post(reverse("landed-cost-post", args=[cost.pk]))
    buyer.post(reverse("landed-cost-undo", args=[cost.pk]), {"reason": "twice"})

    assert unknown.status_code == 422
    assert "PO-9999999" in unknown.content.decode()
    assert made["Location"] == reverse("landed-cost", args=[cost.pk])
    assert "Unit cost then" in draft
    assert "10.50" in draft
    assert "For units gone" in posted
    assert again.status_code == 409
    cost.refresh_from_db()
    assert (cost.state, cost.reversal_reason) == ("reversed", "twice")


def test_p11_shows_the_three_ways_and_takes_the_decisions(buyer, trade):
    asn = _arrived(trade, damaged=4, over=60)
    page = reverse("arrival-costs", args=[asn.pk])
    line = asn.lines.get()

    before = buyer.get(page).content.decode()
    refused = buyer.post(
        reverse("excess-decide", args=[line.pk]), {"outcome": "return", "qty": "99"}
    )
    buyer.post(
        reverse("excess-decide", args=[line.pk]),
        {"outcome": "return", "qty": "60", "submission_key": "k1"},
    )
    buyer.post(reverse("claim-draw-up", args=[asn.pk]))
    claim = SupplierClaim.objects.get()
    for act, data in (
        ("claim-send", {}),
        ("claim-agree", {"amount": "40"}),
        ("claim-settle", {"reference": "CN-1"}),
    ):
        buyer.post(reverse(act, args=[claim.pk]), data)
    buyer.post(reverse("arrival-costs-end", args=[asn.pk]))
    after = buyer.get(page).content.decode()

    assert "Decide on 60" in before
    assert "Provisional cost" in before
    assert refused.status_code == 409
    assert ExcessDecision.objects.get().outcome == "return"
    claim.refresh_from_db()
    assert (claim.state, claim.amount, claim.agreed_amount) == ("settled", 40, 40)
    assert claim.number in after
    assert "Decide on" not in after
    assert "Provisional cost" not in after
    assert "CN-1" in buyer.get(reverse("claim", args=[claim.pk])).content.decode()


def test_an_invoice_above_the_order_waits_for_somebody_else(buyer, client, trade):
    asn = _arrived(trade)
    order, line = asn.purchase_order, asn.lines.get().purchase_line
    form = {
        "number": "F-77",
        "invoiced_on": NOW.date().isoformat(),
        f"qty_{line.pk}": "100",
        f"price_{line.pk}": "10.50",
    }

    empty = buyer.post(reverse("invoice-new", args=[order.pk]), {**form, f"qty_{line.pk}": ""})
    buyer.post(reverse("invoice-new", args=[order.pk]), form)
    invoice = SupplierInvoice.objects.get()
    page = buyer.get(reverse("invoice", args=[invoice.pk])).content.decode()
    client.force_login(trade.approver)
    released = client.post(reverse("invoice-release", args=[invoice.pk]), {"reason": "agreed"})

    assert empty.status_code == 422
    assert invoice.state == "blocked"
    assert "2 %" in page
    assert "Release invoice" not in page
    assert released.status_code == 303
    invoice.refresh_from_db()
    assert (invoice.state, invoice.amount) == ("released", Decimal(1050))


def test_the_warehouse_sees_no_landed_costs(client, trade):
    asn = _arrived(trade)
    costs.bill(asn)
    client.force_login(make_user("warehouse_manager"))

    arrival = client.get(reverse("arrival", args=[asn.pk])).content.decode()
    for name in ("landed-costs-index", "claims-index", "invoices-index"):
        assert client.get(reverse(name)).status_code == 403

    assert client.get(reverse("arrival-costs", args=[asn.pk])).status_code == 403
    assert "Variances and claims" not in arrival


def test_p11_asks_the_same_number_of_queries_for_any_number_of_lines(buyer, trade):
    one = _arrived(trade, "ONE", damaged=1)
    skus = {purchases.goods(trade, f"S{n}"): 10 for n in range(12)}
    many = costs.arrived(trade, skus)
    buyer.get(reverse("arrival-costs", args=[one.pk]))

    with CaptureQueriesContext(connection) as few:
        buyer.get(reverse("arrival-costs", args=[one.pk]))
    with CaptureQueriesContext(connection) as lots:
        page = buyer.get(reverse("arrival-costs", args=[many.pk])).content.decode()

    assert [page.count(f">S{n}</a>") for n in range(12)] == [1] * 12
    assert len(statements(lots)) <= len(statements(few)) <= 25

"""X25: an invoice is held against order and receipts before anybody pays it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.actors import SYSTEM
from core.services.rates import RateDraft, put_rate
from inventory.models import CostLayer, CostVariance
from suppliers.domain.matching import LineFacts, judge
from suppliers.models import PurchaseLine, SupplierInvoice
from suppliers.services import matching
from suppliers.services.cost_errors import (
    CostState,
    InvoiceKnown,
    InvoiceRefused,
    ReasonMissingHere,
    ReleaseNeedsAnother,
)
from suppliers.services.matching import InvoiceAsk, InvoiceDraft
from tests.factories import costs, purchases
from tests.factories import suppliers as docks
from tests.factories.purchases import NOW
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade():
    return purchases.trade()


@pytest.fixture
def line(trade):
    """A line of 100 units at 10.00 of which 100 came."""
    tea = purchases.goods(trade, "TEA", "10")
    costs.arrived(trade, {tea: 100})
    return PurchaseLine.objects.select_related("order").get()


def _enter(line, qty, price, number="INV-1", actor=SYSTEM):
    asked = [InvoiceAsk(line.pk, qty, Decimal(price))]
    draft = InvoiceDraft(line.order_id, number, NOW.date(), asked)
    return matching.enter(draft, actor=actor, at=NOW)


@pytest.mark.parametrize(
    ("qty", "price", "open_qty", "result", "over"),
    [
        (100, "10.00", 100, "matched", "0"),
        (100, "10.20", 100, "matched", "2.00"),
        (100, "10.21", 100, "price_over", "2.10"),
        (102, "10.00", 100, "matched", "2.00"),
        (103, "10.00", 100, "qty_over", "3.00"),
        (50, "9.00", 100, "matched", "-10.00"),
        (1, "10.00", 0, "qty_over", "9999999"),
        (1, "0", 0, "matched", "0"),
    ],
)
def test_x25_a_line_matches_up_to_the_tolerance_exactly(qty, price, open_qty, result, over):
    facts = LineFacts(qty, Decimal(price), Decimal(10), open_qty)

    verdict = judge(facts, Decimal(2))

    assert (verdict.result, verdict.over_pct) == (result, Decimal(over))


def test_x25_received_cost_beyond_tolerance_blocks_the_match(line, trade):
    blocked = _enter(line, 100, "10.30", actor=trade.buying)
    waiting = PurchaseLine.objects.get().invoiced_qty

    with pytest.raises(ReleaseNeedsAnother):
        matching.release(blocked.pk, reason="freight in it", actor=trade.buying, at=NOW)
    with pytest.raises(ReasonMissingHere):
        matching.release(blocked.pk, reason="", actor=trade.approving, at=NOW)
    free = matching.release(blocked.pk, reason="agreed by phone", actor=trade.approving, at=NOW)

    assert (blocked.state, waiting) == ("blocked", 0)
    assert blocked.lines.get().result == "price_over"
    assert (blocked.amount, blocked.expected_amount) == (Decimal(1030), Decimal(1000))
    assert (free.state, PurchaseLine.objects.get().invoiced_qty) == ("released", 100)
    layer = CostLayer.objects.get()
    assert (layer.unit_cost, layer.landed_amount) == (Decimal(10), Decimal(30))
    with pytest.raises(CostState):
        matching.refuse(blocked.pk, reason="late", actor=trade.approving, at=NOW)
    assert_books_balance()


def test_x25_an_invoice_number_comes_once_unless_it_was_refused(line, trade):
    first = _enter(line, 60, "11")
    with pytest.raises(InvoiceKnown, match="INV-1"):
        _enter(line, 40, "10")

    matching.refuse(first.pk, reason="wrong price", actor=SYSTEM, at=NOW)
    second = _enter(line, 60, "10")
    rest = _enter(line, 41, "10", number="INV-2")

    assert (second.state, rest.state) == ("matched", "blocked")
    assert rest.lines.get().open_qty == 40
    assert PurchaseLine.objects.get().invoiced_qty == 60
    assert SupplierInvoice.objects.count() == 3


def test_x25_an_invoice_at_another_rate_lands_the_difference_on_the_goods(trade):
    def rate(worth):
        put_rate(RateDraft("CNY", NOW.date(), Decimal(worth)), actor=SYSTEM, at=NOW)

    rate("0.14")
    tea = purchases.goods(trade, "TEA", "100", currency="CNY")
    order = purchases.sent(trade, {tea: 10}, currency="CNY")
    asn = costs.announced(trade, order)
    docks.received(asn, tea, 10)
    rate("0.15")

    invoice = _enter(order.lines.get(), 10, "101")

    assert (invoice.state, invoice.currency, invoice.fx_rate) == (
        "matched",
        "CNY",
        Decimal("0.15"),
    )
    layer = CostLayer.objects.get()
    assert (layer.unit_cost, layer.landed_amount) == (Decimal(14), Decimal("11.50"))
    assert not CostVariance.objects.exists()
    assert_books_balance()


def test_what_is_no_invoice_is_refused(line):
    for qty, price, number in ((0, "1", "A"), (1, "-1", "A"), (1, "1", " "), (1, "NaN", "A")):
        with pytest.raises(InvoiceRefused):
            _enter(line, qty, price, number=number)

    assert not SupplierInvoice.objects.exists()

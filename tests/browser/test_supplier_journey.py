"""A supplier's change by link on a phone, accepted by the buyer, then the shipment it announces."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from core import clock
from core.actors import SYSTEM
from suppliers.models import Asn, PurchaseOrder
from suppliers.services import supplier_links
from tests.factories import purchases as buy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def order():
    trade = buy.trade(code="HILL", language="zh-hans")
    needs = {buy.goods(trade, "TIN", "10"): 100, buy.goods(trade, "BOX", "4"): 50}
    wanted = clock.now().date() + dt.timedelta(days=60)
    return trade, buy.sent(trade, needs, required_by=wanted)


def test_change_by_link_accepted_by_the_buyer_then_a_shipment(desk, order):
    trade, sent = order
    token = supplier_links.issue(trade.supplier, order=sent, actor=SYSTEM, at=clock.now())
    tin = sent.lines.get(sku__code="TIN").pk
    vendor, office = desk(None, width=360), desk(trade.buyer)

    page = vendor.open(f"/supplier/{token}/")
    expect(page.locator("h1")).to_contain_text(sent.number)
    assert (vendor.overflow_px(), vendor.violations()) == (0, [])
    page.locator("details", has=page.locator(f"[name=qty_{tin}]")).locator("summary").click()
    page.fill(f"[name=qty_{tin}]", "98")
    page.select_option(f"[name=reason_{tin}]", "CAPACITY")
    page.get_by_role("button", name="Send this answer").click()
    expect(page.get_by_text("Your changes wait for the buyer")).to_be_visible()

    buyer = office.open(f"/purchase-orders/{sent.pk}/")
    buyer.get_by_role("button", name="Accept changes").first.click()
    with buyer.expect_navigation(wait_until="networkidle"):
        buyer.locator("#dialog").get_by_role("button", name="Accept changes").click()
    assert PurchaseOrder.objects.get().state == "confirmed"

    page = vendor.open(f"/supplier/{token}/")
    page.get_by_role("link", name="Announce a shipment").click()
    page.fill("[name=carrier]", "Ocean Star")
    assert (vendor.overflow_px(), vendor.violations()) == (0, [])
    page.get_by_role("button", name="Announce shipment").click()
    expect(page.get_by_text("Shipment announced.")).to_be_visible()

    lines = Asn.objects.get().lines.order_by("pk").values_list("sku__code", "announced_qty")
    assert sorted(lines) == [("BOX", 50), ("TIN", 98)]

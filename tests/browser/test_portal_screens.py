"""V1 to V8 in the browser: readable in both languages, on a phone and on a desk."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core import clock
from core.actors import SYSTEM, Actor
from core.gs1 import sscc
from suppliers.models import SupplierDocument
from suppliers.services import (
    answers,
    claims,
    matching,
    order_talk,
    portal_drafts,
    supplier_links,
    supplier_shipments,
)
from suppliers.services.matching import InvoiceAsk, InvoiceDraft
from suppliers.services.shipment_drafts import ShipmentDraft
from suppliers.services.supplier_shipments import ShipmentRow
from tests.browser.looks import found_on
from tests.factories import costs
from tests.factories import purchases as buy
from tests.factories import suppliers as docks
from tests.factories.supplier_terms import make_agreement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VENDOR = Actor("supplier", 1, "Hill")


@pytest.fixture
def paths() -> list[str]:
    """Return every page of a supplier with something on each of them."""
    now = clock.now()
    trade = buy.trade(code="HILL", name="Hill Tea Trading Co.", name_zh="山茶贸易有限公司")
    tin, box = buy.goods(trade, "TIN-ROSE-100", "31.2"), buy.goods(trade, "BOX-LONGJING", "4")
    wanted = now.date() + dt.timedelta(days=60)
    waiting = buy.sent(trade, {tin: 270, box: 640}, required_by=wanted)
    order_talk.write_message(waiting.pk, "Any news?", event_key="m", actor=trade.buying, at=now)
    shipping = buy.sent(trade, {tin: 100, box: 50}, required_by=wanted)
    answers.accept(shipping.pk, revision=1, event_key="a", actor=VENDOR, at=now)
    line = shipping.lines.get(sku=tin).pk
    draft = ShipmentDraft(
        order_id=shipping.pk,
        rows=(ShipmentRow(line, 40, sscc("4006381", 7)),),
        expected_on=now.date() + dt.timedelta(days=9),
    )
    asn = supplier_shipments.submit(draft, actor=VENDOR, at=now)
    typed = {"row_count": "2", "line_1": str(line), "qty_1": "60", "kg_1": "12.5"}
    portal_drafts.save(shipping.pk, typed, actor=VENDOR, at=now)
    broken = costs.announced(trade, buy.sent(trade, {tin: 3}))
    opened = docks.receipt(broken)
    docks.count(opened, tin, 3, kind="damaged")
    docks.finishing.finish(opened.pk, actor=SYSTEM, at=docks.NOW)
    claim = claims.send(claims.draw_up(broken.pk, actor=SYSTEM, at=now).pk, actor=SYSTEM, at=now)
    asked = [InvoiceAsk(broken.purchase_order.lines.get().pk, 9, Decimal(33))]
    bill = InvoiceDraft(broken.purchase_order_id, "INV-2026-0187", now.date(), asked)
    matching.enter(bill, actor=VENDOR, at=now)
    days = {"valid_from": now.date(), "valid_until": wanted, "clauses": "Cartons of 40."}
    make_agreement(trade.supplier, {tin: {1: "31.2", 500: "29.5"}, box: None}, **days)
    SupplierDocument.objects.create(
        supplier=trade.supplier,
        kind="certificate",
        title="ISO 22000",
        valid_until=wanted - dt.timedelta(days=40),
        added_at=now,
        added_by="system",
    )
    home = f"/supplier/{supplier_links.issue(trade.supplier, actor=SYSTEM, at=now)}/"
    pages = (
        "",
        "orders/",
        f"orders/{waiting.number}/",
        f"orders/{shipping.number}/",
        f"orders/{shipping.number}/shipments/new/",
        f"orders/{shipping.number}/shipments/{asn.number}/",
        f"orders/{shipping.number}/invoice/",
        "money/",
        f"claims/{claim.number}/",
        "agreements/",
        "goods/",
        "company/",
    )
    return [f"{home}{page}" for page in pages] + ["/supplier/opens-nothing/"]


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 360)])
def test_v1_to_v8_can_be_read_on_a_desk_and_on_a_phone(desk, paths, language, width):
    window = desk(None, language=language, width=width)
    # The last page is a link that opens nothing: its 404 is meant.
    found = found_on(window, paths)
    window.recorder.problems[:] = [
        problem for problem in window.recorder.problems if "status of 404" not in problem
    ]

    assert found == {}

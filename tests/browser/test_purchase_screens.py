"""Purchase orders in the browser: readable in both languages and themes, lines added by scanner."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import SYSTEM
from core.services.rates import RateDraft, put_rate
from suppliers.models import PurchaseOrder
from suppliers.services import purchase_revising
from suppliers.services.purchase_drafts import LineChange
from tests.factories import purchases as buy
from tests.factories.purchases import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def trade():
    return buy.trade(currency="CNY", name="Ningbo Tin Co.", name_zh="宁波锡品")


@pytest.fixture
def paths(trade) -> list[str]:
    """Return the pages of a supplier with orders in several states."""
    put_rate(RateDraft("CNY", dt.date(2026, 1, 1), Decimal("0.1395")), actor=SYSTEM, at=NOW)
    tin = buy.goods(trade, "TIN-ROSE-100", "31.2", moq_qty=200, multiple_qty=40)
    tea = buy.goods(trade, "TEA-LONGJING-50", "33")
    draft = buy.draft(trade, {tin: 37, tea: 640}, reason="29 days of cover, lead time 35 days")
    order = buy.sent(trade, {tin: 270, tea: 640}, required_by=dt.date(2026, 6, 2))
    purchase_revising.revise(
        order.pk,
        changes=[LineChange(order.lines.get(sku=tea).pk, qty=650)],
        expected_version=order.version,
        reason="carton holds ten",
        actor=trade.buying,
        at=NOW,
    )
    buy.pending(trade, {tin: 400})
    return [
        "/purchase-orders/",
        f"/purchase-orders/{order.pk}/",
        f"/purchase-orders/{draft.pk}/edit/",
        f"/purchase-orders/{order.pk}/edit/",
        "/purchase-orders/new/",
    ]


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("zh-hans", "dark", 360)]
)
def test_p5_p6_p7_the_screens_of_purchase_orders_can_be_read(
    desk, trade, paths, language, theme, width
):
    window = desk(trade.buyer, language=language, theme=theme, width=width)
    problems = {}
    for path in paths:
        window.open(path)
        found = [*window.violations(), window.overflow_px()]
        if found != [0]:
            problems[path] = found

    assert problems == {}


def test_p6_lines_are_scanned_and_saved_by_keyboard_alone(desk, trade):
    tin = buy.goods(trade, "TIN", "31.2", moq_qty=200, multiple_qty=40)
    window = desk(trade.buyer)
    window.open("/purchase-orders/new/")
    page = window.page
    page.locator("#po-find").focus()

    for _scan in range(2):
        page.keyboard.type("TIN")
        page.keyboard.press("Enter")
        page.wait_for_function(
            "n => document.querySelector('input[name=need]')?.value === n", arg=str(_scan + 1)
        )
    assert page.evaluate("document.activeElement.id") == "po-find"
    assert "200" in page.locator(".po-lines tbody").inner_text()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".po-steps")

    line = PurchaseOrder.objects.get().lines.get()
    assert (line.sku, line.raw_need_qty, line.qty) == (tin, 2, 200)

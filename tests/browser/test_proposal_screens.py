"""P4 in Chromium: both languages, both themes, both widths; the planner's keys."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from core import clock
from suppliers.models import PurchaseOrder
from tests.factories import proposals as plan
from tests.factories import purchases as buy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = {"TEA-ROSE-100": "Rose tea tin 100 g", "TEA-OSM-80": "Osmanthus oolong 80 g", "CUP": "Cup"}


@pytest.fixture
def trade():
    return buy.trade(currency="USD", name="Ningbo Tin", name_zh="宁波锡品", code="TIN")


@pytest.fixture
def rows(trade):
    forecasts = plan.forecast_run()
    run = plan.review(run=forecasts)
    found = []
    for code, name in NAMES.items():
        sku = buy.goods(trade, code, "31.20")
        type(sku).objects.filter(pk=sku.pk).update(name=name, name_zh="玫瑰花茶")
        plan.cover(sku, trade.place, run)
        lead = found[0] if code == "CUP" else None
        found.append(plan.proposal(trade, sku, run, partner_of=lead, mode="sea"))
    wait = {"kind": "wait", "qty": 0, "days": 42, "bring": 0, "lost": 3100.5, "cost": 3100.5}
    sea = {
        "kind": "purchase", "name": "Ningbo Tin", "mode": "sea", "qty": 280, "days": 35,
        "unit_cost": 31.2, "currency": "USD", "bring": 140.25, "lost": 60.5, "cost": 200.75,
        "is_chosen": True,
    }  # fmt: skip
    found[0].terms = plan.TERMS | {"options": [wait, sea]}
    found[0].override_qty, found[0].override_reason = 320, "trade fair in May"
    found[0].override_by = f"user:{trade.buyer.pk}"
    found[0].override_until = clock.now().date() + dt.timedelta(days=9)
    found[0].save()
    plan.outlook(found[0], forecasts)
    return found


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("zh-hans", "dark", 360)]
)
def test_p4_and_a11_can_be_read(desk, trade, rows, language, theme, width):
    window = desk(trade.buyer, language=language, theme=theme, width=width)
    problems = {}
    for path in (
        "/planning/proposals/?tab=open",
        f"/planning/proposals/{rows[0].pk}/",
        f"/planning/proposals/{rows[2].pk}/",
        "/planning/covers/",
        f"/planning/skus/{rows[0].sku_id}/",
    ):
        window.open(path)
        found = [*window.violations(), window.overflow_px()]
        if found != [0]:
            problems[path] = found

    assert problems == {}


def test_p4_the_keys_j_k_x_and_ctrl_enter_order_two_proposals(desk, trade, rows):
    window = desk(trade.buyer)
    page = window.open("/planning/proposals/?tab=open")
    active = page.locator("tr.is-active")

    page.keyboard.press("j")
    expect(active).to_have_count(1)
    page.wait_for_timeout(80)
    page.keyboard.press("x")
    expect(page.locator("tr.is-selected")).to_have_count(1)
    page.wait_for_timeout(80)
    page.keyboard.press("j")
    expect(page.locator("tr[data-row]").nth(1)).to_have_class("is-active")
    page.wait_for_timeout(80)
    page.keyboard.press("x")
    expect(page.locator("tr.is-selected")).to_have_count(2)
    page.keyboard.press("Control+Enter")
    dialog = page.locator("#dialog[open]")
    expect(dialog).to_contain_text("Order 2 proposals?")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    order = PurchaseOrder.objects.get()
    expect(page.get_by_role("main")).to_contain_text(order.number)
    assert order.lines.count() == 2

"""An approver decides on a phone in three touches; the screens can be read in all their faces."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from core import clock
from core.actors import SYSTEM
from core.approvals import StandIn, ask, delegate
from core.models import ApprovalRequest
from core.services.rates import RateDraft, put_rate
from suppliers.models import PurchaseOrder
from suppliers.services import purchase_drafting
from suppliers.services.purchase_submitting import submit
from tests.factories import approvals as make
from tests.factories import core as people
from tests.factories import purchases as buy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def trade():
    """A supplier paid in yuan, and an order in its second version."""
    put_rate(
        RateDraft("CNY", clock.now().date(), Decimal("0.139470")), actor=SYSTEM, at=clock.now()
    )
    return buy.trade(currency="CNY", name="Ningbo Tin Co.", name_zh="宁波锡品")


@pytest.fixture
def order(trade):
    tin, tea = buy.goods(trade, "ROSE-TIN", "31.20"), buy.goods(trade, "LONGJING", "33.00")
    draft = buy.draft(trade, {tin: 200, tea: 640}, reason="29 days of cover, lead time 35 days")
    found = submit(draft.pk, actor=trade.buying, at=clock.now() - dt.timedelta(hours=4))
    change = buy.asked(trade, {tin: 280, tea: 640}, reason="29 days of cover, lead time 35 days")
    found = purchase_drafting.edit_draft(
        found.pk, change, expected_version=found.version, actor=trade.buying, at=clock.now()
    )
    return submit(found.pk, actor=trade.buying, at=clock.now() - dt.timedelta(hours=3))


def test_u8_an_order_is_approved_on_a_phone_in_three_touches(desk, trade, order):
    window = desk(trade.approver, width=360)
    page = window.page
    page.add_init_script(
        "addEventListener('pointerdown', () => {"
        " sessionStorage.touches = Number(sessionStorage.touches || 0) + 1; }, true);"
    )
    window.open("/approvals/")

    page.get_by_role("link", name="Ningbo Tin Co.").click()
    page.get_by_role("button", name="Approve USD").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("version 2: USD")
    with page.expect_navigation(wait_until="networkidle"):
        dialog.get_by_role("button", name="Approve").click()

    expect(page.get_by_role("main")).to_contain_text(f"{order.number}: approved.")
    expect(page.get_by_role("main")).to_contain_text("Nothing waits for you")
    assert page.evaluate("sessionStorage.touches") == "3"
    order.refresh_from_db()
    assert (order.state, order.approved_by) == ("approved", f"user:{trade.approver.pk}")


def test_p8_the_keys_a_and_r_ask_before_they_act(desk, trade, order):
    window = desk(trade.approver)
    found = ApprovalRequest.objects.waiting().get()
    page = window.open(f"/approvals/{found.pk}/")
    dialog = page.locator("#dialog")

    page.keyboard.press("r")
    expect(dialog).to_contain_text("Reject this purchase order?")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.wait_for_timeout(100)
    page.keyboard.press("a")
    expect(dialog).to_contain_text("Approve this purchase order?")

    assert PurchaseOrder.objects.get().state == "pending"


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("zh-hans", "dark", 360)]
)
def test_the_screens_of_approvals_can_be_read(desk, trade, order, language, theme, width):
    now = clock.now()
    found = ApprovalRequest.objects.waiting().get()
    ask(found.pk, "Why eighty more?", actor=trade.approving, at=now)
    deputy = people.make_user("approver", full_name="Dee")
    wish = StandIn(deputy.pk, now, now + dt.timedelta(days=3), "holiday")
    delegate(wish, actor=trade.approving, at=now)
    rule = make.rule("From 100", make.step("approver"), from_amount=100)
    found = ApprovalRequest.objects.waiting().get()
    seen = {
        "approver": ["/approvals/", f"/approvals/{found.pk}/", "/approvals/substitutes/"],
        "buyer": ["/approvals/", f"/approvals/{found.pk}/"],
        "admin": [
            "/approvals/",
            "/approvals/rules/?amount=50",
            "/approvals/rules/new/",
            f"/approvals/rules/{rule.pk}/",
        ],
    }
    who = {"approver": trade.approver, "buyer": trade.buyer, "admin": people.make_user("admin")}
    problems = {}
    for role, paths in seen.items():
        window = desk(who[role], language=language, theme=theme, width=width)
        for path in paths:
            window.open(path)
            bad = [*window.violations(), window.overflow_px()]
            if bad != [0]:
                problems[role, path] = bad

    assert problems == {}

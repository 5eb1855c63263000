"""F3 and F4 by keyboard in Chromium: j k to a row, e to its next step, a rule tested as typed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from core import clock
from core.actors import SYSTEM
from planning.domain.alert_rules import Kind
from planning.models import Alert
from planning.services import alert_rules
from tests.factories import alerts as some
from tests.factories import inventory as goods
from tests.factories.core import make_user, sign_in
from tests.shipping.views.browsing import FACES, chromium, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stock():
    """Return the alerts: two calls and a draft of a clearance, each with its rule."""
    now, place = clock.now(), goods.make_warehouse("AMS")
    rule = alert_rules.create(
        alert_rules.RuleDraft(Kind.LOW_COVER, least_band="yellow"),
        actor=SYSTEM,
        now=now,
    )
    alert_rules.create(
        alert_rules.RuleDraft(
            Kind.OVERSTOCK,
            notice_limit=Decimal(30),
            warn_limit=Decimal(50),
            critical_limit=Decimal(240),
        ),
        actor=SYSTEM,
        now=now,
    )
    fields = {"rule": rule, "raised_at": now, "changed_at": now}
    tea = some.alert(goods.make_sku("TEA"), place, **fields)
    some.alert(goods.make_sku("CUP"), place, severity=2, **fields)
    some.alert(
        goods.make_sku("POT"), place, kind="overstock", dedupe_key="o", reason="CLEAR", severity=2,
        terms={"days": 80.5, "value": 80.5, "limit": 50.0, "units": 61, "daily": 2.0},
        suggestion={"code": "CLEARANCE", "state": "draft", "units": 61, "discount_pct": 30},
        risk_amount=Decimal("1520.00"), raised_at=now, changed_at=now,
    )  # fmt: skip
    return tea


def cookies(language="en"):
    client = sign_in(Client(), make_user("planner", language=language))
    name = settings.SESSION_COOKIE_NAME
    return [{"name": name, "value": client.cookies[name].value}]


def test_f3_journey_keys_lead_from_an_alert_to_its_next_step_and_it_is_snoozed(live_server, stock):
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"url": live_server.url, **one} for one in cookies()])
        page = context.new_page()
        page.goto(f"{live_server.url}{reverse('alert-index')}")
        rows = page.locator("[data-index] tbody tr")
        expect(rows).to_have_count(3)

        page.keyboard.press("j")
        expect(rows.nth(0)).to_have_class("is-active")
        page.keyboard.press("j")
        expect(rows.nth(1)).to_have_class("is-active")
        page.keyboard.press("k")
        expect(rows.nth(0)).to_have_class("is-active")
        page.keyboard.press("e")
        page.wait_for_url(f"**{reverse('sku-planning', args=[stock.sku_id])}")

        page.goto(f"{live_server.url}{reverse('alert-card', args=[stock.pk])}")
        page.get_by_role("button", name="Snooze").click()
        dialog = page.locator("#dialog")
        dialog.get_by_label("For").select_option("7")
        dialog.get_by_role("button", name="Snooze alert").click()
        expect(page.locator(".note").first).to_contain_text("comes back by itself")
        expect(page.locator(".timeline")).to_contain_text("Snoozed")

        page.goto(f"{live_server.url}{reverse('alert-rule-new')}?kind=dead_stock")
        card = page.locator("#rule-test")
        page.get_by_role("button", name="Test rule").click()
        expect(card).to_contain_text("Would have fired 0 times in the last 30 days.")
        page.get_by_label("Critical limit").fill("30")
        page.get_by_label("Critical limit").press("Tab")
        expect(card).to_contain_text("The critical limit is reached before the warning limit.")
    assert Alert.objects.get(pk=stock.pk).state == "snoozed"


@pytest.mark.long
@pytest.mark.parametrize("face", FACES, ids=lambda face: "-".join(map(str, face)))
def test_f3_f4_pages_are_clean_in_each_face(live_server, stock, face):
    pages = {
        "alerts": (reverse("alert-index"), 200),
        "alert": (reverse("alert-card", args=[stock.pk]), 200),
        "alert-dismiss": (reverse("alert-dismiss", args=[stock.pk]), 200),
        "alert-rules": (reverse("alert-rules"), 200),
        "alert-rule": (reverse("alert-rule-new") + "?kind=overstock", 200),
    }
    assert look(live_server, pages, face, cookies=cookies) == {}

"""Journey 3 in Chromium: declare a level-1 risk, see every step, and take it back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from core import clock
from core.actors import SYSTEM
from orders.models import Order
from orders.services import arrival_days
from planning.models import RiskResponse
from planning.services import risk_index, risk_responses
from planning.services.risk_index import ReadingEntry
from planning.services.risk_plans import SupplyEntry, plan
from suppliers.models import PurchaseLine, SupplierSku
from tests.access.objects_risk import deviation
from tests.factories import orders as make
from tests.factories import purchases as buy
from tests.factories.core import make_user, sign_in
from tests.factories.supplier_terms import make_goods, make_supplier
from tests.shipping.views.browsing import FACES, chromium, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def trade():
    """HILL is first for TEA and its goods are dated; two orders wait; LAKE is the backup."""
    make.channel(name="Tea House")
    hill = buy.trade(place=make.warehouse("LA"), code="HILL", currency="USD")
    order = buy.sent(hill, {buy.goods(hill, "TEA", "2.5"): 5})
    day = clock.now().date() + dt.timedelta(days=10)
    PurchaseLine.objects.filter(order=order).update(confirmed_qty=5, confirmed_on=day)
    make_goods(make_supplier("LAKE"), SupplierSku.objects.get(supplier=hill.supplier).sku)
    for _ in range(2):
        make.place_one(make.line("TEA", 2))
    arrival_days.date_waiting(at=clock.now())
    return hill


def cookies(role="planner", language="en"):
    client = sign_in(Client(), make_user(role, language=language))
    name = settings.SESSION_COOKIE_NAME
    return [{"name": name, "value": client.cookies[name].value}]


def promises():
    return set(Order.objects.values_list("promised_by", flat=True).order_by())


def test_journey_a_planner_declares_a_level_1_risk_and_takes_it_back(live_server, trade):
    promised = promises()
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"url": live_server.url, **one} for one in cookies()])
        page = context.new_page()
        page.goto(f"{live_server.url}{reverse('risk-desk')}")
        expect(page.locator(".page-head")).to_contain_text("Normal")
        expect(page.locator(".mode-banner")).to_have_count(0)
        page.get_by_role("link", name="Declare interruption").click()
        page.locator("#id_supplier").select_option(label="HILL · Hill Ltd")
        page.locator("#id_delay_days").fill("21")
        page.locator("#id_reason").fill("Fire in the kiln")
        page.get_by_role("button", name="Show preview").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Interruption: Hill Ltd")
        expect(page.locator("main")).to_contain_text("HILL → LAKE")
        expect(page.locator("main")).to_contain_text("2 orders")
        assert not RiskResponse.objects.exists()
        page.locator("#support_en").fill("The kiln burnt down.")
        page.get_by_role("button", name="Confirm all steps").click()

        expect(page.locator(".mode-banner")).to_contain_text("Fire in the kiln")
        steps = page.locator("table tbody tr")
        expect(steps).to_have_count(5)
        expect(steps.first).to_contain_text("Backup supplier first")
        expect(page.locator("table")).to_contain_text("The kiln burnt down.")
        moved = {day + dt.timedelta(days=21) for day in promised}
        assert promises() == moved

        page.get_by_role("link", name="Take back").click()
        dialog = page.locator("#dialog")
        dialog.locator("[name=reason]").fill("False alarm")
        dialog.get_by_role("button", name="Take back").click()

        expect(page.locator(".page-head")).to_contain_text("Taken back")
        expect(page.locator("table")).not_to_contain_text("Done")
        context.close()
    assert promises() == promised
    assert SupplierSku.objects.get(supplier=trade.supplier).rank == 1


@pytest.mark.long
@pytest.mark.parametrize("face", FACES, ids=lambda face: "-".join(map(str, face)))
def test_risk_pages_are_clean_in_each_face(live_server, trade, face):
    now = clock.now()
    entry = SupplyEntry(
        subject_kind="supplier", supplier_id=trade.supplier.pk, reason="Fire", delay_days=21
    )
    made = risk_responses.declare(entry, digest=plan(entry).digest, actor=SYSTEM, now=now)
    risk_index.enter(ReadingEntry("lane_transit", 3.2, "Storm"), actor=SYSTEM, now=now)
    late = deviation("LA")
    pages = {
        "risk-desk": (reverse("risk-desk"), 200),
        "risk-declare": (reverse("risk-declare"), 200),
        "risk-days": (reverse("risk-days"), 200),
        "risk-reading-new": (reverse("risk-reading-new"), 200),
        "risk-flag-new": (reverse("risk-flag-new"), 200),
        "risk-response": (reverse("risk-response", args=[made.pk]), 200),
        "risk-response-reverse": (reverse("risk-response-reverse", args=[made.pk]), 200),
        "deviation-decide": (reverse("deviation-decide", args=[late.pk]), 200),
    }
    assert look(live_server, pages, face, cookies=lambda at: cookies("admin", at)) == {}

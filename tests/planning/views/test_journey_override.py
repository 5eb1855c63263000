"""Journey 2 in Chromium: from the board to a SKU, override its forecast, and take it back."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from core import clock
from planning.models import DemandEvent, ForecastOverride, SeriesOutlook
from planning.services import forecast_cycle
from tests.factories import demand
from tests.factories import orders as shop
from tests.factories.core import make_user, sign_in
from tests.shipping.views.browsing import FACES, chromium, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def line():
    """Return the line of TEA: 14 a week for 30 weeks, with a sale ahead."""
    now = clock.now()
    place, tea, cup = shop.warehouse(), shop.sku("TEA"), shop.sku("CUP")
    own, market = shop.channel("shop"), shop.channel("market")
    until = demand.monday(now)
    weeks = [8 + week % 5 for week in range(30)]
    demand.sell(tea, place, {own: weeks, market: [4] * 30}, until)
    demand.sell(cup, place, {own: [6] * 3}, until)
    shop.put(tea, place, 60)
    DemandEvent.objects.create(
        kind="promotion",
        name="Sale",
        from_on=clock.now().date(),
        until_on=clock.now().date(),
        factor=2,
        reason="Plan",
        author_key="test",
        created_at=now,
    )
    forecast_cycle.run(now=now)
    return SeriesOutlook.objects.get(sku=tea)


def cookies(role="planner", language="en"):
    client = sign_in(Client(), make_user(role, language=language))
    name = settings.SESSION_COOKIE_NAME
    return [{"name": name, "value": client.cookies[name].value}]


def test_journey_a_planner_overrides_a_forecast_and_takes_it_back(live_server, line):
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"url": live_server.url, **one} for one in cookies()])
        page = context.new_page()
        page.goto(f"{live_server.url}{reverse('forecast-board')}")
        page.get_by_role("link", name="TEA").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Tea")
        expect(page.locator(".chart-line.is-entered")).to_have_count(0)

        page.get_by_role("button", name="Override").click()
        dialog = page.locator("#dialog")
        expect(dialog.get_by_label("Units a week")).to_be_visible()
        dialog.get_by_label("Units a week").fill("95")
        dialog.get_by_role("button", name="Enter override").click()
        expect(dialog.get_by_text("Fill this in.").first).to_be_visible()
        dialog.get_by_label("Reason").fill("Trade fair in Osaka")
        dialog.get_by_role("button", name="Enter override").click()

        expect(page.locator("#overrides")).to_contain_text("Trade fair in Osaka")
        expect(page.locator(".chart-line.is-entered").first).to_be_attached()
        expect(page.locator(".forecast-weeks tr.is-entered")).to_have_count(4)
        expect(page.locator(".forecast-weeks tr.is-entered b").first).to_have_text("95.0")
        kept = ForecastOverride.objects.get()
        assert (kept.week_qty, kept.reason, kept.author_key[:5]) == (
            95,
            "Trade fair in Osaka",
            "user:",
        )

        page.locator("#overrides").get_by_role("button", name="Withdraw").click()
        expect(dialog).to_contain_text("95 units a week until")
        dialog.get_by_role("button", name="Withdraw override").click()

        expect(page.locator("#overrides")).to_contain_text("withdrawn")
        expect(page.locator(".forecast-weeks tr.is-entered")).to_have_count(0)
        expect(page.locator(".chart-line.is-entered")).to_have_count(0)
        context.close()
    kept.refresh_from_db()
    assert kept.withdrawn_at is not None


@pytest.mark.long
@pytest.mark.parametrize("face", FACES, ids=lambda face: "-".join(map(str, face)))
def test_forecast_pages_are_clean_in_each_face(live_server, line, face):
    event = DemandEvent.objects.get()
    pages = {
        "forecast-board": (reverse("forecast-board"), 200),
        "forecast-sku": (reverse("forecast-sku", args=[line.pk]), 200),
        "forecast-override": (reverse("forecast-override", args=[line.pk]), 200),
        "forecast-like": (reverse("forecast-like"), 200),
        "demand-events": (reverse("demand-events"), 200),
        "demand-event": (reverse("demand-event", args=[event.pk]), 200),
    }
    assert look(live_server, pages, face, cookies=lambda at: cookies("admin", at)) == {}

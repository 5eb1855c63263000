"""P10 and the pages around it in the browser: readable in both languages, themes and widths."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from core import clock, settings_store
from core.actors import SYSTEM
from core.gs1 import sscc
from suppliers.models import AsnContent
from suppliers.services import announcing
from suppliers.services.drafts import OrderArrivalDraft
from tests.factories import core as people
from tests.factories import purchases as buy
from tests.factories import suppliers as inbound

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def trade():
    found = buy.trade(code="HILL", name="Ningbo Tin Co.", name_zh="宁波锡品")
    inbound.dock(found.place)
    return found


@pytest.fixture
def paths(trade) -> list[str]:
    """Return the pages of a dock with arrivals today, late, without a day, and an open order."""
    today = clock.now().date()
    settings_store.put("suppliers.dock_units_per_day", "400", actor=SYSTEM, at=clock.now())
    tin, tea = buy.goods(trade, "TIN-ROSE-100", "31.2"), buy.goods(trade, "TEA-LONGJING-50", "33")
    order = buy.sent(trade, {tin: 270, tea: 640}, required_by=today)
    line = order.lines.get(sku=tin)
    draft = OrderArrivalDraft(order_id=order.pk, units={line.pk: 200}, carrier="Ocean Star")
    asn = announcing.announce(draft, actor=SYSTEM, at=clock.now())
    carton = asn.cartons.create(sscc=sscc("4006381", 1))
    AsnContent.objects.create(
        asn_line=asn.lines.get(),
        carton=carton,
        position=1,
        qty=200,
        lot_code="L2601",
        expires_on=today,
    )
    for days in (0, -4, 1):
        expected = today + dt.timedelta(days=days)
        inbound.arrival("HILL", trade.place, {"TIN-ROSE-100": 120}, expected_on=expected)
    buy.make.warehouse("SH")
    return [
        "/arrivals/calendar/",
        "/arrivals/calendar/?span=day",
        f"/purchase-orders/{order.pk}/arrival/",
        f"/arrivals/{asn.pk}/",
    ]


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("zh-hans", "dark", 360)]
)
def test_p10_the_screens_of_what_comes_in_can_be_read(desk, trade, paths, language, theme, width):
    window = desk(trade.buyer, language=language, theme=theme, width=width)
    problems = {}
    for path in paths:
        window.open(path)
        found = [*window.violations(), window.overflow_px()]
        if found != [0]:
            problems[path] = found

    assert problems == {}


def test_p10_the_weeks_turn_by_arrow_keys_and_an_arrival_gets_another_day(desk, trade, paths):
    page = desk(people.make_user("warehouse_manager")).open("/arrivals/calendar/")
    heading = page.locator(".inbound-span")
    today = clock.now().date()
    monday = today - dt.timedelta(days=today.weekday())

    page.keyboard.press("ArrowRight")
    expect(heading).to_contain_text((monday + dt.timedelta(days=7)).isoformat())
    page.keyboard.press("ArrowLeft")
    expect(heading).to_contain_text(monday.isoformat())
    page.locator(".inbound-late").get_by_role("button", name="Change day").click()
    dialog = page.locator("#dialog[open]")
    dialog.locator("[name=expected_on]").fill((today + dt.timedelta(days=30)).isoformat())
    with page.expect_navigation(wait_until="networkidle"):
        dialog.get_by_role("button", name="Change day").click()

    expect(page.get_by_role("main")).to_contain_text((today + dt.timedelta(days=30)).isoformat())

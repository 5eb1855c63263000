"""The public pages in Chromium: no script needed, no violation, both languages, themes, widths."""

import datetime as dt

import pytest
from django.urls import reverse

from core import clock
from shipping.services import links, tracking
from shipping.services.tracking import TrackingDraft
from tests.factories.shipping import ItemDraft, make_labelled, make_shipped, publish_order
from tests.shipping.views.browsing import FACES, chromium, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tracked_order():
    """Return the link token of an order whose two parcels are on their way."""
    now = clock.now()
    parcel = make_shipped(items=(_tin(2), ItemDraft("CUP-CELADON", "Celadon cup pair", 1)))
    second = make_labelled(
        order_key=parcel.order_key,
        items=(ItemDraft("GIFT-SPRING", "Spring gift box", 1, name_zh="春日礼盒"),),
    )
    publish_order(
        parcel,
        promised_from_on=(now + dt.timedelta(days=1)).date(),
        promised_by_on=(now + dt.timedelta(days=3)).date(),
        brand={"name": "Mingjian Tea 茗间"},
    )
    for number, hours, status, place in (
        (parcel.tracking_number, 30, "pre_transit", "Rotterdam"),
        (parcel.tracking_number, 20, "in_transit", "Rotterdam"),
        (parcel.tracking_number, 4, "in_transit", "Duisburg"),
        (second.tracking_number, 9, "customs", "Liège"),
    ):
        draft = TrackingDraft(
            number, f"{status}{hours}", status, now - dt.timedelta(hours=hours), place=place
        )
        tracking.record_events([draft], at=now)
    return links.issue(parcel.order_key, at=now)


def _tin(qty):
    return ItemDraft("TEA-ROSE-100", "Rose tea tin 100 g", qty, name_zh="玫瑰花茶 100 克")


@pytest.mark.parametrize("face", FACES, ids=lambda face: "-".join(map(str, face)))
def test_public_pages_are_clean_in_each_face(live_server, tracked_order, face):
    paths = {
        "tracking": (reverse("tracking", args=[tracked_order]), 200),
        "find": (reverse("tracking-find"), 200),
        "ended": (reverse("tracking", args=["0" * 22]), 404),
    }

    assert look(live_server, paths, face) == {}


def test_a_customer_finds_the_order_without_any_script(live_server, tracked_order):
    with chromium() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(f"{live_server.url}{reverse('tracking', args=[tracked_order])}")
        page.get_by_text("All 3 parcel events").click()
        newest = page.locator(".portal-events li").first
        newest.wait_for()
        events = newest.inner_text()
        page.get_by_text("Find another order").click()
        page.get_by_label("Order number").fill("10001")
        page.get_by_label("E-mail address or phone number of the order").fill("li.wei@example.com")
        page.get_by_role("button", name="Send me a link").click()
        answer = page.get_by_role("status").inner_text()

    assert "Duisburg" in events
    assert "Look at your mail" in answer

"""By scanner alone: a gift packed with two inserts, its card, and the branded box (X15, A-07)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from core.clock import now
from fulfillment.models import CartonExtra, CouponCode
from inventory.models import StockLevel
from shipping.models import LabelRequest, Parcel
from shipping.services import buying
from tests.browser.test_floor_journey import answered, moved_on
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import inserts as add
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOTE = "Alles Gute zum Geburtstag, Mama!"


@pytest.fixture
def shop():
    """Return a shop whose rules give a gift its box and card, a guide, and a coupon."""
    make.channel()
    place = make.warehouse()
    floor.bench(place)
    make.put(make.sku("TEA-ROSE"), place, 5)
    for code, name in (
        ("CARD", "Greeting card"),
        ("GUIDE", "Brewing guide"),
        ("OFFER", "Spring card"),
    ):
        add.insert(code, place, name=name)
    add.insert("BOX-B", place, kind="packaging", length_mm=300, width_mm=200, height_mm=100)
    add.campaign("SPRING", ("SPR-0001", "SPR-0002"), name="Spring 2026")
    add.rule("BOX", "BOX-B", "is_gift", effect="use_packaging", priority=1)
    add.rule("NOTE", "CARD", "has_gift_note", effect="add_gift_card", priority=2)
    add.rule("GUIDE", "GUIDE", "is_first_order", priority=3, name="First order")
    add.rule("OFFER", "OFFER", campaign="SPRING", priority=4, name="Buyers in the US")
    return place


def test_x15_a_gift_is_packed_with_two_inserts_and_its_card_by_scanner_alone(desk, shop):
    order = add.picked(make.line("TEA-ROSE", 1), is_gift=True, gift_message=NOTE)
    tote = f"T-{order.shipments.get().pk:03d}"
    worker = desk(people.make_user(role="operator"), width=1024)
    page = worker.open("/floor/")

    moved_on(page, worker, tote)
    expect(page.get_by_text(NOTE)).to_be_visible()
    expect(page.get_by_text("Branded box")).to_be_visible()
    answered(page, worker, "TEA-ROSE")
    expect(page.locator(".floor-line-now")).to_contain_text("Greeting card")
    answered(page, worker, "OFFER-X")
    expect(page.locator(".floor-card-error")).to_be_visible()
    answered(page, worker, "CARD")
    expect(page.locator(".floor-line-now")).to_contain_text("First order")
    answered(page, worker, "GUIDE")
    expect(page.locator(".floor-line-now")).to_contain_text("Spring 2026")
    answered(page, worker, "SPR-0002")
    expect(page.locator(".floor-line-now")).to_have_count(0)
    answered(page, worker, "BOX-B")
    buying.purchase_many(list(LabelRequest.objects.values_list("pk", flat=True)), now=now())
    moved_on(page, worker, str(Parcel.objects.get().tracking_number))

    rows = CartonExtra.objects.order_by("rule__priority").values_list("rule_code", "state")
    assert dict(rows) == dict.fromkeys(("BOX", "NOTE", "GUIDE", "OFFER"), "added")
    assert CouponCode.objects.get(state="assigned").code == "SPR-0002"
    on_hand = dict(StockLevel.objects.values_list("sku__code", "on_hand"))
    assert on_hand == {"TEA-ROSE": 5, "CARD": 9, "GUIDE": 9, "OFFER": 9, "BOX-B": 9}
    assert Parcel.objects.get().state == "confirmed"
    assert_books_balance()

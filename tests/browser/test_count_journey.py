"""A count with a recount by scanner keystrokes alone: two people, one bin, posted."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from inventory.models import BinStock, CycleCount, SkuBarcode
from tests.browser.test_floor_journey import answered, moved_on
from tests.factories import core as people
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EAN = "2000000000015"


@pytest.fixture
def shelf():
    place = make.warehouse()
    tea = make.sku("TEA")
    SkuBarcode.objects.create(sku=tea, code=EAN, units_per_scan=1)
    make.put(tea, place, 14)
    return place


def test_a_bin_is_counted_twice_by_scanner_alone(desk, shelf):
    first = desk(people.make_user(role="operator"), width=412)
    page = first.open("/floor/count/")
    moved_on(page, first, "A-01")
    expect(page.locator("#card-title")).to_have_text("A-01")
    answered(page, first, "Z-99")
    expect(page.locator(".floor-card-error")).to_be_visible()
    for code in (EAN, "CMD-QTY-12", EAN, "CMD-UNDO"):
        answered(page, first, code)
    expect(page.locator(".floor-tasks")).to_contain_text("12")
    moved_on(page, first, "CMD-OK")
    assert CycleCount.objects.get().state == "recount"
    answered(page, first, "A-01")
    expect(page.locator(".floor-card-error")).to_contain_text("Somebody else must count")

    second = desk(people.make_user(role="operator"), width=412)
    page = second.open("/floor/")
    moved_on(page, second, "A-01")
    for code in ("A-01", EAN, "CMD-QTY-12"):
        answered(page, second, code)
    moved_on(page, second, "CMD-OK")

    assert CycleCount.objects.get().state == "posted"
    assert BinStock.objects.get(bin__code="A-01").qty == 12
    assert_books_balance()

"""A transfer by scanner keystrokes alone: picked, shipped, received with one unit missing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from inventory.models import Bin, SkuBarcode, StockLevel, Transfer
from tests.browser.test_floor_journey import answered, moved_on
from tests.factories import core as people
from tests.factories import moves
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EAN = "2000000000015"


@pytest.fixture
def transfer():
    source, destination = make.warehouse("LA"), make.warehouse("NYC")
    moves.tote_of(source)
    Bin.objects.create(warehouse=destination, code="DOCK-1", kind="receive", is_pickable=False)
    tea = make.sku("TEA")
    SkuBarcode.objects.create(sku=tea, code=EAN)
    make.put(tea, source, 5)
    return moves.approve(moves.plan(source, destination, TEA=3))


def test_a_transfer_arrives_with_a_loss_by_scanner_alone(desk, transfer):
    picker = desk(people.make_user(role="operator", warehouses=["LA"]), width=412)
    page = picker.open("/floor/")
    moved_on(page, picker, transfer.number)
    answered(page, picker, "CMD-NEXT")
    expect(page.locator("#card-title")).to_have_text("A-01")
    answered(page, picker, "Z-99")
    expect(page.locator(".floor-card-error")).to_be_visible()
    for code in ("A-01", EAN, "CMD-QTY-3", "T-001"):
        answered(page, picker, code)
    moved_on(page, picker, "CMD-OK")
    assert Transfer.objects.get().state == "in_transit"

    receiver = desk(people.make_user(role="operator", warehouses=["NYC"]), width=412)
    page = receiver.open("/floor/transfers/")
    moved_on(page, receiver, transfer.number)
    for code in (EAN, EAN, "CMD-OK"):
        answered(page, receiver, code)
    expect(page.locator("#card-title")).to_have_text("2 / 3")
    moved_on(page, receiver, "CMD-OK")
    assert StockLevel.objects.get(warehouse__code="NYC").on_hand == 2

    manager = desk(people.make_user(role="warehouse_manager"))
    page = manager.open(f"/transfers/{transfer.pk}/")
    expect(page.locator("main")).to_contain_text("1 unit did not arrive")
    page.get_by_role("button", name="Write off units").click()
    page.get_by_role("dialog").get_by_label("Reason").select_option("LOST")
    with page.expect_navigation(wait_until="networkidle"):
        page.get_by_role("dialog").get_by_role("button", name="Write off units").click()
    assert Transfer.objects.get().state == "received"
    assert_books_balance()
    assert manager.violations() == []

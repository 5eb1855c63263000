"""By scanner keystrokes alone: a batch on a cart, short in one bin, two shifts, packed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from fulfillment.models import Carton, PickRound, PickTask
from inventory.models import Bin, BinStock, SkuBarcode
from inventory.services import stock
from orders.models import Shipment
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories import rounds
from tests.helpers.books import assert_books_balance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


EAN = "2000000000015"


@pytest.fixture
def orders():
    """Return three orders of 2, 2 and 1 TEA: 5 on A-01, 3 more on B-01; a wave and a cart wait."""
    make.channel()
    place = make.warehouse()
    floor.bench(place)
    tea = make.sku("TEA")
    SkuBarcode.objects.create(sku=tea, code=EAN, units_per_scan=1)
    make.put(tea, place, 5)
    second = Bin.objects.create(warehouse=place, code="B-01", kind="pick", pick_sequence=9)
    for number in (1, 2, 3):
        floor.tote(place, number)
    rounds.cart(place)
    placed = [make.place_one(make.line("TEA", qty)) for qty in (2, 2, 1)]
    floor.release(*placed)
    stock.receive(
        [stock.ReceiveLine(second.pk, tea.pk, 3)], event_key="b", actor=make.SYSTEM, at=make.NOW
    )
    return placed


def answered(page: Page, desk, code: str) -> None:
    """Scan and wait until the page shows the answer; the card stays where it is."""
    with page.expect_response(lambda answer: "/floor/scan/" in answer.url) as answer:
        desk.scan(code)
    answer.value.finished()
    expect(page.locator("[data-waiting]")).not_to_have_class(re.compile("is-busy"))


def moved_on(page: Page, desk, code: str) -> None:
    """Scan and wait until the page that the answer leads to stands still."""
    with page.expect_navigation(wait_until="networkidle"):
        desk.scan(code)


def test_a_cart_serves_three_orders_with_a_short_pick_by_scanner_alone(desk, orders):
    first = desk(people.make_user(role="operator"), width=412)
    page = first.open("/floor/")
    moved_on(page, first, "CART-1-LA")
    answered(page, first, "T-001")
    answered(page, first, "T-001")
    expect(page.locator(".floor-card-error")).to_be_visible()
    answered(page, first, "T-002")
    answered(page, first, "T-003")
    expect(page.locator("#card-title")).to_have_text("A-01")
    for code in ("B-01", "A-01", EAN, "CMD-QTY-3", "CMD-SHORT"):
        answered(page, first, code)
    expect(page.locator("[data-lit]")).to_have_count(2)
    answered(page, first, "T-001")
    assert BinStock.objects.get(bin__code="T-001").qty == 2

    second = desk(people.make_user(role="operator"), width=412)
    page = second.open("/floor/")
    moved_on(page, second, "CART-1-LA")
    expect(page.locator("[data-lit]")).to_have_count(1)
    answered(page, second, "T-003")
    expect(page.locator(".floor-card-error")).to_be_visible()
    answered(page, second, "T-002")
    _fetch_the_rest(page, second)

    assert PickRound.objects.get().state == "closed"
    _pack_by_tote(page, second)
    assert_books_balance()


def _fetch_the_rest(page: Page, worker) -> None:
    expect(page.locator("#card-title")).to_have_text("B-01")
    assert set(PickTask.objects.filter(state="open").values_list("qty", "bin__code")) == {
        (1, "B-01")
    }
    page.reload()
    for code in ("B-01", EAN, EAN, "T-002", "CART-1-LA-3"):
        answered(page, worker, code)
    expect(page.locator("#card-title")).to_have_text("Bring the cart in")
    moved_on(page, worker, "CMD-OK")


def _pack_by_tote(page: Page, worker) -> None:
    page.goto(page.url.split("/floor/")[0] + "/floor/pack/")
    page.wait_for_load_state("networkidle")
    moved_on(page, worker, "T-002")
    assert Carton.objects.get().lines.count() == 2
    assert set(Shipment.objects.values_list("status", "lines__picked_qty")) == {
        ("picking", 2),
        ("picking", 1),
    }

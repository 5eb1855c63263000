"""By scanner keystrokes alone: goods arrive, are counted, inspected, held and put away."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from core import clock, jobs
from core.gs1 import check_digit
from inventory.models import Bin, BinStock, SkuBarcode, StockLevel
from orders.models import OrderLine
from suppliers.models import Asn, UnidentifiedGoods
from tests.factories import core as people
from tests.factories import orders as make
from tests.factories import suppliers as inbound
from tests.helpers.books import assert_books_balance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GTIN = "04006381333931"
SSCC = "34012345000000001"


@pytest.fixture
def shop():
    """LA with a dock and two shelves, an order that waits for TEA, and an announced pallet."""
    make.channel()
    place = make.warehouse()
    inbound.dock(place)
    Bin.objects.create(warehouse=place, code="A-02", kind="pick", pick_sequence=2)
    tea = make.sku("TEA-100")
    oil = make.sku("OIL-250", lot_tracked=True, shelf_life_days=360)
    SkuBarcode.objects.create(sku=oil, code=GTIN, units_per_scan=1)
    make.put(tea, place, 1)
    make.place_one(make.line("TEA-100", 4))
    inbound.supplier(inspection="sample")
    pallet = SSCC + str(check_digit(SSCC))
    inbound.arrival("HILL", place, {"TEA-100": 20, "OIL-250": 50}, ssccs=(pallet,))
    return pallet


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


def test_goods_come_to_the_shelf_by_scanner_alone(desk, shop):
    worker = desk(people.make_user(role="operator"), width=412)
    page = worker.open("/floor/")

    moved_on(page, worker, f"00{shop}")
    _count(page, worker)
    _inspect(page, worker)
    _put_away(page, worker)

    assert Asn.objects.get().state == "received"
    level = StockLevel.objects.get(sku__code="TEA-100")
    assert (level.on_hand, level.unsellable) == (21, 0)
    assert BinStock.objects.get(sku__code="OIL-250", condition="good", qty__gt=0).qty == 47
    assert UnidentifiedGoods.objects.get().qty == 2
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))
    assert OrderLine.objects.get().backorder_qty == 0
    assert_books_balance()


def _count(page: Page, worker) -> None:
    expect(page.locator("#card-title")).to_have_text("Scan the next item")
    ends = (clock.now().date() + dt.timedelta(300)).strftime("%y%m%d")
    answered(page, worker, f"(01){GTIN}(17){ends}(30)47(10)LOT-1")
    expect(page.locator("#floor-card")).to_contain_text("47 / 50")
    for code in ("OIL-250", "CMD-DAMAGED", "CMD-QTY-3"):
        answered(page, worker, code)
    expect(page.locator("#floor-card")).to_contain_text("3 damaged")
    for code in ("TEA-100", "TEA-100"):
        answered(page, worker, code)
    page.reload(wait_until="networkidle")
    expect(page.locator(".floor-qty")).to_contain_text("2")
    answered(page, worker, "CMD-QTY-20")
    answered(page, worker, "NO-SUCH-BOX")
    expect(page.locator("#card-title")).to_have_text("NO-SUCH-BOX")
    for code in ("CMD-QTY-2", "CMD-HOLD"):
        answered(page, worker, code)


def _inspect(page: Page, worker) -> None:
    answered(page, worker, "CMD-OK")
    expect(page.locator("#floor-card")).to_contain_text("Inspect")
    answered(page, worker, "CMD-OK")
    moved_on(page, worker, "CMD-OK")
    expect(page.locator("#card-title")).to_have_text("No arrival is expected")


def _put_away(page: Page, worker) -> None:
    moved_on(page, worker, "CMD-NEXT")
    answered(page, worker, "TEA-100")
    expect(page.locator("#card-title")).to_have_text("A-01")
    answered(page, worker, "A-01")
    answered(page, worker, "LOT-1")
    answered(page, worker, "DOCK-1")
    expect(page.locator(".floor-card-error")).to_contain_text("A-02")
    answered(page, worker, "A-02")
    expect(page.locator("#card-title")).to_have_text("The dock is empty")
    assert worker.violations() == []

"""By scanner keystrokes alone: wave, pick, short pick, pack, label, dispatch, tracking page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from core import jobs
from core.clock import now
from fulfillment.models import Manifest, PickTask
from inventory.models import Bin, SkuBarcode
from inventory.services import stock
from orders.models import Order, Shipment
from shipping.models import LabelRequest, Parcel
from shipping.services import buying, links
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop():
    make.channel()
    place = make.warehouse()
    floor.bench(place)
    floor.tote(place, 1)
    tea = make.sku("TEA")
    SkuBarcode.objects.create(sku=tea, code="2000000000015", units_per_scan=1)
    make.put(tea, place, 3)
    second = Bin.objects.create(warehouse=place, code="B-01", kind="pick", pick_sequence=9)
    stock.receive(
        [stock.ReceiveLine(second.pk, tea.pk, 5)], event_key="b", actor=make.SYSTEM, at=make.NOW
    )
    return place


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


def test_an_order_leaves_by_scanner_alone(desk, shop):
    order = make.place_one(make.line("TEA", 3))
    manager = desk(people.make_user(role="warehouse_manager"))
    page = manager.open("/waves/")
    page.get_by_role("link", name="Choose and release").click()
    page.get_by_role("button", name="Release wave").click()
    page.wait_for_url("**/waves/*/")
    worker = desk(people.make_user(role="operator"), width=412)
    page = worker.open("/floor/")

    moved_on(page, worker, "CMD-NEXT")
    expect(page.locator("#card-title")).to_have_text(PickTask.objects.get().bin.code)
    _pick_with_a_short(page, worker)
    moved_on(page, worker, "T-001")
    _pack(page, worker, order)
    _hand_over(page, worker, shop)

    assert Order.objects.get(pk=order.pk).stage == "shipped"
    assert_books_balance()
    _track(desk, order)


def _pick_with_a_short(page: Page, worker) -> None:
    first = PickTask.objects.get()
    answered(page, worker, "Z-99")
    expect(page.locator(".floor-card-error")).to_be_visible()
    answered(page, worker, first.bin.code)
    for _ in range(2):
        answered(page, worker, "2000000000015")
    answered(page, worker, "CMD-SHORT")
    moved_on(page, worker, "T-001")
    second = PickTask.objects.get(state="open")
    expect(page.locator("#card-title")).to_have_text(second.bin.code)
    answered(page, worker, second.bin.code)
    answered(page, worker, "2000000000015")
    moved_on(page, worker, "T-001")
    page.goto(page.url.split("/floor/")[0] + "/floor/pack/")
    page.wait_for_load_state("networkidle")


def _pack(page: Page, worker, order: Order) -> None:
    expect(page.locator("#items-title")).to_be_visible()
    for _ in range(3):
        answered(page, worker, "2000000000015")
    answered(page, worker, "CMD-CLOSEBOX")
    buying.purchase_many(list(LabelRequest.objects.values_list("pk", flat=True)), now=now())
    parcel = Parcel.objects.get()
    moved_on(page, worker, str(parcel.tracking_number))
    assert Shipment.objects.get(order=order).status == "packed"
    assert Parcel.objects.get().state == "confirmed"


def _hand_over(page: Page, worker, shop) -> None:
    page.goto(page.url.split("/floor/")[0] + "/floor/dispatch/")
    page.get_by_label("Carrier").select_option("own")
    with page.expect_navigation(wait_until="networkidle"):
        page.get_by_role("button", name="Open manifest").click()
    answered(page, worker, str(Parcel.objects.get().tracking_number))
    moved_on(page, worker, "CMD-OK")
    assert Manifest.objects.get().state == "closed"


def _track(desk, order: Order) -> None:
    jobs.run_due(now())
    token = links.issue(order.key, at=now())
    visitor = desk(None, width=412)
    page = visitor.open(f"/t/{token}/")
    expect(page.locator("main")).to_contain_text(order.number)
    assert visitor.violations() == []

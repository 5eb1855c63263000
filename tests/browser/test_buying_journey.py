"""Buying from the first draft to the last cent, by the five people who do it, in one go."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.core import mail
from django.db.models import F
from playwright.sync_api import Page, expect

from core import clock, jobs
from core.actors import SYSTEM
from core.gs1 import sscc
from core.services.rates import RateDraft, put_rate
from inventory.domain.demand import DispatchLine
from inventory.models import Bin, BinStock, CostLayer, SkuBarcode
from inventory.services import dispatching
from orders.models import ShipmentLine
from orders.services.margins import margins_of
from suppliers.models import Asn, AsnContent, LandedCost, PurchaseOrder
from tests.factories import core as people
from tests.factories import orders as make
from tests.factories import purchases as buy
from tests.factories import suppliers as inbound
from tests.helpers.books import assert_books_balance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GTIN = "04006381333931"
ONE, TWO = sscc("4006381", 1), sscc("4006381", 2)
#: Scripts are modules: they have run when a page is loaded.
READY = "load"
COUNT_TOUCHES = (
    "addEventListener('pointerdown', () => {"
    " sessionStorage.touches = Number(sessionStorage.touches || 0) + 1; }, true);"
)


@pytest.fixture
def trade():
    """A supplier paid in yuan who sells tins with lots, and a dock in Los Angeles."""
    today = clock.now().date()
    put_rate(RateDraft("CNY", today, Decimal("0.14")), actor=SYSTEM, at=clock.now())
    make.channel()
    found = buy.trade(code="HILL", name="Hill Tea", currency="CNY", is_new=False, inspection="none")
    inbound.dock(found.place)
    Bin.objects.create(warehouse=found.place, code="A-02", kind="pick", pick_sequence=2)
    tin = buy.goods(found, "TIN", "20", moq_qty=100, multiple_qty=20)
    type(tin).objects.filter(pk=tin.pk).update(lot_tracked=True, shelf_life_days=720)
    SkuBarcode.objects.create(sku=tin, code=GTIN, units_per_scan=1)
    return found


def test_a_need_becomes_goods_with_their_true_cost_by_five_people(desk, trade):
    office, phone = desk(trade.buyer), desk(trade.approver, width=360)
    vendor = desk(None, width=360)
    worker = desk(people.make_user(role="operator"), width=412)
    phone.page.add_init_script(COUNT_TOUCHES)

    _draft_and_submit(office)
    _approve_on_the_phone(phone, "USD 280.00")
    order = _send(office)
    _ask_for_fewer_and_later(vendor, order)
    _accept(office, order)
    assert PurchaseOrder.objects.get().state == "pending"
    _approve_on_the_phone(phone, "USD 224.00")
    _send(office)
    assert PurchaseOrder.objects.get().state == "confirmed"
    _announce(vendor)
    _receive(worker)
    order.refresh_from_db()
    assert (order.state, order.total_amount, order.fx_rate) == (
        "received",
        Decimal(1600),
        Decimal("0.14"),
    )
    sold = _sell_ten(trade)
    _book_freight_and_close(office)
    _see_the_final_figures(desk, sold)


def _open(window, path: str) -> Page:
    window.page.goto(f"{window.address}{path}", wait_until=READY)
    return window.page


def _press(page: Page, button: str) -> None:
    """Press a button whose dialog asks the same, and wait for the page that follows."""
    page.get_by_role("main").get_by_role("button", name=button).first.click()
    dialog = page.locator("#dialog[open]")
    expect(dialog).to_be_visible()
    with page.expect_navigation(wait_until=READY):
        dialog.locator("button[type=submit].btn-primary").click()


def _draft_and_submit(office) -> None:
    """P6, P7: 90 are needed, 100 is the least order."""
    page = _open(office, "/purchase-orders/new/")
    page.select_option("[name=supplier]", label="HILL · Hill Tea")
    page.fill("#po-find", "TIN")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=need]")).to_have_value("1")
    page.fill("input[name=need]", "90")
    with page.expect_navigation(wait_until=READY):
        page.get_by_role("button", name="Save draft").click()
    _press(page, "Submit order")
    expect(page.get_by_text("Waits for approval.")).to_be_visible()


def _approve_on_the_phone(phone, amount: str) -> None:
    """P8: three touches, from the inbox to the decision."""
    page = _open(phone, "/approvals/")
    before = page.evaluate("Number(sessionStorage.touches || 0)")
    page.get_by_role("link", name="Hill Tea").click()
    page.get_by_role("button", name=f"Approve {amount}").click()
    dialog = page.locator("#dialog[open]")
    expect(dialog).to_contain_text(amount)
    with page.expect_navigation(wait_until=READY):
        dialog.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("main")).to_contain_text("approved.")
    assert page.evaluate("Number(sessionStorage.touches)") - before <= 3


def _send(office) -> PurchaseOrder:
    order = PurchaseOrder.objects.get()
    page = _open(office, f"/purchase-orders/{order.pk}/")
    _press(page, "Send order")
    order.refresh_from_db()
    return order


def _link() -> str:
    """Return the path in the newest letter to the supplier."""
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))
    letters = [letter for letter in mail.outbox if letter.to == ["hill@example.com"]]
    return re.search(r"/supplier/[^/\s]+/", letters[-1].body)[0]


def _ask_for_fewer_and_later(vendor, order: PurchaseOrder) -> None:
    """V3: the supplier opens the link of the mail; 80 instead of 100, and ten days later."""
    tin = order.lines.get().pk
    later = clock.now().date() + dt.timedelta(days=60)
    page = _open(vendor, _link())
    page.locator("details", has=page.locator(f"[name=qty_{tin}]")).locator("summary").click()
    page.fill(f"[name=qty_{tin}]", "80")
    page.fill(f"[name=on_{tin}]", later.isoformat())
    page.select_option(f"[name=reason_{tin}]", "CAPACITY")
    with page.expect_navigation(wait_until=READY):
        page.get_by_role("button", name="Send this answer").click()
    expect(page.get_by_text("Your changes wait for the buyer")).to_be_visible()


def _accept(office, order: PurchaseOrder) -> None:
    page = _open(office, f"/purchase-orders/{order.pk}/")
    _press(page, "Accept changes")
    expect(page.get_by_text("Waits for approval.")).to_be_visible()


def _announce(vendor) -> None:
    """V4: two cartons, a lot each."""
    ends = clock.now().date() + dt.timedelta(days=600)
    page = _open(vendor, _link())
    with page.expect_navigation(wait_until=READY):
        page.get_by_role("link", name="Announce a shipment").click()
    tin = PurchaseOrder.objects.get().lines.get().pk
    for number, (code, units, lot) in enumerate(((ONE, 48, "LOT-A"), (TWO, 32, "LOT-B")), start=1):
        page.select_option(f"[name=line_{number}]", str(tin))
        values = {"sscc": code, "qty": str(units), "lot": lot, "expires": ends.isoformat()}
        for name, value in values.items():
            page.fill(f"[name={name}_{number}]", value)
    page.fill("[name=carrier]", "Ocean Star")
    with page.expect_navigation(wait_until=READY):
        page.get_by_role("button", name="Announce shipment").click()
    expect(page.get_by_text("Shipment announced.")).to_be_visible()
    contents = AsnContent.objects.order_by("position").values_list("carton__sscc", "qty")
    assert list(contents) == [(ONE, 48), (TWO, 32)]


def _receive(worker) -> None:
    """W3, W4, W6 by scanner alone: a carton's label opens the arrival."""
    ends = (clock.now().date() + dt.timedelta(days=600)).strftime("%y%m%d")
    page = worker.open("/floor/")
    _scan_on(page, worker, f"00{ONE}")
    _scan(page, worker, f"(01){GTIN}(17){ends}(30)48(10)LOT-A")
    expect(page.locator("#floor-card")).to_contain_text("48 / 80")
    _scan(page, worker, f"(01){GTIN}(17){ends}(30)32(10)LOT-B")
    expect(page.locator("#floor-card")).to_contain_text("80 / 80")
    _scan_on(page, worker, "CMD-OK")
    _scan_on(page, worker, "CMD-NEXT")
    for lot in ("LOT-A", "LOT-B"):
        _scan(page, worker, lot)
        shelf = page.locator("#card-title")
        expect(shelf).to_have_text(re.compile(r"^A-0\d$"))
        _scan(page, worker, shelf.inner_text())
    expect(page.locator("#card-title")).to_have_text("The dock is empty")


def _scan(page: Page, worker, code: str) -> None:
    with page.expect_response(lambda answer: "/floor/scan/" in answer.url) as answer:
        worker.scan(code)
    answer.value.finished()
    expect(page.locator("[data-waiting]")).not_to_have_class(re.compile("is-busy"))


def _scan_on(page: Page, worker, code: str) -> None:
    with page.expect_navigation(wait_until="networkidle"):
        worker.scan(code)


def _sell_ten(trade):
    """A customer buys ten, which leave before the freight bill comes: 2.80 USD each so far."""
    order = make.place_one(make.line("TIN", 10, "9.00"))
    row = ShipmentLine.objects.get(shipment__order=order)
    held = BinStock.objects.filter(sku=row.sku, condition="good", qty__gte=10).order_by("pk")[0]
    line = DispatchLine(row.key, trade.place.pk, row.sku_id, held.lot_id, 10, held.bin_id)
    dispatching.dispatch([line], event_key="sold", actor=SYSTEM, at=clock.now(), keep_rest=True)
    ShipmentLine.objects.filter(pk=row.pk).update(
        picked_qty=F("picked_qty") + 10, packed_qty=F("packed_qty") + 10, shipped_qty=10
    )
    assert margins_of(order).margin == Decimal("62.00")
    return order


def _book_freight_and_close(office) -> None:
    """P11: 60 USD for 80 tins are 0.75 each, of which 7.50 fall to the ten that are gone."""
    asn = Asn.objects.get()
    page = _open(office, f"/costs/arrivals/{asn.pk}/")
    with page.expect_navigation(wait_until=READY):
        page.get_by_role("link", name="Enter landed cost").click()
    page.select_option("[name=kind]", "freight")
    page.fill("[name=payee]", "Ocean Star")
    page.fill("[name=amount]", "60")
    page.select_option("[name=basis]", "qty")
    with page.expect_navigation(wait_until=READY):
        page.get_by_role("button", name="Show the split").click()
    _press(page, "Post cost")
    cost = LandedCost.objects.get()
    assert (cost.stock_amount, cost.gone_amount) == (Decimal("52.50"), Decimal("7.50"))
    page = _open(office, f"/costs/arrivals/{asn.pk}/")
    _press(page, "Close costs")
    expect(page.get_by_role("main")).to_contain_text("3.55")


def _see_the_final_figures(desk, sold) -> None:
    layers = CostLayer.objects.filter(sku__code="TIN").order_by("pk")
    left = sum(layer.remaining_qty for layer in layers)
    worth = sum(layer.remaining_qty * layer.unit_cost + layer.landed_amount for layer in layers)
    assert (left, worth) == (70, Decimal("248.50"))
    assert not any(layer.is_provisional for layer in layers)
    found = margins_of(sold)
    line = found.lines[0]
    assert (line.revenue, line.cost, line.variance) == (90, 28, Decimal("7.50"))
    assert (found.margin, found.is_final) == (Decimal("54.50"), True)
    page = _open(desk(people.make_user("auditor")), f"/orders/{sold.pk}/")
    card = page.locator("section.card", has=page.get_by_role("heading", name="Margin"))
    expect(card).to_contain_text("Final")
    expect(card).to_contain_text("54.50")
    assert_books_balance()

"""A phone of 360 px, with and without scripts: track, exchange, refund, return to a store."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from core import clock, jobs
from inventory.models import Bin
from returns.models import Refund, ReturnRequest
from returns.services import floor_flow
from tests.factories import orders, returns
from tests.factories import portal as factory
from tests.shipping.views.browsing import FACES, chromium, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DUE = dt.datetime(2090, 1, 1, tzinfo=dt.UTC)
#: What one first visit may load, uncompressed, and when its largest part must be there.
MOST_BYTES = 180 * 1024
MOST_LCP_MS = 1_200
SCRIPTS = [
    pytest.param(False, id="without-scripts"),
    pytest.param(True, id="with-scripts", marks=pytest.mark.long),
]


@pytest.fixture
def phone(live_server):
    """Return a function that opens a page on a phone of 360 px."""
    contexts = []

    def opened(path, *, has_scripts):
        with chromium() as browser:
            context = browser.new_context(
                viewport={"width": 360, "height": 780}, java_script_enabled=has_scripts
            )
            contexts.append(context)
            page = context.new_page()
            page.goto(f"{live_server.url}{path}")
            return page

    yield opened
    for context in contexts:
        context.close()


def tracking(token):
    return reverse("tracking", args=[token])


def start(phone, token, *, has_scripts, reason="CHANGED_MIND"):
    """Go from the tracking page to the outcomes of the first item."""
    page = phone(tracking(token), has_scripts=has_scripts)
    page.get_by_role("link", name="Return an item").click()
    box = page.locator("input[type=checkbox]").first
    box.check()
    page.locator("select").last.select_option(reason)
    page.get_by_role("button", name="Choose how you get it back").click()
    page.get_by_role("heading", name="How would you like it back?").wait_for()
    return page


def confirm(page):
    page.get_by_role("button", name="Check and confirm").click()
    page.get_by_role("heading", name="Check your return").wait_for()


@pytest.mark.parametrize("has_scripts", SCRIPTS)
def test_a_27_a_customer_tracks_an_order_on_a_phone(phone, has_scripts):
    _order, token = factory.paid(orders.line("TEA", 1), now=clock.now())

    page = phone(tracking(token), has_scripts=has_scripts)
    page.get_by_text("Every step of your order").click()
    steps = page.locator(".portal-timeline li")
    steps.first.wait_for()

    assert steps.count() == 7
    assert "Order received" in steps.first.inner_text()


@pytest.mark.parametrize("has_scripts", SCRIPTS)
def test_x22_a_customer_exchanges_on_a_phone(phone, has_scripts):
    now = clock.now()
    _order, token = factory.paid(orders.line("TEA", 1), now=now)
    factory.variant("TEA-JADE", of="TEA", name="Jade tea", units=3)

    page = start(phone, token, has_scripts=has_scripts)
    page.get_by_text("Exchange for Jade tea").click()
    confirm(page)
    summary = page.locator("main").inner_text()
    page.get_by_role("button", name="Confirm the return").click()
    page.get_by_role("heading", name=re.compile("Return RMA")).wait_for()
    jobs.run_due(DUE)
    page.reload()
    shown = page.locator("main").inner_text()

    row = ReturnRequest.objects.get()
    assert "Exchange for Jade tea" in summary
    assert "Kept for you" in shown
    assert "Download the label" in shown
    assert row.lines.get().exchange_sku.code == "TEA-JADE"


@pytest.mark.parametrize("has_scripts", SCRIPTS)
def test_a_16_a_customer_returns_and_sees_the_refund_paid_on_a_phone(phone, has_scripts):
    now = clock.now()
    _order, token = factory.paid(orders.line("TEA", 1, "12.50"), now=now)
    Bin.objects.create(warehouse=returns.stocked(), code="RET-1", kind="quarantine")

    page = start(phone, token, has_scripts=has_scripts)
    offered = page.locator("main").inner_text()
    confirm(page)
    checked = page.locator("main").inner_text()
    page.get_by_role("button", name="Confirm the return").click()
    page.get_by_role("heading", name=re.compile("Return RMA")).wait_for()
    row = ReturnRequest.objects.get()
    jobs.run_due(DUE)
    floor_flow.receive_all(row.pk, actor=returns.DESK, at=clock.now())
    floor_flow.inspect_all(row.pk, actor=returns.DESK, at=clock.now())
    for _ in range(3):
        jobs.run_due(DUE)
    page.reload()
    shown = page.locator("main").inner_text()

    refund = Refund.objects.get()
    assert "USD 12.50" in offered.replace("\n", " ")
    assert "Your money by" in checked
    assert "You get" in checked
    assert (str(refund.amount), refund.state) == ("12.5000", "paid")
    assert "Paid back" in shown
    assert "Accepted: 1" in shown


@pytest.mark.parametrize("has_scripts", SCRIPTS)
def test_a_14_a_customer_returns_to_a_store_on_a_phone(phone, has_scripts):
    now = clock.now()
    _order, token = factory.paid(orders.line("TEA", 1), now=now)
    store = orders.warehouse("STORE1", kind="store", name="Store on Mill Lane")
    Bin.objects.create(warehouse=store, code="RET-1", kind="quarantine")

    page = start(phone, token, has_scripts=has_scripts)
    confirm(page)
    places = page.locator("main").inner_text()
    page.locator("input[name=method][value=store]").check()
    page.get_by_role("button", name="Confirm the return").click()
    page.get_by_role("heading", name=re.compile("Return RMA")).wait_for()
    row = ReturnRequest.objects.get()
    jobs.run_due(DUE)
    page.reload()
    code = page.locator("img.portal-code")
    code.wait_for()
    shown = page.locator("main").inner_text()
    floor_flow.receive_all(row.pk, warehouse_id=store.pk, actor=returns.DESK, at=clock.now())
    page.reload()

    assert "Store on Mill Lane" in places
    assert row.method == "store"
    assert "Show the code at the counter." in shown
    assert "It arrived here" in page.locator(".portal-promise").inner_text()


def test_the_first_load_is_light_and_its_largest_part_is_there_soon(phone, live_server):
    order, token = factory.paid(orders.line("TEA", 1), now=clock.now())
    request = returns.request(order, at=clock.now())
    paths = [
        tracking(token),
        reverse("portal-return", args=[token]),
        reverse("portal-return-status", args=[token, request.number]),
    ]

    figures = [_first_load(live_server, path) for path in paths]

    assert [size <= MOST_BYTES for size, _lcp in figures] == [True] * 3, figures
    assert [lcp > 0 for _size, lcp in figures] == [True] * 3, figures


def _first_load(live_server, path):
    """Return (bytes of everything loaded, milliseconds until the largest part was painted)."""
    sizes = []
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 360, "height": 780})
        page = context.new_page()
        page.on("requestfinished", lambda sent: sizes.append(len(sent.response().body())))
        page.goto(f"{live_server.url}{path}", wait_until="load")
        lcp = page.evaluate(
            """() => new Promise(done => new PerformanceObserver(list => {
                done(list.getEntries().at(-1).startTime) })
                .observe({type: 'largest-contentful-paint', buffered: true}))"""
        )
        page.wait_for_load_state("networkidle")
        context.close()
    return sum(sizes), lcp


#: One face in each run, the others in the long one.
LOOKS = [
    pytest.param(face, marks=() if face == (360, "dark", "en") else pytest.mark.long)
    for face in FACES
]


@pytest.mark.parametrize("face", LOOKS)
def test_pages_of_a_return_are_clean_in_each_face(live_server, client, face):
    now = clock.now()
    order, token = factory.paid(orders.line("TEA", 2), orders.line("CUP", 1, "38.00"), now=now)
    factory.variant("TEA-JADE", of="TEA", name="Jade tea", units=3)
    client.post(reverse("portal-return", args=[token]), factory.item(order))
    line = returns.line_of(order).pk
    client.post(
        reverse("portal-return-outcome", args=[token]), {"version": "2", f"o{line}": "refund"}
    )
    request = returns.request(order, units={"CUP": 1}, method="qr", at=now)
    jobs.run_due(DUE)
    paths = {
        "return-items": (reverse("portal-return", args=[token]), 200),
        "return-outcome": (reverse("portal-return-outcome", args=[token]), 200),
        "return-check": (reverse("portal-return-check", args=[token]), 200),
        "return-status": (reverse("portal-return-status", args=[token, request.number]), 200),
        "message": (reverse("portal-message", args=[token]), 200),
        "tracking-returns": (tracking(token), 200),
    }

    assert look(live_server, paths, face) == {}

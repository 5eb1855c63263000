"""The scan engine in a real browser: bursts, typing, fields, input methods, the queue."""

from __future__ import annotations

import json

import pytest

from fulfillment.models import PickTask, ScanRecord
from inventory.models import SkuBarcode
from tests.browser.conftest import Desk, scan
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories.core import make_user
from tests.helpers.books import assert_books_balance

pytestmark = [pytest.mark.browser]
GS = "\u001d"
EAN = "2000000000015"
#: Before the scripts of the page run, give it a server and a task.
TAKES_SCANS = """document.addEventListener("readystatechange", () => {
  document.body.dataset.scanUrl = "/test-scans";
  document.body.dataset.scanTask = "pick_task:7";
}, { once: true });"""


def take_scans(window: Desk, *, verdict: str = "accept") -> list[dict]:
    """Open the floor page with a server of our own behind it; return what it received."""
    received: list[dict] = []

    def answer(route) -> None:
        body = json.loads(route.request.post_data)
        received.append(body)
        html = {"floor-card": f"<h1>{body['raw']}</h1>"}
        route.fulfill(json={"verdict": verdict, "text": body["raw"], "html": html})

    window.page.route("**/test-scans", answer)
    window.page.add_init_script(TAKES_SCANS)
    window.open("/catalogue/floor/")
    return received


def wait_for(window: Desk, received: list, count: int) -> None:
    """Wait until the server has got this many scans."""
    for _ in range(200):
        if len(received) >= count:
            return
        window.page.wait_for_timeout(50)


def test_a_burst_is_one_scan_with_its_task_and_an_id(desk):
    window = desk(make_user("operator"))
    received = take_scans(window)

    window.scan("T-118")
    wait_for(window, received, 1)

    assert [(scan["task"], scan["raw"]) for scan in received] == [("pick_task:7", "T-118")]
    assert len(received[0]["scan_id"]) == 36
    assert window.page.locator("#floor-card h1").inner_text() == "T-118"


def test_fifty_bursts_of_ten_arrive_once_and_in_order(desk):
    window = desk(make_user("operator"))
    received = take_scans(window)
    codes = [f"LOT-{burst:02}-{place}" for burst in range(50) for place in range(10)]

    for start in range(0, len(codes), 10):
        for code in codes[start : start + 10]:
            scan(window.page, code, gap_ms=1)
        wait_for(window, received, start + 10)

    assert [each["raw"] for each in received] == codes
    assert len({each["scan_id"] for each in received}) == 500


def test_the_enter_of_a_scanner_presses_no_button(desk):
    window = desk(make_user("operator"))
    received = take_scans(window)
    window.page.locator("[data-command=CMD-SHORT]").focus()

    window.scan("TEA-ROSE-100")
    wait_for(window, received, 1)
    window.page.wait_for_timeout(200)

    assert [each["raw"] for each in received] == ["TEA-ROSE-100"]


def test_a_button_sends_its_command_through_the_same_queue(desk):
    window = desk(make_user("operator"))
    received = take_scans(window)

    window.page.locator("[data-command=CMD-SHORT]").click()
    wait_for(window, received, 1)

    assert received[0]["raw"] == "CMD-SHORT"


def test_a_group_separator_is_kept_whatever_key_stands_for_it(desk):
    window = desk(make_user("operator"))
    received = take_scans(window)

    window.page.evaluate(
        """async () => { for (const key of ["1", "0", "A", "1", "F8", "3", "0", "5", "Enter"])
           document.body.dispatchEvent(new KeyboardEvent("keydown",
             {key, bubbles: true, cancelable: true})); }"""
    )
    wait_for(window, received, 1)

    assert received[0]["raw"] == f"10A1{GS}305"


def test_slow_typing_is_no_scan(desk):
    window = desk(make_user("operator"))
    received = take_scans(window)

    window.scan("hello", gap_ms=80)
    window.page.wait_for_timeout(300)

    assert received == []


def test_a_scan_leaves_no_trace_in_a_field_and_typing_does(desk):
    window = desk(make_user("admin"))
    page = window.open("/scanner/")
    page.evaluate(
        "document.querySelector('[data-scanner-check]').insertAdjacentHTML('beforeend',"
        "'<input id=probe aria-label=probe>')"
    )
    page.locator("#probe").focus()

    window.scan("AB", gap_ms=90, end="")
    page.wait_for_timeout(150)
    window.scan("TEA-ROSE-100")
    page.wait_for_timeout(150)

    assert page.locator("#probe").input_value() == "AB"
    assert page.locator("[data-out=code]").inner_text() == "TEA-ROSE-100"


def test_the_scanner_check_shows_what_a_gs1_code_says(desk):
    window = desk(make_user("admin"))
    page = window.open("/scanner/")

    window.scan("]C10100614141000012172703311" + "0R2406", gap_ms=1)
    page.locator("[data-elements] tr >> nth=2").wait_for()

    rows = page.locator("[data-elements] tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows] == ["01", "17", "10"]
    assert "2027-03-31" in rows[1]


def test_an_input_method_shows_the_banner_and_the_position_of_the_keys_is_read(desk):
    window = desk(make_user("operator"))
    received = take_scans(window)

    window.page.evaluate(
        """() => { for (const code of ["KeyT", "Minus", "Digit1", "Digit1", "Digit8"])
             document.body.dispatchEvent(new KeyboardEvent("keydown",
               {key: "Process", code, keyCode: 229, bubbles: true, cancelable: true}));
           document.body.dispatchEvent(new KeyboardEvent("keydown",
             {key: "Enter", code: "Enter", bubbles: true, cancelable: true})); }"""
    )
    wait_for(window, received, 1)

    assert received[0]["raw"].upper() == "T-118"
    assert window.page.locator("[data-ime]").is_visible()


def test_scans_survive_a_lost_network_and_a_reload(desk):
    window = desk(make_user("operator"))
    window.open("/catalogue/floor/")
    received: list[dict] = []
    window.page.add_init_script(TAKES_SCANS)
    state = {"down": True}

    def answer(route) -> None:
        if state["down"]:
            route.fulfill(status=503, body="")
            return
        received.append(json.loads(route.request.post_data))
        route.fulfill(json={"verdict": "accept"})

    window.page.route("**/test-scans", answer)
    window.open("/catalogue/floor/")
    for place in range(6):
        window.scan(f"BIN-A-{place}")
    waiting = window.page.locator("[data-waiting-text]").inner_text()
    window.page.reload()
    state["down"] = False
    wait_for(window, received, 6)
    window.recorder.problems.clear()  # the 503 answers of this test

    assert waiting == "6 waiting"
    assert [each["raw"] for each in received] == [f"BIN-A-{place}" for place in range(6)]
    assert window.page.locator("[data-waiting-text]").inner_text() == "0 waiting"


def test_the_sixty_first_waiting_scan_is_refused_with_an_instruction(desk):
    window = desk(make_user("operator"))
    window.page.add_init_script(TAKES_SCANS)
    window.page.route("**/test-scans", lambda route: route.fulfill(status=503, body=""))
    window.open("/catalogue/floor/")

    for place in range(61):
        scan(window.page, f"BIN-A-{place:02}", gap_ms=0)
    window.page.wait_for_timeout(200)
    window.recorder.problems.clear()  # the 503 answers of this test

    assert window.page.locator("[data-waiting-text]").inner_text() == "60 waiting"
    assert window.page.locator("[data-stopped]").is_visible()


@pytest.mark.parametrize("trap", ["redirect", "page"])
def test_a_portal_of_the_network_takes_no_scan(desk, trap):
    window = desk(make_user("operator"))
    received = take_scans(window)
    caught: list[str] = []

    def portal(route) -> None:
        caught.append(json.loads(route.request.post_data)["raw"])
        if trap == "redirect":
            route.fulfill(status=302, headers={"Location": "/catalogue/floor/"})
        else:
            route.fulfill(status=200, content_type="text/html", body="<p>Accept our terms</p>")

    window.page.route("**/test-scans", portal)
    window.scan("T-118")
    wait_for(window, caught, 1)
    window.page.wait_for_timeout(100)
    chip = window.page.locator("[data-waiting]").inner_text()
    window.page.unroute("**/test-scans", portal)
    wait_for(window, received, 1)

    assert "1" in chip
    assert [each["raw"] for each in received] == ["T-118"]
    assert window.page.url.endswith("/catalogue/floor/")


@pytest.mark.parametrize(("verdict", "tones"), [("accept", 1), ("complete", 2), ("reject", 2)])
def test_each_verdict_sounds_as_it_should(desk, verdict, tones):
    window = desk(make_user("operator"))
    window.page.add_init_script(
        """window.heard = [];
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (at) {
          window.heard.push(this.frequency.value); return start.call(this, at);
        };"""
    )
    received = take_scans(window, verdict=verdict)
    window.page.evaluate("document.dispatchEvent(new Event('pointerdown'))")

    window.scan("T-118")
    wait_for(window, received, 1)
    window.page.wait_for_timeout(100)

    tick, *heard = window.page.evaluate("window.heard")
    assert tick == 2400
    assert len(heard) == tones


def real_picks(units: int) -> tuple[str, list[str], PickTask]:
    """Return the page of a pick of `units` TEA, the codes that do it, and the task."""
    make.channel()
    place = make.warehouse()
    tea = make.sku("TEA")
    SkuBarcode.objects.create(sku=tea, code=EAN, units_per_scan=1)
    make.put(tea, place, units)
    wave = floor.release(make.place_one(make.line("TEA", units)))
    floor.tote(place, 1)
    task = wave.tasks.get()
    return f"/floor/pick/{task.pk}/", ["A-01", *[EAN] * units, "T-001"], task


def go_offline_and_scan(window: Desk, path: str, codes: list[str], pause_ms: int) -> None:
    """Open a pick, lose the network, scan everything with a reload in between."""
    window.open(path)
    window.context.set_offline(True)
    for place, code in enumerate(codes):
        window.scan(code, gap_ms=1)
        window.page.wait_for_timeout(pause_ms)
        if place == len(codes) // 2:
            # The reload of a page that is gone shows the browser's own error; the scans stay.
            window.context.set_offline(False)
            window.page.route("**/floor/scan/**", lambda route: route.abort())
            window.open(path)
            window.context.set_offline(True)


@pytest.mark.django_db(transaction=True)
def test_forty_scans_without_network_are_booked_once_each_and_in_order(desk):
    path, codes, task = real_picks(38)
    window = desk(make_user("operator"))

    go_offline_and_scan(window, path, codes, 20)
    waiting = window.page.locator("[data-waiting-text]").inner_text()
    window.page.unroute("**/floor/scan/**")
    window.context.set_offline(False)
    for _ in range(200):
        task.refresh_from_db()
        if task.state == "picked":
            break
        window.page.wait_for_timeout(100)
    window.recorder.problems.clear()  # what the lost network said

    assert waiting == "40 waiting"
    assert (task.state, task.picked_qty) == ("picked", 38)
    records = ScanRecord.objects.order_by("pk")
    assert list(records.values_list("raw", flat=True)) == codes
    assert set(records.values_list("verdict", flat=True)) == {"accept", "complete"}
    assert_books_balance()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_ten_minutes_without_network_lose_nothing(desk):
    path, codes, task = real_picks(48)
    window = desk(make_user("operator"))

    go_offline_and_scan(window, path, codes, 12_100)
    waiting = window.page.locator("[data-waiting-text]").inner_text()
    window.page.unroute("**/floor/scan/**")
    window.context.set_offline(False)
    for _ in range(600):
        task.refresh_from_db()
        if task.state == "picked":
            break
        window.page.wait_for_timeout(100)
    window.recorder.problems.clear()  # what the lost network said

    assert waiting == "50 waiting"
    assert list(ScanRecord.objects.order_by("pk").values_list("raw", flat=True)) == codes
    assert task.picked_qty == 48
    assert_books_balance()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_five_hundred_scans_at_four_a_second_are_all_booked_in_order(desk):
    path, codes, task = real_picks(498)
    window = desk(make_user("operator"))
    window.open(path)

    for code in codes:
        window.scan(code, gap_ms=1)
        window.page.wait_for_timeout(225)
    for _ in range(300):
        task.refresh_from_db()
        if task.state == "picked":
            break
        window.page.wait_for_timeout(100)

    assert task.picked_qty == 498
    assert list(ScanRecord.objects.order_by("pk").values_list("raw", flat=True)) == codes
    assert_books_balance()

"""The print queue, its set-up, the last scans, the hand-over: each look; prints by itself."""

from __future__ import annotations

import pytest

from core import clock
from fulfillment.models import Printer, PrintJob
from fulfillment.services import printing
from tests.browser.looks import LOOKS, found_on
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def station():
    make.channel()
    place = make.warehouse()
    make.put(make.sku("TEA"), place, 10)
    station = floor.with_printers(floor.station(place), "browser")
    for kind, key in (("bin_label", f"bin:{station.bin_id}"), ("command_sheet", "")):
        printing.print_document(
            kind,
            key,
            station_code=station.code,
            copies=2,
            actor=make.SYSTEM,
            at=clock.now(),
        )
    PrintJob.objects.filter(kind="command_sheet").update(
        state="failed", error="10.0.0.9:9100: no route to host"
    )
    Printer.objects.filter(media="paper").update(state="offline", problem="10.0.0.9:9100: no route")
    return station


def at_station(window, station) -> None:
    """Let the window stand at the station."""
    window.context.add_cookies(
        [{"name": "q_station", "value": station.code, "url": window.address}]
    )


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_each_printing_screen_is_accessible_and_fits(desk, station, language, theme, width):
    PrintJob.objects.filter(kind="bin_label").update(asked_at=make.NOW)
    admin = people.make_user(role="admin", language=language)
    window = desk(admin, width=width, language=language, theme=theme)
    at_station(window, station)
    pages = [
        "/floor/prints/",
        "/floor/scans/",
        "/floor/problem/?task=pick_task:1",
        "/floor/hand-over/",
        "/floor/start/",
        "/settings/printing/",
        "/settings/printing/stations/new/",
        f"/settings/printing/printers/{Printer.objects.first().pk}/",
    ]

    assert found_on(window, pages) == {}


def test_w20_a_browser_printer_s_document_opens_by_itself_in_a_frame(desk, station):
    window = desk(people.make_user("operator"))
    at_station(window, station)
    asked: list[str] = []
    window.page.route(
        "**/file/",
        lambda route: (
            asked.append(route.request.url),
            route.fulfill(body="<p>a document</p>", content_type="text/html"),
        ),
    )
    window.page.add_init_script(
        "window.print = () => { window.top.printed = (window.top.printed ?? 0) + 1; };"
    )

    window.open("/floor/")
    for _ in range(80):
        if window.page.evaluate("window.printed") == 2:
            break
        window.page.wait_for_timeout(100)

    job = PrintJob.objects.get(kind="bin_label")
    assert [url.rpartition("/prints/")[2] for url in asked] == [f"{job.pk}/file/"]
    assert window.page.evaluate("window.printed") == 2
    assert job.state == "sent"


def test_w21_nobody_signs_out_while_scans_wait(desk, station):
    window = desk(people.make_user("operator"))
    at_station(window, station)
    window.page.route("**/floor/scan/**", lambda route: route.fulfill(status=503, body=""))
    window.open("/floor/")
    window.scan("T-118")
    window.page.wait_for_timeout(100)
    window.open("/floor/hand-over/")

    window.page.get_by_role("button", name="Sign out").click()
    window.recorder.problems.clear()  # the 503 answers of this test

    assert window.page.url.endswith("/floor/hand-over/")
    assert window.page.locator("[data-unsent-codes] li").all_inner_texts() == ["T-118"]

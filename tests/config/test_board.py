"""M1: the live board shows who works where, what stands still and what was reported."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from config.board import Worker, board
from core.models import UserSession
from fulfillment.models import (
    Media,
    Printer,
    PrintJob,
    ProblemReport,
    ScanRecord,
    Shift,
    Station,
    StationPrinter,
)
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 5, 4, 10, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def bench():
    make.channel()
    place = make.warehouse()
    return floor.station(place)


def shift(bench: Station, name: str, **fields) -> Shift:
    user = people.make_user("operator", full_name=name)
    session = UserSession.objects.create(
        user=user,
        session_key=uuid.uuid4().hex,
        last_seen_at=NOW,
        signed_in_at=NOW,
    )
    return Shift.objects.create(
        user=user, station=bench, session=session, started_at=NOW - 30 * MINUTE, **fields
    )


def scanned(row: Shift, screen: str, verdict: str, minutes_ago: int) -> None:
    ScanRecord.objects.create(
        scan_id=uuid.uuid4(),
        actor_key=f"user:{row.user_id}",
        screen=screen,
        raw="A-01",
        verdict=verdict,
        at=NOW - minutes_ago * MINUTE,
    )


def test_m1_people_are_shown_with_their_last_work_and_the_scans_of_an_hour(bench):
    ada, bo = shift(bench, "Ada"), shift(bench, "Bo")
    scanned(ada, "pick", "accept", 61)
    scanned(ada, "pick", "accept", 40)
    scanned(ada, "pick", "reject", 20)
    scanned(ada, "pack-home", "accept", 2)

    shown = board(people.principal("warehouse_manager"), now=NOW)

    assert list(shown.workers) == [
        Worker("Ada", bench.code, "LA", "pack", 3, 1, NOW - 2 * MINUTE, False),
        Worker("Bo", bench.code, "LA", "", 0, 0, None, True),
    ]
    assert [list(post.people) for post in shown.posts] == [["Ada", "Bo"]]
    assert bo.station.code == bench.code


def test_m1_stations_say_which_printer_is_lost_and_what_waits(bench):
    printer = Printer.objects.create(
        code="ZEBRA",
        warehouse=bench.warehouse,
        mode="file",
        address="labels",
        media=Media.LABEL,
        state="offline",
    )
    StationPrinter.objects.create(station=bench, printer=printer, media=Media.LABEL)
    for state, age in (("queued", 5), ("failed", 5), ("failed", 70)):
        PrintJob.objects.create(
            station=bench,
            printer=printer,
            kind="label",
            key=f"{state}{age}",
            language="en",
            media=Media.LABEL,
            state=state,
            asked_by="user:1",
            asked_at=NOW - age * MINUTE,
            settled_at=NOW if state == "failed" else None,
        )
    ProblemReport.objects.create(
        warehouse=bench.warehouse,
        reason="OTHER",
        note="Belt",
        reported_by="user:1",
        reported_at=NOW,
    )

    shown = board(people.principal("warehouse_manager"), now=NOW)

    (post,) = shown.posts
    assert (list(post.lost_printers), post.waiting_prints, post.failed_prints) == (["ZEBRA"], 1, 1)
    assert post.needs_help
    assert [row.note for row in shown.reports] == ["Belt"]


def test_m1_the_board_of_another_warehouse_shows_none_of_it(bench):
    make.warehouse("NYC")
    shift(bench, "Ada")
    ProblemReport.objects.create(
        warehouse=bench.warehouse, reason="OTHER", reported_by="user:1", reported_at=NOW
    )

    shown = board(people.principal("warehouse_manager", warehouses=["NYC"]), now=NOW)

    assert (shown.workers, shown.posts, shown.reports) == ([], [], [])


def test_m1_the_board_asks_for_itself_again_and_costs_the_same_for_any_number(
    bench, client, django_assert_max_num_queries
):
    manager = people.sign_in(client, people.make_user("warehouse_manager"))
    empty = manager.get("/board/").content.decode()
    rows = [shift(bench, f"Worker {n}") for n in range(12)]
    for row in rows:
        scanned(row, "pick", "accept", 1)

    with django_assert_max_num_queries(25):
        page = manager.get("/board/").content.decode()
    part = manager.get("/board/", headers={"HX-Request": "true"}).content.decode()

    assert "Nobody has started a shift." in empty
    assert "Worker 11" in page
    assert part.lstrip().startswith('<div id="board"')
    assert 'hx-trigger="every 5s"' in part

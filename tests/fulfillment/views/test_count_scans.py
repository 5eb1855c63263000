"""What the count card answers to each scan (W17): blind, by scanner alone."""

from __future__ import annotations

import datetime as dt

import pytest

from inventory.models import BinStock, CycleCount, CycleCountLine, CycleCountRound
from inventory.services import cycle_counts
from tests.factories import orders as make
from tests.fulfillment.views.conftest import EAN
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner

pytestmark = pytest.mark.django_db


@pytest.fixture
def counting(shop, worker):
    """Return the scanner on the open count of bin A-01."""
    answer = Scanner(worker, "count-home").scan("A-01")
    assert (answer["verdict"], answer["code"]) == ("accept", "OPENED")
    count = CycleCount.objects.get()
    assert answer["next"] == f"/floor/count/{count.pk}/"
    return Scanner(worker, "count", f"cycle_count:{count.pk}")


def tally() -> dict[str, int]:
    """Return SKU code -> units counted so far."""
    rows = CycleCountLine.objects.select_related("sku")
    return {line.sku.code: line.counted_qty for line in rows}


def test_a_bin_is_counted_by_scanner_alone_and_posted_when_it_agrees(counting, worker):
    answers = counting.verdicts(EAN, "CMD-QTY-10", "CUP", "CMD-QTY-9", "CUP", "CMD-UNDO", "CUP")
    assert answers == [("accept", "COUNT_ADDED")] * 5 + [
        ("accept", "STEP_UNDONE"),
        ("accept", "COUNT_ADDED"),
    ]
    assert tally() == {"TEA": 10, "CUP": 10}

    page = worker.get(f"/floor/count/{CycleCount.objects.get().pk}/").content.decode()
    assert "Waiting for scan: item, or CMD-OK" in page
    assert "A-01" in page
    last = counting.scan("CMD-OK")

    assert (last["verdict"], last["code"], last["next"]) == (
        "complete",
        "COUNT_DONE",
        "/floor/count/",
    )
    assert CycleCount.objects.get().state == "posted"
    assert_books_balance()


def test_blind_no_answer_or_page_tells_how_many_there_should_be(counting, worker):
    make.put(make.Sku.objects.get(code="TEA"), make.Warehouse.objects.get(code="LA"), 8_877)

    answers = [counting.scan(raw) for raw in ("TEA", "CMD-QTY-12", "CMD-UNDO", "TEA", "CMD-OK")]
    home = worker.get("/floor/count/").content.decode()

    assert "8877" not in "".join(str(answer) for answer in answers) + home
    assert "8887" not in "".join(str(answer) for answer in answers) + home
    assert answers[-1]["code"] == "COUNT_RECOUNT"


def test_a_difference_goes_to_somebody_else(counting, worker, sign_in):
    counting.verdicts("TEA", "CMD-QTY-9", "CUP", "CMD-QTY-10")
    assert counting.scan("CMD-OK")["code"] == "COUNT_RECOUNT"
    assert "A-01" not in worker.get("/floor/count/").content.decode().split("floor-card")[1]
    again = Scanner(worker, "count-home").scan("A-01")
    assert (again["verdict"], again["code"]) == ("reject", "SAME_PERSON_COUNTS")

    other = sign_in("operator")
    assert "Second person" in other.get("/floor/count/").content.decode()
    assert Scanner(other, "count-home").scan("CMD-NEXT")["code"] == "OPENED"
    second = Scanner(other, "count", counting.task)
    answers = second.verdicts("TEA", "A-01", "TEA", "CMD-QTY-9", "CUP", "CMD-QTY-10", "CMD-OK")

    assert answers[:2] == [("reject", "SCAN_BIN_FIRST"), ("accept", "COUNT_SCAN_ITEMS")]
    assert answers[-1] == ("complete", "COUNT_DONE")
    stocked = BinStock.objects.filter(bin__code="A-01").values_list("sku__code", "qty")
    assert dict(stocked) == {"TEA": 9, "CUP": 10}
    assert_books_balance()


def test_an_empty_bin_is_confirmed_twice(counting):
    answers = counting.verdicts("CMD-OK", "CMD-UNDO", "CMD-OK", "CMD-OK")

    assert answers == [
        ("warn", "COUNT_EMPTY_ASK"),
        ("accept", "STEP_UNDONE"),
        ("warn", "COUNT_EMPTY_ASK"),
        ("warn", "COUNT_RECOUNT"),
    ]
    assert dict(CycleCountLine.objects.values_list("sku__code", "counted_qty")) == {
        "TEA": 0,
        "CUP": 0,
    }


def test_a_lot_is_asked_for_and_an_unknown_one_refused(counting, shop):
    make.put(
        make.sku("JAM", lot_tracked=True),
        shop,
        4,
        lot_code="R2406",
        expires_on=dt.date(2090, 9, 1),
    )

    answers = counting.verdicts("JAM", "JAM", "CMD-OK", "R9999", "R2406", "JAM", "CMD-UNDO")

    assert answers == [
        ("accept", "COUNT_SCAN_LOT"),
        ("accept", "COUNT_SCAN_LOT"),
        ("reject", "COUNT_SCAN_LOT"),
        ("reject", "UNKNOWN_CODE"),
        ("accept", "COUNT_ADDED"),
        ("accept", "COUNT_SCAN_LOT"),
        ("accept", "STEP_UNDONE"),
    ]
    line = CycleCountLine.objects.get()
    assert (line.lot.code, line.counted_qty) == ("R2406", 2)


def test_what_does_not_fit_is_refused_and_changes_nothing(counting, worker, sign_in):
    counting.scan("TEA")

    answers = counting.verdicts("B-01", "T-001", "Z-99", "CMD-PRINT", "CMD-QTY-0", "R2406")

    assert answers == [
        ("reject", "COUNT_FINISH_FIRST"),
        ("reject", "COUNT_SCAN_ITEM"),
        ("reject", "UNKNOWN_CODE"),
        ("reject", "COMMAND_NOT_HERE"),
        ("reject", "COMMAND_NOT_HERE"),
        ("reject", "UNKNOWN_CODE"),
    ]
    assert tally() == {"TEA": 1}
    other = Scanner(sign_in("operator"), "count", counting.task)
    assert other.verdicts("A-01") == [("reject", "ANOTHER_PERSON_COUNTS")]
    assert counting.verdicts("CMD-SKIP") == [("warn", "COUNT_LEFT")]
    assert not CycleCountRound.objects.exists()
    home = Scanner(worker, "count-home")
    assert home.verdicts("T-001", "Z-99") == [
        ("reject", "NOT_COUNTABLE"),
        ("reject", "UNKNOWN_CODE"),
    ]
    cycle_counts.cancel(CycleCount.objects.get().pk, actor=make.SYSTEM, at=make.NOW, note="x")
    assert home.verdicts("CMD-NEXT") == [("warn", "NOTHING_TO_DO")]

"""Put-away by scanner alone: goods, then the shelf, with the reason why (W6)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from fulfillment.models import PutAwayRun
from inventory.models import Bin, BinStock, StockLevel
from suppliers.models import PutAway
from tests.factories import orders as make
from tests.factories import suppliers as inbound
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
SOON = dt.date(2029, 6, 30)


@pytest.fixture
def place(shop):
    """Return LA with a dock; A-01 holds TEA and CUP, A-02 and B-01 are empty."""
    inbound.dock(shop)
    inbound.supplier()
    Bin.objects.create(warehouse=shop, code="A-02", kind="pick", pick_sequence=2)
    return shop


@pytest.fixture
def oil():
    return make.sku("OIL", lot_tracked=True)


def at_dock(place, sku, qty, **lot) -> None:
    inbound.received(inbound.arrival("HILL", place, {sku.code: qty}), sku, qty, **lot)


@pytest.fixture
def carrying(worker):
    """Return a function that opens the put-away page and gives the scanner on its card."""

    def opened() -> Scanner:
        if not PutAwayRun.objects.exists():
            page = worker.get(reverse("floor-put-away"))
            assert "floor-card" in page.content.decode()
            Scanner(worker, "dock-home").scan("CMD-NEXT")
        run = PutAwayRun.objects.get()
        page = worker.get(reverse("floor-put-away"))
        assert page.headers["Location"] == reverse("floor-put-away-run", args=[run.pk])
        return Scanner(worker, "put-away", f"put_away:{run.pk}")

    return opened


def test_the_first_scan_on_the_home_counts_and_makes_the_run(place, worker):
    at_dock(place, make.Sku.objects.get(code="TEA"), 24)

    answers = [Scanner(worker, "put-away-home").scan(code) for code in ("NOTHING", "TEA")]

    run = PutAwayRun.objects.get()
    assert [answer["verdict"] for answer in answers] == ["reject", "accept"]
    assert answers[1]["next"] == reverse("floor-put-away-run", args=[run.pk])
    assert (run.step, run.qty) == ("bin", 24)


def lying(code: str) -> set[tuple[str, int]]:
    rows = BinStock.objects.filter(sku__code=code, qty__gt=0)
    return set(rows.values_list("bin__code", "qty"))


def test_item_then_the_offered_bin_puts_all_of_it_away(place, carrying):
    at_dock(place, make.Sku.objects.get(code="TEA"), 24)
    device = carrying()

    offer = device.scan("TEA")
    done = device.scan("A-01")

    assert (offer["code"], offer["text"]) == (
        "CARRY_TO_SHELF",
        "Carry. 24 of TEA to A-01, A-02, B-01. Scan the bin there.",
    )
    assert "The same goods lie here" in offer["html"]["floor-card"]
    assert (done["verdict"], done["code"]) == ("complete", "PUT_AWAY_DONE")
    assert lying("TEA") == {("A-01", 34)}
    assert StockLevel.objects.get(sku__code="TEA").atp_qty == 34
    assert "The dock is empty" in done["html"]["floor-card"]
    assert_books_balance()


def test_a_part_is_carried_and_the_rest_stays_at_the_dock(place, carrying):
    at_dock(place, make.Sku.objects.get(code="TEA"), 24)
    device = carrying()

    said = device.verdicts("TEA", "CMD-QTY-25", "CMD-QTY-10", "A-02", "TEA", "B-01")

    assert said == [
        ("accept", "CARRY_TO_SHELF"),
        ("reject", "NOT_SO_MANY_AT_DOCK"),
        ("accept", "CARRY_TO_SHELF"),
        ("complete", "PUT_AWAY_DONE"),
        ("accept", "CARRY_TO_SHELF"),
        ("complete", "PUT_AWAY_DONE"),
    ]
    assert lying("TEA") == {("A-01", 10), ("A-02", 10), ("B-01", 14)}


def test_a_bin_with_another_lot_is_refused_with_alternatives(place, oil, carrying):
    make.put(oil, place, 5, lot_code="L1", expires_on=SOON)
    at_dock(place, oil, 6, lot_code="L2", expires_on=SOON)
    device = carrying()

    offer = device.scan("L2")
    refused = device.scan("A-01")
    other = device.verdicts("DOCK-1", "T-001", "A-02")

    assert offer["code"] == "CARRY_TO_SHELF"
    assert (refused["verdict"], refused["code"]) == ("reject", "SHELF_HAS_OTHER_LOT")
    assert refused["text"] == "Other lot. A-01 holds another lot of OIL. Take A-02, B-01."
    assert other == [
        ("reject", "NOT_A_SHELF"),
        ("reject", "NOT_A_SHELF"),
        ("complete", "PUT_AWAY_DONE"),
    ]
    assert lying("OIL") == {("A-01", 5), ("A-02", 6)}


def test_several_lots_at_the_dock_are_asked_about(place, oil, carrying):
    for lot in ("L1", "L2"):
        at_dock(place, oil, 3, lot_code=lot, expires_on=SOON)
    device = carrying()

    said = device.verdicts("OIL", "L9", "L2", "A-02")

    assert said == [
        ("accept", "WHICH_LOT"),
        ("reject", "UNKNOWN_CODE"),
        ("accept", "CARRY_TO_SHELF"),
        ("complete", "PUT_AWAY_DONE"),
    ]
    assert PutAway.objects.get().lot.code == "L2"


def test_undo_carries_the_last_goods_back(place, carrying):
    at_dock(place, make.Sku.objects.get(code="TEA"), 4)
    device = carrying()
    device.verdicts("TEA", "A-02")

    said = device.verdicts("CMD-UNDO", "CMD-UNDO", "TEA", "CMD-UNDO", "A-02")

    assert said == [
        ("accept", "PUT_AWAY_UNDONE"),
        ("reject", "NOTHING_TO_UNDO"),
        ("accept", "CARRY_TO_SHELF"),
        ("accept", "STEP_UNDONE"),
        ("reject", "SCAN_DOCK_GOODS"),
    ]
    assert lying("TEA") == {("A-01", 10), ("DOCK-1", 4)}
    assert_books_balance()


def test_what_is_not_finished_or_not_passed_can_not_be_carried(place, carrying):
    inbound.supplier("NEWCO", is_new=True)
    tea = make.Sku.objects.get(code="TEA")
    inbound.received(inbound.arrival("NEWCO", place, {"TEA": 4}), tea, 4)
    cup = make.Sku.objects.get(code="CUP")
    inbound.count(inbound.receipt(inbound.arrival("HILL", place, {"CUP": 4})), cup, 4)
    device = carrying()

    said = device.verdicts("TEA", "CUP", "A-02", "NOPE", "CMD-OK", "CMD-QTY-3")

    assert said == [
        ("reject", "NOT_AT_DOCK"),
        ("reject", "NOT_AT_DOCK"),
        ("reject", "SCAN_DOCK_GOODS"),
        ("reject", "UNKNOWN_CODE"),
        ("reject", "COMMAND_NOT_HERE"),
        ("reject", "COMMAND_NOT_HERE"),
    ]
    assert not PutAway.objects.exists()


@pytest.mark.parametrize("raw", ["", "\x00", "CMD-QTY-0", "CMD-QTY-٣", "]C1", "中文", "x" * 5000])
def test_hostile_scans_move_nothing(place, carrying, raw):
    at_dock(place, make.Sku.objects.get(code="TEA"), 4)
    device = carrying()

    first = device.scan(raw)
    device.verdicts("TEA", raw)

    assert first["verdict"] == "reject"
    assert not PutAway.objects.exists()


def test_the_page_costs_the_same_with_few_and_many_goods(place, carrying, worker):
    at_dock(place, make.Sku.objects.get(code="TEA"), 4)
    device = carrying()
    page = reverse("floor-put-away-run", args=[PutAwayRun.objects.get().pk])
    with query_baseline("floor-put-away-run"):
        assert "TEA" in worker.get(page).content.decode()
    for number in range(8):
        at_dock(place, make.sku(f"S{number}"), 2)
    with query_baseline("floor-put-away-run"):
        assert "S7" in worker.get(page).content.decode()
    device.scan("TEA")
    with query_baseline("floor-put-away-bin"):
        assert "Carry to bin" in worker.get(page).content.decode()


def test_another_persons_run_is_not_found(place, carrying, sign_in):
    device = carrying()
    other = sign_in("operator")

    assert Scanner(other, "put-away", device.task).send("TEA").status_code == 404

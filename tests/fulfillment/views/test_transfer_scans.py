"""Transfers by scanner: picked and shipped at one end, counted and booked at the other."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from fulfillment.models import DeskState
from inventory.models import Bin, BinStock, StockLevel, Transfer, TransferPick
from tests.factories import core as people
from tests.factories import moves
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db


@pytest.fixture
def sites():
    """LA with 5 TEA of lot L3 and 5 CUP, NYC with a dock."""
    source, destination = make.warehouse("LA"), make.warehouse("NYC")
    moves.tote_of(source)
    Bin.objects.create(warehouse=destination, code="DOCK-1", kind="receive", is_pickable=False)
    tea = make.sku("TEA", lot_tracked=True)
    make.put(tea, source, 5, lot_code="L3", expires_on=dt.date(2027, 1, 1))
    make.put(make.sku("CUP"), source, 5)
    return source, destination


@pytest.fixture
def worker(client):
    return people.sign_in(client, people.make_user("operator"))


@pytest.fixture
def scanner(worker):
    return lambda row: Scanner(worker, "transfer", f"transfer:{row.pk}")


def test_a_transfer_is_picked_shipped_and_received_with_a_loss(sites, worker, scanner):
    transfer = moves.approve(moves.plan(*sites, TEA=2, CUP=3))
    home = Scanner(worker, "home").scan(transfer.number)
    device = scanner(transfer)

    assert home["next"] == reverse("floor-transfer", args=[transfer.pk])
    assert device.verdicts("CUP", "CMD-NEXT") == [
        ("reject", "TRANSFER_SCAN_NEXT"),
        ("accept", "TRANSFER_STARTED"),
    ]
    assert device.verdicts("A-01", "TEA", "L3", "CMD-UNDO", "TEA", "L3", "TEA", "L3", "T-001")[
        -1
    ] == ("complete", "TASK_DONE")
    assert device.verdicts("CMD-OK", "A-01", "CUP", "CMD-QTY-3", "T-001") == [
        ("reject", "COMMAND_NOT_HERE"),
        ("accept", "BIN_OK"),
        ("accept", "ITEM_OK"),
        ("accept", "SCAN_TOTE_NOW"),
        ("complete", "TASK_DONE"),
    ]
    assert device.verdicts("CUP", "CMD-UNDO") == [
        ("reject", "TRANSFER_SCAN_OK"),
        ("accept", "STEP_UNDONE"),
    ]
    assert TransferPick.objects.get(state="open").line.sku.code == "CUP"
    device.verdicts("A-01", "CUP", "CMD-QTY-3", "T-001")
    assert device.verdicts("CMD-OK") == [("complete", "TRANSFER_SHIPPED")]
    assert_books_balance()

    answers = device.verdicts("TEA", "L3", "CUP", "CMD-DAMAGED", "CUP", "CMD-OK", "CMD-OK")
    assert answers == [
        ("accept", "SCAN_LOT_OF"),
        ("accept", "TRANSFER_COUNTED"),
        ("accept", "TRANSFER_COUNTED"),
        ("warn", "COUNTED_DAMAGED"),
        ("accept", "TRANSFER_COUNTED"),
        ("warn", "TRANSFER_MISSING"),
        ("complete", "TRANSFER_SHORT"),
    ]
    transfer.refresh_from_db()
    assert (transfer.state, transfer.difference_at is not None) == ("partially_received", True)
    got = BinStock.objects.filter(bin__code="DOCK-1").order_by("sku__code", "condition")
    assert list(got.values_list("sku__code", "condition", "qty")) == [
        ("CUP", "damaged", 1),
        ("CUP", "good", 1),
        ("TEA", "good", 1),
    ]
    assert not DeskState.objects.exists()
    assert_books_balance()


def test_units_are_booked_where_they_are_put_and_the_rest_later(sites, scanner):
    transfer = moves.ship(*sites, CUP=3)
    device = scanner(transfer)

    answers = device.verdicts("CUP", "A-01", "CUP", "CMD-QTY-2", "CMD-OK", "CUP")

    assert answers == [
        ("accept", "TRANSFER_COUNTED"),
        ("complete", "TRANSFER_BOOKED"),
        ("accept", "TRANSFER_COUNTED"),
        ("accept", "TRANSFER_COUNTED"),
        ("complete", "TRANSFER_BOOKED"),
        ("reject", "TRANSFER_CLOSED"),
    ]
    assert Transfer.objects.get().state == "received"
    assert StockLevel.objects.get(warehouse=sites[1], sku__code="CUP").on_hand == 3
    assert_books_balance()


def test_a_bin_with_less_is_reported_short_and_the_found_units_leave(sites, scanner):
    transfer = moves.approve(moves.plan(*sites, CUP=3))
    device = scanner(transfer)

    answers = device.verdicts("CMD-OK", "A-01", "CUP", "CMD-SHORT", "T-001", "CMD-OK")

    assert answers[3:] == [
        ("warn", "SHORT_SCAN_TOTE"),
        ("warn", "TRANSFER_PICK_SHORT"),
        ("complete", "TRANSFER_SHIPPED"),
    ]
    assert transfer.lines.get().shipped_qty == 1
    assert_books_balance()


def test_each_end_is_worked_by_its_own_people(sites, client):
    leaving = moves.approve(moves.plan(*sites, CUP=1))
    arriving = moves.ship(*sites, TEA=1)
    people.sign_in(client, people.make_user("operator", warehouses=["NYC"]))

    answers = [
        Scanner(client, "transfer", f"transfer:{row.pk}").scan("CMD-NEXT")["code"]
        for row in (leaving, arriving)
    ]
    page = client.get(reverse("floor-transfers")).content.decode()

    assert answers == ["TRANSFER_ELSEWHERE", "COMMAND_NOT_HERE"]
    assert arriving.number in page
    assert leaving.number not in page


def test_the_pages_ask_a_constant_number_of_questions(sites, worker):
    rows = [moves.ship(*sites, TEA=1, CUP=1), moves.approve(moves.plan(*sites, CUP=1))]
    moves.transfer_picking.start(rows[1].pk, actor=moves.WORKER, at=moves.NOW)
    for row in rows:
        with query_baseline(f"floor-transfer-{row.state}"):
            page = worker.get(reverse("floor-transfer", args=[row.pk])).content.decode()
        assert row.number in page
    with query_baseline("floor-transfers"):
        page = worker.get(reverse("floor-transfers")).content.decode()
    assert all(row.number in page for row in rows)

"""What a round on a cart answers to each scan, and what the scan changed (W9)."""

from __future__ import annotations

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from core import jobs
from fulfillment.models import CartSlot, PickRound, PickTask, PutBackTask
from inventory.models import Bin, BinStock, CountTask
from inventory.services import stock
from orders.models import ShipmentLine
from orders.services import holds, lifecycle
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories import rounds
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders(shop):
    """Return three orders of TEA: 2, 2 and 1 units; the last one also has a CUP."""
    floor.tote(shop, 3)
    rounds.cart(shop)
    return [
        make.place_one(make.line("TEA", 2)),
        make.place_one(make.line("TEA", 2)),
        make.place_one(make.line("TEA", 1), make.line("CUP", 1)),
    ]


@pytest.fixture
def device(worker, shop):
    """Return a function that gives the worker's scanner on a round."""
    return lambda row: Scanner(worker, "round", row.key)


@pytest.fixture
def walking(orders, worker, device):
    """Return the scanner of a round whose cart has its totes, and the round."""
    row = rounds.planned(*orders)
    home = Scanner(worker, "home")
    home.scan("CART-1-LA")
    scanner = device(row)
    scanner.verdicts("T-001", "T-002", "T-003")
    return scanner, row


def standing(row: PickRound) -> tuple[str, str, int]:
    """Return (state, step, in hand) of the round as it is now."""
    row.refresh_from_db()
    return row.state, row.step, row.in_hand_qty


def in_totes() -> dict[str, int]:
    """Return the good units in each tote."""
    rows = BinStock.objects.filter(bin__kind="tote", condition="good", qty__gt=0)
    return dict(rows.order_by().values_list("bin__code").annotate(units=Sum("qty")))


def test_a_scanned_cart_takes_the_next_round_and_its_totes_slot_by_slot(orders, worker, device):
    row = rounds.planned(*orders)
    opened = Scanner(worker, "home").scan("CART-1-LA")
    scanner = device(row)

    answers = [scanner.scan(code) for code in ("T-001", "T-002", "T-003")]

    assert opened["next"] == reverse("floor-round", args=[row.pk])
    assert [answer["code"] for answer in answers] == ["TOTE_ON", "TOTE_ON", "ALL_TOTES_ON"]
    assert answers[0]["text"] == (
        "Tote in slot 1. Scan the tote for slot 2, or CMD-OK to start with these."
    )
    assert list(row.slots.order_by("position").values_list("tote__code", flat=True)) == [
        "T-001",
        "T-002",
        "T-003",
    ]
    assert standing(row) == ("open", "bin", 0)


def test_a_tote_twice_elsewhere_full_or_none_is_refused_each_in_its_own_words(
    orders, shop, worker, device
):
    other = make.place_one(make.line("CUP", 1))
    elsewhere = rounds.opened(rounds.planned(other), 2)
    CartSlot.objects.filter(round=elsewhere).update(tote=floor.tote(shop, 7))
    full = make.place_one(make.line("CUP", 1))
    floor.pick_all(floor.release(full))
    held = PickTask.objects.get(shipment__order=full).tote.code
    row = rounds.planned(*orders)
    Scanner(worker, "home").scan("CART-1-LA")
    scanner = device(row)
    scanner.scan("T-001")

    answers = [scanner.scan(code) for code in ("T-001", "T-007", held, "A-01")]

    assert [(answer["code"], answer["text"]) for answer in answers] == [
        (
            "TOTE_ON_THIS_CART",
            "Tote on this cart. Tote T-001 is in slot 1 already. Scan another tote.",
        ),
        (
            "TOTE_ON_OTHER_CART",
            "Tote on another cart. Tote T-007 is on cart CART-2-LA. Take an empty tote.",
        ),
        (
            "TOTE_IN_USE",
            f"Tote in use. Tote {held} holds another order. Take an empty tote and scan it.",
        ),
        ("NOT_A_TOTE", "Not a tote. A-01 is not a tote. Scan the code on the tote for slot 2."),
    ]
    assert row.slots.filter(tote=None).count() == 2


def test_one_visit_serves_every_order_and_each_unit_is_booked_into_its_tote(walking):
    scanner, row = walking

    answers = scanner.verdicts("A-01", "TEA", "CMD-QTY-5", "T-002", "CART-1-LA-1", "T-003")
    after_tea = in_totes()
    rest = scanner.verdicts("A-01", "CUP", "T-001", "T-003", "CART-1-LA")

    assert answers == [
        ("accept", "BIN_OK"),
        ("accept", "ITEM_OK"),
        ("accept", "SCAN_SLOT_NOW"),
        ("accept", "SLOT_OK"),
        ("accept", "SLOT_OK"),
        ("complete", "STOP_DONE"),
    ]
    assert after_tea == {"T-001": 2, "T-002": 2, "T-003": 1}
    assert rest == [
        ("accept", "BIN_OK"),
        ("accept", "SCAN_SLOT_NOW"),
        ("reject", "WRONG_SLOT"),
        ("complete", "STOP_DONE"),
        ("complete", "ROUND_CLOSED"),
    ]
    assert standing(row)[0] == "closed"
    assert not CartSlot.objects.filter(is_open=True).exists()
    assert set(ShipmentLine.objects.values_list("picked_qty", flat=True)) == {1, 2}
    assert_books_balance()


def test_the_card_lights_the_slots_with_their_units(walking):
    scanner, _row = walking
    scanner.verdicts("A-01", "TEA")

    card = scanner.scan("CMD-QTY-5")["html"]["floor-card"]

    assert [card.count("data-lit"), card.count("+2"), card.count("+1")] == [3, 2, 1]
    assert "Waiting for scan: a lit slot" in card


def test_wrong_slot_and_a_tote_of_another_cart_are_refused_and_nothing_moves(walking, shop):
    scanner, row = walking
    floor.tote(shop, 9)
    scanner.verdicts("A-01", "TEA", "CMD-QTY-5", "T-001")

    answers = [scanner.scan(code) for code in ("T-001", "T-009", "TEA", "Z-1")]

    assert [answer["code"] for answer in answers] == [
        "WRONG_SLOT",
        "TOTE_NOT_ON_CART",
        "SCAN_SLOT_NOW",
        "UNKNOWN_CODE",
    ]
    assert answers[0]["text"] == (
        "Wrong slot. T-001 gets none of this. Put into the lit slots: 2 (x2), 3 (x1)."
    )
    assert in_totes() == {"T-001": 2}
    assert standing(row) == ("open", "slot", 3)


def test_x09_a_short_stop_serves_the_urgent_order_first_and_looks_elsewhere_for_the_rest(
    orders, worker, device, shop
):
    urgent = orders[2]
    type(urgent).objects.filter(pk=urgent.pk).update(priority=1)
    row = rounds.planned(*orders)
    second = Bin.objects.get(code="B-01")
    tea = make.Sku.objects.get(code="TEA")
    Scanner(worker, "home").scan("CART-1-LA")
    scanner = device(row)
    scanner.verdicts("T-001", "T-002", "T-003")
    stock.receive(
        [stock.ReceiveLine(second.pk, tea.pk, 1)], event_key="b", actor=make.SYSTEM, at=make.NOW
    )

    answers = scanner.verdicts("A-01", "TEA", "TEA", "CMD-SHORT", "T-002", "T-003", "T-001")

    rest = PickTask.objects.filter(sku=tea, state="open")
    assert answers[3:] == [
        ("warn", "SHORT_SCAN_SLOTS"),
        ("reject", "WRONG_SLOT"),
        ("accept", "SLOT_OK"),
        ("warn", "STOP_SHORT"),
    ]
    assert in_totes() == {"T-001": 1, "T-003": 1}
    assert [(task.bin_id, task.qty, task.round_id) for task in rest] == [(second.pk, 1, row.pk)]
    assert CountTask.objects.filter(state="open").count() == 1
    assert standing(row) == ("open", "bin", 0)
    assert_books_balance()


def test_damaged_goods_are_short_with_their_reason_and_none_found_is_told_at_once(walking):
    scanner, row = walking

    answers = scanner.verdicts("CMD-SHORT", "A-01", "CMD-DAMAGED")

    assert answers == [
        ("reject", "SCAN_BIN_FIRST"),
        ("accept", "BIN_OK"),
        ("warn", "SHORT_NONE_FOUND"),
    ]
    assert set(PickTask.objects.filter(state="short").values_list("reason", "picked_qty")) == {
        ("DAMAGED", 0)
    }
    assert standing(row) == ("open", "bin", 0)
    assert_books_balance()


def test_undo_goes_back_scan_by_scan_and_takes_units_out_of_a_slot(walking):
    scanner, _row = walking
    scanner.verdicts("A-01", "TEA", "CMD-QTY-5", "T-001", "T-002")

    first = scanner.scan("CMD-UNDO")
    placed = in_totes()
    again = scanner.verdicts("T-002", "T-003", "CMD-UNDO", "T-003")

    assert first["text"] == "Undone. Take 2 units out of slot 2 and scan the right slot."
    assert placed == {"T-001": 2}
    assert [code for _verdict, code in again] == [
        "SLOT_OK",
        "STOP_DONE",
        "SLOT_UNDONE",
        "STOP_DONE",
    ]
    assert in_totes() == {"T-001": 2, "T-002": 2, "T-003": 1}
    assert_books_balance()


def test_a_skipped_stop_comes_again_at_the_end_and_a_cart_scanned_twice_ends_early(walking):
    scanner, _row = walking

    answers = scanner.verdicts("CMD-SKIP", "A-01", "CUP", "T-003", "CART-1-LA", "CART-1-LA")

    assert answers == [
        ("warn", "STOP_SKIPPED"),
        ("accept", "BIN_OK"),
        ("accept", "SCAN_SLOT_NOW"),
        ("complete", "STOP_DONE"),
        ("warn", "ROUND_NOT_DONE"),
        ("complete", "ROUND_CLOSED"),
    ]
    left = PickTask.objects.filter(state="open")
    assert sorted(left.values_list("qty", "round", "slot")) == [
        (1, None, None),
        (2, None, None),
        (2, None, None),
    ]
    assert in_totes() == {"T-003": 1}


def test_an_order_cancelled_meanwhile_gives_its_units_back_and_its_tote_a_put_back(walking):
    scanner, row = walking
    scanner.verdicts("A-01", "TEA", "CMD-QTY-5", "T-001")
    gone = CartSlot.objects.get(round=row, position=2).shipment
    done = CartSlot.objects.get(round=row, position=1).shipment
    for shipment in (gone, done):
        lifecycle.cancel(shipment.order_id, reason="customer", actor=make.SYSTEM, at=make.NOW)
    jobs.run_due(make.NOW)

    page = scanner.client.get(reverse("floor-round", args=[row.pk])).content.decode()
    answers = scanner.verdicts("T-002", "A-01", "T-003")

    assert "Put back into bin" in page
    assert answers == [
        ("reject", "SCAN_BIN_BACK"),
        ("accept", "SURPLUS_BACK"),
        ("complete", "STOP_DONE"),
    ]
    assert list(PutBackTask.objects.values_list("from_bin__code", "qty")) == [("T-001", 2)]
    assert in_totes() == {"T-003": 1}
    assert_books_balance()


def test_x07_a_held_order_is_passed_over_and_left_to_single_picks(walking):
    scanner, row = walking
    held = CartSlot.objects.get(round=row, position=2).shipment
    holds.place_hold(held.order_id, "FRAUD", actor=make.SYSTEM, at=make.NOW)

    answers = scanner.verdicts("A-01", "TEA", "CMD-QTY-3", "T-001", "T-003")
    scanner.verdicts("A-01", "CUP", "T-003", "CMD-OK")

    assert answers[2:] == [
        ("accept", "SCAN_SLOT_NOW"),
        ("accept", "SLOT_OK"),
        ("complete", "STOP_DONE"),
    ]
    assert standing(row)[0] == "closed"
    assert PickTask.objects.get(shipment=held).round_id is None
    assert in_totes() == {"T-001": 2, "T-003": 2}


def test_another_picker_takes_the_round_over_by_the_cart_and_goes_on_at_the_same_scan(walking):
    scanner, row = walking
    scanner.verdicts("A-01", "TEA")
    second = people.sign_in(Client(), people.make_user("operator"))
    other = Scanner(second, "round", row.key)

    refused = other.scan("TEA")
    taken = other.verdicts("CART-1-LA", "TEA")
    first = scanner.verdicts("TEA")

    assert refused["text"] == (
        "Another picker. Somebody else walks this round. Scan cart CART-1-LA to take it over."
    )
    assert taken == [("accept", "ROUND_TAKEN_OVER"), ("accept", "ITEM_OK")]
    assert first == [("reject", "ROUND_OF_ANOTHER")]
    assert standing(row) == ("open", "item", 2)


def test_a_round_is_on_the_home_and_its_tasks_are_not_offered_to_single_picks(walking, worker):
    home = worker.get("/floor/").content.decode()
    carts = worker.get("/floor/rounds/").content.decode()

    assert "Pick with a cart" in home
    assert "No pick waits" in home
    assert "CART-1-LA" in carts
    assert worker.get("/floor/pick/").url == "/floor/"
    task = PickTask.objects.filter(state="open").first()
    to_round = worker.get(reverse("floor-pick-task", args=[task.pk]))
    assert to_round.url == reverse("floor-round", args=[task.round_id])


def test_a_cart_without_a_plan_takes_the_most_urgent_orders_that_fit(shop, worker):
    rounds.cart(shop, slots=2)
    placed = [make.place_one(make.line("TEA", 1)) for _ in range(3)]
    type(placed[2]).objects.filter(pk=placed[2].pk).update(priority=1)
    floor.release(*placed)

    answer = Scanner(worker, "home").scan("CART-1-LA")

    row = PickRound.objects.get()
    assert answer["next"] == reverse("floor-round", args=[row.pk])
    assert list(row.slots.order_by("position").values_list("shipment__order", flat=True)) == [
        placed[2].pk,
        placed[0].pk,
    ]
    assert worker.get("/floor/pick/").url == reverse(
        "floor-pick-task", args=[PickTask.objects.get(round=None).pk]
    )


def test_a_cart_finds_nothing_when_no_wave_waits(shop, worker):
    rounds.cart(shop)

    answer = Scanner(worker, "home").scan("CART-1-LA")

    assert (answer["verdict"], answer["text"]) == (
        "reject",
        "Nothing waits. Nothing waits for cart CART-1-LA. Release a wave first.",
    )

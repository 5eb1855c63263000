"""X13: a supervisor's badge on the worker's device allows a later lot, once; both are named."""

from __future__ import annotations

import datetime as dt

import pytest

from core.models import AuditEntry, User
from core.services import badges
from fulfillment.models import PickRound, PickTask, ScanRecord
from inventory.models import BinReservation, BinStock
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories import rounds
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner

pytestmark = pytest.mark.django_db
EARLY, LATE = dt.date(2027, 6, 1), dt.date(2027, 9, 1)


@pytest.fixture
def place():
    """LA with 9 JAM of lot EARLY and 9 of lot LATE in one bin, and totes."""
    make.channel()
    place = make.warehouse("LA")
    jam = make.sku("JAM", lot_tracked=True)
    for lot, expires_on in (("EARLY", EARLY), ("LATE", LATE)):
        make.put(jam, place, 9, lot_code=lot, expires_on=expires_on)
    floor.tote(place, 1)
    floor.tote(place, 2)
    return place


def badge_of(role: str, **fields) -> tuple[User, str]:
    person = people.make_user(role, **fields)
    return person, badges.issue_badge(person.pk, actor=make.SYSTEM, at=make.NOW)


def swaps() -> list[tuple[str, str | None]]:
    """Return (who scanned, whose badge) of each changed lot."""
    rows = AuditEntry.objects.filter(action="fulfillment.lot_swapped").order_by("pk")
    return [(f"user:{row.actor_id}", row.after.get("approved_by")) for row in rows]


def test_x13_a_supervisors_badge_allows_one_pick_of_a_later_lot(client, place):
    picker = people.make_user("operator")
    lead, code = badge_of("warehouse_manager")
    _other, operators = badge_of("operator")
    _far, elsewhere = badge_of("warehouse_manager", warehouses=["BER"])
    floor.release(*make.place(make.draft(make.line("JAM", 2))))
    task = PickTask.objects.get()
    device = Scanner(people.sign_in(client, picker), "pick", f"pick_task:{task.pk}")

    answers = device.verdicts(
        "A-01", code, "JAM", "LATE", operators, elsewhere, "BDG-NOBODYHAS", code, "JAM", "LATE"
    )

    assert answers == [
        ("accept", "BIN_OK"),
        ("reject", "BADGE_NOT_HERE"),
        ("accept", "SCAN_LOT_NOW"),
        ("warn", "LATER_LOT_ASK"),
        ("reject", "BADGE_MAY_NOT_SWAP"),
        ("reject", "BADGE_MAY_NOT_SWAP"),
        ("reject", "BADGE_MAY_NOT_SWAP"),
        ("accept", "LOT_SWAPPED"),
        ("accept", "SCAN_LOT_NOW"),
        ("accept", "ITEM_OK"),
    ]
    task.refresh_from_db()
    assert (task.lot.code, task.counted_qty, task.other_lot) == ("LATE", 1, None)
    assert swaps() == [(f"user:{picker.pk}", f"user:{lead.pk}")]
    # The badge is worth one pick; it is no longer asked for, and it is nowhere to be read.
    assert device.verdicts(code) == [("reject", "BADGE_NOT_HERE")]
    assert not ScanRecord.objects.filter(raw__contains=code[4:]).exists()
    assert ScanRecord.objects.filter(raw="BDG-…").count() == 6
    assert device.verdicts("JAM", "LATE", "T-001")[-1] == ("complete", "TASK_DONE")
    assert_books_balance()


def test_x13_a_badge_that_waits_after_wrong_pins_or_is_suspended_allows_nothing(client, place):
    floor.release(*make.place(make.draft(make.line("JAM", 2))))
    task = PickTask.objects.get()
    lead, code = badge_of("warehouse_manager")
    picker = people.sign_in(client, people.make_user("operator"))
    device = Scanner(picker, "pick", f"pick_task:{task.pk}")
    device.verdicts("A-01", "JAM", "LATE")
    people_rows = User.objects.filter(pk=lead.pk)

    people_rows.update(pin_failed_count=badges.FIRST_LOCK_AT, pin_failed_at=dt.datetime.now(dt.UTC))
    locked = device.verdicts(code)
    people_rows.update(pin_failed_count=0, pin_failed_at=None, is_active=False)
    suspended = device.verdicts(code)
    people_rows.update(is_active=True)

    assert locked == suspended == [("reject", "BADGE_MAY_NOT_SWAP")]
    assert swaps() == []
    assert device.verdicts(code) == [("accept", "LOT_SWAPPED")]


def test_x13_on_a_cart_round_the_badge_allows_the_later_lot_for_the_whole_stop(client, place):
    picker = people.make_user("operator")
    lead, code = badge_of("warehouse_manager")
    worker = people.sign_in(client, picker)
    rounds.cart(place)
    row = rounds.planned(*[make.place_one(make.line("JAM", qty)) for qty in (2, 1)])
    Scanner(worker, "home").scan("CART-1-LA")
    device = Scanner(worker, "round", row.key)
    device.verdicts("T-001", "T-002")

    asked = device.verdicts("A-01", "JAM", "LATE", "CMD-OK", "CMD-UNDO", code)
    answers = device.verdicts("JAM", "LATE", code, "JAM", "EARLY")
    last = device.verdicts("CMD-UNDO", "JAM", "LATE", "JAM", "LATE", "JAM", "LATE")

    assert asked == [
        ("accept", "BIN_OK"),
        ("accept", "SCAN_LOT_NOW"),
        ("warn", "LATER_LOT_ASK"),
        ("reject", "SCAN_BADGE_NOW"),
        ("accept", "STEP_UNDONE"),
        ("reject", "BADGE_NOT_HERE"),
    ]
    assert answers == [
        ("accept", "SCAN_LOT_NOW"),
        ("warn", "LATER_LOT_ASK"),
        ("accept", "LOT_SWAPPED"),
        ("accept", "SCAN_LOT_NOW"),
        ("warn", "LATER_LOT_ASK"),
    ]
    assert last[-1] == ("accept", "SCAN_SLOT_NOW")
    assert swaps() == [(f"user:{picker.pk}", f"user:{lead.pk}")] * 2
    claims = BinReservation.objects.pending().order_by("pk")
    assert [(row.bin_stock.lot.code, row.qty) for row in claims] == [("LATE", 2), ("LATE", 1)]
    assert device.verdicts("T-001", "T-002", "CMD-OK")[-1] == ("complete", "ROUND_CLOSED")
    assert PickRound.objects.get().state == "closed"
    lots = BinStock.objects.filter(bin__kind="tote", qty__gt=0)
    assert sorted(lots.values_list("lot__code", "qty")) == [("LATE", 1), ("LATE", 2)]
    assert_books_balance()


def test_x13_when_one_order_of_the_stop_may_not_have_the_lot_none_gets_it(client, place):
    worker = people.sign_in(client, people.make_user("warehouse_manager"))
    rounds.cart(place)
    row = rounds.planned(*[make.place_one(make.line("JAM", qty)) for qty in (2, 1)])
    Scanner(worker, "home").scan("CART-1-LA")
    device = Scanner(worker, "round", row.key)
    device.verdicts("T-001", "T-002", "A-01", "JAM", "LATE")
    BinStock.objects.filter(lot__code="LATE").update(qty=2)

    refused = device.verdicts("CMD-OK")

    assert refused == [("reject", "LOT_SWAP_REFUSED")]
    assert set(PickTask.objects.values_list("lot__code", flat=True)) == {"EARLY"}
    assert swaps() == []

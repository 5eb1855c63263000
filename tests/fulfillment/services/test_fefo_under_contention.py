"""FEFO never picks an expired, held or recalled lot, whoever comes at the same moment (X13)."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field

import pytest

from core.models import AuditEntry
from fulfillment.models import PickTask
from fulfillment.services import picking
from inventory.models import BinReservation, BinStock, Lot, StockMove
from inventory.services import carrying, lot_swaps, lots
from inventory.services.lot_expiry import LotExpired, hold_expired
from orders.models import Order
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance
from tests.helpers.floor_scans import Scanner
from tests.helpers.race import race

NOW = make.NOW
IN_TIME = dt.date(2090, 1, 1)


def stage_lots(*codes: str, qty: int = 10, expires_on: dt.date = IN_TIME):
    """Return a warehouse with the lots of JAM, the first to expire first."""
    make.channel()
    place = make.warehouse()
    jam = make.sku("JAM", lot_tracked=True)
    for number, code in enumerate(codes):
        day = expires_on + dt.timedelta(days=number)
        make.put(jam, place, qty, lot_code=code, expires_on=day)
    return place


def orders_of(count: int) -> list[Order]:
    return make.place(*[make.draft(make.line("JAM", 1)) for _n in range(count)])


def pick(task: PickTask, tote_id: int, at: dt.datetime = NOW) -> None:
    picking.confirm(picked=picking.Picked(task.pk, task.qty, tote_id), actor=make.SYSTEM, at=at)


@dataclass
class Stopped:
    """The last ledger row when each lot was stopped; a pick of it with a later row broke X13."""

    last_move: dict[int, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def stop(self, lot_id: int, *, recall: bool) -> None:
        act = lots.recall_lot if recall else lots.hold_lot
        act(lot_id, event_key=f"stop:{lot_id}", reason="Glass", actor=make.SYSTEM, at=NOW)
        with self.lock:
            newest = StockMove.objects.order_by("-pk").values_list("pk", flat=True)[0]
            self.last_move[lot_id] = newest

    def wrong_picks(self) -> list[int]:
        return [
            move.pk
            for lot_id, last in self.last_move.items()
            for move in StockMove.objects.filter(lot_id=lot_id, pk__gt=last, to_bin__kind="tote")
        ]


def contend(place, *, tasks: int) -> tuple[Stopped, list]:
    """Release, pick, hold and recall at once; return what was stopped when, and all outcomes."""
    placed = orders_of(tasks * 2)
    floor.release(*placed[:tasks])
    rows = list(PickTask.objects.order_by("pk"))
    totes = {task.pk: floor.tote(place, 700 + n).pk for n, task in enumerate(rows)}
    stopped = Stopped()
    first, second, _third = Lot.objects.order_by("expires_on")
    outcomes = race(
        [
            *(lambda task=task: pick(task, totes[task.pk]) for task in rows[: tasks // 2]),
            lambda: stopped.stop(first.pk, recall=True),
            lambda: stopped.stop(second.pk, recall=False),
            *(lambda order=order: floor.release(order) for order in placed[tasks:]),
            *(lambda task=task: pick(task, totes[task.pk]) for task in rows[tasks // 2 :]),
        ],
        timeout_s=40,
    )
    # Whoever comes after the stop: every pick still open tries its luck.
    for number, task in enumerate(PickTask.objects.filter(state="open").order_by("pk")):
        outcomes += race([lambda task=task, n=number: pick(task, floor.tote(place, 800 + n).pk)])
    return stopped, outcomes


@pytest.mark.django_db(transaction=True)
def test_x13_fefo_never_picks_a_lot_that_is_held_or_recalled_meanwhile():
    place = stage_lots("FIRST", "SECOND", "THIRD", qty=8)

    stopped, outcomes = contend(place, tasks=6)

    assert len(stopped.last_move) == 2
    assert stopped.wrong_picks() == []
    refused = {type(one.error).__name__ for one in outcomes if one.error}
    assert refused <= {"LotFrozen", "LockTimeout", "NothingToRelease", "StepStopped", "StockMoved"}
    late = PickTask.objects.filter(state="open", lot__status="good")
    assert not late.exists()
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_x13_control_without_the_lot_check_a_stopped_lot_is_picked(monkeypatch):
    place = stage_lots("FIRST", "SECOND", "THIRD", qty=8)
    blind = carrying.read_lots

    def stale(ids):
        return {pk: (sku_id, "good") for pk, (sku_id, _status) in blind(ids).items()}

    monkeypatch.setattr(carrying, "read_lots", stale)
    stopped, _outcomes = contend(place, tasks=6)

    assert stopped.wrong_picks()


@pytest.mark.django_db
def test_x13_a_lot_that_expired_since_the_wave_is_not_picked_and_no_wave_takes_it():
    place = stage_lots("EARLY", "LATE", expires_on=dt.date(2026, 6, 1))
    first, second = orders_of(2)
    floor.release(first)
    task = PickTask.objects.get()
    after = dt.datetime(2026, 6, 2, 9, tzinfo=dt.UTC)

    with pytest.raises(LotExpired) as refusal:
        pick(task, floor.tote(place).pk, at=after)
    pick(task, floor.tote(place).pk, at=after - dt.timedelta(days=1))

    assert str(refusal.value) == (
        "Lot EARLY expired on 2026-06-01. Leave it where it is, tell the lead."
    )
    assert hold_expired(actor=make.SYSTEM, at=after) == 0
    assert hold_expired(actor=make.SYSTEM, at=after + dt.timedelta(hours=4)) == 1
    assert hold_expired(actor=make.SYSTEM, at=after + dt.timedelta(hours=4)) == 0
    floor.release(second)
    assert PickTask.objects.get(shipment__order=second).lot.code == "LATE"
    assert_books_balance()


@pytest.mark.django_db
def test_x13_a_later_lot_needs_a_supervisor_who_says_so(client):
    place = stage_lots("EARLY", "LATE", "LATEST")
    floor.tote(place)
    floor.release(*make.place(make.draft(make.line("JAM", 2))))
    task = PickTask.objects.get()
    picker = people.sign_in(client, people.make_user("operator"))
    operator = Scanner(picker, "pick", f"pick_task:{task.pk}")
    asked = operator.verdicts("A-01", "JAM", "LATE", "CMD-OK", "CMD-UNDO")
    assert asked[2:] == [
        ("warn", "LATER_LOT_ASK"),
        ("reject", "SCAN_BADGE_NOW"),
        ("accept", "STEP_UNDONE"),
    ]

    lead = Scanner(
        people.sign_in(type(client)(), people.make_user("warehouse_manager")),
        "pick",
        f"pick_task:{task.pk}",
    )
    answers = lead.verdicts("JAM", "LATEST", "CMD-UNDO", "CMD-OK", "JAM", "LATE", "CMD-OK")
    assert answers == [
        ("accept", "SCAN_LOT_NOW"),
        ("warn", "LATER_LOT"),
        ("accept", "STEP_UNDONE"),
        ("reject", "COMMAND_NOT_HERE"),
        ("accept", "SCAN_LOT_NOW"),
        ("warn", "LATER_LOT"),
        ("accept", "LOT_SWAPPED"),
    ]
    task.refresh_from_db()
    assert (task.lot.code, task.step, task.counted_qty, task.other_lot) == ("LATE", "item", 0, None)
    claim = BinReservation.objects.pending().get()
    assert (claim.owner_key, claim.bin_stock.lot.code, claim.qty) == (task.owner_key, "LATE", 2)
    entry = AuditEntry.objects.get(action="fulfillment.lot_swapped")
    assert (entry.reason, entry.after["lot"]) == ("LATER_LOT", task.lot_id)

    assert lead.verdicts("JAM", "LATE", "JAM", "EARLY")[-1] == ("reject", "WRONG_LOT")
    assert lead.verdicts("LATE", "T-001")[-1] == ("complete", "TASK_DONE")
    assert BinStock.objects.get(bin__code="T-001").lot.code == "LATE"
    assert_books_balance()


@pytest.mark.django_db
def test_x13_a_lot_that_is_not_free_or_stopped_is_not_swapped_in():
    stage_lots("EARLY", "LATE", qty=2)
    placed = make.place(*[make.draft(make.line("JAM", 2)) for _n in range(2)])
    floor.release(*placed)
    task = PickTask.objects.order_by("lot__expires_on")[0]
    late = Lot.objects.get(code="LATE")

    def swap(key: str):
        return lot_swaps.swap_lot(task.owner_key, late.pk, event_key=key, actor=make.SYSTEM, at=NOW)

    with pytest.raises(lot_swaps.LotSwapRefused) as refusal:
        swap("swap:1")
    make.put(task.sku, task.warehouse, 5, lot_code="LATE", expires_on=late.expires_on)
    lots.hold_lot(late.pk, event_key="hold", reason="Q", actor=make.SYSTEM, at=NOW)
    with pytest.raises(lot_swaps.LotSwapRefused):
        swap("swap:2")

    assert str(refusal.value) == "Lot LATE can't be taken for this order. Take lot EARLY."
    lots.release_lot(late.pk, event_key="free", reason="Q", actor=make.SYSTEM, at=NOW)
    assert swap("swap:3").reserved == 4
    assert swap("swap:3").lot_id == late.pk
    assert_books_balance()

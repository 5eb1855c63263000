"""What the put-back card answers to each scan, and where the units lie afterwards."""

from __future__ import annotations

import pytest

from core import jobs
from fulfillment.models import PutBackTask
from inventory.models import Bin, BinStock, StockLevel
from orders.models import Order
from orders.services import lifecycle
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
NEXT = "/floor/"


@pytest.fixture
def task(shop) -> PutBackTask:
    """Return the put-back of 2 TEA of an order that was cancelled after its pick."""
    order = make.place_one(make.line("TEA", 2))
    floor.pick_all(floor.release(order))
    lifecycle.cancel(order.pk, reason="customer", actor=make.SYSTEM, at=make.NOW)
    jobs.run_due(make.NOW)
    return PutBackTask.objects.get()


def state(task: PutBackTask) -> tuple[str, int]:
    task.refresh_from_db()
    return task.state, StockLevel.objects.get(sku__code="TEA").unsellable


def test_x11_the_bin_ends_the_task_and_the_units_sell_again(task, scanner):
    before = state(task)

    answer = scanner("put-back", task).scan("A-01")

    assert answer == {
        "verdict": "complete",
        "tone": "rising",
        "code": "PUT_BACK_OK",
        "text": "Put back. Booked into bin A-01.",
        "next": NEXT,
    }
    assert (before, state(task)) == (("open", 2), ("done", 0))
    assert task.to_bin.code == "A-01"
    assert Order.objects.get().stage == "cancelled"
    assert_books_balance()


def test_another_bin_that_can_be_picked_takes_the_units_too(task, scanner):
    assert scanner("put-back", task).verdicts("B-01") == [("complete", "PUT_BACK_OK")]
    assert BinStock.objects.get(bin__code="B-01").qty == 2
    assert state(task) == ("done", 0)
    assert_books_balance()


@pytest.mark.parametrize("raw", ["TEA", "T-001", "CMD-OK", "CMD-UNDO", "Z-99"])
def test_what_is_no_bin_is_refused(task, scanner, raw):
    answer = scanner("put-back", task).scan(raw)

    assert (answer["verdict"], answer["code"]) == ("reject", "SCAN_BIN_FIRST")
    assert answer["text"] == "Bin first. Scan bin A-01 first."
    assert state(task) == ("open", 2)


@pytest.mark.parametrize("changes", [{"is_pickable": False}, {"is_active": False}])
def test_a_bin_nobody_picks_from_takes_no_good_units(task, scanner, changes):
    Bin.objects.filter(code="B-01").update(**changes)

    answer = scanner("put-back", task).scan("B-01")

    assert (answer["verdict"], answer["code"]) == ("reject", "WRONG_BIN")
    assert answer["text"] == "Wrong bin. This is B-01. Go to bin A-01."
    assert state(task) == ("open", 2)


def test_a_bin_of_another_warehouse_is_unknown_here(other_shop, task, scanner):
    Bin.objects.create(warehouse=other_shop, code="N-01", kind="pick")

    assert scanner("put-back", task).verdicts("N-01") == [("reject", "SCAN_BIN_FIRST")]
    assert state(task) == ("open", 2)


def test_a_task_that_is_done_is_not_booked_again(task, scanner):
    device = scanner("put-back", task)

    answers = device.verdicts("A-01", "B-01")

    assert answers == [("complete", "PUT_BACK_OK"), ("reject", "PUT_BACK_DONE")]
    assert StockLevel.objects.get(sku__code="TEA").on_hand == 10
    assert_books_balance()

from __future__ import annotations

import datetime as dt

import pytest

from core.actors import SYSTEM
from core.jobs import enqueue, run_due
from core.models import OutboxEvent
from inventory.domain.demand import Demand
from inventory.models import Reservation, StockLevel
from inventory.services import releasing, reservations
from inventory.services.reservations import InsufficientStock
from tests.factories.inventory import NOW, a_key, make_sku, make_warehouse, put_stock
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


def call() -> dict:
    return {"event_key": a_key("call"), "actor": SYSTEM, "at": NOW}


def promise(level: StockLevel, qty: int, owner: str, **terms) -> Reservation:
    demand = Demand(owner, level.warehouse_id, level.sku_id, qty, **terms)
    return reservations.reserve([demand], **call())[0]


def test_released_units_can_be_promised_again_and_it_is_told():
    level = put_stock(make_sku(), 3)
    promise(level, 3, "a")
    OutboxEvent.objects.all().delete()

    [given] = releasing.release(["a"], reason="CANCELLED", **call())

    level.refresh_from_db()
    assert (given.owner_key, given.qty, level.reserved) == ("a", 3, 0)
    assert Reservation.objects.get().state == "released"
    event = OutboxEvent.objects.get()
    assert event.name == "inventory.stock_available"
    assert event.payload == {"warehouse_id": level.warehouse_id, "sku_id": level.sku_id}
    assert_books_balance()


def test_a_repeated_release_gives_nothing_more():
    level = put_stock(make_sku(), 3)
    promise(level, 2, "a")
    releasing.release(["a"], event_key="once", reason="CANCELLED", actor=SYSTEM, at=NOW)
    promise(level, 2, "a")

    again = releasing.release(["a"], event_key="once", reason="CANCELLED", actor=SYSTEM, at=NOW)

    level.refresh_from_db()
    assert (again, level.reserved) == ([], 2)


def test_a_part_can_be_given_back_and_the_rest_stays_promised():
    level = put_stock(make_sku(), 5)
    promise(level, 5, "a")

    releasing.release_some({"a": 2}, reason="EDITED", **call())

    level.refresh_from_db()
    row = Reservation.objects.get()
    assert (row.state, row.released_qty, level.reserved) == ("pending", 2, 3)
    assert_books_balance()


def test_more_than_promised_can_not_be_given_back():
    level = put_stock(make_sku(), 5)
    promise(level, 2, "a")

    with pytest.raises(releasing.NothingPromised) as caught:
        releasing.release_some({"a": 3}, reason="EDITED", **call())

    level.refresh_from_db()
    assert (caught.value.data["open_qty"], level.reserved) == (2, 2)


def test_a_promise_moves_to_another_warehouse_in_one_step():
    sku = make_sku()
    near, far = put_stock(sku, 2), put_stock(sku, 4)
    promise(near, 2, "a")

    [moved] = releasing.reassign(
        ["a"], [Demand("a", far.warehouse_id, sku.pk, 2)], reason="REROUTED", **call()
    )

    near.refresh_from_db()
    far.refresh_from_db()
    assert (near.reserved, far.reserved, moved.level_id) == (0, 2, far.pk)
    assert_books_balance()


def test_a_move_that_does_not_fit_leaves_the_promise_where_it_was():
    sku = make_sku()
    near, far = put_stock(sku, 2), put_stock(sku, 1)
    promise(near, 2, "a")

    with pytest.raises(InsufficientStock):
        releasing.reassign(
            ["a"], [Demand("a", far.warehouse_id, sku.pk, 2)], reason="REROUTED", **call()
        )

    near.refresh_from_db()
    assert (near.reserved, Reservation.objects.get().state) == (2, "pending")
    assert_books_balance()


def test_a_larger_demand_may_use_the_units_it_gives_back():
    level = put_stock(make_sku(), 3)
    promise(level, 2, "a")

    releasing.reassign(
        ["a"], [Demand("a", level.warehouse_id, level.sku_id, 3)], reason="EDITED", **call()
    )

    level.refresh_from_db()
    assert level.reserved == 3
    assert_books_balance()


def test_promises_lapse_when_their_time_has_come():
    level = put_stock(make_sku(), 5)
    promise(level, 1, "a", expires_at=NOW + dt.timedelta(hours=1))
    promise(level, 2, "b", expires_at=NOW + dt.timedelta(hours=9))
    promise(level, 1, "c")

    lapsed = releasing.expire_due(NOW + dt.timedelta(hours=2))
    again = releasing.expire_due(NOW + dt.timedelta(hours=2))

    level.refresh_from_db()
    assert ([row.owner_key for row in lapsed], again, level.reserved) == (["a"], [], 3)
    assert Reservation.objects.get(owner_key="a").state == "expired"
    assert_books_balance()


def test_releasing_many_owners_takes_the_same_statements(django_assert_max_num_queries):
    site = make_warehouse()
    levels = [put_stock(make_sku(), 50, warehouse=site) for _ in range(4)]
    for level in levels:
        for number in range(8):
            promise(level, 1, f"{level.pk}:{number}")

    with django_assert_max_num_queries(6):
        releasing.release([f"{levels[0].pk}:0"], reason="CANCELLED", **call())
    with django_assert_max_num_queries(6):
        releasing.release(
            [f"{level.pk}:{n}" for level in levels for n in range(1, 8)],
            reason="CANCELLED",
            **call(),
        )

    assert Reservation.objects.pending().count() == 3


def test_a_job_lets_due_promises_lapse():
    level = put_stock(make_sku(), 5)
    promise(level, 2, "a", expires_at=NOW + dt.timedelta(hours=1))
    job = enqueue("inventory.expire_promises", run_after=NOW)

    run_due(NOW + dt.timedelta(hours=2), 10)

    level.refresh_from_db()
    job.refresh_from_db()
    assert (job.status, job.result, level.reserved) == ("succeeded", {"lapsed": 1}, 0)

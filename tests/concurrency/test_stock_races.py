"""Competitors for the same stock, each on its own connection, and controls that must fail."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from benchmarks import oversell
from core.actors import SYSTEM
from inventory.domain.demand import Demand, PickWant
from inventory.domain.picks import BinHold, BinPick
from inventory.models import Reservation, StockEvent, StockLevel
from inventory.services import level_sql, picking, reservations
from inventory.services.carrying import NotClaimed
from inventory.services.reservations import InsufficientStock
from inventory.services.retrying import LockTimeout
from tests.factories.inventory import (
    NOW,
    a_key,
    make_bin,
    make_sku,
    make_warehouse,
    put_stock,
)
from tests.helpers.books import assert_books_balance
from tests.helpers.race import ALL_COME_S, Meeting, Outcome, race, wins

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

LONG_DATED = dt.date(2026, 6, 1)


def buyer(
    level: StockLevel, owner: str, *, qty: int = 1, key: str = "", until: dt.date | None = None
) -> Callable[[], Any]:
    demand = Demand(owner, level.warehouse_id, level.sku_id, qty, until)
    event_key = key or a_key("race")
    return lambda: reservations.reserve([demand], event_key=event_key, actor=SYSTEM, at=NOW)


def refusals(outcomes: list[Outcome]) -> int:
    return sum(isinstance(outcome.error, InsufficientStock) for outcome in outcomes)


@pytest.fixture
def slow_planner(monkeypatch) -> Meeting:
    """Widen the gap between reading and writing, so that a missing guard always shows."""
    meeting = Meeting(3)
    monkeypatch.setattr(reservations, "plan_groups", meeting.after(reservations.plan_groups))
    return meeting


@pytest.fixture
def no_lock(monkeypatch):
    monkeypatch.setattr(level_sql, "LOCK", "")


def test_x01_the_last_unit_goes_to_one_order(slow_planner):
    level = put_stock(make_sku(), 1)

    outcomes = race([buyer(level, f"o:{number}") for number in range(6)])

    level.refresh_from_db()
    assert (wins(outcomes), refusals(outcomes), level.reserved) == (1, 5, 1)
    assert_books_balance()


def test_x01_the_guard_alone_keeps_the_last_unit_from_a_second_order(slow_planner, no_lock):
    slow_planner.patience_s = ALL_COME_S
    level = put_stock(make_sku(), 1)

    outcomes = race([buyer(level, f"o:{number}") for number in range(3)])

    level.refresh_from_db()
    assert (wins(outcomes), refusals(outcomes), level.reserved) == (1, 2, 1)
    assert_books_balance()


def test_x01_control_without_lock_and_guard_the_last_unit_is_sold_again(
    slow_planner, no_lock, monkeypatch
):
    monkeypatch.setattr(level_sql, "GUARD", "")
    slow_planner.patience_s = ALL_COME_S
    level = put_stock(make_sku(), 1)

    outcomes = race([buyer(level, f"o:{number}") for number in range(3)])

    level.refresh_from_db()
    assert (wins(outcomes), level.reserved) == (3, 3)


def long_dated_unit() -> StockLevel:
    site, milk = make_warehouse(), make_sku(lot_tracked=True)
    put_stock(milk, 1, warehouse=site, lot="SHORT", expires_on=dt.date(2026, 2, 1))
    return put_stock(milk, 1, warehouse=site, lot="LONG", expires_on=dt.date(2026, 9, 1))


def test_x13_the_last_long_dated_unit_goes_to_one_order(slow_planner):
    level = long_dated_unit()

    outcomes = race([buyer(level, owner, until=LONG_DATED) for owner in "ab"])

    level.refresh_from_db()
    assert (wins(outcomes), refusals(outcomes), level.reserved) == (1, 1, 1)


def test_x13_control_without_the_lock_two_orders_get_one_long_dated_unit(slow_planner, no_lock):
    slow_planner.competitors, slow_planner.patience_s = 2, ALL_COME_S
    level = long_dated_unit()

    outcomes = race([buyer(level, owner, until=LONG_DATED) for owner in "ab"])

    assert wins(outcomes) == 2


def test_one_event_key_sent_twice_at_once_promises_once(slow_planner):
    level = put_stock(make_sku(), 5)

    outcomes = race([buyer(level, "a", qty=2, key="order:1") for _ in range(4)])

    level.refresh_from_db()
    ids = {outcome.value[0].pk for outcome in outcomes}
    assert (wins(outcomes), len(ids), level.reserved) == (4, 1, 2)
    assert StockEvent.objects.filter(event_key="order:1").count() == 1


def test_orders_that_list_the_same_skus_in_any_order_do_not_deadlock():
    site = make_warehouse()
    levels = [put_stock(make_sku(), 200, warehouse=site) for _ in range(6)]

    def shopper(number: int) -> Callable[[], int]:
        rng = random.Random(number)

        def shop() -> int:
            for order in range(15):
                chosen = rng.sample(levels, 4)
                demands = [
                    Demand(f"{number}:{order}:{level.pk}", site.pk, level.sku_id, 1)
                    for level in chosen
                ]
                reservations.reserve(demands, event_key=a_key("mix"), actor=SYSTEM, at=NOW)
            return order

        return shop

    outcomes = race([shopper(number) for number in range(4)])

    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert Reservation.objects.count() == 4 * 15 * 4
    assert_books_balance()


def test_rel_c_07_who_waits_too_long_for_stock_is_told_to_try_again():
    level = put_stock(make_sku(), 5)

    def hurried() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        return buyer(level, "b")()

    with transaction.atomic():
        level_sql.lock_levels([(level.warehouse_id, level.sku_id)])
        [outcome] = race([hurried])

    assert isinstance(outcome.error, LockTimeout)
    assert (outcome.error.code, outcome.error.status) == ("LOCK_TIMEOUT", 409)


def test_a_pick_and_the_release_of_its_claim_end_in_one_of_two_ways():
    site = make_warehouse()
    tote = make_bin(site, kind="tote")
    level = put_stock(make_sku(), 2, warehouse=site)
    by = {"actor": SYSTEM, "at": NOW}
    with transaction.atomic():
        [take] = picking.plan_bins([PickWant("shipment_line:1", site.pk, level.sku_id, 2)])
        hold = BinHold("pick_task:1", take.bin_stock_id, 2, "shipment_line:1")
        picking.hold_bins([hold], event_key=a_key(), **by)

    picked, released = race(
        [
            lambda: picking.pick([BinPick("pick_task:1", 2, tote.pk)], event_key="p", **by),
            lambda: picking.release_bins(["pick_task:1"], event_key="r", **by),
        ]
    )

    assert released.won
    assert picked.won or isinstance(picked.error, NotClaimed)
    assert_books_balance()


@pytest.mark.alone
def test_x01_processes_never_promise_a_unit_twice():
    report = oversell.run(1_600, 8)

    assert (report.oversold, report.drift, report.errors) == (0, 0, {})
    assert report.reserved + report.refused == report.attempts == 1_600
    assert report.reserved > 200


@pytest.mark.alone
def test_x01_control_processes_without_lock_and_guard_oversell():
    report = oversell.run(1_600, 8, guarded=False)

    assert report.oversold > 0


@pytest.mark.long
def test_x01_sixteen_processes_and_a_hundred_thousand_attempts():
    report = oversell.run(100_000, 16)

    assert (report.oversold, report.drift, report.errors) == (0, 0, {})
    assert report.seconds <= 120


@pytest.mark.long
def test_x01_control_sixteen_processes_without_lock_and_guard_oversell():
    report = oversell.run(20_000, 16, guarded=False)

    assert report.oversold > 0

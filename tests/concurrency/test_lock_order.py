"""The watch over the order of locks sees what would end in a deadlock some day."""

from __future__ import annotations

import contextlib

import pytest
from django.db import connection, transaction

from inventory.models import Lot, StockLevel
from inventory.services import level_sql
from inventory.services.lots import lock_lots
from inventory.services.retrying import stock_write
from tests.factories.inventory import make_lot, make_sku, make_warehouse
from tests.helpers.lock_order import watched

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture(autouse=True)
def locks_in_order() -> None:
    """Let the tests of this module lock as they should not."""


@pytest.fixture
def lot() -> Lot:
    """Return a lot of a SKU that has a level."""
    lot = make_lot(make_sku(lot_tracked=True))
    StockLevel.objects.create(warehouse=make_warehouse(), sku=lot.sku)
    return lot


def keys(lot: Lot) -> list[tuple[int, int]]:
    return list(StockLevel.objects.filter(sku=lot.sku).values_list("warehouse_id", "sku_id"))


@stock_write()
def levels_first(lot: Lot) -> None:
    level_sql.lock_levels(keys(lot))
    lock_lots([lot.pk])


@stock_write(savepoint=False)
def lots_first(lot: Lot) -> None:
    lock_lots([lot.pk])
    level_sql.lock_levels(keys(lot))
    lock_lots([lot.pk])


@stock_write()
def given_back(lot: Lot) -> None:
    with contextlib.suppress(ValueError), transaction.atomic():
        level_sql.lock_levels(keys(lot))
        raise ValueError
    lock_lots([lot.pk])


def test_a_lot_locked_after_its_level_is_found(lot: Lot):
    with watched() as found:
        levels_first(lot)

    assert len(found) == 1
    assert found[0].startswith("inventory_lot at inventory/services/lots.py:")
    assert " after inventory_stocklevel at tests/concurrency/test_lock_order.py:" in found[0]


def test_a_wrapper_of_the_test_ends_with_its_block_although_the_watch_came_later(lot: Lot):
    before = list(connection.execute_wrappers)
    seen: list[str] = []

    def note(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with watched(), connection.execute_wrapper(note):
        lots_first(lot)

    assert seen
    assert connection.execute_wrappers == before


def test_a_lot_written_after_its_level_is_found(lot: Lot):
    @transaction.atomic
    def write() -> None:
        level_sql.lock_levels(keys(lot))
        Lot.objects.filter(pk=lot.pk).update(status="hold")

    with watched() as found:
        stock_write()(write)()

    assert [line.split()[0] for line in found] == ["inventory_lot"]


def test_the_right_order_and_locks_given_back_are_not_found(lot: Lot):
    with watched() as found:
        lots_first(lot)
        given_back(lot)
        lots_first(lot)

    assert found == []
    assert Lot.objects.get(pk=lot.pk).status == "good"


def test_calls_that_a_test_puts_into_one_transaction_are_not_mixed_up(lot: Lot):
    with watched() as found, transaction.atomic():
        level_sql.lock_levels(keys(lot))
        lots_first(lot)
        lots_first(lot)

    assert found == []

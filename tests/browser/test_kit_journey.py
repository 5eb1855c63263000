"""A kit built and taken apart again by scanner keystrokes alone."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from inventory.models import Lot, StockLevel, WorkOrder
from tests.browser.test_floor_journey import answered, moved_on
from tests.factories import core as people
from tests.factories import moves
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_kits_are_built_and_taken_apart_by_scanner_alone(desk):
    place = make.warehouse("LA")
    tea, cup = make.sku("TEA-1", lot_tracked=True), make.sku("CUP-1")
    make.put(tea, place, 4, lot_code="L-03", expires_on=dt.date(2029, 1, 1))
    make.put(cup, place, 2)
    kit = moves.assembled_kit("SET-1", {tea: 2, cup: 1}, lot_tracked=True)
    order = moves.work_order(kit, place, 2)
    worker = desk(people.make_user(role="operator"), width=412)
    page = worker.open("/floor/")

    moved_on(page, worker, order.number)
    answered(page, worker, "SET-1")
    expect(page.locator(".floor-card-error")).to_be_visible()
    for code in ("TEA-1", "L-03", "CUP-1", "TEA-1", "L-03"):
        answered(page, worker, code)
    moved_on(page, worker, "CMD-QTY-2")
    assert WorkOrder.objects.get().state == "done"
    assert StockLevel.objects.get(sku=kit).on_hand == 2

    back = moves.work_order(kit, place, 1, is_unkit=True)
    page = worker.open("/floor/kits/")
    moved_on(page, worker, back.number)
    for code in ("SET-1", Lot.objects.get(sku=kit).code, "CUP-1"):
        answered(page, worker, code)
    moved_on(page, worker, "TEA-1")
    assert StockLevel.objects.get(sku=tea).on_hand == 2
    assert_books_balance()
    assert worker.violations() == []

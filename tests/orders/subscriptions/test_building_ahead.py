"""Kits that subscriptions will need are planned before they are ordered."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from inventory.models import Warehouse, WorkOrder
from orders.services import building_ahead
from orders.services.subscriptions import ItemDraft
from tests.factories import orders as make
from tests.factories.subscriptions import FIRST, kit_of, subscription
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
TODAY = make.NOW.date()


@pytest.fixture
def shop():
    make.channel()
    make.warehouse()


def plan(days: int = 14) -> building_ahead.AheadReport:
    return building_ahead.plan(today=TODAY, days=days, at=make.NOW)


def subscribe(code: str, qty: int, **more: object) -> None:
    subscription(items=(ItemDraft(code, qty, Decimal(20)),), **more)


def test_a_30_kits_of_the_coming_days_are_planned_once(shop):
    kit = kit_of("TEA", stock_qty=60, per_kit_qty=3)
    subscribe(kit.code, 2, interval_unit="week")
    subscribe(kit.code, 1, first_on=TODAY + dt.timedelta(days=60))

    first, again = plan(), plan()

    order = WorkOrder.objects.get()
    # 24 and 31 January lie within fourteen days of the 21st.
    assert (order.kit, order.planned_qty, order.state) == (kit, 4, "draft")
    assert (first.planned, again.planned) == ([order.pk], [])
    assert_books_balance()


def test_a_30_kits_that_lie_there_free_are_not_built(shop):
    kit = kit_of("TEA", stock_qty=60)
    make.put(kit, Warehouse.objects.get(), 3)
    subscribe(kit.code, 5)

    plan()

    assert WorkOrder.objects.get().planned_qty == 2


def test_a_kit_whose_components_are_short_is_named_and_stops_no_other(shop):
    short, good = kit_of("CUP", stock_qty=2), kit_of("TEA", stock_qty=60)
    subscribe(short.code, 1)
    subscribe(good.code, 1)

    report = plan()

    assert [order.kit for order in WorkOrder.objects.all()] == [good]
    assert list(report.refused) == [short.code]
    assert "CUP" in report.refused[short.code]


def test_goods_that_are_no_kits_are_left_to_buying(shop):
    make.put(make.sku(), Warehouse.objects.get(), 1)
    subscribe("TEA", 9, first_on=FIRST)

    assert plan() == building_ahead.AheadReport([], {})

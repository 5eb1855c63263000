"""The figures of the home page."""

from __future__ import annotations

import datetime as dt

import pytest

from config import today
from core.actors import SYSTEM
from orders.models import Shipment
from orders.services import holds
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture
def shop():
    make.channel()
    place = make.warehouse()
    make.put(make.sku("TEA"), place, 50)
    return place


def place_with_cutoff(cutoff_at: dt.datetime | None, count: int = 1) -> list[Shipment]:
    rows = make.place(*(make.draft() for _ in range(count)))
    Shipment.objects.filter(order__in=rows).update(cutoff_at=cutoff_at)
    return list(Shipment.objects.filter(order__in=rows))


def figures(role: str = "planner", **scope) -> tuple[today.Today, today.Matrix]:
    principal = people.principal(role, **scope)
    work = today.open_work(principal)
    return today.today(principal, work, now=NOW), today.matrix(work, now=NOW)


def test_open_work_is_counted_by_stage_and_cut_off(shop):
    near, far = NOW + dt.timedelta(hours=1), NOW + dt.timedelta(days=3)
    place_with_cutoff(near, 2)
    place_with_cutoff(far)
    floor.release(place_with_cutoff(far)[0].order)

    strip, matrix = figures()

    assert (strip.to_do, strip.before_cutoff, strip.late_risk) == (4, 2, 2)
    assert [column.cutoff_at for column in matrix.columns] == [near, far, None]
    routed, released = matrix.rows[0], matrix.rows[1]
    assert [(cell.count, cell.risk_count) for cell in routed[1]] == [(2, 2), (1, 0), (0, 0)]
    assert [cell.count for cell in released[1]] == [0, 1, 0]
    assert (list(matrix.totals), matrix.total) == ([2, 2, 0], 4)


def test_orders_that_wait_for_a_person_are_no_open_work(shop):
    cutoff = NOW + dt.timedelta(hours=1)
    [kept], [held] = place_with_cutoff(None), place_with_cutoff(cutoff)
    holds.place_hold(held.order_id, "FRAUD", actor=SYSTEM, at=NOW)

    strip, matrix = figures()

    assert kept.status == held.status == "planned"
    assert (strip.to_do, strip.late_risk, strip.held, strip.blocked) == (1, 0, 1, 1)
    # A cut-off at which only held orders leave is no column of its own.
    assert [column.cutoff_at for column in matrix.columns] == [None]
    assert matrix.total == 1


def test_work_of_a_foreign_warehouse_is_not_counted(shop):
    place_with_cutoff(None, 2)

    strip, matrix = figures(warehouses=("SZ",))

    assert (strip.to_do, matrix.total) == (0, 0)

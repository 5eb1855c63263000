"""W7: pick faces are refilled, urgent first, from the bulk bin whose lot expires first."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from inventory.domain.demand import Demand
from inventory.models import BinStock, CountTask, PickFace, ReplenishTask
from inventory.services import replenishing, reservations, stock
from inventory.services.replenishing import FaceDraft
from tests.factories import moves
from tests.factories.inventory import NOW, a_key, make_bin, make_sku, make_warehouse, put_stock
from tests.factories.moves import PLANNER, WORKER
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    """TEA: 3 at the face (least 4, most 10), 5 of May and 9 of March in bulk; CUP: 5 of 4 to 8."""
    place = make_warehouse("LA")
    face = make_bin(place, "A-01")
    tea, cup = make_sku("TEA", lot_tracked=True), make_sku("CUP")
    put_stock(tea, 3, at_bin=face, lot="L1", expires_on=dt.date(2026, 2, 1))
    bulk = [make_bin(place, code, kind="bulk", is_pickable=False) for code in ("Z-01", "Z-02")]
    put_stock(tea, 5, at_bin=bulk[0], lot="L5", expires_on=dt.date(2026, 5, 1))
    put_stock(tea, 9, at_bin=bulk[1], lot="L3", expires_on=dt.date(2026, 3, 1))
    put_stock(cup, 5, at_bin=face)
    put_stock(cup, 9, at_bin=bulk[0])
    drafts = [FaceDraft(face.pk, cup.pk, 4, 8), FaceDraft(face.pk, tea.pk, 4, 10)]
    replenishing.save_faces(drafts, actor=PLANNER, at=NOW)
    return place


def plan(place) -> list[tuple[str, str, int, bool]]:
    replenishing.plan(place.pk, at=NOW)
    rows = ReplenishTask.objects.open()
    return list(rows.values_list("face__sku__code", "from_bin__code", "qty", "is_urgent"))


def test_a_face_below_its_least_is_filled_up_from_the_lot_that_expires_first(site):
    assert plan(site) == [("TEA", "Z-02", 7, False)]
    assert plan(site) == [("TEA", "Z-02", 7, False)]
    task = ReplenishTask.objects.get()

    replenishing.confirm(task.pk, qty=7, actor=WORKER, at=NOW)
    with pytest.raises(replenishing.RefillIsDone):
        replenishing.confirm(task.pk, qty=7, actor=WORKER, at=NOW)

    face = BinStock.objects.filter(bin__code="A-01", sku__code="TEA").order_by("lot__code")
    assert list(face.values_list("lot__code", "qty")) == [("L1", 3), ("L3", 7)]
    assert plan(site) == []
    assert_books_balance()


def test_a_face_that_picks_wait_for_comes_first_and_is_urgent(site):
    plan(site)
    cup = BinStock.objects.filter(sku__code="CUP")[0].sku_id
    demand = Demand("shipment_line:1", site.pk, cup, 6)
    reservations.reserve([demand], event_key=a_key(), actor=WORKER, at=NOW)

    assert plan(site) == [("CUP", "Z-01", 3, True), ("TEA", "Z-02", 7, False)]
    more = Demand("shipment_line:2", site.pk, ReplenishTask.objects.get(qty=7).face.sku_id, 4)
    reservations.reserve([more], event_key=a_key(), actor=WORKER, at=NOW)
    assert [row[3] for row in plan(site)] == [True, True]


def test_an_empty_source_is_counted_and_another_one_takes_over(site):
    plan(site)
    task = ReplenishTask.objects.get()

    replenishing.report_empty(task.pk, actor=WORKER, at=NOW)

    count = CountTask.objects.get()
    assert (count.bin.code, count.sku.code, count.reason) == ("Z-02", "TEA", "REFILL_SOURCE_EMPTY")
    assert plan(site) == [("TEA", "Z-01", 5, False)]
    task.refresh_from_db()
    assert (task.state, task.reason) == ("cancelled", "REFILL_SOURCE_EMPTY")


def test_units_that_left_meanwhile_are_not_moved(site):
    plan(site)
    task = ReplenishTask.objects.get()
    row = BinStock.objects.get(bin__code="Z-02")
    line = stock.ScrapLine(row.bin_id, row.sku_id, 5, row.lot_id, "good")
    stock.scrap([line], event_key="s", actor=WORKER, at=NOW, reason="WET")

    with pytest.raises(stock.BinShort):
        replenishing.confirm(task.pk, qty=7, actor=WORKER, at=NOW)
    replenishing.confirm(task.pk, qty=4, actor=WORKER, at=NOW)

    assert plan(site) == []
    assert_books_balance()


def test_faces_need_a_pick_bin_and_room(site):
    cup = BinStock.objects.filter(sku__code="CUP")[0].sku_id
    bulk = site.bins.get(code="Z-01").pk
    for draft in (FaceDraft(bulk, cup, 1, 2), FaceDraft(site.bins.get(code="A-01").pk, cup, 3, 3)):
        with pytest.raises(replenishing.BadFace):
            replenishing.save_faces([draft], actor=PLANNER, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        PickFace.objects.update(max_qty=0)


def test_every_warehouse_with_faces_is_planned(site):
    moves.empty_face()

    assert replenishing.plan_all(at=NOW) == 2
    assert replenishing.plan_all(at=NOW) == 0

"""Counts and recalls that hit transfers and work orders are seen, planned again and settled."""

from __future__ import annotations

import pytest

from core import clock, jobs
from core.actors import SYSTEM
from inventory.domain.demand import BrokenPromise
from inventory.domain.lines import AdjustLine
from inventory.models import BinReservation, Reservation, Shortfall, TransferPick
from inventory.services import (
    adjusting,
    shortfalls,
    transfer_picking,
    transfers,
    work_orders,
)
from inventory.services.announcing import announce_broken
from tests.factories import moves
from tests.factories.inventory import NOW, a_key, make_bin, make_sku, make_warehouse, put_stock
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site():
    return make_warehouse("LA")


def lose(place, sku, units) -> None:
    """Let a count find so many units less, and tell the listeners."""
    line = AdjustLine(place.pk, sku.pk, -units)
    adjusting.adjust(line, event_key=a_key("lost"), reason="LOST", actor=SYSTEM, at=NOW)
    jobs.run_due(clock.now())


def promised(owner_key: str) -> int:
    rows = Reservation.objects.pending().filter(owner_key=owner_key)
    return sum(row.qty - row.consumed_qty - row.released_qty for row in rows)


def test_a_transfer_that_lost_units_is_listed_cut_and_shipped_with_the_rest(site):
    near, far = make_bin(site, "A-01", pick_sequence=1), make_bin(site, "A-02", pick_sequence=2)
    tea = make_sku("TEA")
    put_stock(tea, 4, at_bin=near)
    put_stock(tea, 4, at_bin=far)
    transfer = moves.approve(moves.plan(site, make_warehouse("NYC"), TEA=8))
    transfer_picking.start(transfer.pk, actor=moves.WORKER, at=NOW)

    lose(near, tea, 3)

    row = Shortfall.objects.get()
    line = transfer.lines.get()
    assert (row.owner_key, row.short_qty, row.state) == (line.owner_key, 3, "open")

    shortfalls.cut(row.pk, actor=moves.PLANNER, at=NOW)

    visits = TransferPick.objects.filter(transfer=transfer).open().order_by("sequence")
    assert [(visit.bin_id, visit.qty) for visit in visits] == [(near.pk, 1), (far.pk, 4)]
    assert promised(line.owner_key) == 5
    with pytest.raises(shortfalls.ShortfallSettled):
        shortfalls.cut(row.pk, actor=moves.PLANNER, at=NOW)
    tote = moves.tote_of(site)
    for visit in visits:
        transfer_picking.confirm(visit.pk, tote_id=tote.pk, actor=moves.WORKER, at=NOW)
    transfer_picking.ship(transfer.pk, actor=moves.WORKER, at=NOW)
    line.refresh_from_db()
    assert (line.qty, line.shipped_qty) == (8, 5)
    row.refresh_from_db()
    assert (row.state, row.closed_by) == ("cut", moves.PLANNER.key)
    assert_books_balance()


def test_a_cut_before_picking_starts_leaves_others_their_promises(site):
    near = make_bin(site, "A-01")
    tea = make_sku("TEA")
    put_stock(tea, 6, at_bin=near)
    transfer = moves.approve(moves.plan(site, make_warehouse("NYC"), TEA=6))
    lose(near, tea, 4)

    shortfalls.cut(Shortfall.objects.get().pk, actor=moves.PLANNER, at=NOW)
    put_stock(tea, 3, at_bin=near)
    visits = transfer_picking.start(transfer.pk, actor=moves.WORKER, at=NOW)

    assert [visit.qty for visit in visits] == [2]
    assert_books_balance()


def test_a_work_order_that_lost_a_component_builds_what_is_left(site):
    shelf = make_bin(site, "A-01")
    tea, cup = make_sku("TEA"), make_sku("CUP")
    put_stock(tea, 3, at_bin=shelf)
    put_stock(cup, 3, at_bin=shelf)
    kit = moves.assembled_kit("BOX", {tea: 1, cup: 1})
    order = moves.work_order(kit, site, 3, output_bin_id=shelf.pk)

    lose(shelf, cup, 2)
    row = Shortfall.objects.get()
    shortfalls.cut(row.pk, actor=moves.PLANNER, at=NOW)

    line = next(line for line in work_orders.lines_of(order) if line.component_id == cup.pk)
    claimed = BinReservation.objects.pending().filter(owner_key=line.owner_key)
    assert (row.owner_key, row.short_qty) == (line.owner_key, 2)
    assert [claim.qty for claim in claimed] == [1]
    assert promised(line.owner_key) == 1
    work_orders.cancel(order.pk, reason="SHORT", actor=SYSTEM, at=NOW)
    assert_books_balance()


def test_an_item_closes_when_units_come_back_or_the_plan_ends(site):
    near = make_bin(site, "A-01")
    tea, cup = make_sku("TEA"), make_sku("CUP")
    put_stock(tea, 4, at_bin=near)
    put_stock(cup, 4, at_bin=near)
    moves.approve(moves.plan(site, make_warehouse("NYC"), TEA=4))
    other = moves.approve(moves.plan(site, make_warehouse("RTM"), CUP=4))
    lose(near, tea, 2)
    lose(near, cup, 2)
    assert Shortfall.objects.open().count() == 2

    put_stock(tea, 2, at_bin=near)
    jobs.run_due(clock.now())
    transfers.cancel(other.pk, reason="NONE", actor=moves.APPROVER, at=NOW)
    shortfalls.refresh(at=NOW)

    states = dict(Shortfall.objects.values_list("sku__code", "state"))
    assert states == {"TEA": "covered", "CUP": "ended"}
    assert_books_balance()


def test_a_shipment_that_lost_units_is_no_shortfall_of_a_plan(site):
    tea = make_sku("TEA")
    announce_broken([BrokenPromise("shipment_line:1", site.pk, tea.pk, 2)], at=NOW)
    jobs.run_due(clock.now())

    assert Shortfall.objects.count() == 0

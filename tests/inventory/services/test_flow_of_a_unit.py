from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command

from core.actors import SYSTEM
from inventory.domain.demand import Demand, PickWant
from inventory.domain.lines import DispatchLine
from inventory.domain.picks import BinHold, BinPick, PutBack, Returning, Unpick
from inventory.models import (
    BinReservation,
    BinStock,
    CostLayer,
    CountTask,
    LayerConsumption,
    Reservation,
    StockLevel,
    StockMove,
)
from inventory.services import dispatching, picking, reservations
from inventory.services.carrying import LotFrozen, NotClaimed
from inventory.services.counting import CountLine, post_count
from inventory.services.stock import hold_lot
from tests.factories.inventory import (
    NOW,
    a_key,
    make_bin,
    make_sku,
    make_warehouse,
    put_stock,
)
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


def call() -> dict:
    return {"event_key": a_key("call"), "actor": SYSTEM, "at": NOW}


def promise(level: StockLevel, qty: int, owner: str = "shipment_line:1", **terms) -> Reservation:
    demand = Demand(owner, level.warehouse_id, level.sku_id, qty, **terms)
    return reservations.reserve([demand], **call())[0]


def claim(
    level: StockLevel,
    qty: int,
    *,
    task: str = "pick_task:1",
    line: str = "shipment_line:1",
    until: dt.date | None = None,
) -> list[picking.BinTake]:
    want = PickWant(line, level.warehouse_id, level.sku_id, qty, until)
    takes = picking.plan_bins([want])
    picking.hold_bins(
        [BinHold(task, take.bin_stock_id, take.qty, line) for take in takes], **call()
    )
    return takes


@pytest.fixture
def site():
    return make_warehouse("LON")


@pytest.fixture
def tote(site):
    return make_bin(site, "T-1", kind="tote")


def test_a_promised_unit_is_claimed_picked_and_leaves_with_its_cost(site, tote):
    shelf = make_bin(site, "A-01")
    tea = make_sku("TEA")
    put_stock(tea, 2, at_bin=shelf, unit_cost=Decimal("2.00"))
    level = put_stock(tea, 5, at_bin=shelf, unit_cost=Decimal("2.60"))
    promise(level, 3)
    claim(level, 3)
    picking.pick([BinPick("pick_task:1", 3, tote.pk)], **call())
    assert_books_balance()

    result = dispatching.dispatch(
        [DispatchLine("shipment_line:1", site.pk, tea.pk, None, 3, tote.pk)], **call()
    )

    level.refresh_from_db()
    reservation = Reservation.objects.get()
    move = StockMove.objects.get(pk=result.move_ids[0])
    assert (level.on_hand, level.reserved, level.atp_qty) == (4, 0, 4)
    assert (reservation.state, reservation.consumed_qty) == ("consumed", 3)
    # 2 at 2.00 and 1 at 2.60 are 6.60 for 3 units
    assert move.unit_cost == Decimal("2.20")
    assert list(LayerConsumption.objects.order_by("pk").values_list("qty", "unit_cost")) == [
        (2, Decimal("2.00")),
        (1, Decimal("2.60")),
    ]
    assert list(CostLayer.objects.order_by("pk").values_list("remaining_qty", flat=True)) == [0, 4]
    assert BinReservation.objects.pending().count() == 0
    assert BinStock.objects.get(bin=tote).qty == 0
    assert_books_balance()


def test_a_repeated_dispatch_changes_nothing(site, tote):
    level = put_stock(make_sku(), 5, warehouse=site)
    promise(level, 2)
    claim(level, 2)
    picking.pick([BinPick("pick_task:1", 2, tote.pk)], **call())
    line = DispatchLine("shipment_line:1", site.pk, level.sku_id, None, 2, tote.pk)
    first = dispatching.dispatch([line], event_key="m:1", actor=SYSTEM, at=NOW)

    again = dispatching.dispatch([line], event_key="m:1", actor=SYSTEM, at=NOW)

    level.refresh_from_db()
    assert (again.repeated, again.move_ids) == (True, first.move_ids)
    assert level.on_hand == 3
    assert_books_balance()


def test_dispatch_of_more_than_promised_is_refused_and_nothing_leaves(site, tote):
    level = put_stock(make_sku(), 5, warehouse=site)
    promise(level, 2)
    claim(level, 2)
    picking.pick([BinPick("pick_task:1", 2, tote.pk)], **call())
    line = DispatchLine("shipment_line:1", site.pk, level.sku_id, None, 3, tote.pk)

    with pytest.raises(dispatching.NotPromised):
        dispatching.dispatch([line], **call())

    level.refresh_from_db()
    assert (level.on_hand, level.reserved) == (5, 2)
    assert_books_balance()


def test_a_partial_dispatch_gives_the_rest_back(site, tote):
    level = put_stock(make_sku(), 5, warehouse=site)
    promise(level, 4)
    claim(level, 4)
    picking.pick([BinPick("pick_task:1", 4, tote.pk)], **call())
    line = DispatchLine("shipment_line:1", site.pk, level.sku_id, None, 3, tote.pk)

    dispatching.dispatch([line], **call())

    level.refresh_from_db()
    row = Reservation.objects.get()
    assert (row.state, row.consumed_qty, row.released_qty) == ("consumed", 3, 1)
    assert (level.on_hand, level.reserved) == (2, 0)
    assert_books_balance()


def test_a_partial_dispatch_keeps_the_rest_when_told_so(site, tote):
    level = put_stock(make_sku(), 5, warehouse=site)
    promise(level, 4)
    claim(level, 4)
    picking.pick([BinPick("pick_task:1", 4, tote.pk)], **call())
    line = DispatchLine("shipment_line:1", site.pk, level.sku_id, None, 3, tote.pk)

    dispatching.dispatch([line], **call(), keep_rest=True)

    level.refresh_from_db()
    row = Reservation.objects.get()
    assert (row.state, row.consumed_qty, level.reserved) == ("pending", 3, 1)
    assert_books_balance()


def test_dispatch_statements_do_not_depend_on_the_number_of_parcels(
    site, tote, django_assert_max_num_queries
):
    levels = [put_stock(make_sku(), 90, warehouse=site) for _ in range(3)]

    def ready(count: int) -> list[DispatchLine]:
        lines = []
        for level in levels:
            for _ in range(count):
                owner = a_key("shipment_line")
                promise(level, 1, owner)
                claim(level, 1, task=f"pick_task:{owner}", line=owner)
                picking.pick([BinPick(f"pick_task:{owner}", 1, tote.pk)], **call())
                lines.append(DispatchLine(owner, site.pk, level.sku_id, None, 1, tote.pk))
        return lines

    few, many = ready(1), ready(6)
    with django_assert_max_num_queries(14):
        dispatching.dispatch(few, **call())
    with django_assert_max_num_queries(14):
        dispatching.dispatch(many, **call())

    assert_books_balance()


def test_x13_the_pick_takes_the_lot_that_expires_first_and_lives_long_enough(site, tote):
    milk = make_sku("MILK", lot_tracked=True)
    for lot, day in (("FEB", 1), ("MAR", 2), ("APR", 3)):
        level = put_stock(milk, 2, warehouse=site, lot=lot, expires_on=dt.date(2026, 1 + day, 10))

    [take] = claim(level, 1, until=dt.date(2026, 3, 10))

    assert BinStock.objects.get(pk=take.bin_stock_id).lot.code == "MAR"


def test_x13_an_order_stays_in_one_lot_when_one_lot_can_serve_it(site):
    milk = make_sku("MILK", lot_tracked=True)
    put_stock(milk, 1, warehouse=site, lot="FEB", expires_on=dt.date(2026, 2, 10))
    level = put_stock(milk, 5, warehouse=site, lot="MAR", expires_on=dt.date(2026, 3, 10))
    promise(level, 2, usable_until=dt.date(2026, 2, 1))

    [take] = claim(level, 2, until=dt.date(2026, 2, 1))

    assert BinStock.objects.get(pk=take.bin_stock_id).lot.code == "MAR"


def test_x13_one_lot_yields_when_another_promise_needs_its_units(site):
    milk = make_sku("MILK", lot_tracked=True)
    put_stock(milk, 1, warehouse=site, lot="FEB", expires_on=dt.date(2026, 2, 10))
    level = put_stock(milk, 2, warehouse=site, lot="MAR", expires_on=dt.date(2026, 3, 10))
    promise(level, 1, "shipment_line:9", usable_until=dt.date(2026, 3, 1))
    promise(level, 2, usable_until=dt.date(2026, 2, 1))

    takes = claim(level, 2, until=dt.date(2026, 2, 1))

    lots = [BinStock.objects.get(pk=take.bin_stock_id).lot.code for take in takes]
    assert lots == ["FEB", "MAR"]


def test_a_claim_keeps_others_away_from_the_units(site):
    level = put_stock(make_sku(), 2, warehouse=site)
    promise(level, 2)
    claim(level, 2)

    takes = picking.plan_bins([PickWant("x", site.pk, level.sku_id, 1)])

    assert takes == []


def test_more_than_is_free_can_t_be_claimed(site):
    level = put_stock(make_sku(), 2, warehouse=site)
    [take] = picking.plan_bins([PickWant("x", site.pk, level.sku_id, 2)])

    with pytest.raises(picking.BinTaken):
        picking.hold_bins([BinHold("pick_task:1", take.bin_stock_id, 3)], **call())

    assert BinReservation.objects.count() == 0
    assert BinStock.objects.get().reserved == 0


def test_a_picker_takes_only_what_is_claimed(site, tote):
    level = put_stock(make_sku(), 5, warehouse=site)
    claim(level, 2)

    with pytest.raises(NotClaimed) as caught:
        picking.pick([BinPick("pick_task:1", 3, tote.pk)], **call())

    assert caught.value.data["claimed_qty"] == 2
    assert_books_balance()


def test_a_recall_freezes_picked_units(site, tote):
    milk = make_sku("MILK", lot_tracked=True)
    level = put_stock(milk, 2, warehouse=site, lot="FEB", expires_on=dt.date(2026, 2, 10))
    promise(level, 2)
    [take] = claim(level, 2)
    picking.pick([BinPick("pick_task:1", 1, tote.pk)], **call())

    result = hold_lot(take.lot_id, reason="COMPLAINT", **call())

    line = DispatchLine("shipment_line:1", site.pk, milk.pk, take.lot_id, 1, tote.pk)
    with pytest.raises(LotFrozen):
        dispatching.dispatch([line], **call())
    with pytest.raises(LotFrozen):
        picking.pick([BinPick("pick_task:1", 1, tote.pk)], **call())
    level.refresh_from_db()
    assert (level.on_hand, level.unsellable, level.reserved) == (2, 2, 2)
    assert [(row.owner_key, row.short_qty) for row in result.broken] == [("shipment_line:1", 2)]
    assert {(row.owner_key, row.qty) for row in result.frozen} == {("pick_task:1", 1)}
    assert_books_balance()


def test_unpicked_units_lie_in_the_bin_again_and_stay_claimed(site, tote):
    level = put_stock(make_sku(), 2, warehouse=site)
    [take] = claim(level, 2)
    picking.pick([BinPick("pick_task:1", 2, tote.pk)], **call())

    picking.unpick([Unpick("pick_task:1", tote.pk, take.bin_id, level.sku_id, None, 1)], **call())

    assert [
        (row.bin_stock.bin.code, row.qty)
        for row in BinReservation.objects.pending()
        .select_related("bin_stock__bin")
        .order_by("bin_stock__bin__kind")
    ] == [(BinStock.objects.get(pk=take.bin_stock_id).bin.code, 1), ("T-1", 1)]
    assert_books_balance()


def test_recalled_units_return_to_stock_only_when_put_back(site, tote):
    level = put_stock(make_sku(), 3, warehouse=site)
    promise(level, 2)
    [take] = claim(level, 2)
    picking.pick([BinPick("pick_task:1", 2, tote.pk)], **call())
    picking.mark_returning([Returning(level.sku_id, None, 2, tote.pk)], **call())
    level.refresh_from_db()
    waiting = (level.on_hand, level.unsellable)

    picking.put_back([PutBack(level.sku_id, None, 2, tote.pk, take.bin_id)], **call())

    level.refresh_from_db()
    assert (waiting, level.unsellable) == ((3, 2), 0)
    assert BinReservation.objects.pending().count() == 0
    assert BinStock.objects.get(pk=take.bin_stock_id).qty == 3
    assert_books_balance()


def test_x09_a_short_pick_sets_the_bin_suspects_the_unit_and_asks_for_a_count(site, tote):
    level = put_stock(make_sku(), 2, warehouse=site)
    promise(level, 2)
    [take] = claim(level, 2)
    picking.pick([BinPick("pick_task:1", 1, tote.pk)], **call())

    report = picking.report_found(
        bin_stock_id=take.bin_stock_id, found_qty=0, cause_key="pick_task:1", **call()
    )

    level.refresh_from_db()
    task = CountTask.objects.get()
    assert (report.missing_qty, report.affected_owner_keys) == (1, ("shipment_line:1",))
    assert [(row.owner_key, row.qty) for row in report.unclaimed] == [("pick_task:1", 1)]
    assert (level.on_hand, level.unsellable, level.reserved) == (2, 1, 2)
    assert (task.state, task.reason, task.due_at - NOW) == (
        "open",
        "SHORT_PICK",
        dt.timedelta(hours=8),
    )
    assert_books_balance()


def test_x09_the_bin_is_locked_for_the_sku_until_it_is_counted(site):
    shelf = make_bin(site, "A-01")
    tea = make_sku()
    level = put_stock(tea, 5, at_bin=shelf)
    held = BinStock.objects.get()
    picking.report_missing(bin_stock_id=held.pk, missing_qty=1, cause_key="pick_task:1", **call())
    want = PickWant("x", site.pk, tea.pk, 1)
    while_open = picking.plan_bins([want])
    post_count([CountLine(shelf.pk, tea.pk, 5, 4)], **call(), reason="COUNT")

    level.refresh_from_db()
    assert (while_open, len(picking.plan_bins([want]))) == ([], 1)
    assert (level.on_hand, level.unsellable, CountTask.objects.get().state) == (4, 0, "done")
    assert_books_balance()


def test_check_stock_exits_one_on_drift(capsys, site):
    level = put_stock(make_sku(), 5, warehouse=site)
    call_command("check_stock")
    StockLevel.objects.filter(pk=level.pk).update(on_hand=6)

    with pytest.raises(SystemExit) as caught:
        call_command("check_stock", "--json")

    assert caught.value.code == 1
    assert '"rule": "on_hand"' in capsys.readouterr().out

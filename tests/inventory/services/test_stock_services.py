from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import SYSTEM
from core.models import AuditEntry, OutboxEvent
from inventory import queries
from inventory.domain.demand import Demand, DispatchLine
from inventory.domain.lines import (
    AdjustLine,
    BufferChange,
    ConditionLine,
    MoveLine,
    ReceiveLine,
)
from inventory.models import BinStock, CostLayer, Lot, StockLevel, StockMove
from inventory.services import dispatching, reservations, stock
from inventory.services.counting import CountLine, post_count
from inventory.services.lots import LotMismatch, LotStateConflict
from inventory.services.move_facts import (
    LotNotExpected,
    LotRequired,
    NotStocked,
    OtherWarehouse,
    PlaceRefused,
    ReasonMissing,
)
from tests.factories.inventory import NOW, a_key, make_bin, make_sku, make_warehouse, put_stock
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db


def call() -> dict:
    return {"event_key": a_key("call"), "actor": SYSTEM, "at": NOW}


def promise(level: StockLevel, qty: int, owner: str, **terms) -> None:
    demand = Demand(owner, level.warehouse_id, level.sku_id, qty, **terms)
    reservations.reserve([demand], **call())


def test_received_units_open_a_cost_layer_and_are_announced():
    place, tea = make_bin(), make_sku("TEA")

    stock.receive([ReceiveLine(place.pk, tea.pk, 5, unit_cost=Decimal("1.25"))], **call())

    level = StockLevel.objects.get()
    layer = CostLayer.objects.get()
    assert (level.on_hand, level.atp_qty) == (5, 5)
    assert (layer.remaining_qty, layer.unit_cost, layer.currency) == (5, Decimal("1.25"), "USD")
    assert OutboxEvent.objects.get().payload["sku_id"] == tea.pk
    assert_books_balance()


def test_opening_stock_may_be_not_yet_costed():
    place, tea = make_bin(), make_sku("TEA")

    stock.receive([ReceiveLine(place.pk, tea.pk, 5)], **call())

    assert CostLayer.objects.get().unit_cost is None


@pytest.mark.parametrize(
    ("fields", "lot", "refusal"),
    [
        ({"lot_tracked": True}, "", LotRequired),
        ({}, "L1", LotNotExpected),
        ({"kind": "virtual_kit"}, "", NotStocked),
    ],
)
def test_what_can_not_lie_in_a_bin_is_refused(fields, lot, refusal):
    place, sku = make_bin(), make_sku(**fields)

    with pytest.raises(refusal):
        stock.receive([ReceiveLine(place.pk, sku.pk, 5, lot)], **call())

    assert StockMove.objects.count() == 0


def test_a_closed_bin_takes_nothing():
    place, sku = make_bin(is_active=False), make_sku()

    with pytest.raises(PlaceRefused):
        stock.receive([ReceiveLine(place.pk, sku.pk, 5)], **call())


def test_a_lot_has_one_expiry():
    milk = make_sku(lot_tracked=True)
    put_stock(milk, 1, lot="L1", expires_on=dt.date(2026, 5, 1))

    with pytest.raises(LotMismatch):
        put_stock(milk, 1, lot="L1", expires_on=dt.date(2026, 6, 1))

    assert Lot.objects.get().expires_on == dt.date(2026, 5, 1)
    assert_books_balance()


def test_a_count_may_break_a_promise_and_names_it():
    place = make_bin()
    level = put_stock(make_sku(), 5, at_bin=place)
    promise(level, 2, "old")
    promise(level, 3, "new")

    result = stock.adjust([AdjustLine(place.pk, level.sku_id, -2)], **call(), reason="COUNT")

    level.refresh_from_db()
    assert (level.on_hand, level.reserved, level.atp_qty) == (3, 5, -2)
    assert [(row.owner_key, row.short_qty) for row in result.broken] == [("new", 2)]
    assert_books_balance()


def test_a_correction_needs_a_reason():
    place = make_bin()
    level = put_stock(make_sku(), 5, at_bin=place)

    with pytest.raises(ReasonMissing):
        stock.adjust([AdjustLine(place.pk, level.sku_id, -2)], **call(), reason="")

    level.refresh_from_db()
    assert level.on_hand == 5


def test_found_units_cost_what_the_sku_costs():
    place, tea = make_bin(), make_sku(default_cost=Decimal("3.10"))

    stock.adjust([AdjustLine(place.pk, tea.pk, 2)], **call(), reason="FOUND")

    assert CostLayer.objects.get().unit_cost == Decimal("3.10")


def test_units_stay_in_their_warehouse_when_moved():
    here, there = make_bin(), make_bin()
    level = put_stock(make_sku(), 5, at_bin=here)

    with pytest.raises(OtherWarehouse):
        stock.move([MoveLine(here.pk, there.pk, level.sku_id, 1)], **call())

    assert BinStock.objects.get().qty == 5


def test_damaged_units_leave_atp():
    place = make_bin()
    level = put_stock(make_sku(), 5, at_bin=place)

    stock.change_condition(
        [ConditionLine(place.pk, level.sku_id, 2, "good", "damaged")], **call(), reason="WET"
    )

    level.refresh_from_db()
    assert (level.on_hand, level.unsellable, level.atp_qty) == (5, 2, 3)
    assert_books_balance()


def test_a_buffer_is_kept_back_from_promises():
    level = put_stock(make_sku(), 5)
    stock.set_buffer([BufferChange(level.warehouse_id, level.sku_id, 3)], **call())

    with pytest.raises(reservations.InsufficientStock) as caught:
        promise(level, 3, "a")

    assert sum(caught.value.short_qty.values()) == 1
    assert AuditEntry.objects.get(action="inventory.buffer_set").after["buffer"] == 3


def test_a_held_lot_leaves_atp_and_comes_back():
    milk = make_sku(lot_tracked=True)
    level = put_stock(milk, 4, lot="L1", expires_on=dt.date(2026, 5, 1))
    lot = Lot.objects.get()

    stock.hold_lot(lot.pk, reason="COMPLAINT", **call())
    level.refresh_from_db()
    held = level.atp_qty
    stock.release_lot(lot.pk, reason="CLEARED", **call())

    level.refresh_from_db()
    assert (held, level.atp_qty) == (0, 4)
    assert_books_balance()


def test_a_recalled_lot_stays_recalled():
    put_stock(make_sku(lot_tracked=True), 4, lot="L1", expires_on=dt.date(2026, 5, 1))
    lot = Lot.objects.get()
    stock.recall_lot(lot.pk, reason="HAZARD", **call())

    with pytest.raises(LotStateConflict):
        stock.release_lot(lot.pk, reason="CLEARED", **call())

    lot.refresh_from_db()
    assert lot.status == "recalled"


def test_x18_movements_after_the_count_are_kept():
    place = make_bin()
    level = put_stock(make_sku(), 10, at_bin=place)
    promise(level, 3, "shipment_line:1")
    line = DispatchLine("shipment_line:1", level.warehouse_id, level.sku_id, None, 3, place.pk)
    dispatching.dispatch([line], **call())

    # Expected 10 and counted 8 before the three left: two are gone, five remain.
    post_count([CountLine(place.pk, level.sku_id, 10, 8)], **call(), reason="CYCLE_COUNT")

    level.refresh_from_db()
    assert level.on_hand == 5
    assert_books_balance()


def test_x13_atp_by_date_counts_only_lots_that_last():
    site, milk = make_warehouse(), make_sku(lot_tracked=True)
    put_stock(milk, 2, warehouse=site, lot="A", expires_on=dt.date(2026, 2, 1))
    level = put_stock(milk, 3, warehouse=site, lot="B", expires_on=dt.date(2026, 4, 1))
    promise(level, 1, "a", usable_until=dt.date(2026, 3, 1))
    days = [dt.date(2026, 1, 20), dt.date(2026, 3, 1), dt.date(2026, 5, 1)]

    found = queries.atp_by_date(milk.pk, [site.pk], days)

    # 5 units, 1 promised; 3 last to March, 1 of them promised; none lasts to May
    assert found == {site.pk: list(zip(days, [4, 2, 0], strict=True))}


def test_x13_a_lot_is_traced_to_the_shipment_lines_it_left_with():
    place, milk = make_bin(code="A-1"), make_sku(lot_tracked=True)
    level = put_stock(milk, 5, at_bin=place, lot="L1", expires_on=dt.date(2026, 5, 1))
    lot = Lot.objects.get()
    promise(level, 2, "shipment_line:7")
    line = DispatchLine("shipment_line:7", level.warehouse_id, milk.pk, lot.pk, 2, place.pk)
    dispatching.dispatch([line], **call())

    trace = queries.lot_trace(lot.pk)

    assert [(row.owner_key, row.qty) for row in trace.departures] == [("shipment_line:7", 2)]
    assert [(row.bin_code, row.qty) for row in trace.places] == [("A-1", 3)]

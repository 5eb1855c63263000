"""Goods that come back: the original lot, the original cost, once, and balanced books."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from core.actors import SYSTEM
from inventory.domain.demand import Demand, DispatchLine
from inventory.domain.places import CUSTOMER, SCRAP
from inventory.models import Bin, CostLayer, Lot, Sku, StockLevel, StockMove
from inventory.services import dispatching, lots, reservations, returning
from inventory.services.carrying import LotFrozen
from inventory.services.ledger import BinShort
from inventory.services.lot_expiry import LotExpired
from inventory.services.move_facts import LotRequired
from inventory.services.returning import GradedLine, NotSentOut, ReturnedLine
from tests.factories.inventory import (
    NOW,
    a_key,
    make_bin,
    make_sku,
    make_warehouse,
    put_stock,
)
from tests.helpers.books import assert_books_balance
from tests.helpers.race import Meeting, race, wins

LATER = NOW + dt.timedelta(days=9)


def send(shelf: Bin, sku: Sku, parts: list[tuple[str, int]], owner: str) -> None:
    """Let units of the lots (by code, "" for none) leave for a customer."""
    place = shelf.warehouse_id
    demand = Demand(owner, place, sku.pk, sum(qty for _code, qty in parts))
    reservations.reserve([demand], event_key=a_key("promise"), actor=SYSTEM, at=NOW)
    for code, qty in parts:
        lot = Lot.objects.get(sku=sku, code=code).pk if code else None
        line = DispatchLine(owner, place, sku.pk, lot, qty, shelf.pk)
        dispatching.dispatch([line], event_key=a_key("leave"), actor=SYSTEM, at=NOW, keep_rest=True)


def take_back(*rows: ReturnedLine, key: str = "") -> Any:
    return returning.take_back(rows, event_key=key or a_key("back"), actor=SYSTEM, at=LATER)


def regrade(*rows: GradedLine, **more: Any) -> Any:
    given = {"event_key": a_key("grade"), "reason": "GRADE_A", "actor": SYSTEM, "at": LATER, **more}
    return returning.regrade(rows, **given)


@pytest.mark.django_db
def test_x21_units_come_back_under_their_lots_at_their_costs_and_become_good_once():
    shelf = make_bin()
    back = make_bin(shelf.warehouse, kind="quarantine")
    milk = make_sku("MILK", lot_tracked=True)
    for code, day, cost in (("L1", 1, "2.00"), ("L2", 2, "2.60")):
        put_stock(
            milk,
            3,
            at_bin=shelf,
            lot=code,
            expires_on=dt.date(2026, day + 4, 1),
            unit_cost=Decimal(cost),
        )
    put_stock(milk, 9, at_bin=shelf, lot="L3", unit_cost=Decimal("9.00"))
    send(shelf, milk, [("L1", 3), ("L2", 2)], "shipment_line:7")

    done = take_back(ReturnedLine(back.pk, milk.pk, 4, "shipment_line:7"), key="return:1")
    again = take_back(ReturnedLine(back.pk, milk.pk, 4, "shipment_line:7"), key="return:1")

    first, second = (Lot.objects.get(sku=milk, code=code).pk for code in ("L1", "L2"))
    assert sorted((row.lot_id, row.qty) for row in done.units) == [(first, 3), (second, 1)]
    assert (again.units, again.repeated, done.repeated) == (done.units, True, False)
    costs = CostLayer.objects.filter(source_key="return:1").order_by("pk")
    assert list(costs.values_list("qty", "unit_cost")) == [
        (3, Decimal("2.00")),
        (1, Decimal("2.60")),
    ]
    level = StockLevel.objects.get(warehouse=shelf.warehouse, sku=milk)
    assert (level.on_hand, level.unsellable, level.atp_qty) == (14, 4, 10)
    with pytest.raises(NotSentOut) as refused:
        take_back(ReturnedLine(back.pk, milk.pk, 2, "shipment_line:7"))
    assert refused.value.data["open_qty"] == 1

    regrade(
        GradedLine(back.pk, milk.pk, 2, shelf.pk, lot_id=first),
        GradedLine(back.pk, milk.pk, 1, SCRAP, lot_id=first),
        GradedLine(back.pk, milk.pk, 1, back.pk, "damaged", second),
        undoes="return:1",
    )
    with pytest.raises(BinShort):
        regrade(GradedLine(back.pk, milk.pk, 1, shelf.pk, lot_id=first))

    level.refresh_from_db()
    assert (level.on_hand, level.unsellable, level.atp_qty) == (13, 1, 12)
    thrown = StockMove.objects.get(to_bin_id=SCRAP)
    assert (thrown.lot_id, thrown.unit_cost) == (first, Decimal("2.00"))
    assert_books_balance()


@pytest.mark.django_db
def test_x21_an_opened_unit_is_sold_as_another_sku_at_the_same_cost():
    shelf = make_bin()
    back = make_bin(shelf.warehouse, kind="quarantine")
    new, opened = make_sku("LAMP"), make_sku("LAMP-OB")
    for cost in ("10.01", "10.04"):
        put_stock(new, 1, at_bin=shelf, unit_cost=Decimal(cost))
    put_stock(new, 5, at_bin=shelf, unit_cost=Decimal("3.00"))
    send(shelf, new, [("", 2)], "shipment_line:8")
    take_back(ReturnedLine(back.pk, new.pk, 2, "shipment_line:8"), key="return:2")

    regrade(GradedLine(back.pk, new.pk, 2, shelf.pk, to_sku_id=opened.pk), undoes="return:2")

    made = CostLayer.objects.filter(sku=opened)
    assert sum(row.qty * row.unit_cost for row in made) == Decimal("20.05")
    assert StockLevel.objects.get(sku=opened).atp_qty == 2
    assert StockLevel.objects.get(sku=new).on_hand == 5
    assert_books_balance()


@pytest.mark.django_db
def test_x20_units_nobody_sent_enter_at_the_usual_cost_and_frozen_or_old_lots_stay_unsold():
    shelf = make_bin()
    back = make_bin(shelf.warehouse, kind="quarantine")
    tea = make_sku("TEA", default_cost=Decimal("4.20"), lot_tracked=True)
    with pytest.raises(LotRequired):
        take_back(ReturnedLine(back.pk, tea.pk, 1))
    [found] = take_back(ReturnedLine(back.pk, tea.pk, 1, lot_code="RMA1001")).units
    assert Lot.objects.get(pk=found.lot_id).code == "RMA1001"
    assert CostLayer.objects.get(sku=tea).unit_cost == Decimal("4.20")

    put_stock(tea, 2, at_bin=shelf, lot="OLD", expires_on=(LATER - dt.timedelta(days=1)).date())
    send(shelf, tea, [("OLD", 2)], "shipment_line:9")
    take_back(ReturnedLine(back.pk, tea.pk, 2, "shipment_line:9"))
    old = Lot.objects.get(sku=tea, code="OLD")
    with pytest.raises(LotExpired):
        regrade(GradedLine(back.pk, tea.pk, 1, shelf.pk, lot_id=old.pk))
    lots.recall_lot(found.lot_id, event_key=a_key(), reason="R", actor=SYSTEM, at=LATER)
    with pytest.raises(LotFrozen):
        regrade(GradedLine(back.pk, tea.pk, 1, shelf.pk, lot_id=found.lot_id))

    assert StockLevel.objects.get(sku=tea).atp_qty == 0
    assert_books_balance()


def _one_unit_out() -> tuple[Sku, list[Bin]]:
    """Send one unit; return its SKU and return bins of two warehouses it may come back to."""
    shelf, sku = make_bin(), make_sku()
    put_stock(sku, 1, at_bin=shelf)
    send(shelf, sku, [("", 1)], "shipment_line:5")
    bins = [make_bin(make_warehouse(), kind="quarantine") for _ in range(2)]
    return sku, bins


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [True, False])
def test_rel_c_one_unit_comes_back_once_in_two_warehouses(is_guarded, monkeypatch):
    sku, bins = _one_unit_out()
    meeting = Meeting(patience_s=0.3 if is_guarded else 20.0)
    monkeypatch.setattr(returning, "_coming_back", meeting.before(returning._coming_back))
    if not is_guarded:
        monkeypatch.setattr(returning, "left_from", lambda *_given: set())

    outcomes = race(
        [partial(take_back, ReturnedLine(row.pk, sku.pk, 1, "shipment_line:5")) for row in bins]
    )

    back = StockMove.objects.filter(from_bin_id=CUSTOMER).count()
    assert (wins(outcomes), back) == ((1, 1) if is_guarded else (2, 2))
    if is_guarded:
        assert [type(row.error) for row in outcomes if not row.won] == [NotSentOut]

"""Freight, duty and price differences fall to cost layers; what left before is a variance."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from core.actors import SYSTEM
from inventory.domain.lines import ScrapLine
from inventory.models import (
    CostLayer,
    CostVariance,
    LandedShare,
    LayerConsumption,
    StockMove,
)
from inventory.services import (
    kit_building,
    landing,
    stock,
    transit,
)
from inventory.services.kit_building import PartTaken
from inventory.services.landing import LandRefused, LayerNotCosted, Share
from inventory.services.transit import Arrival
from tests.factories import moves
from tests.factories.inventory import NOW, a_key, make_bin, make_sku, make_warehouse, put_stock
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=9)


def _land(*shares, key=""):
    return landing.land(shares, event_key=key or a_key("land"), actor=SYSTEM, at=LATER)


def _scrap(level, place, qty):
    stock.scrap(
        [ScrapLine(place.pk, level.sku_id, qty, None, "good")],
        event_key=a_key("scrap"),
        actor=SYSTEM,
        at=NOW,
        reason="BROKEN",
    )


def _value(**of):
    """Return what open layers are worth: units at cost and what has landed on them."""
    rows = CostLayer.objects.filter(remaining_qty__gt=0, **of)
    return sum((row.remaining_qty * row.unit_cost + row.landed_amount for row in rows), Decimal(0))


def _left():
    """Return what all departures cost together."""
    rows = LayerConsumption.objects.all()
    return sum((row.qty * row.unit_cost + row.landed_amount for row in rows), Decimal(0))


def test_units_left_carry_their_part_and_units_gone_are_a_variance():
    place = make_bin()
    level = put_stock(make_sku(), 30, at_bin=place, unit_cost=Decimal("2.00"))
    _scrap(level, place, 12)
    layer = CostLayer.objects.get()

    result = _land(Share(layer.pk, Decimal("120.00"), "USD", "freight"))

    assert (result.stock_amount, result.gone_amount) == (Decimal("72.00"), Decimal("48.00"))
    layer.refresh_from_db()
    assert (layer.unit_cost, layer.landed_amount) == (Decimal(2), Decimal(72))
    late = CostVariance.objects.get()
    assert (late.amount, late.gone_qty, late.on) == (Decimal(48), 12, LATER.date())
    assert late.until_consumption == LayerConsumption.objects.get()
    assert LayerConsumption.objects.get().landed_amount == 0
    assert _value() == Decimal(36) + 72
    assert_books_balance()


def test_what_leaves_takes_its_part_and_the_last_unit_the_rest():
    place = make_bin()
    level = put_stock(make_sku(), 3, at_bin=place, unit_cost=Decimal("1.00"))
    _land(Share(CostLayer.objects.get().pk, Decimal("0.10"), "USD"))

    for left in ("0.066667", "0.033334", "0"):
        _scrap(level, place, 1)
        assert CostLayer.objects.get().landed_amount == Decimal(left)

    taken = LayerConsumption.objects.order_by("pk").values_list("landed_amount", flat=True)
    assert [str(part) for part in taken] == ["0.033333", "0.033333", "0.033334"]
    costs = StockMove.objects.filter(to_warehouse=None).order_by("pk")
    assert [str(move.unit_cost) for move in costs] == ["1.033333", "1.033333", "1.033334"]
    assert _left() == Decimal("3.10")
    assert_books_balance()


def test_a_call_is_done_once_and_a_correction_takes_back_what_is_still_there():
    place = make_bin()
    level = put_stock(make_sku(), 10, at_bin=place, unit_cost=Decimal("5.00"))
    layer = CostLayer.objects.get()
    first = _land(
        Share(layer.pk, Decimal("40.00"), "USD", "freight"),
        Share(layer.pk, Decimal("15.00"), "USD", "duty"),
        key="landed:1",
    )
    again = _land(Share(layer.pk, Decimal("99.00"), "USD"), key="landed:1")
    _scrap(level, place, 4)

    back = _land(Share(layer.pk, Decimal("-40.00"), "USD", "freight"), key="landed:1:back")

    assert (again.repeated, again.stock_amount) == (True, first.stock_amount)
    assert (back.stock_amount, back.gone_amount) == (Decimal("-24.00"), Decimal("-16.00"))
    assert CostLayer.objects.get().landed_amount == Decimal("9.00")
    assert _value() == 6 * 5 + 9
    assert _left() == 4 * 5 + 22
    assert LandedShare.objects.count() == 3
    assert_books_balance()


def test_a_credit_never_takes_more_than_the_units_left_are_worth():
    place = make_bin()
    level = put_stock(make_sku(), 4, at_bin=place, unit_cost=Decimal("1.00"))
    _scrap(level, place, 1)

    result = _land(Share(CostLayer.objects.get().pk, Decimal("-8.00"), "USD", "price"))

    assert (result.stock_amount, result.gone_amount) == (Decimal(-3), Decimal(-5))
    assert _value() == 0
    assert_books_balance()


@pytest.mark.parametrize(
    ("amount", "currency", "kind"),
    [("0", "USD", "duty"), ("1.005", "USD", "duty"), ("1", "EUR", "duty"), ("1", "USD", "tip")],
)
def test_a_share_that_can_not_land_is_refused_whole(amount, currency, kind):
    put_stock(make_sku(), 4)
    layer = CostLayer.objects.get()
    good = Share(layer.pk, Decimal("1.00"), "USD")

    with pytest.raises(LandRefused):
        _land(good, Share(layer.pk, Decimal(amount), currency, kind))

    assert not LandedShare.objects.exists()
    assert CostLayer.objects.get().landed_amount == 0


def test_nothing_lands_on_goods_without_a_cost():
    put_stock(make_sku(code="TEA"), 4, unit_cost=None)

    with pytest.raises(LayerNotCosted, match="TEA"):
        _land(Share(CostLayer.objects.get().pk, Decimal("1.00"), "USD"))

    with pytest.raises(IntegrityError), transaction.atomic():
        CostLayer.objects.update(landed_amount=Decimal("1.00"))


def test_landed_rows_are_never_changed():
    place = make_bin()
    level = put_stock(make_sku(), 2, at_bin=place)
    _scrap(level, place, 1)
    _land(Share(CostLayer.objects.get().pk, Decimal("3.01"), "USD"))

    for rows in (LandedShare.objects.all(), CostVariance.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(amount=F("amount") * 2)


def _layers(sku):
    rows = CostLayer.objects.filter(sku=sku).open()
    return [(row.remaining_qty, str(row.unit_cost), str(row.landed_amount)) for row in rows]


def test_a_transfer_and_a_kit_carry_the_landed_part_on_to_the_millionth():
    source, destination = make_warehouse("LA"), make_warehouse("NYC")
    tea, shelf = make_sku("TEA"), make_bin(source)
    dock = make_bin(destination)
    put_stock(tea, 7, at_bin=shelf, unit_cost=Decimal("2.00"))
    _land(Share(CostLayer.objects.get().pk, Decimal("10.00"), "USD"))
    total = Decimal("24.00")

    transfer = moves.ship(source, destination, TEA=6)
    line = transfer.lines.get()
    for qty in (2, 1, 3):
        arrival = Arrival(line.pk, None, qty, dock.pk)
        key = a_key("arrive")
        transit.receive(transfer.pk, [arrival], event_key=key, actor=SYSTEM, at=NOW)

    assert _layers(tea) == [
        (1, "2.000000", "1.428572"),
        (2, "3.428572", "0.000000"),
        (1, "3.428571", "0.000000"),
        (3, "3.428571", "0.000000"),
    ]
    assert _value() == total
    kit = moves.assembled_kit("SET", {tea: 2})
    late = CostLayer.objects.filter(warehouse=destination).order_by("pk")[0]
    _land(Share(late.pk, Decimal("0.05"), "USD"))
    order = moves.work_order(kit, destination, 3, output_bin_id=make_bin(destination).pk)
    part = PartTaken(order.lines.get().pk, None, 2)
    kit_building.build(order.pk, 3, [part], event_key=a_key("build"), actor=SYSTEM, at=NOW)

    kits = CostLayer.objects.filter(sku=kit)
    assert sum(layer.remaining_qty for layer in kits) == 3
    assert _value(sku=kit) == total + Decimal("0.05") - Decimal("3.428572")
    assert _value() == total + Decimal("0.05")
    assert_books_balance()

"""Stock rows, bins, SKUs and lots for the access matrix."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from inventory.models import Bin, BinStock, Lot, Sku, Warehouse
from tests.access.objects import Objects, by_pk, kind
from tests.factories import orders as make

if TYPE_CHECKING:
    from tests.access.world import World


def _stock(warehouse_code: str) -> BinStock:
    place = Warehouse.objects.get(code=warehouse_code)
    code = f"OIL-{warehouse_code}"
    row = Sku.objects.filter(code=code).first() or make.sku(code, lot_tracked=True)
    make.put(row, place, 3, lot_code=f"L-{warehouse_code}", expires_on=dt.date(2029, 1, 1))
    return BinStock.objects.filter(sku=row, bin__warehouse=place).order_by("-pk")[0]


@kind("bin-stock")
def _bin_stock(world: World) -> Objects:
    return by_pk(_stock(world.own_warehouse), _stock(world.foreign_warehouse))


@kind("bin")
def _bin(world: World) -> Objects:
    bins = Bin.objects.filter(code="A-01")
    return by_pk(
        bins.get(warehouse__code=world.own_warehouse),
        bins.get(warehouse__code=world.foreign_warehouse),
    )


@kind("sku")
def _sku(world: World) -> Objects:
    return by_pk(_stock(world.own_warehouse).sku)


@kind("lot")
def _lot(world: World) -> Objects:
    return by_pk(Lot.objects.get(pk=_stock(world.own_warehouse).lot_id))

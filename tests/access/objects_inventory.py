"""Stock rows, bins, SKUs and lots for the access matrix."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from inventory.models import Bin, BinStock, Lot, Sku, StockLevel, Warehouse
from tests.access.objects import ABSENT, Objects, by_pk, kind
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


@kind("api-sku")
def _api_sku(world: World) -> Objects:
    own = _stock(world.own_warehouse).sku
    return Objects({"pk": f"sku_{own.pk}"}, None, {"pk": f"sku_{ABSENT}"})


@kind("api-stock")
def _api_stock(world: World) -> Objects:
    def level(code: str) -> dict[str, object]:
        row = _stock(code)
        return {"pk": f"lvl_{StockLevel.objects.get(sku=row.sku, warehouse__code=code).pk}"}

    return Objects(
        level(world.own_warehouse), level(world.foreign_warehouse), {"pk": f"lvl_{ABSENT}"}
    )

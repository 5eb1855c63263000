"""Purchase orders and their revisions for the access matrix."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from inventory.models import Warehouse
from suppliers.models import PurchaseOrder
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.factories import purchases as buy

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)


def _order(code: str) -> PurchaseOrder:
    trade = buy.trade(place=Warehouse.objects.get(code=code))
    return buy.pending(trade, {buy.goods(trade, f"PO-SKU-{next(_numbers)}"): 5})


@kind("purchase-order")
def _orders(world: World) -> Objects:
    return by_pk(_order(world.own_warehouse), _order(world.foreign_warehouse))


@kind("purchase-revision")
def _revisions(world: World) -> Objects:
    own, foreign = (_order(code) for code in (world.own_warehouse, world.foreign_warehouse))
    return Objects(
        {"pk": own.pk, "revision": 1},
        {"pk": foreign.pk, "revision": 1},
        {"pk": ABSENT, "revision": 1},
    )


@kind("api-purchase-order")
def _api_orders(world: World) -> Objects:
    own, foreign = (_order(code) for code in (world.own_warehouse, world.foreign_warehouse))
    return Objects({"pk": f"po_{own.pk}"}, {"pk": f"po_{foreign.pk}"}, {"pk": f"po_{ABSENT}"})

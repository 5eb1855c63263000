"""Alerts and their rules for the access matrix."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from inventory.models import Warehouse
from tests.access.objects import Objects, by_pk, kind
from tests.factories import alerts as make
from tests.factories import inventory as stock

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)


def _place(code: str) -> Warehouse:
    return Warehouse.objects.get(code=code)


@kind("alert")
def _alerts(world: World) -> Objects:
    own, foreign = (
        make.alert(stock.make_sku(f"ALERT-{next(_numbers)}"), _place(code))
        for code in (world.own_warehouse, world.foreign_warehouse)
    )
    return by_pk(own, foreign)


@kind("alert-rule")
def _rules(world: World) -> Objects:
    own, foreign = (
        make.rule("overstock", warn_limit=60, warehouse=_place(code), category=f"C{number}")
        for number, code in (
            (next(_numbers), world.own_warehouse),
            (next(_numbers), world.foreign_warehouse),
        )
    )
    return by_pk(own, foreign)

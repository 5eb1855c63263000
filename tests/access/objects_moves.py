"""Transfers and work orders for the access matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.models import Sku, Transfer, Warehouse
from tests.access.objects import Objects, by_pk, kind
from tests.factories import moves
from tests.factories import orders as make

if TYPE_CHECKING:
    from tests.access.world import World


def _goods(code: str, warehouse_code: str) -> Warehouse:
    place = Warehouse.objects.get(code=warehouse_code)
    row = Sku.objects.filter(code=code).first() or make.sku(code)
    make.put(row, place, 9)
    return place


def _transfers(world: World, *, approved: bool) -> Objects:
    """One from the own warehouse, one between two that are both out of reach."""
    own, foreign = (
        _goods("CRATE", code) for code in (world.own_warehouse, world.foreign_warehouse)
    )
    third = Warehouse.objects.filter(code="THIRD-WH").first() or make.warehouse("THIRD-WH")
    made: list[Transfer] = [
        moves.plan(own, foreign, CRATE=1),
        moves.plan(foreign, third, CRATE=1),
    ]
    if approved:
        made = [moves.approve(row) for row in made]
    return by_pk(*made)


@kind("transfer")
def _transfer(world: World) -> Objects:
    return _transfers(world, approved=False)


@kind("floor-transfer")
def _floor_transfer(world: World) -> Objects:
    return _transfers(world, approved=True)

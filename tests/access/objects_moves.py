"""Transfers and work orders for the access matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.models import ReplenishTask, Sku, Transfer, Warehouse
from inventory.services import replenishing, work_orders
from inventory.services.work_orders import WorkOrderDraft
from tests.access.objects import Objects, by_pk, kind
from tests.factories import moves
from tests.factories import orders as make
from tests.factories.inventory import NOW

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


def _work_orders(world: World, *, released: bool) -> Objects:
    made = []
    for code in (world.own_warehouse, world.foreign_warehouse):
        place = _goods("CRATE", code)
        kit = _kit()
        draft = WorkOrderDraft(kit.pk, place.pk, 1)
        order = work_orders.create(draft, actor=moves.PLANNER, at=NOW)
        if released:
            order = work_orders.release(order.pk, actor=moves.PLANNER, at=NOW)
        made.append(order)
    return by_pk(*made)


@kind("floor-kit")
def _floor_kit(world: World) -> Objects:
    return _work_orders(world, released=True)


def _kit() -> Sku:
    known = Sku.objects.filter(code="CRATE-SET").first()
    return known or moves.assembled_kit("CRATE-SET", {Sku.objects.get(code="CRATE"): 1})


@kind("kit-parts")
def _kit_parts(world: World) -> Objects:
    _goods("CRATE", world.own_warehouse)
    return by_pk(_kit())


@kind("work-order")
def _work_order(world: World) -> Objects:
    return _work_orders(world, released=False)


@kind("refill")
def _refill(world: World) -> Objects:
    made = []
    for code in (world.own_warehouse, world.foreign_warehouse):
        place = Warehouse.objects.get(code=code)
        face = moves.empty_face(place=place)
        replenishing.plan(place.pk, at=NOW)
        made.append(ReplenishTask.objects.get(face=face))
    return by_pk(*made)


@kind("pick-face")
def _pick_face(world: World) -> Objects:
    places = (world.own_warehouse, world.foreign_warehouse)
    return by_pk(*(moves.empty_face(place=Warehouse.objects.get(code=code)) for code in places))


@kind("move-site")
def _move_site(world: World) -> Objects:
    places = Warehouse.objects.in_bulk(
        [world.own_warehouse, world.foreign_warehouse], field_name="code"
    )
    return by_pk(places[world.own_warehouse], places[world.foreign_warehouse])

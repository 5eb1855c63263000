"""Orders, and what the floor makes of them, for the access matrix.

Each warehouse stocks its own SKU, so the router sends the orders of each channel to its own one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from core.actors import SYSTEM
from fulfillment.models import PickTask, PutBackTask
from fulfillment.services import dispatch
from inventory.models import Sku, Warehouse
from orders.models import LifeRule, Order, Shipment, ShipmentLine
from orders.services import holds
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.factories import fulfillment as floor
from tests.factories import orders as make

if TYPE_CHECKING:
    from tests.access.world import World

STOCK = 400


@dataclass(frozen=True)
class Side:
    """One warehouse with its channel and SKU."""

    warehouse: str
    channel: str
    sku: str

    @property
    def place(self) -> Warehouse:
        """Return the warehouse."""
        return Warehouse.objects.get(code=self.warehouse)

    def order(self) -> Order:
        """Return a new order that this warehouse serves."""
        if not Sku.objects.filter(code=self.sku).exists():
            make.put(make.sku(self.sku), self.place, STOCK)
        return make.place_one(make.line(self.sku, 2), channel=self.channel)

    def shipment(self, order: Order) -> Shipment:
        """Return the one shipment of an order."""
        return Shipment.objects.get(order=order)


@cache
def side(warehouse: str, channel: str) -> Side:
    return Side(warehouse, channel, f"TEA-{warehouse}")


def both(world: World) -> tuple[Side, Side]:
    return (
        side(world.own_warehouse, world.own_channel),
        side(world.foreign_warehouse, world.foreign_channel),
    )


def each(world: World, made) -> Objects:
    own, foreign = both(world)
    return by_pk(made(own), made(foreign))


def picked(where: Side) -> Shipment:
    order = where.order()
    floor.pick_all(floor.release(order))
    return where.shipment(order)


@kind("order")
def _order(world: World) -> Objects:
    return each(world, lambda where: where.order())


@kind("life-rule")
def _life_rule(world: World) -> Objects:
    return by_pk(LifeRule.objects.get_or_create(country="NO", defaults={"min_days": 60})[0])


@kind("api-order")
def _api_order(world: World) -> Objects:
    own, foreign = both(world)
    return Objects(
        {"pk": f"ord_{own.order().pk}"},
        {"pk": f"ord_{foreign.order().pk}"},
        {"pk": f"ord_{ABSENT}"},
    )


@kind("api-shipment")
def _api_shipment(world: World) -> Objects:
    own, foreign = both(world)
    return Objects(
        {"pk": f"shp_{own.shipment(own.order()).pk}"},
        {"pk": f"shp_{foreign.shipment(foreign.order()).pk}"},
        {"pk": f"shp_{ABSENT}"},
    )


@kind("order-hold")
def _order_hold(world: World) -> Objects:
    def held(where: Side) -> dict[str, object]:
        order = where.order()
        holds.place_hold(order.pk, "OPERATOR", actor=SYSTEM, at=make.NOW, note="Ask first.")
        return {"pk": order.pk, "kind": "OPERATOR"}

    own, foreign = both(world)
    return Objects(held(own), held(foreign), {"pk": ABSENT, "kind": "OPERATOR"})


@kind("order-line")
def _order_line(world: World) -> Objects:
    own, foreign = both(world)
    return Objects(
        {"pk": own.order().pk, "position": 1},
        {"pk": foreign.order().pk, "position": 1},
        {"pk": ABSENT, "position": 1},
    )


@kind("order-short")
def _order_short(world: World) -> Objects:
    def of(where: Side) -> dict[str, object]:
        order = where.order()
        line = ShipmentLine.objects.filter(shipment__order=order).order_by("pk").first()
        return {"pk": order.pk, "line_pk": line.pk, "choice": "ship_rest"}

    own, foreign = both(world)
    return Objects(of(own), of(foreign), {"pk": ABSENT, "line_pk": 1, "choice": "ship_rest"})


@kind("wave-group")
def _wave_group(world: World) -> Objects:
    """A group shows the shipments in reach: the foreign one is empty, not gone."""
    own, _foreign = both(world)
    return Objects({"key": f"{own.warehouse}~none~FLAT"}, None, {"key": "no-group"})


@kind("wave")
def _wave(world: World) -> Objects:
    return each(world, lambda where: floor.release(where.order()))


@kind("pick-task")
def _pick_task(world: World) -> Objects:
    return each(
        world, lambda where: PickTask.objects.filter(wave=floor.release(where.order())).get()
    )


@kind("shipment-to-pack")
def _shipment_to_pack(world: World) -> Objects:
    return each(world, picked)


@kind("carton")
def _carton(world: World) -> Objects:
    return each(world, lambda where: floor.pack_all([picked(where)])[0])


@kind("manifest")
def _manifest(world: World) -> Objects:
    def opened(where: Side):
        return dispatch.open_manifest(
            warehouse_id=where.place.pk, carrier_code="builtin", actor=SYSTEM, at=make.NOW
        )

    return each(world, opened)


@kind("put-back")
def _put_back(world: World) -> Objects:
    def made(where: Side) -> PutBackTask:
        shipment = picked(where)
        return PutBackTask.objects.create(
            warehouse=where.place,
            shipment=shipment,
            sku=Sku.objects.get(code=where.sku),
            from_bin=floor.tote(where.place, shipment.pk),
            qty=2,
            reason="CANCEL_PENDING",
            created_at=make.NOW,
        )

    return each(world, made)


@kind("scan-screen")
def _scan_screen(world: World) -> Objects:
    return Objects({"screen": "home"}, None, {"screen": "no-screen"})

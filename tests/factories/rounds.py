"""Carts, rounds and put walls."""

from __future__ import annotations

from core.actors import SYSTEM
from fulfillment.models import Cart, PickRound, PutWall, WallSlot
from fulfillment.services import round_making
from fulfillment.services.round_making import RoundPlan
from inventory.models import Bin, Warehouse
from orders.models import Order, Shipment
from tests.factories import fulfillment as floor


def cart(place: Warehouse, number: int = 1, slots: int = 4) -> Cart:
    """Return a cart of the warehouse."""
    code = f"CART-{number}-{place.code}"
    return Cart.objects.get_or_create(
        code=code, defaults={"warehouse": place, "slot_count": slots}
    )[0]


def planned(*orders: Order, method: str = "cluster") -> PickRound:
    """Release the orders as one wave and plan one round for them."""
    wave = floor.release(*orders)
    ids = list(
        Shipment.objects.filter(order__in=orders).order_by("pk").values_list("pk", flat=True)
    )
    return round_making.create_round(RoundPlan(wave.pk, ids, method), actor=SYSTEM, at=floor.NOW)


def opened(row: PickRound, number: int = 1) -> PickRound:
    """Take a cart for the next round that waits; it is the given one if no other is planned."""
    trolley = cart(row.warehouse, number)
    return round_making.take_cart(cart_id=trolley.pk, actor=SYSTEM, at=floor.NOW)


def wall(place: Warehouse, slots: int = 3) -> PutWall:
    """Return a put wall with slots PW-1, PW-2, ... and an overflow bin."""
    rest = Bin.objects.get_or_create(
        warehouse=place, code="OVERFLOW", defaults={"kind": "tote", "is_pickable": False}
    )[0]
    found, made = PutWall.objects.get_or_create(
        code=f"WALL-{place.code}", defaults={"warehouse": place, "overflow_bin": rest}
    )
    for position in range(1, slots + 1) if made else ():
        place_bin = Bin.objects.create(
            warehouse=place, code=f"PW-{position}", kind="tote", is_pickable=False
        )
        WallSlot.objects.create(wall=found, position=position, bin=place_bin)
    return found

"""Carts and put walls: set up and changed by managers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from core import audit
from core.actors import Actor
from fulfillment.models import Cart, PutWall, WallSlot
from inventory.domain.catalog import BinDraft
from inventory.models import Warehouse
from inventory.services import places


@dataclass(frozen=True, slots=True)
class CartDraft:
    """A trolley: its code, as on its label, and how many totes stand on it."""

    code: str
    warehouse_id: int
    slot_count: int = 8


@dataclass(frozen=True, slots=True)
class WallDraft:
    """A put wall and how many slots it has; each slot is a bin `CODE-1`, `CODE-2` and so on."""

    code: str
    warehouse_id: int
    slot_count: int


@transaction.atomic
def save_cart(draft: CartDraft, *, actor: Actor, at: dt.datetime) -> Cart:
    """Create the cart of a code, or change it; return it. Repeatable."""
    fields = {"warehouse_id": draft.warehouse_id, "slot_count": draft.slot_count}
    cart, _made = Cart.objects.update_or_create(code=draft.code, defaults=fields)
    _record("fulfillment.cart_saved", draft.warehouse_id, draft.code, draft.slot_count, actor, at)
    return cart


@transaction.atomic
def save_wall(draft: WallDraft, *, actor: Actor, at: dt.datetime) -> PutWall:
    """Create the wall of a code with its slots and overflow bin; return it. Repeatable.

    A wall grows by a second call; slots are never taken away.
    """
    overflow = f"{draft.code}-OVER"
    codes = [f"{draft.code}-{position}" for position in range(1, draft.slot_count + 1)]
    bins = places.save_bins(
        draft.warehouse_id,
        [BinDraft(code=code, kind="tote", is_pickable=False) for code in [*codes, overflow]],
        actor=actor,
        at=at,
    )
    fields = {"warehouse_id": draft.warehouse_id, "overflow_bin": bins[overflow]}
    wall, _made = PutWall.objects.update_or_create(code=draft.code, defaults=fields)
    for position, code in enumerate(codes, 1):
        WallSlot.objects.get_or_create(wall=wall, position=position, defaults={"bin": bins[code]})
    _record("fulfillment.wall_saved", draft.warehouse_id, draft.code, draft.slot_count, actor, at)
    return wall


def _record(  # the facts of one audit entry
    action: str, warehouse_id: int, code: str, slots: int, actor: Actor, at: dt.datetime
) -> None:
    place = Warehouse.objects.values_list("code", flat=True).get(pk=warehouse_id)
    audit.record(
        actor=actor,
        action=action,
        target=f"warehouse:{warehouse_id}",
        after={"code": code, "slots": slots, "warehouse": place},
        at=at,
    )

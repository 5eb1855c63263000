"""Totes for the slots of a round: which one stands where, before the walk begins."""

from __future__ import annotations

import datetime as dt

from core import audit
from core.actors import Actor
from fulfillment.models import CartSlot, PickRound, PickTask
from fulfillment.services.errors import ToteInUse
from fulfillment.services.round_errors import (
    NotATote,
    OrderHasTote,
    ToteElsewhere,
    ToteOnThisCart,
)
from inventory.models import Bin


def next_slot(row: PickRound) -> CartSlot | None:
    """Return the first slot of the round that still waits for a tote, or None."""
    return row.slots.filter(tote=None, is_open=True).order_by("position").first()


def assign(row: PickRound, tote_code: str, *, actor: Actor, at: dt.datetime) -> CartSlot:
    """Put a tote into the next empty slot of a locked round; return the slot.

    Raises:
        NotATote: the code names another place of the warehouse.
        ToteOnThisCart, ToteElsewhere: the tote stands in an open slot.
        ToteInUse: it holds goods of another order.
        OrderHasTote: the slot's order lies in another tote already.
    """
    slot = next_slot(row)
    if slot is None:
        raise NotATote(tote=tote_code, slot="-")
    tote = Bin.objects.filter(
        warehouse_id=row.warehouse_id, code=tote_code, kind="tote", is_active=True
    ).first()
    if tote is None:
        raise NotATote(tote=tote_code, slot=slot.position)
    _check_free(row, slot, tote)
    slot.tote = tote
    slot.save(update_fields=["tote"])
    if next_slot(row) is None:
        begin(row, actor=actor, at=at)
    return slot


def _check_free(row: PickRound, slot: CartSlot, tote: Bin) -> None:
    standing = (
        CartSlot.objects.filter(tote=tote, is_open=True).select_related("round__cart").first()
    )
    if standing is not None and standing.round_id == row.pk:
        raise ToteOnThisCart(tote=tote.code, slot=standing.position)
    if standing is not None:
        cart = standing.round.cart
        raise ToteElsewhere(tote=tote.code, cart=cart.code if cart else "—")
    held = PickTask.objects.filter(state__in=("picked", "short"), tote__isnull=False)
    owners = held.filter(tote=tote, shipment__status="picking")
    if set(owners.values_list("shipment_id", flat=True)) - {slot.shipment_id}:
        raise ToteInUse(tote=tote.code)
    if slot.shipment is None:
        return
    codes = set(held.filter(shipment=slot.shipment).values_list("tote__code", flat=True))
    if codes - {tote.code}:
        raise OrderHasTote(tote=sorted(codes)[0])


def take_off(row: PickRound) -> CartSlot | None:
    """Take the last tote off the cart again, before the walk; return its slot, or None."""
    slot = row.slots.filter(tote__isnull=False, is_open=True).order_by("-position").first()
    if slot is not None:
        slot.tote = None
        slot.save(update_fields=["tote"])
    return slot


def begin(row: PickRound, *, actor: Actor, at: dt.datetime) -> int:
    """Start the walk with the totes that stand on the cart; return how many orders it leaves.

    The orders of slots without a tote go back to the single picks. Needs one tote at least.
    """
    empty = row.slots.filter(tote=None, is_open=True)
    left = PickTask.objects.filter(slot__in=empty).update(round=None, slot=None)
    count = empty.count()
    empty.delete()
    row.step = PickRound.Step.BIN
    row.save(update_fields=["step"])
    audit.record(
        actor=actor,
        action="fulfillment.round_started",
        target=row.key,
        after={"orders_left": count, "tasks_left": left},
        at=at,
    )
    return count

"""What pick faces hold, what waits for it, and where more of it lies in bulk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from inventory.domain.allocation import BinSlot
from inventory.domain.moves import LevelKey
from inventory.models import BinReservation, BinStock, PickFace, ReplenishTask, Reservation
from inventory.queries.bins import read_slots
from inventory.querysets.moves import PickFaceQuerySet
from inventory.querysets.stock import OPEN_QTY


@dataclass(frozen=True, slots=True)
class FaceView:
    """One pick face: `free_qty` good units nobody claimed, `held_qty` all good units in it."""

    face: PickFace
    warehouse_id: int
    held_qty: int
    free_qty: int


def read_faces(warehouse_id: int) -> list[FaceView]:
    """Return the pick faces of a warehouse in walking order with what lies in them."""
    held = {
        (bin_id, sku_id): (qty, free)
        for bin_id, sku_id, qty, free in BinStock.objects.sellable()
        .filter(bin__warehouse_id=warehouse_id, bin__pick_faces__sku_id=F("sku_id"))
        .order_by()
        .values("bin_id", "sku_id")
        .annotate(units=Sum("qty"), free=Sum(F("qty") - F("reserved")))
        .values_list("bin_id", "sku_id", "units", "free")
    }
    faces = PickFace.objects.filter(
        bin__warehouse_id=warehouse_id, bin__is_active=True, is_active=True
    )
    return [
        FaceView(face, warehouse_id, *held.get((face.bin_id, face.sku_id), (0, 0)))
        for face in faces.select_related("bin", "sku").order_by("bin__pick_sequence", "pk")
    ]


def with_units(faces: PickFaceQuerySet) -> PickFaceQuerySet:
    """Add `held_qty`, the good units in each face, and `coming_qty`, those of its open refill."""
    held = (
        BinStock.objects.sellable()
        .filter(bin=OuterRef("bin"), sku=OuterRef("sku"))
        .order_by()
        .values("bin")
        .annotate(units=Sum("qty"))
    )
    refills = ReplenishTask.objects.filter(face=OuterRef("pk"), state="open")
    return faces.annotate(
        held_qty=Coalesce(Subquery(held.values("units")), 0),
        coming_qty=Coalesce(Subquery(refills.values("qty")[:1]), 0),
    )


def waiting_picks(warehouse_id: int, sku_ids: Collection[int]) -> dict[int, int]:
    """Return, per SKU, the promised units no pick has claimed in a bin yet."""
    promised = (
        Reservation.objects.pending()
        .filter(level__warehouse_id=warehouse_id, level__sku_id__in=sku_ids)
        .order_by()
        .values("level__sku_id")
        .annotate(units=Sum(OPEN_QTY))
        .values_list("level__sku_id", "units")
    )
    claimed = dict(
        BinReservation.objects.pending()
        .filter(bin_stock__bin__warehouse_id=warehouse_id, bin_stock__sku_id__in=sku_ids)
        .order_by()
        .values("bin_stock__sku_id")
        .annotate(units=Sum("qty"))
        .values_list("bin_stock__sku_id", "units")
    )
    return {sku_id: max(0, units - claimed.get(sku_id, 0)) for sku_id, units in promised}


def bulk_slots(keys: Collection[LevelKey]) -> dict[LevelKey, list[BinSlot]]:
    """Return the free good units in bulk bins per (warehouse id, SKU id), first expired first.

    Left out: bins closed or being counted, lots that are not good.
    """
    slots = read_slots(keys, Q(bin__kind="bulk"))
    return {key: sorted(found, key=BinSlot.fefo_key) for key, found in slots.items()}

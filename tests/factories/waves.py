"""Measured floors, orders on them, and the rules that release waves."""

from __future__ import annotations

from typing import Any

from core.actors import SYSTEM
from fulfillment.models import WaveRule
from inventory.models import Bin, Warehouse, Zone
from inventory.services import layouts, stock
from inventory.services.layouts import LayoutDraft, PlaceDraft
from orders.models import Order
from tests.factories import orders as make

NOW = make.NOW

#: Two aisles 10 m apart with places from 0 to 9 m and the depot before aisle 1.
LAYOUT = LayoutDraft(
    aisle_count=2, places=10, aisle_pitch_mm=10_000, place_pitch_mm=1_000, front_gap_mm=0
)


def measure(place: Warehouse, *, layout: LayoutDraft = LAYOUT) -> list[Bin]:
    """Give a warehouse 20 placed bins in two aisles, each aisle a zone; return them in turn.

    Aisle 2 comes first in the fixed order, so that a computed walk differs from it.
    """
    layouts.save_layout(place.pk, layout, actor=SYSTEM, at=NOW)
    zones = [Zone.objects.create(warehouse=place, code=f"Z{aisle}") for aisle in (1, 2)]
    bins = [
        Bin.objects.create(
            warehouse=place,
            zone=zones[aisle - 1],
            code=f"R{aisle}-{number:02d}",
            kind="pick",
            pick_sequence=1_000 * (3 - aisle) + number,
        )
        for aisle in (1, 2)
        for number in range(1, 11)
    ]
    drafts = {row.code: PlaceDraft(int(row.code[1]), int(row.code[3:])) for row in bins}
    layouts.save_places(place.pk, drafts, actor=SYSTEM, at=NOW)
    return bins


def stocked(shelf: Bin, code: str, qty: int = 10) -> str:
    """Put units of a new SKU on a shelf; return its code."""
    row = make.sku(code)
    line = stock.ReceiveLine(bin_id=shelf.pk, sku_id=row.pk, qty=qty)
    stock.receive([line], event_key=f"stocked:{shelf.pk}:{code}", actor=SYSTEM, at=NOW)
    return code


def orders(*codes: str) -> list[Order]:
    """Place one order of one unit for each SKU code."""
    return [make.place_one(make.line(code, 1)) for code in codes]


def rule(place: Warehouse, **more: Any) -> WaveRule:
    """Return a rule that takes every ready shipment of a warehouse."""
    return WaveRule.objects.create(warehouse=place, **{"name": "All", **more})

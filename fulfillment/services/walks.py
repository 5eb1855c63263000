"""Walks through a warehouse: its layout read once, then as many tours as a wave needs."""

from __future__ import annotations

from collections.abc import Collection

from fulfillment.domain.floor_map import (
    FloorMap,
    Ground,
    Tour,
    block_ground,
    free_ground,
    segments_of,
)
from fulfillment.domain.layout import Block, LayoutRefused, Spot
from inventory.models import Bin, FloorLayout

__all__ = ["FloorMap", "Tour", "map_of", "tour_of"]


def tour_of(warehouse_id: int, bin_ids: Collection[int]) -> Tour:
    """Return the walk through some bins of a warehouse, each once. Two queries."""
    return map_of(warehouse_id, bin_ids).tour(list(bin_ids))


def map_of(warehouse_id: int, bin_ids: Collection[int]) -> FloorMap:
    """Return the floor with these bins on it. Two queries.

    A layout that can't be walked is put aside with its reason: a wave is released all the same.
    """
    rows = list(
        Bin.objects.filter(pk__in=set(bin_ids))
        .order_by("pick_sequence", "pk")
        .values_list(
            "pk", "pick_sequence", "place__aisle", "place__place", "place__x_mm", "place__y_mm"
        )
    )
    fixed = {pk: sequence for pk, sequence, *_ in rows}
    layout = FloorLayout.objects.filter(warehouse_id=warehouse_id).first()
    if layout is None:
        return FloorMap(fixed)
    try:
        return FloorMap(fixed, _ground(layout, rows))
    except LayoutRefused as refusal:
        return FloorMap(fixed, problem=str(refusal))


Placed = tuple[int, int, int | None, int | None, int | None, int | None]


def _ground(layout: FloorLayout, rows: list[Placed]) -> Ground:
    if layout.kind == FloorLayout.Kind.SINGLE_BLOCK:
        spots = {pk: Spot(aisle, place) for pk, _, aisle, place, *_ in rows if aisle and place}
        return block_ground(block_of(layout), spots)
    points = {
        pk: (float(x), float(y)) for pk, _, _, _, x, y in rows if x is not None and y is not None
    }
    depot = (float(layout.depot_x_mm), float(layout.depot_y_mm))
    return free_ground(segments_of(layout.walkways), depot, points)


def block_of(layout: FloorLayout) -> Block:
    """Return the block that a layout declares."""
    return Block(
        aisle_count=layout.aisle_count,
        places=layout.places,
        aisle_pitch_mm=layout.aisle_pitch_mm,
        place_pitch_mm=layout.place_pitch_mm,
        end_gap_mm=layout.front_gap_mm,
        depot_x_mm=layout.depot_x_mm,
        depot_off_mm=-layout.depot_y_mm,
    )

"""What kits consist of, and how many of them each warehouse can promise."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from inventory.domain.kits import MOST_LEVELS, Part, buildable, explode
from inventory.domain.moves import LevelKey
from inventory.models import BomLine, StockLevel
from inventory.querysets.stock import ATP


def read_boms(sku_ids: Iterable[int]) -> dict[int, list[Part]]:
    """Return the current parts of those SKUs that are kits, and of the kits inside them.

    One statement per level of nesting.
    """
    boms: dict[int, list[Part]] = {}
    asked = set(sku_ids)
    level = set(asked)
    for _depth in range(MOST_LEVELS + 1):
        if not level:
            break
        rows = BomLine.objects.filter(bom__kit_id__in=level, bom__is_current=True)
        for kit_id, component_id, qty, share in rows.order_by("pk").values_list(
            "bom__kit_id", "component_id", "qty", "price_share"
        ):
            boms.setdefault(kit_id, []).append(Part(component_id, qty, share))
        found = {part.component_id for kit_id in level for part in boms.get(kit_id, ())}
        level = found - asked
        asked |= found
    return boms


def kit_atp(kit_ids: Collection[int], warehouse_ids: Collection[int]) -> dict[LevelKey, int]:
    """Return how many virtual kits each warehouse can promise, by (warehouse id, kit id).

    The least over the components of floor(ATP / units per kit); 0 where a component has no level.
    """
    boms = read_boms(kit_ids)
    parts = {kit_id: explode(kit_id, boms) for kit_id in kit_ids if kit_id in boms}
    wanted = {part.component_id for rows in parts.values() for part in rows}
    levels = StockLevel.objects.filter(warehouse_id__in=warehouse_ids, sku_id__in=wanted)
    atp: dict[int, dict[int, int]] = {warehouse_id: {} for warehouse_id in warehouse_ids}
    for warehouse_id, sku_id, units in levels.annotate(atp=ATP).values_list(
        "warehouse_id", "sku_id", "atp"
    ):
        atp[warehouse_id][sku_id] = units
    return {
        (warehouse_id, kit_id): buildable(rows, atp[warehouse_id])
        for warehouse_id in warehouse_ids
        for kit_id, rows in parts.items()
    }

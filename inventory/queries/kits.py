"""What kits consist of, and how many of them each warehouse can promise."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from inventory.domain.kits import MOST_LEVELS, Part, buildable, buildable_nested, explode, needed
from inventory.domain.moves import LevelKey
from inventory.models import BomLine, Sku, StockLevel
from inventory.querysets.stock import ATP


def read_boms(sku_ids: Iterable[int], *, assembled_too: bool = False) -> dict[int, list[Part]]:
    """Return the current parts of those SKUs that are kits, and of the virtual kits inside them.

    An assembled kit inside another one is a thing that lies in a bin; `assembled_too` opens it as
    well. One statement per level of nesting.
    """
    boms: dict[int, list[Part]] = {}
    asked = set(sku_ids)
    level = set(asked)
    for depth in range(MOST_LEVELS + 1):
        if not level:
            break
        rows = BomLine.objects.filter(bom__kit_id__in=level, bom__is_current=True)
        if depth and not assembled_too:
            rows = rows.filter(bom__kit__kind="virtual_kit")
        for kit_id, component_id, qty, share, spare in rows.order_by("pk").values_list(
            "bom__kit_id", "component_id", "qty", "price_share", "is_optional"
        ):
            boms.setdefault(kit_id, []).append(Part(component_id, qty, share, spare))
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


@dataclass(frozen=True, slots=True)
class Buildable:
    """How many assembled kits a warehouse can build: from what lies ready, and with inner kits."""

    ready_qty: int
    nested_qty: int
    short_of: str


def buildable_now(
    kit_ids: Collection[int], warehouse_ids: Collection[int]
) -> dict[LevelKey, Buildable]:
    """Return how many assembled kits can be built, by (warehouse id, kit id); a few statements.

    `short_of` is the component that limits `ready_qty`: the one to order next.
    """
    boms = read_boms(kit_ids, assembled_too=True)
    shallow = read_boms(kit_ids)
    parts = {kit_id: direct_parts(kit_id, shallow) for kit_id in kit_ids if kit_id in boms}
    wanted = {part.component_id for rows in boms.values() for part in rows}
    codes = dict(Sku.objects.filter(pk__in=wanted).values_list("pk", "code"))
    atp: dict[int, dict[int, int]] = {warehouse_id: {} for warehouse_id in warehouse_ids}
    levels = StockLevel.objects.filter(warehouse_id__in=warehouse_ids, sku_id__in=wanted)
    for warehouse_id, sku_id, units in levels.annotate(atp=ATP).values_list(
        "warehouse_id", "sku_id", "atp"
    ):
        atp[warehouse_id][sku_id] = units
    return {
        (warehouse_id, kit_id): Buildable(
            buildable(rows, atp[warehouse_id]),
            buildable_nested(kit_id, boms, atp[warehouse_id]),
            codes[_scarcest(rows, atp[warehouse_id])],
        )
        for warehouse_id in warehouse_ids
        for kit_id, rows in parts.items()
    }


def direct_parts(kit_id: int, boms: dict[int, list[Part]]) -> list[Part]:
    """Return what a work order of the kit takes from bins: virtual kits inside it are exploded."""
    return explode(kit_id, boms)


def _scarcest(parts: list[Part], atp_qty: dict[int, int]) -> int:
    return min(
        needed(parts),
        key=lambda part: (atp_qty.get(part.component_id, 0) // part.qty, part.component_id),
    ).component_id

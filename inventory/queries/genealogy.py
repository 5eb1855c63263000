"""The family tree of kit lots: which kits a component lot went into."""

from __future__ import annotations

from collections.abc import Collection

from inventory.domain.kits import MOST_LEVELS
from inventory.models import KitPart, Lot


def kit_lots_with(lot_ids: Collection[int]) -> list[Lot]:
    """Return the kit lots that hold units of these lots, kits in kits too, the inner first.

    One statement per level of nesting.
    """
    found: list[Lot] = []
    seen = set(lot_ids)
    level = set(lot_ids)
    for _depth in range(MOST_LEVELS):
        rows = KitPart.objects.filter(component_lot_id__in=level).order_by("kit_lot_id")
        lots = Lot.objects.filter(pk__in=rows.values("kit_lot_id")).select_related("sku")
        fresh = [lot for lot in lots.order_by("pk") if lot.pk not in seen]
        if not fresh:
            break
        found += fresh
        level = {lot.pk for lot in fresh}
        seen |= level
    return found

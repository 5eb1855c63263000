"""What units cost: the layers of receipts, and what departures took out of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from inventory.domain.transit import Chunk, landed_chunks
from inventory.models import CostLayer, LayerConsumption


@dataclass(frozen=True, slots=True)
class LayerFact:
    """One cost layer: `qty` units came, `remaining_qty` are left, at `unit_cost` (None: unknown).

    `landed_amount` is what the units left carry beside their cost, all in `currency`.
    """

    layer_id: int
    sku_id: int
    warehouse_id: int
    source_key: str
    qty: int
    remaining_qty: int
    unit_cost: Decimal | None
    currency: str
    landed_amount: Decimal
    is_provisional: bool


def layers_of(source_keys: Collection[str], sku_ids: Collection[int]) -> list[LayerFact]:
    """Return the layers that these stock events opened for these SKUs, oldest first."""
    rows = CostLayer.objects.filter(sku_id__in=sku_ids, source_key__in=source_keys)
    return [
        LayerFact(*row)
        for row in rows.order_by("pk").values_list(
            "pk",
            "sku_id",
            "warehouse_id",
            "source_key",
            "qty",
            "remaining_qty",
            "unit_cost",
            "currency",
            "landed_amount",
            "is_provisional",
        )
    ]


def chunks_of(move_ids: Sequence[int]) -> list[Chunk]:
    """Return the units that departures took out of cost layers, landed costs included."""
    rows = LayerConsumption.objects.filter(move_id__in=move_ids).order_by("move_id", "pk")
    costs = rows.values_list("qty", "unit_cost", "landed_amount", "layer__currency")
    return [chunk for row in costs for chunk in landed_chunks(*row)]

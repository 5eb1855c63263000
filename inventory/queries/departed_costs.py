"""What the units cost that left for an owner, with the costs that came after them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from inventory.domain.places import CUSTOMER
from inventory.models import CostVariance, LayerConsumption


@dataclass(frozen=True, slots=True)
class DepartedCost:
    """Units that left one cost layer for an owner. `amount` None: not yet costed.

    `variance_amount` is their part of costs that came after they left, all in `currency`.
    `is_provisional`: more costs of the layer are to come.
    """

    qty: int
    amount: Decimal | None
    variance_amount: Decimal
    currency: str
    is_provisional: bool


def departed_costs(owner_keys: Collection[str]) -> dict[str, list[DepartedCost]]:
    """Return what was sent to customers for each owner key, by cost layer; two queries."""
    rows = list(
        LayerConsumption.objects.filter(move__owner_key__in=owner_keys, move__to_bin_id=CUSTOMER)
        .select_related("layer", "move")
        .order_by("pk")
    )
    late: dict[int, list[CostVariance]] = {}
    layers = {row.layer_id for row in rows}
    for variance in CostVariance.objects.filter(layer_id__in=layers).order_by("pk"):
        late.setdefault(variance.layer_id, []).append(variance)
    found: dict[str, list[DepartedCost]] = {}
    for row in rows:
        after = sum((_part(row, one) for one in late.get(row.layer_id, ())), Decimal(0))
        cost = None if row.unit_cost is None else row.qty * row.unit_cost + row.landed_amount
        found.setdefault(row.move.owner_key, []).append(
            DepartedCost(row.qty, cost, after, row.layer.currency, row.layer.is_provisional)
        )
    return found


def _part(row: LayerConsumption, variance: CostVariance) -> Decimal:
    """Return what falls to these units of a variance: nothing when they left after it."""
    last = variance.until_consumption_id
    if last is None or row.pk > last or not variance.gone_qty:
        return Decimal(0)
    return variance.amount * row.qty / variance.gone_qty

"""The cost layers that arrivals opened, and what a unit of them has cost until now."""

from __future__ import annotations

from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Sum

from inventory.domain.costing import STEP
from inventory.models import LandedShare
from inventory.queries.layers import LayerFact, layers_of
from suppliers.models import ReceiptLine


def layers_by_arrival(asn_ids: Collection[int]) -> dict[int, list[LayerFact]]:
    """Return the cost layers of what was counted at each arrival, undone counts left out.

    Two queries for any number of arrivals.
    """
    booked = (
        ReceiptLine.objects.filter(
            receipt__asn_id__in=asn_ids, is_undone=False, from_line__isnull=True
        )
        .order_by()
        .values_list("receipt__asn_id", "event_key", "sku_id")
        .distinct()
    )
    owner = {f"receipt:{key}": asn_id for asn_id, key, _sku in booked}
    skus = {sku_id for _asn, _key, sku_id in booked}
    found: dict[int, list[LayerFact]] = {}
    for layer in layers_of(owner, skus):
        found.setdefault(owner[layer.source_key], []).append(layer)
    return found


def landed_unit_costs(asn_id: int) -> dict[int, tuple[Decimal | None, str]]:
    """Return (unit cost with all landed costs, currency) by SKU id of an arrival.

    The mean of the SKU's layers; None when a part is not costed or two currencies meet.
    """
    layers = layers_by_arrival([asn_id]).get(asn_id, [])
    landed = dict(
        LandedShare.objects.filter(layer_id__in=[layer.layer_id for layer in layers])
        .order_by()
        .values("layer_id")
        .annotate(total=Sum("amount"))
        .values_list("layer_id", "total")
    )
    units: dict[int, int] = {}
    totals: dict[int, Decimal | None] = {}
    currencies: dict[int, set[str]] = {}
    for layer in layers:
        units[layer.sku_id] = units.get(layer.sku_id, 0) + layer.qty
        currencies.setdefault(layer.sku_id, set()).add(layer.currency)
        before = totals.get(layer.sku_id, Decimal(0))
        if before is None or layer.unit_cost is None:
            totals[layer.sku_id] = None
            continue
        worth = layer.qty * layer.unit_cost + landed.get(layer.layer_id, Decimal(0))
        totals[layer.sku_id] = before + worth
    return {
        sku_id: _mean(total, units[sku_id], currencies[sku_id]) for sku_id, total in totals.items()
    }


def _mean(total: Decimal | None, qty: int, currencies: set[str]) -> tuple[Decimal | None, str]:
    if total is None or len(currencies) != 1:
        return None, ""
    return (total / qty).quantize(STEP, rounding=ROUND_HALF_UP), currencies.pop()

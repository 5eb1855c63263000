"""The costs beside the goods that a supplier's last arrivals had, for the editor of an order."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from suppliers.domain.landed_preview import LandedShares, shares_of
from suppliers.models import LandedCostShare

ARRIVALS: Final = 5


def likely_shares(supplier_id: int, mode: str) -> LandedShares | None:
    """Return what the last 5 costed arrivals of a supplier by this transport paid beside the goods.

    Freight, duty, insurance and handling as shares of the goods' value, in the base currency; None
    where no such arrival is costed. 2 queries.
    """
    posted = LandedCostShare.objects.filter(
        cost__state="posted",
        asn__supplier=supplier_id,
        asn__purchase_order__mode=mode,
        layer__unit_cost__isnull=False,
    )
    newest = posted.order_by("-asn_id").values_list("asn_id", flat=True).distinct()
    rows = list(
        posted.filter(asn_id__in=list(newest[:ARRIVALS]))
        .select_related("cost", "asn", "layer")
        .order_by("-asn_id", "pk")
    )
    layers = {
        row.layer_id: row.layer.qty * (row.layer.unit_cost or Decimal(0)) * row.layer_rate
        for row in rows
    }
    costs = [(row.cost.kind, row.base_amount) for row in rows]
    numbers = dict.fromkeys(row.asn.number for row in rows)
    return shares_of(costs, sum(layers.values(), Decimal(0)), numbers)

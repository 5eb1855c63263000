"""When the next units of a SKU come: for orders that wait for them (B-16)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import F
from django.db.models.functions import Coalesce

from suppliers.models import AsnLine, PurchaseLine
from suppliers.queries.arrivals import OPEN_UNITS
from suppliers.querysets.arrivals import EXPECTED


def arriving(sku_ids: Collection[int]) -> dict[int, list[tuple[dt.date, int]]]:
    """Return by SKU id the (day, units) announced or confirmed, the earliest first: 2 queries.

    Units that a shipment announces count on its day (without one on the day of its purchase
    order), others on the day their supplier confirmed. A SKU nothing dated is coming of is left
    out.
    """
    if not sku_ids:
        return {}
    announced = (
        AsnLine.objects.annotate(
            left=OPEN_UNITS,
            day=Coalesce("asn__expected_on", "asn__purchase_order__expected_on"),
        )
        .filter(sku_id__in=sku_ids, asn__state__in=EXPECTED, day__isnull=False, left__gt=0)
        .values_list("sku_id", "day", "left")
    )
    confirmed = (
        PurchaseLine.objects.annotate(left=F("qty") - F("shipped_qty") - F("short_qty"))
        .filter(
            sku_id__in=sku_ids,
            order__state__in=("sent", "confirmed", "partly_received"),
            confirmed_on__isnull=False,
            left__gt=0,
        )
        .values_list("sku_id", "confirmed_on", "left")
    )
    found: dict[int, list[tuple[dt.date, int]]] = defaultdict(list)
    for rows in (announced.order_by("pk"), confirmed.order_by("pk")):
        for sku_id, day, units in rows:
            if day is not None:
                found[sku_id].append((day, units))
    return {sku_id: sorted(rows) for sku_id, rows in found.items()}


def next_arrivals(sku_ids: Collection[int]) -> dict[int, dt.date]:
    """Return by SKU id the first day on which units are announced or confirmed: 2 queries."""
    return {sku_id: rows[0][0] for sku_id, rows in arriving(sku_ids).items()}


def skus_on(order_ids: Iterable[int]) -> list[int]:
    """Return the ids of the SKUs on purchase orders, in order."""
    rows = PurchaseLine.objects.filter(order_id__in=list(order_ids))
    return sorted(set(rows.values_list("sku_id", flat=True).order_by()))

"""When the next units of a SKU come: for orders that wait for them (B-16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import F, Min

from suppliers.models import AsnLine, PurchaseLine
from suppliers.queries.arrivals import OPEN_UNITS
from suppliers.querysets.arrivals import EXPECTED


def next_arrivals(sku_ids: Collection[int]) -> dict[int, dt.date]:
    """Return by SKU id the first day on which units are announced or confirmed: 2 queries.

    Units that a shipment announces count on its day, others on the day their supplier confirmed.
    A SKU nothing dated is coming of is left out.
    """
    if not sku_ids:
        return {}
    announced = (
        AsnLine.objects.annotate(left=OPEN_UNITS)
        .filter(
            sku_id__in=sku_ids, asn__state__in=EXPECTED, asn__expected_on__isnull=False, left__gt=0
        )
        .values_list("sku_id")
        .annotate(first=Min("asn__expected_on"))
    )
    confirmed = (
        PurchaseLine.objects.filter(
            sku_id__in=sku_ids,
            order__state__in=("sent", "confirmed", "partly_received"),
            confirmed_on__isnull=False,
            qty__gt=F("shipped_qty") + F("short_qty"),
        )
        .values_list("sku_id")
        .annotate(first=Min("confirmed_on"))
    )
    found: dict[int, dt.date] = {}
    for rows in (announced.order_by("sku_id"), confirmed.order_by("sku_id")):
        for sku_id, first in rows:
            found[sku_id] = min(first, found.get(sku_id, first))
    return found

"""Units that came back, for those who plan: by SKU, and where and when they were sold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from returns.models import ReturnLine
from returns.queries.insight_backs import COUNTED_KINDS

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class CameBack:
    """`qty` units of a SKU that a warehouse counted in at `at` (aware UTC); the sale's place."""

    sku_id: int
    channel_id: int
    country: str
    postcode: str
    qty: int
    at: dt.datetime


def came_back(sku_ids: Collection[int], *, until: dt.datetime) -> Iterator[CameBack]:
    """Return the units of orders that came back up to then; undelivered parcels are none."""
    rows = ReturnLine.objects.filter(
        sku_id__in=sku_ids,
        received_qty__gt=0,
        order_line__isnull=False,
        request__kind__in=COUNTED_KINDS,
        request__order__isnull=False,
        request__arrived_at__lte=until,
    ).order_by("request__arrived_at", "pk")
    found = rows.values_list(
        "sku_id",
        "request__order__channel_id",
        "request__order__ship_country",
        "request__order__ship_postcode",
        "received_qty",
        "request__arrived_at",
    )
    for sku_id, channel_id, country, postcode, qty, at in found.iterator(chunk_size=CHUNK):
        if at is not None:
            yield CameBack(sku_id, channel_id, country, postcode, qty, at)


def skus_back(since: dt.datetime) -> set[int]:
    """Return the SKUs of which units came back since then; one statement."""
    rows = ReturnLine.objects.filter(request__arrived_at__gte=since, received_qty__gt=0)
    known = rows.filter(sku__isnull=False).order_by("sku_id")
    return set(known.values_list("sku_id", flat=True).distinct())

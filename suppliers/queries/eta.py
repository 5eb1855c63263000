"""When the next units of a SKU come: for orders that wait for them (B-16)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from suppliers.models import AsnLine, PurchaseLine, SupplyDelay
from suppliers.queries.arrivals import OPEN_UNITS
from suppliers.querysets.arrivals import EXPECTED


@dataclass(frozen=True, slots=True)
class LaterArrival:
    """Days to add to the arrivals of a supplier; an empty mode or warehouse fits all."""

    supplier_id: int
    days: int
    mode: str = ""
    warehouse_id: int | None = None

    def fits(self, supplier_id: int, mode: str, warehouse_id: int) -> bool:
        """Return whether goods of a supplier come this way."""
        return (
            self.supplier_id == supplier_id
            and self.mode in ("", mode)
            and self.warehouse_id in (None, warehouse_id)
        )


def arriving(
    sku_ids: Collection[int], later: Collection[LaterArrival] = ()
) -> dict[int, list[tuple[dt.date, int]]]:
    """Return by SKU id the (day, units) announced or confirmed, the earliest first: 2 queries.

    Units that a shipment announces count on its day (without one on the day of its purchase
    order), others on the day their supplier confirmed. Days that `SupplyDelay` rows add are in;
    `later` asks what more delays would do. The longest delay of a way counts. A SKU nothing dated
    is coming of is left out.
    """
    if not sku_ids:
        return {}
    announced = (
        AsnLine.objects.annotate(
            left=OPEN_UNITS,
            day=Coalesce("asn__expected_on", "asn__purchase_order__expected_on"),
            mode=Coalesce("asn__purchase_order__mode", Value("")),
            added=_added("asn__supplier", "asn__purchase_order__mode", "asn__warehouse"),
        )
        .filter(sku_id__in=sku_ids, asn__state__in=EXPECTED, day__isnull=False, left__gt=0)
        .values_list(
            "sku_id", "day", "left", "added", "asn__supplier_id", "mode", "asn__warehouse_id"
        )
    )
    confirmed = (
        PurchaseLine.objects.annotate(
            left=F("qty") - F("shipped_qty") - F("short_qty"),
            added=_added("order__supplier", "order__mode", "order__warehouse"),
        )
        .filter(
            sku_id__in=sku_ids,
            order__state__in=("sent", "confirmed", "partly_received"),
            confirmed_on__isnull=False,
            left__gt=0,
        )
        .values_list(
            "sku_id", "confirmed_on", "left", "added",
            "order__supplier_id", "order__mode", "order__warehouse_id",
        )
    )  # fmt: skip
    found: dict[int, list[tuple[dt.date, int]]] = defaultdict(list)
    for rows in (announced.order_by("pk"), confirmed.order_by("pk")):
        for sku_id, day, units, added, *way in rows:
            if day is not None:
                days = max([added, *(one.days for one in later if one.fits(*way))])
                found[sku_id].append((day + dt.timedelta(days=days), units))
    return {sku_id: sorted(rows) for sku_id, rows in found.items()}


def _added(supplier: str, mode: str, warehouse: str) -> Coalesce:
    """Return the days that the longest lasting delay adds to goods coming this way."""
    lasting = SupplyDelay.objects.filter(
        Q(mode="") | Q(mode=OuterRef(mode)),
        Q(warehouse__isnull=True) | Q(warehouse=OuterRef(warehouse)),
        supplier=OuterRef(supplier),
        ended_at__isnull=True,
    )
    return Coalesce(Subquery(lasting.order_by("-days", "pk").values("days")[:1]), Value(0))


def next_arrivals(sku_ids: Collection[int]) -> dict[int, dt.date]:
    """Return by SKU id the first day on which units are announced or confirmed: 2 queries."""
    return {sku_id: rows[0][0] for sku_id, rows in arriving(sku_ids).items()}


def skus_on(order_ids: Iterable[int]) -> list[int]:
    """Return the ids of the SKUs on purchase orders, in order."""
    rows = PurchaseLine.objects.filter(order_id__in=list(order_ids))
    return sorted(set(rows.values_list("sku_id", flat=True).order_by()))

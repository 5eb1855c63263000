"""What is bought and not here yet, per SKU and warehouse: the part of the position that planning
subtracts so that nothing is ordered twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)

from suppliers.domain import purchase_states
from suppliers.models import AsnLine, PurchaseLine, PurchaseOrder
from suppliers.querysets.arrivals import EXPECTED


@dataclass(frozen=True, slots=True)
class OnOrder:
    """Units of one SKU for one warehouse; no unit stands in two of the four.

    `open_qty`: approved and at the supplier, less what is on its way. `in_transit_qty`: announced
    and not counted yet, with or without an order. `pending_qty` waits for approval, `drafted_qty`
    is what the system has drafted and nobody submitted.
    """

    open_qty: int = 0
    pending_qty: int = 0
    drafted_qty: int = 0
    in_transit_qty: int = 0

    @property
    def total_qty(self) -> int:
        """Return the units a need is reduced by."""
        return self.open_qty + self.pending_qty + self.drafted_qty + self.in_transit_qty


def on_order(
    *, sku_ids: Collection[int] | None = None, warehouse_ids: Collection[int] | None = None
) -> Mapping[tuple[int, int], OnOrder]:
    """Return what is on order by (warehouse id, SKU id); None means all. 2 queries.

    Drafts of people don't count: they may never be sent. Source: X25.
    """
    bought: dict[str, dict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))
    for bucket, place, sku, units in _bought(sku_ids, warehouse_ids):
        bought[bucket][place, sku] += units
    coming, of_orders = _coming(sku_ids, warehouse_ids)
    keys = {*coming, *(key for rows in bought.values() for key in rows)}
    return {
        key: OnOrder(
            open_qty=max(0, bought["open"].get(key, 0) - of_orders.get(key, 0)),
            pending_qty=bought["pending"].get(key, 0),
            drafted_qty=bought["drafted"].get(key, 0),
            in_transit_qty=coming.get(key, 0),
        )
        for key in sorted(keys)
    }


def _bought(
    sku_ids: Collection[int] | None, warehouse_ids: Collection[int] | None
) -> list[tuple[str, int, int, int]]:
    counted = (
        Q(order__state__in=purchase_states.ON_ORDER)
        | Q(order__state__in=purchase_states.UNAPPROVED, order__sent_at__isnull=False)
        | Q(order__state=purchase_states.PENDING)
        | Q(order__state=purchase_states.DRAFT, order__is_system=True)
    )
    rows = _scoped(
        PurchaseLine.objects.filter(counted, qty__gt=F("received_qty") + F("short_qty")),
        sku_ids,
        warehouse_ids,
        "order__warehouse_id",
    )
    is_sent = ExpressionWrapper(Q(order__sent_at__isnull=False), output_field=BooleanField())
    found = (
        rows.annotate(is_sent=is_sent)
        .values_list("order__state", "is_sent", "order__warehouse_id", "sku_id")
        .annotate(units=Sum(F("qty") - F("received_qty") - F("short_qty")))
    )
    return [
        (_bucket(state, is_sent=bool(sent)), place, sku, units)
        for state, sent, place, sku, units in found.order_by()
    ]


def _bucket(state: str, *, is_sent: bool) -> str:
    if state in purchase_states.ON_ORDER or is_sent:
        return "open"
    return "pending" if state == purchase_states.PENDING else "drafted"


def _coming(
    sku_ids: Collection[int] | None, warehouse_ids: Collection[int] | None
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """Return the units of arrivals still expected, and those of them that an order covers."""
    rows = _scoped(
        AsnLine.objects.filter(asn__state__in=EXPECTED, announced_qty__isnull=False),
        sku_ids,
        warehouse_ids,
        "asn__warehouse_id",
    )
    held = PurchaseOrder.objects.on_order().filter(pk=OuterRef("purchase_line__order_id"))
    coming: dict[tuple[int, int], int] = defaultdict(int)
    of_orders: dict[tuple[int, int], int] = defaultdict(int)
    for line in rows.annotate(place_id=F("asn__warehouse_id"), is_of_order=Exists(held)).order_by():
        if line.open_qty:
            coming[line.place_id, line.sku_id] += line.open_qty
            if line.is_of_order:
                of_orders[line.place_id, line.sku_id] += line.open_qty
    return coming, of_orders


def _scoped(
    rows: QuerySet[Any],
    sku_ids: Collection[int] | None,
    warehouse_ids: Collection[int] | None,
    place: str,
) -> QuerySet[Any]:
    if sku_ids is not None:
        rows = rows.filter(sku_id__in=sku_ids)
    if warehouse_ids is not None:
        rows = rows.filter(**{f"{place}__in": warehouse_ids})
    return rows

"""What a review reads of stock: what is there, what is coming when, and what stands at which cost.

All of it in a fixed number of statements, whatever the rows. Pairs are (SKU id, warehouse id).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from inventory.domain.places import CUSTOMER
from inventory.models import (
    CostLayer,
    StockLevel,
    StockMove,
    TransferLine,
    WorkOrder,
)
from inventory.querysets.moves import ON_THE_WAY
from planning.domain.position import Arrival, ArrivalKind
from suppliers.domain import purchase_states
from suppliers.models import AsnLine, PurchaseLine
from suppliers.queries.arrivals import OPEN_UNITS
from suppliers.querysets.arrivals import EXPECTED

Pair = tuple[int, int]
#: Sales of these days stand in for a forecast that is missing.
SALES_DAYS = 28
#: Kinds of SKU that lie in bins and are bought or built.
STOCKED = ("goods", "assembled_kit", "packaging", "insert")
Found = dict[Pair, list[Arrival]]


@dataclass(frozen=True, slots=True)
class Level:
    """Units of one pair as the ledger's cache has them."""

    on_hand: int = 0
    unsellable: int = 0
    reserved: int = 0
    buffer: int = 0


@dataclass(frozen=True, slots=True)
class Stock:
    """Everything a review reads of stock; `leaving` are units of transfers nobody has approved."""

    levels: Mapping[Pair, Level]
    arrivals: Mapping[Pair, list[Arrival]]
    values: Mapping[Pair, dict[str, tuple[int, Decimal]]] = field(default_factory=dict)
    sales: Mapping[Pair, int] = field(default_factory=dict)
    leaving: Mapping[Pair, int] = field(default_factory=dict)


def read(now: dt.datetime, sku_ids: Collection[int] | None = None) -> Stock:
    """Return the stock of SKUs in use at warehouses in use; None: of all. 8 statements."""
    today = now.date()
    arrivals: Found = defaultdict(list)
    _announced(arrivals, today, sku_ids)
    _ordered(arrivals, today, sku_ids)
    leaving = _transfers(arrivals, sku_ids)
    _building(arrivals, today, sku_ids)
    return Stock(
        levels=_levels(sku_ids),
        arrivals=arrivals,
        values=_values(sku_ids),
        sales=_sales(now, sku_ids),
        leaving=leaving,
    )


def _of(
    rows: QuerySet[Any], sku_ids: Collection[int] | None, path: str = "sku_id"
) -> QuerySet[Any]:
    return rows if sku_ids is None else rows.filter(**{f"{path}__in": sku_ids})


def _levels(sku_ids: Collection[int] | None) -> dict[Pair, Level]:
    rows = StockLevel.objects.filter(
        sku__archived=False, sku__kind__in=STOCKED, warehouse__is_active=True
    ).exclude(warehouse__kind__in=("transit", "returns"))
    found = (
        _of(rows, sku_ids)
        .order_by("pk")
        .values_list("sku_id", "warehouse_id", "on_hand", "unsellable", "reserved", "buffer")
    )
    return {(sku, place): Level(*units) for sku, place, *units in found}


def _announced(into: Found, today: dt.date, sku_ids: Collection[int] | None) -> None:
    """Add what is on its way to us, with its day."""
    rows = (
        _of(AsnLine.objects.filter(asn__state__in=EXPECTED), sku_ids)
        .annotate(
            left=OPEN_UNITS,
            day=Coalesce("asn__expected_on", "asn__purchase_order__expected_on"),
        )
        .filter(left__gt=0)
        .order_by("pk")
    )
    for sku, place, day, left in rows.values_list("sku_id", "asn__warehouse_id", "day", "left"):
        into[sku, place].append(Arrival(ArrivalKind.IN_TRANSIT, left, _days(day, today)))


def _ordered(into: Found, today: dt.date, sku_ids: Collection[int] | None) -> None:
    """Add what is bought, waits for approval or is drafted by the system, less what travels.

    Drafts of people don't count: they may never be sent. Source: X25.
    """
    shipped = dict(
        _of(AsnLine.objects.filter(asn__state__in=EXPECTED), sku_ids)
        .filter(purchase_line__isnull=False)
        .annotate(left=OPEN_UNITS)
        .order_by()
        .values("purchase_line_id")
        .annotate(units=Sum("left"))
        .values_list("purchase_line_id", "units")
    )
    counted = (
        Q(order__state__in=purchase_states.ON_ORDER)
        | Q(order__state__in=purchase_states.UNAPPROVED, order__sent_at__isnull=False)
        | Q(order__state=purchase_states.PENDING)
        | Q(order__state=purchase_states.DRAFT, order__is_system=True)
    )
    rows = _of(PurchaseLine.objects.filter(counted), sku_ids).annotate(
        left=F("qty") - F("received_qty") - F("short_qty"),
        day=Coalesce("confirmed_on", "order__expected_on", "order__required_by"),
    )
    for pk, sku, place, state, sent_at, day, left in rows.order_by("pk").values_list(
        "pk", "sku_id", "order__warehouse_id", "order__state", "order__sent_at", "day", "left"
    ):
        units = left - shipped.get(pk, 0)
        if units > 0:
            kind = _kind(state, is_sent=sent_at is not None)
            into[sku, place].append(Arrival(kind, units, _days(day, today)))


def _kind(state: str, *, is_sent: bool) -> ArrivalKind:
    if state in purchase_states.ON_ORDER or is_sent:
        return ArrivalKind.APPROVED
    return ArrivalKind.PENDING if state == purchase_states.PENDING else ArrivalKind.DRAFT


def _transfers(into: Found, sku_ids: Collection[int] | None) -> dict[Pair, int]:
    """Add what comes from other warehouses; return what drafts would take from each."""
    leaving: dict[Pair, int] = defaultdict(int)
    rows = _of(
        TransferLine.objects.exclude(transfer__state__in=("received", "cancelled")), sku_ids
    ).annotate(travels=ON_THE_WAY)
    for sku, source, place, state, qty, travels in rows.order_by("pk").values_list(
        "sku_id",
        "transfer__source_id",
        "transfer__destination_id",
        "transfer__state",
        "qty",
        "travels",
    ):
        if state in {"in_transit", "partially_received"}:
            kind, units = ArrivalKind.IN_TRANSIT, travels
        else:
            kind = ArrivalKind.DRAFT if state == "draft" else ArrivalKind.APPROVED
            units = qty
        if state == "draft":
            leaving[sku, source] += qty
        if units > 0:
            into[sku, place].append(Arrival(kind, units, None))
    return leaving


def _building(into: Found, today: dt.date, sku_ids: Collection[int] | None) -> None:
    """Add kits that are being built."""
    rows = _of(
        WorkOrder.objects.filter(is_unkit=False).exclude(state__in=("done", "cancelled")),
        sku_ids,
        "kit_id",
    )
    for kit, place, state, due_on, planned, made in rows.order_by("pk").values_list(
        "kit_id", "warehouse_id", "state", "due_on", "planned_qty", "made_qty"
    ):
        if planned > made:
            kind = ArrivalKind.DRAFT if state == "draft" else ArrivalKind.APPROVED
            into[kit, place].append(Arrival(kind, planned - made, _days(due_on, today)))


def _values(sku_ids: Collection[int] | None) -> dict[Pair, dict[str, tuple[int, Decimal]]]:
    """Return by pair and currency the costed units left and what they stand for."""
    rows = _of(CostLayer.objects.filter(remaining_qty__gt=0, unit_cost__isnull=False), sku_ids)
    sums = (
        rows.order_by()
        .values("sku_id", "warehouse_id", "currency")
        .annotate(
            units=Sum("remaining_qty"),
            value=Sum(F("remaining_qty") * F("unit_cost") + F("landed_amount")),
        )
        .values_list("sku_id", "warehouse_id", "currency", "units", "value")
    )
    found: dict[Pair, dict[str, tuple[int, Decimal]]] = defaultdict(dict)
    for sku, place, currency, units, value in sums:
        found[sku, place][currency] = (units, Decimal(value))
    return found


def _sales(now: dt.datetime, sku_ids: Collection[int] | None) -> dict[Pair, int]:
    """Return the units sent to customers in the last 28 days."""
    moves = StockMove.objects.filter(
        to_bin=CUSTOMER,
        event__at__gte=now - dt.timedelta(days=SALES_DAYS),
        event__at__lte=now,
        from_warehouse__isnull=False,
    )
    sums = _of(moves, sku_ids).order_by().values("sku_id", "from_warehouse_id")
    return {
        (sku, place): units
        for sku, place, units in sums.annotate(units=Sum("qty")).values_list(
            "sku_id", "from_warehouse_id", "units"
        )
    }


def _days(day: dt.date | None, today: dt.date) -> int | None:
    """Return the days until then, 0 for what should be here; None: nobody has said."""
    return None if day is None else max(0, (day - today).days)

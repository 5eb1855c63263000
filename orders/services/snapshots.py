"""Read the stock that a batch of orders may be promised, in as few statements as it takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncDate

from inventory.models import StockLevel
from inventory.queries import lot_life
from orders.domain.states import OPEN_SHIPMENT_STATES
from orders.domain.stock_book import Key, StockBook
from orders.models import Shipment, StockPrice
from orders.services.master_data import MasterData, SkuFact


def read_book(data: MasterData, skus: Iterable[SkuFact], *, as_of: dt.datetime) -> StockBook:
    """Return the promisable stock of these SKUs over all warehouses, without locks.

    One statement; two more with lot-tracked SKUs, one with stock prices, one with capacities.
    """
    facts = {fact.id: fact for fact in skus}
    rows = (
        list(
            StockLevel.objects.filter(sku_id__in=list(facts))
            .values_list(
                "id", "warehouse_id", "sku_id", "on_hand", "unsellable", "reserved", "buffer"
            )
            .order_by()
        )
        if facts
        else []
    )
    book = StockBook({(row[1], row[2]): row[3] - row[4] - row[5] - row[6] for row in rows})
    tracked = {row[0]: (row[1], row[2]) for row in rows if facts[row[2]].is_lot_tracked}
    if tracked:
        book.books = lot_life.read_books(tracked)
    if data.has_prices:
        book.prices = _read_prices(facts)
    if data.has_capacities:
        book.loads = _read_loads(data, as_of)
    return book


def _read_prices(sku_ids: Collection[int]) -> dict[Key, Decimal]:
    rows = StockPrice.objects.filter(sku_id__in=list(sku_ids)).order_by()
    return {
        (warehouse_id, sku_id): price
        for warehouse_id, sku_id, price in rows.values_list("warehouse_id", "sku_id", "price")
    }


def _read_loads(data: MasterData, as_of: dt.datetime) -> dict[tuple[int, dt.date], int]:
    """Count the open shipments per hand-over day of the warehouses that have a capacity."""
    loads: dict[tuple[int, dt.date], int] = {}
    zones: dict[str, list[int]] = {}
    for site in data.network.sites:
        if site.daily_capacity is not None:
            zones.setdefault(site.calendar.timezone, []).append(site.id)
    for zone, warehouse_ids in zones.items():
        rows = (
            Shipment.objects.filter(
                warehouse_id__in=warehouse_ids,
                status__in=[*sorted(OPEN_SHIPMENT_STATES), "shipped"],
                cutoff_at__gte=as_of - dt.timedelta(days=1),
            )
            .annotate(day=TruncDate("cutoff_at", tzinfo=ZoneInfo(zone)))
            .values_list("warehouse_id", "day")
            .annotate(units=Count("pk"))
            .order_by()
        )
        loads |= {(warehouse_id, day): units for warehouse_id, day, units in rows}
    return loads

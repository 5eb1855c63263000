"""Which lots can keep which promises, read for the levels of lot-tracked SKUs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from inventory.domain.allocation import LifeBook
from inventory.domain.moves import LevelKey
from inventory.models import BinReservation, BinStock, Reservation
from inventory.querysets.stock import OPEN_QTY

Tracked = Mapping[int, LevelKey]
"""Levels of lot-tracked SKUs: level id -> (warehouse id, SKU id)."""


def read_books(tracked: Tracked) -> dict[LevelKey, LifeBook]:
    """Return a book per level: free good units by expiry, unclaimed promises by day.

    Units and promises that a pick has already brought together are left out on both sides. True
    for the caller only while it holds the locks of the levels. Two statements, none for none.
    """
    if not tracked:
        return {}
    books = read_supply(tracked.values())
    for level_id, until, open_qty, claimed_qty in _needs(tracked):
        books[tracked[level_id]].add_need(until, open_qty - claimed_qty)
    return books


def read_supply(keys: Collection[LevelKey]) -> dict[LevelKey, LifeBook]:
    """Return a book per (warehouse, SKU) with its free good units by expiry and no promises."""
    books = {key: LifeBook() for key in keys}
    rows = (
        BinStock.objects.sellable()
        .filter(bin__warehouse_id__in={key[0] for key in keys}, sku_id__in={key[1] for key in keys})
        .values("bin__warehouse_id", "sku_id", "lot__expires_on")
        .annotate(free=Sum(F("qty") - F("reserved")))
        .values_list("bin__warehouse_id", "sku_id", "lot__expires_on", "free")
        .order_by()
    )
    for warehouse_id, sku_id, expires_on, free in rows:
        if (warehouse_id, sku_id) in books:
            books[warehouse_id, sku_id].add_supply(expires_on, free)
    return books


def with_claimed_qty(promises: QuerySet[Reservation]) -> QuerySet[Any]:
    """Annotate `claimed`: units of each promise that picks hold in bins and totes."""
    claimed = (
        BinReservation.objects.pending()
        .filter(
            demand_key=OuterRef("owner_key"),
            bin_stock__sku_id=OuterRef("level__sku_id"),
            bin_stock__bin__warehouse_id=OuterRef("level__warehouse_id"),
        )
        .order_by()
        .values("demand_key")
        .annotate(units=Sum("qty"))
        .values("units")
    )
    return promises.annotate(claimed=Coalesce(Subquery(claimed), 0))


def _needs(level_ids: Iterable[int]) -> list[tuple[int, dt.date | None, int, int]]:
    pending = (
        Reservation.objects.pending()
        .filter(level_id__in=list(level_ids))
        .annotate(open_qty=OPEN_QTY)
    )
    return list(
        with_claimed_qty(pending)
        .values("level_id", "usable_until")
        .annotate(open_units=Sum("open_qty"), claimed_units=Sum("claimed"))
        .values_list("level_id", "usable_until", "open_units", "claimed_units")
        .order_by()
    )

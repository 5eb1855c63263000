"""Daily demand with prices: what a policy is tried on."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import F, QuerySet, Sum

from inventory.models import Sku
from planning.domain.series import Panel
from planning.models import DemandHistory

#: Days that a trial looks back.
DAYS = 540
#: Series that are read, those with most value.
MOST_SERIES = 200


@dataclass(frozen=True, slots=True)
class Goods:
    """Whose demand: at these warehouses (None: all), of this category (empty: all)."""

    warehouse_ids: tuple[int, ...] | None = None
    category: str = ""


@dataclass(frozen=True, slots=True)
class DailySales:
    """The panel (a series is a SKU at a warehouse), its pairs of ids in order, a fingerprint."""

    panel: Panel
    pairs: tuple[tuple[int, int], ...]
    fingerprint: str


def daily_sales(goods: Goods, *, until: dt.date, days: int = DAYS) -> DailySales | None:
    """Return the demand of the days before `until`, None when nothing was sold.

    Days begin with the first one known. Units that were taken back at once or belong to projects
    are left out. Two statements.
    """
    rows = _rows(goods, until - dt.timedelta(days=days), until)
    top: Any = (
        rows.values("sku_id", "warehouse_id", "sku__code", "warehouse__code")
        .annotate(value=Sum("value_amount"))
        .filter(value__gt=0)
        .order_by("-value", "sku_id", "warehouse_id")[:MOST_SERIES]
    )
    names = {
        (row["sku_id"], row["warehouse_id"]): f"{row['sku__code']}@{row['warehouse__code']}"
        for row in top
    }
    if not names:
        return None
    cells: Any = (
        rows.filter(sku_id__in={sku_id for sku_id, _place in names})
        .values_list("sku_id", "warehouse_id", "on")
        .order_by("on", "sku_id", "warehouse_id")
        .annotate(
            units=Sum(F("qty") - F("netted_qty") - F("project_qty")),
            asked=Sum("qty"),
            value=Sum("value_amount"),
        )
    )
    found = [cell for cell in cells if (cell[0], cell[1]) in names]
    return _table(names, found, until)


def _rows(goods: Goods, start: dt.date, until: dt.date) -> QuerySet[DemandHistory]:
    rows = DemandHistory.objects.filter(on__gte=start, on__lt=until)
    if goods.warehouse_ids is not None:
        rows = rows.filter(warehouse_id__in=goods.warehouse_ids)
    if goods.category:
        rows = rows.filter(sku__product__category=goods.category)
    return rows


def _table(names: dict[tuple[int, int], str], cells: Collection[Any], until: dt.date) -> DailySales:
    place = {pair: number for number, pair in enumerate(names)}
    start = min(cell[2] for cell in cells)
    count = (until - start).days
    qty = np.zeros((len(place), count))
    price = np.full((len(place), count), np.nan)
    seen = hashlib.sha256()
    for sku_id, warehouse_id, on, units, asked, value in cells:
        at = place[sku_id, warehouse_id], (on - start).days
        qty[at] = units
        if asked:
            price[at] = float(value) / asked
        seen.update(f"{sku_id}/{warehouse_id}/{on}/{units}/{value};".encode())
    periods = [start + dt.timedelta(days=number) for number in range(count)]
    panel = Panel(
        names=tuple(names.values()),
        periods=tuple(day.isoformat() for day in periods),
        qty=qty,
        frequency="D",
        price=price,
        starts=tuple(periods),
    )
    return DailySales(panel, tuple(place), seen.hexdigest())


def cost_share(found: DailySales) -> float | None:
    """Return default cost over price of the goods, by value; None where no cost is known."""
    rows = Sku.objects.filter(pk__in={sku_id for sku_id, _place in found.pairs})
    costs = {
        pk: float(cost)
        for pk, cost in rows.order_by("pk").values_list("pk", "default_cost")
        if cost is not None
    }
    price, qty = found.panel.price, found.panel.qty
    assert price is not None
    value = np.where(np.isfinite(price), price, 0.0) * qty
    known = [row for row, (sku_id, _place) in enumerate(found.pairs) if sku_id in costs]
    total = float(value[known].sum())
    if not total:
        return None
    paid = sum(costs[found.pairs[row][0]] * float(qty[row].sum()) for row in known)
    return paid / total

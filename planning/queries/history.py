"""Demand by weeks, as the forecast reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db.models import (
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Max,
    Min,
    OuterRef,
    QuerySet,
    Sum,
)
from numpy.typing import NDArray

from inventory.models import Sku
from planning.domain.cleaning import DAYS_A_WEEK, Marks
from planning.domain.series import Panel
from planning.models import DemandChange, DemandEvent, DemandHistory, StockoutSpan

#: What a series can stand for; `sku` always belongs to it.
LEVELS: Final = ("sku", "warehouse", "channel")
DEFAULT_WEEKS: Final = 104
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DemandPanel:
    """Weekly demand before `as_of`: the panel, what each of its series stands for, its marks.

    `keys[n]` = the ids in the order of `by`; `panel.qty` is the demand to expect again (net of what
    was taken back and of project orders), `panel.price` its mean price. `marks` fit `clean()`;
    `last_on` is the newest day of the whole history, None when it is empty.
    """

    by: tuple[str, ...]
    keys: tuple[tuple[int, ...], ...]
    panel: Panel
    marks: Marks
    last_on: dt.date | None


def panel(
    *,
    as_of: dt.datetime,
    weeks: int = DEFAULT_WEEKS,
    by: Sequence[str] = LEVELS,
    sku_ids: Collection[int] | None = None,
) -> DemandPanel:
    """Return the complete weeks (Monday to Sunday, UTC) before `as_of`, at most `weeks` of them.

    `by` starts with "sku". Series without demand in these weeks are left out; the panel starts
    with the first week that any of them has. Days that a person marked as odd count what is usual
    on such days. Seven statements whatever the size.
    """
    if not by or by[0] != "sku" or any(name not in LEVELS for name in by):
        raise ValueError(f"by must start with sku and name some of {LEVELS}, not {tuple(by)}")
    columns = tuple(f"{name}_id" for name in by)
    today = as_of.astimezone(dt.UTC).date()
    end = today - dt.timedelta(days=today.weekday())  # the Monday of the week that runs
    rows = DemandHistory.objects.filter(on__lt=end)
    if sku_ids is not None:
        rows = rows.filter(sku_id__in=sku_ids)
    start = max(_first_day(rows) or end, end - dt.timedelta(weeks=weeks))
    start -= dt.timedelta(days=start.weekday())
    count = (end - start).days // DAYS_A_WEEK
    sums = list(
        rows.filter(on__gte=start)
        .order_by()
        .values_list(*columns, "on")
        .annotate(
            units=Sum(F("qty") - F("netted_qty") - F("project_qty")), value=Sum("value_amount")
        )
    )
    keys = tuple(sorted({row[: len(columns)] for row in sums}))
    place = {key: row for row, key in enumerate(keys)}
    units, value, priced = (np.zeros((len(keys), count)) for _ in range(3))
    for *key, on, qty, amount in sums:
        at = place[tuple(key)], (on - start).days // DAYS_A_WEEK
        units[at] += qty
        if amount:
            value[at] += float(amount)
            priced[at] += qty
    for *key, on, odd in _odd_days(rows.filter(on__gte=start), columns):
        at = place[tuple(key)], (on - start).days // DAYS_A_WEEK
        units[at] = max(units[at] + odd, 0.0)
    monday = [start + dt.timedelta(weeks=week) for week in range(count)]
    with np.errstate(invalid="ignore", divide="ignore"):
        price = np.where(priced > 0, value / priced, np.nan)
    table = Panel(
        names=tuple(":".join(map(str, key)) for key in keys),
        periods=tuple(day.isoformat() for day in monday),
        qty=units,
        price=price,
        starts=tuple(monday),
    )
    marks = Marks(
        in_stock_days=_in_stock_days(keys, columns, start, count),
        promoted=_promoted(keys, columns, start, count),
    )
    last = DemandHistory.objects.aggregate(last=Max("on"))["last"]
    return DemandPanel(tuple(by), keys, table, marks, last)


def _odd_days(rows: QuerySet[DemandHistory], columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return (key..., day, units to add) of the days that a person marked as odd."""
    marked = DemandChange.objects.filter(
        reason="MARKED",
        sku=OuterRef("sku"),
        warehouse=OuterRef("warehouse"),
        channel=OuterRef("channel"),
        on=OuterRef("on"),
    )
    found = rows.filter(Exists(marked), is_anomaly=True).order_by("pk")
    usual = F("cleaned_qty") - (F("qty") - F("netted_qty") - F("project_qty"))
    more = ExpressionWrapper(usual, output_field=FloatField())
    return list(found.annotate(more=more).values_list(*columns, "on", "more"))


def _first_day(rows: QuerySet[DemandHistory]) -> dt.date | None:
    first: dt.date | None = rows.aggregate(first=Min("on"))["first"]
    return first


def _in_stock_days(
    keys: Sequence[tuple[int, ...]], columns: Sequence[str], start: dt.date, count: int
) -> Floats:
    """Return the days in stock [N, T] of each week; without a warehouse in the key always 7.

    A SKU that is out in one of several warehouses is sold from the others.
    """
    days = np.full((len(keys), count), float(DAYS_A_WEEK))
    if "warehouse_id" not in columns or not count:
        return days
    at = columns.index("warehouse_id")
    series: dict[tuple[int, int], list[int]] = {}
    for row, key in enumerate(keys):
        series.setdefault((key[0], key[at]), []).append(row)
    end = start + dt.timedelta(weeks=count)
    spans = StockoutSpan.objects.filter(until_on__gte=start, from_on__lt=end).order_by("pk")
    for sku_id, warehouse_id, first, last in spans.values_list(
        "sku_id", "warehouse_id", "from_on", "until_on"
    ):
        rows = series.get((sku_id, warehouse_id))
        if rows is None:
            continue
        empty = np.zeros(count * DAYS_A_WEEK)
        empty[max((first - start).days, 0) : (last - start).days + 1] = 1
        days[rows] -= empty.reshape(count, DAYS_A_WEEK).sum(axis=1)
    return days


def _promoted(
    keys: Sequence[tuple[int, ...]], columns: Sequence[str], start: dt.date, count: int
) -> NDArray[np.bool_]:
    """Return the weeks [N, T] that a promotion or an event of the calendar touches."""
    found = np.zeros((len(keys), count), dtype=np.bool_)
    end = start + dt.timedelta(weeks=count)
    events = DemandEvent.objects.filter(
        kind__in=(DemandEvent.Kind.PROMOTION, DemandEvent.Kind.EVENT),
        until_on__gte=start,
        from_on__lt=end,
    ).order_by("pk")
    skus = Sku.objects.filter(product__isnull=False).exclude(product__category="").order_by("pk")
    categories = dict(skus.values_list("pk", "product__category"))
    places = {name: place for place, name in enumerate(columns)}
    for event in events:
        first = max((event.from_on - start).days // DAYS_A_WEEK, 0)
        last = (event.until_on - start).days // DAYS_A_WEEK + 1
        for row, key in enumerate(keys):
            if event.category not in ("", categories.get(key[0], "")):
                continue
            limits = {
                "sku_id": event.sku_id,
                "warehouse_id": event.warehouse_id,
                "channel_id": event.channel_id,
            }
            if all(
                limit is None or name not in places or key[places[name]] == limit
                for name, limit in limits.items()
            ):
                found[row, first:last] = True
    return found

"""The second series of daily demand: odd days and empty shelves replaced, each with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from inventory.models import Sku
from planning.domain.cleaning import DAYS_A_WEEK, CleaningSettings, window_statistics
from planning.domain.odd_days import replace_odd_days
from planning.models import DemandEvent
from planning.services.demand_lines import Cell, Units
from planning.services.stockout_days import Place, Span

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
#: (SKU id, warehouse id, channel id)
SeriesKey = tuple[int, int, int]
#: Who changed a day that nobody marked.
METHOD = "planning.cleaning/1"
STEP = Decimal("0.0001")
_UNITS_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One day as `DemandHistory` keeps it, without its key."""

    qty: int
    netted_qty: int
    project_qty: int
    returned_qty: int
    value_amount: Decimal
    cleaned_qty: float
    is_stockout: bool
    is_promotion: bool
    is_anomaly: bool


@dataclass(frozen=True, slots=True)
class Cleaning:
    """One day of the report, without its key."""

    reason: str
    old_qty: float
    new_qty: float
    changed_by: str
    terms: dict[str, float]


@dataclass(frozen=True)
class Days:
    """Rows and report of some SKUs."""

    rows: dict[Cell, Row]
    report: dict[Cell, Cleaning]


@dataclass(frozen=True)
class Calendar:
    """The events that mark days, and the category of each SKU."""

    events: Sequence[DemandEvent]
    categories: Mapping[int, str]

    def marks(self, kind: str, keys: Sequence[SeriesKey], first: dt.date, days: int) -> Flags:
        """Return which days of which series [N, T] an event of this kind covers."""
        found = np.zeros((len(keys), days), dtype=np.bool_)
        for event in self.events:
            if event.kind != kind:
                continue
            rows = [place for place, key in enumerate(keys) if self._covers(event, key)]
            start = max((event.from_on - first).days, 0)
            found[rows, start : max((event.until_on - first).days + 1, 0)] = True
        return found

    def author(self, cell: Cell) -> str:
        """Return who marked a day as odd: the key of the person whose mark begins last."""
        *key, on = cell
        found = METHOD
        for event in self.events:
            if (
                event.kind == DemandEvent.Kind.ODD_DAYS
                and event.from_on <= on <= event.until_on
                and self._covers(event, (key[0], key[1], key[2]))
            ):
                found = event.author_key
        return found

    def _covers(self, event: DemandEvent, key: SeriesKey) -> bool:
        sku_id, warehouse_id, channel_id = key
        return (
            event.sku_id in (None, sku_id)
            and event.category in ("", self.categories.get(sku_id, ""))
            and event.warehouse_id in (None, warehouse_id)
            and event.channel_id in (None, channel_id)
        )


def read_calendar() -> Calendar:
    """Return every event and the categories of the SKUs; two statements."""
    skus = Sku.objects.filter(product__isnull=False).exclude(product__category="").order_by("pk")
    return Calendar(
        events=list(DemandEvent.objects.order_by("from_on", "pk")),
        categories=dict(skus.values_list("pk", "product__category")),
    )


def clean_days(
    cells: Mapping[Cell, Units],
    spans: Mapping[Place, Sequence[Span]],
    calendar: Calendar,
    until: dt.date,
) -> Days:
    """Return the rows of the history and the report of what was replaced, until a day inclusive.

    Days without orders, returns or an imputed demand have no row.
    """
    if not cells:
        return Days({}, {})
    keys = sorted({cell[:3] for cell in cells})
    place = {key: row for row, key in enumerate(keys)}
    first = min(cell[3] for cell in cells)
    length = (until - first).days + 1
    demand = np.zeros((len(keys), length))
    amount = np.zeros((len(keys), length))
    project = np.zeros((len(keys), length))
    for cell, one in cells.items():
        at = place[cell[:3]], (cell[3] - first).days
        project[at] = one.project
        demand[at] = one.qty - one.netted - one.project
        amount[at] = float(one.value)
    empty = _out_of_stock(keys, spans, first, length)
    odd = calendar.marks(DemandEvent.Kind.ODD_DAYS, keys, first, length)
    cleaned, changed = replace_odd_days(demand, odd, empty)
    promoted = calendar.marks(DemandEvent.Kind.PROMOTION, keys, first, length)
    promoted |= _cheap_days(demand, amount)
    report: dict[Cell, Cleaning] = {}
    anomalies = set()
    for row, day in np.argwhere(project > 0):
        cell = (*keys[row], first + dt.timedelta(days=int(day)))
        before = float(project[row, day] + demand[row, day])
        report[cell] = Cleaning(
            "PROJECT", before, float(demand[row, day]), METHOD, {"project": project[row, day]}
        )
    for change in changed:
        cell = (*keys[change.series], first + dt.timedelta(days=change.day))
        if change.reason != "STOCKOUT":
            anomalies.add(cell)
        if change.new != change.old:
            report[cell] = Cleaning(
                change.reason,
                change.old + float(project[change.series, change.day]),
                round(change.new, _UNITS_DIGITS),
                calendar.author(cell) if change.reason == "MARKED" else METHOD,
                {"weekdays": change.used, "score": round(change.score, 3)},
            )
    rows: dict[Cell, Row] = {}
    for cell in {**dict.fromkeys(cells), **dict.fromkeys(report)}:
        at = place[cell[:3]], (cell[3] - first).days
        one = cells.get(cell) or Units()
        rows[cell] = Row(
            qty=one.qty,
            netted_qty=one.netted,
            project_qty=one.project,
            returned_qty=one.returned,
            value_amount=one.value.quantize(STEP),
            cleaned_qty=round(float(cleaned[at]), _UNITS_DIGITS),
            is_stockout=bool(empty[at]),
            is_promotion=bool(promoted[at]),
            is_anomaly=cell in anomalies,
        )
    return Days(rows, report)


def _out_of_stock(
    keys: Sequence[SeriesKey], spans: Mapping[Place, Sequence[Span]], first: dt.date, length: int
) -> Flags:
    found = np.zeros((len(keys), length), dtype=np.bool_)
    for row, key in enumerate(keys):
        for start, end in spans.get(key[:2], ()):
            found[row, max((start - first).days, 0) : max((end - first).days + 1, 0)] = True
    return found


def _cheap_days(demand: Floats, amount: Floats) -> Flags:
    """Return the days [N, T] whose mean price is over 10 % below the weeks around."""
    rules = CleaningSettings()
    count, length = demand.shape
    weeks = -(-length // DAYS_A_WEEK)
    width = ((0, 0), (0, weeks * DAYS_A_WEEK - length))
    priced = np.where(amount > 0, demand, 0.0)
    weekly = [
        np.pad(values, width).reshape(count, weeks, DAYS_A_WEEK).sum(axis=2)
        for values in (amount, priced)
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        price = np.where(weekly[1] > 0, weekly[0] / weekly[1], np.nan)
        reference, _ = window_statistics(price, rules.window_weeks)
        daily = np.where(priced > 0, amount / priced, np.nan)
        usual = np.repeat(reference, DAYS_A_WEEK, axis=1)[:, :length]
        return np.asarray(daily < (1 - rules.discount_share) * usual - 1e-9, dtype=np.bool_)


def by_place(spans: Mapping[Place, Sequence[Span]]) -> dict[tuple[int, int, dt.date], dt.date]:
    """Return {(SKU, warehouse, first day): last day}."""
    found: dict[tuple[int, int, dt.date], dt.date] = {}
    for (sku_id, warehouse_id), rows in spans.items():
        for start, end in rows:
            found[sku_id, warehouse_id, start] = end
    return dict(found)

"""The figures of the home page: what leaves today, what is late, what waits for a person.

Reads only, a constant number of queries, each bound to what the principal may see. Days and
cut-offs are those of each warehouse; a figure over several warehouses counts each in its own day.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet

from core.permissions import Principal
from inventory.models import Warehouse
from orders.models import Order, Shipment

STAGES = ("routed", "released", "picking", "packed")
STATUS_STAGE = {
    "planned": "routed",
    "released": "released",
    "picking": "picking",
    "packed": "packed",
}
OPEN_STATUSES = tuple(STATUS_STAGE)
LATE_RISK = dt.timedelta(hours=2)
ON_TIME_DAYS = 7


@dataclass(frozen=True, slots=True)
class Column:
    """One cut-off of the matrix: the warehouse and its moment, None for "no date yet"."""

    warehouse: str
    timezone: str
    cutoff_at: dt.datetime | None
    is_near: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """Shipments of a stage and a cut-off; `risk_count` of them may miss it."""

    count: int
    risk_count: int
    level: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Open shipments by stage (rows) and cut-off (columns), with totals."""

    columns: Sequence[Column]
    rows: Sequence[tuple[str, Sequence[Cell], int]]
    totals: Sequence[int]
    total: int


@dataclass(slots=True)
class Today:
    """The strip of the home page. `on_time_ratio` is None while nothing was delivered."""

    shipped: int = 0
    due: int = 0
    to_do: int = 0
    before_cutoff: int = 0
    late_risk: int = 0
    attention: int = 0
    held: int = 0
    on_time_ratio: float | None = None

    @property
    def blocked(self) -> int:
        """Orders that a person has to look at before they can go on."""
        return self.attention + self.held


OpenWork = Counter[tuple[str, int, dt.datetime | None]]
CodedWork = Counter[tuple[str, str, dt.datetime | None]]
SITE = ("pk", "code", "timezone")


def open_work(principal: Principal) -> OpenWork:
    """Count the shipments that can be worked on by (stage, warehouse id, cut-off). Two queries.

    What waits for a person is counted by itself and taken off: it is little, while asking every
    open shipment for its order would read them all.
    """
    rows = Shipment.objects.visible_to(principal).filter(status__in=OPEN_STATUSES)
    counts = _by_cutoff(rows)
    counts.subtract(_by_cutoff(rows.filter(order__stage__in=("held", "attention"))))
    return counts


def _by_cutoff(rows: QuerySet[Shipment]) -> OpenWork:
    counts: OpenWork = Counter()
    grouped = rows.values_list("status", "warehouse_id", "cutoff_at")
    for status, warehouse_id, cutoff_at, count in grouped.annotate(count=Count("pk")).order_by():
        counts[STATUS_STAGE[status], warehouse_id, cutoff_at] += count
    return counts


def matrix(work: OpenWork, *, now: dt.datetime, width: int = 5) -> Matrix:
    """Return the open shipments by stage and cut-off; the last column gathers later cut-offs."""
    sites = {pk: (code, zone) for pk, code, zone in Warehouse.objects.values_list(*SITE)}
    zones = dict(sites.values())
    counts: CodedWork = Counter()
    for (stage, warehouse_id, cutoff), count in work.items():
        counts[stage, sites[warehouse_id][0], cutoff] += count
    moments = sorted(
        {
            (cutoff, code)
            for (_, code, cutoff), count in counts.items()
            if count and cutoff is not None and cutoff > now
        }
    )[: width - 1]
    columns = [
        Column(code, zones[code], cutoff, cutoff - now <= LATE_RISK) for cutoff, code in moments
    ] + [Column("", "UTC", None, is_near=False)]
    rows = [_row(stage, columns, counts, now) for stage in STAGES]
    totals = [sum(row[1][i].count for row in rows) for i in range(len(columns))]
    return Matrix(columns, rows, totals, sum(totals))


def today(principal: Principal, work: OpenWork, *, now: dt.datetime) -> Today:
    """Return the figures of the strip. Three queries."""
    figures = Today()
    waiting = dict(
        Order.objects.visible_to(principal)
        .filter(status="confirmed", is_history=False, stage__in=("attention", "held"))
        .values_list("stage")
        .annotate(count=Count("pk"))
        .order_by()
    )
    figures.attention, figures.held = waiting.get("attention", 0), waiting.get("held", 0)
    start = _day_start(now)
    tomorrow, soon = start + dt.timedelta(days=1), now + LATE_RISK
    for (stage, _, cutoff_at), count in work.items():
        figures.to_do += count
        if cutoff_at is not None and cutoff_at < tomorrow:
            figures.before_cutoff += count
        if cutoff_at is not None and cutoff_at < soon and stage != "packed":
            figures.late_risk += count
    figures.shipped = Shipment.objects.visible_to(principal).filter(shipped_at__gte=start).count()
    figures.due = figures.shipped + figures.before_cutoff
    figures.on_time_ratio = _on_time(principal, now)
    return figures


def _row(
    stage: str,
    columns: Sequence[Column],
    counts: CodedWork,
    now: dt.datetime,
) -> tuple[str, Sequence[Cell], int]:
    named = {(column.warehouse, column.cutoff_at) for column in columns if column.cutoff_at}
    cells = []
    for column in columns:
        if column.cutoff_at:
            count = counts[stage, column.warehouse, column.cutoff_at]
            risk = count if column.is_near and stage != "packed" else 0
        else:
            later = [
                (cutoff, number)
                for (row, code, cutoff), number in counts.items()
                if row == stage and (code, cutoff) not in named
            ]
            count = sum(number for _, number in later)
            risk = sum(number for cutoff, number in later if cutoff is not None and cutoff <= now)
        cells.append(Cell(count, risk, _level(count)))
    return stage, cells, sum(cell.count for cell in cells)


def _level(count: int) -> int:
    return min(5, (count.bit_length() + 1) // 2)


def _day_start(now: dt.datetime) -> dt.datetime:
    return now.astimezone(ZoneInfo("UTC")).replace(hour=0, minute=0, second=0, microsecond=0)


def _on_time(principal: Principal, now: dt.datetime) -> float | None:
    counts = (
        Order.objects.visible_to(principal)
        .filter(
            stage="delivered",
            is_history=False,
            shipments__delivered_at__gte=now - dt.timedelta(days=ON_TIME_DAYS),
        )
        .aggregate(
            delivered=Count("pk", distinct=True),
            in_time=Count(
                "pk",
                distinct=True,
                filter=Q(shipments__delivered_at__date__lte=F("promised_at_order_by")),
            ),
        )
    )
    if not counts["delivered"]:
        return None
    return float(counts["in_time"] / counts["delivered"])

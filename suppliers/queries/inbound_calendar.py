"""What comes to one warehouse day by day: announced arrivals, and orders nobody announced yet.

Days are those of the warehouse's own zone. An arrival stands on the day it came, else on the day
it is expected; what is expected on a day that has passed is late.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Greatest

from core import settings_store
from core.permissions import Principal
from inventory.models import Warehouse
from suppliers.domain import defaults, purchase_states
from suppliers.domain.inbound_load import days_late, load_pct
from suppliers.models import Asn, AsnCarton, AsnLine, PurchaseLine, PurchaseOrder
from suppliers.queries.to_announce import whole, with_units_left

#: Late, undated and unannounced rows shown at most; the rest is counted.
MOST: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An arrival (`kind` asn) or the part of an order nobody announced (purchase_order)."""

    kind: str
    pk: int
    number: str
    state: str
    supplier: str
    on: dt.date | None
    units: int
    cartons: int = 0
    carrier: str = ""
    late_days: int = 0
    may_move: bool = False


@dataclass(slots=True)
class Day:
    """One day: its rows, and the units still to count against what the dock can do."""

    on: dt.date
    is_today: bool
    entries: list[Entry] = field(default_factory=list)
    units: int = 0
    load: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A stretch of days at one warehouse, with what is late and what has no day.

    `hidden` counts late and undated rows beyond `MOST`. `today` is the warehouse's own.
    """

    days: Sequence[Day]
    late: Sequence[Entry]
    undated: Sequence[Entry]
    hidden: int
    today: dt.date
    capacity_qty: int


def today_at(place: Warehouse, now: dt.datetime) -> dt.date:
    """Return the calendar day at a warehouse."""
    return now.astimezone(ZoneInfo(place.timezone)).date()


def calendar(
    principal: Principal, place: Warehouse, first: dt.date, last: dt.date, *, now: dt.datetime
) -> Calendar:
    """Return the inbound days from `first` to `last`; 6 queries whatever comes."""
    today = today_at(place, now)
    capacity = cast(int, settings_store.get(defaults.DOCK_UNITS))
    entries = [
        *_arrivals(principal, place, (first, last), today),
        *_orders(principal, place, last, today),
    ]
    days = {
        day: Day(day, is_today=day == today)
        for day in (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    }
    late = [entry for entry in entries if entry.late_days]
    undated = [entry for entry in entries if entry.on is None]
    for entry in entries:
        if entry.on in days:
            day = days[entry.on]
            day.entries.append(entry)
            day.units += entry.units
    for day in days.values():
        day.entries.sort(key=lambda entry: (entry.kind, entry.supplier, entry.pk))
        day.load = load_pct(day.units, capacity)
    late.sort(key=lambda entry: (-entry.late_days, entry.kind, entry.pk))
    return Calendar(
        days=tuple(days.values()),
        late=late[:MOST],
        undated=undated[:MOST],
        hidden=max(0, len(late) - MOST) + max(0, len(undated) - MOST),
        today=today,
        capacity_qty=capacity,
    )


def _arrivals(
    principal: Principal, place: Warehouse, span: tuple[dt.date, dt.date], today: dt.date
) -> Iterable[Entry]:
    """Yield the arrivals of the days, the late ones and those without a day; 3 queries."""
    zone = ZoneInfo(place.timezone)
    begin, end = (
        dt.datetime.combine(day, dt.time(), tzinfo=zone)
        for day in (span[0], span[1] + dt.timedelta(days=1))
    )
    waiting = Q(state="announced") & (
        Q(expected_on=None) | Q(expected_on__lt=today) | Q(expected_on__range=span)
    )
    came = Q(arrived_at__gte=begin, arrived_at__lt=end) & ~Q(state="cancelled")
    rows = Asn.objects.visible_to(principal).filter(waiting | came, warehouse=place)
    found = list(rows.select_related("supplier").order_by("expected_on", "pk"))
    units, cartons = _units(found), _cartons(found)
    for asn in found:
        is_here = asn.arrived_at is not None
        on = asn.arrived_at.astimezone(zone).date() if asn.arrived_at else asn.expected_on
        yield Entry(
            kind="asn",
            pk=asn.pk,
            number=asn.number,
            state=asn.state,
            supplier=asn.supplier.name,
            on=on,
            units=units.get(asn.pk, 0),
            cartons=cartons.get(asn.pk, 0),
            carrier=asn.carrier,
            late_days=0 if is_here else days_late(on, today),
            may_move=asn.state == "announced",
        )


def _orders(
    principal: Principal, place: Warehouse, last: dt.date, today: dt.date
) -> Iterable[Entry]:
    """Yield the orders due until `last` of which nobody has announced everything; 2 queries."""
    orders: QuerySet[PurchaseOrder] = PurchaseOrder.objects.visible_to(principal).filter(
        warehouse=place, state__in=purchase_states.AT_SUPPLIER
    )
    due = orders.filter(Q(due_on__lte=max(last, today)) | Q(due_on=None))
    left = with_units_left(PurchaseLine.objects.filter(order__in=due)).filter(left_qty__gt=0)
    units: dict[int, int] = defaultdict(int)
    for order_id, qty in left.order_by("pk").values_list("order_id", "left_qty"):
        units[order_id] += qty
    rows = PurchaseOrder.objects.filter(pk__in=units).select_related("supplier")
    for order in rows.order_by("due_on", "pk"):
        yield Entry(
            kind="purchase_order",
            pk=order.pk,
            number=order.number,
            state=order.state,
            supplier=order.supplier.name,
            on=order.due_on,
            units=units[order.pk],
            late_days=days_late(order.due_on, today),
        )


def _units(rows: Sequence[Asn]) -> dict[int, int]:
    """Return arrival id -> the units its day at the dock has to do with."""
    counted = Greatest(
        whole(Coalesce(F("announced_qty"), 0)),
        whole(F("received_qty") + F("damaged_qty") + F("held_qty")),
    )
    return _sums(AsnLine.objects.filter(asn__in=rows), Sum(counted))


def _cartons(rows: Sequence[Asn]) -> dict[int, int]:
    return _sums(AsnCarton.objects.filter(asn__in=rows), Count("pk"))


def _sums(rows: QuerySet[Any], what: Any) -> dict[int, int]:
    return dict(rows.order_by().values("asn_id").annotate(n=what).values_list("asn_id", "n"))

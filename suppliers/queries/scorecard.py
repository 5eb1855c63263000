"""How suppliers keep their word, from what really came: on time, in full, defects, prices, days.

Our own receipt dates count, never the dates a supplier reports. A day is the calendar day where the
goods come to: what stands at the dock in Los Angeles at 18:00 came that day, though it is tomorrow
in UTC.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    Count,
    DateField,
    DecimalField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce, TruncDate

from inventory.models import Warehouse
from suppliers.domain.scorecard import LeadFigures, Share, drift, lead_figures
from suppliers.models import Asn, AsnLine, PurchaseLine, ReceiptLine, Supplier

#: Only what happened in this many days counts.
WINDOW_DAYS: Final = 365
_MONEY: Final = DecimalField(max_digits=30, decimal_places=6)
_ORDERED: Final = ("approved", "sent", "confirmed", "partly_received", "received", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """The figures of one supplier; `price_drift` rests on `priced_lines` order lines.

    `leads` are measured lead times by transport mode, from sending the order to arrival.
    """

    on_time: Share
    in_full: Share
    defects: Share
    price_drift: Decimal | None
    priced_lines: int
    leads: dict[str, LeadFigures]
    all_leads: LeadFigures


def window_start(now: dt.datetime) -> dt.datetime:
    """Return the moment from which on receipts count."""
    return now - dt.timedelta(days=WINDOW_DAYS)


def with_scores(rows: QuerySet[Supplier], since: dt.datetime) -> QuerySet[Supplier]:
    """Annotate suppliers with the counts that `score_of` reads; 1 query now, none per row."""
    arrived = _arrivals(since).filter(due__isnull=False)
    closed = AsnLine.objects.filter(
        asn__state__in=("received", "closed_short"),
        asn__closed_at__gte=since,
        announced_qty__isnull=False,
    )
    counted = AsnLine.objects.filter(asn__arrived_at__gte=since)
    failed = ReceiptLine.objects.filter(kind="quality", is_undone=False, at__gte=since)
    priced = PurchaseLine.objects.filter(
        order__state__in=_ORDERED, order__approved_at__gte=since, quoted_price__gt=0
    )
    own = "asn__supplier"
    return rows.annotate(
        timed_n=_of(arrived, "supplier", Count("pk")),
        timed_part=_of(arrived.filter(arrived_on__lte=F("due")), "supplier", Count("pk")),
        full_n=_of(closed, own, Count("pk")),
        full_part=_of(closed.filter(received_qty__gte=F("announced_qty")), own, Count("pk")),
        counted_n=_of(counted, own, Sum(F("received_qty") + F("damaged_qty") + F("held_qty"))),
        damaged_n=_of(counted, own, Sum("damaged_qty")),
        failed_n=_of(failed, "receipt__asn__supplier", Sum("qty")),
        priced_n=_of(priced, "order__supplier", Count("pk")),
        paid=_of(priced, "order__supplier", Sum(F("unit_price") * F("qty")), _MONEY),
        quoted=_of(priced, "order__supplier", Sum(F("quoted_price") * F("qty")), _MONEY),
    )


def score_of(row: Any, days: dict[str, list[int]] | None = None) -> Scorecard:
    """Return the figures of a supplier that `with_scores` annotated. `days`: lead times by mode."""
    leads = days or {}
    everything = [one for rows in leads.values() for one in rows]
    return Scorecard(
        on_time=Share(row.timed_part, row.timed_n),
        in_full=Share(row.full_part, row.full_n),
        defects=Share(row.damaged_n + row.failed_n, row.counted_n),
        price_drift=drift(row.paid, row.quoted),
        priced_lines=row.priced_n,
        leads={mode: lead_figures(rows) for mode, rows in sorted(leads.items())},
        all_leads=lead_figures(everything),
    )


def lead_days(supplier_id: int, since: dt.datetime) -> dict[str, list[int]]:
    """Return the measured days by mode: from sending the order to its first arrival."""
    rows = (
        Asn.objects.filter(
            supplier_id=supplier_id,
            arrived_at__gte=since,
            purchase_order__sent_at__lte=F("arrived_at"),
        )
        .order_by("purchase_order_id", "arrived_at", "pk")
        .values_list(
            "purchase_order_id",
            "purchase_order__mode",
            "purchase_order__sent_at",
            "arrived_at",
            "warehouse__timezone",
        )
    )
    found: dict[str, list[int]] = defaultdict(list)
    seen = set()
    for order_id, mode, sent_at, arrived_at, zone in rows:
        if order_id not in seen and sent_at is not None and arrived_at is not None:
            seen.add(order_id)
            left, came = (_day_in(zone, moment) for moment in (sent_at, arrived_at))
            found[mode].append((came - left).days)
    return dict(found)


def scorecard(supplier_id: int, since: dt.datetime) -> Scorecard:
    """Return all figures of one supplier; 3 queries."""
    row = with_scores(Supplier.objects.filter(pk=supplier_id), since).get()
    return score_of(row, lead_days(supplier_id, since))


def _arrivals(since: dt.datetime) -> QuerySet[Any]:
    rows: QuerySet[Any] = Asn.objects.filter(arrived_at__gte=since, is_unplanned=False)
    timed: QuerySet[Any] = rows.exclude(state="cancelled").annotate(
        due=Coalesce("purchase_order__due_on", "expected_on"),
        arrived_on=_local_day("arrived_at"),
    )
    return timed


def _local_day(field: str) -> Case:
    """Return the day of a moment in the zone of the row's warehouse; 1 query for the zones."""
    zones = Warehouse.objects.order_by("timezone").values_list("timezone", flat=True).distinct()
    return Case(
        *(
            When(warehouse__timezone=zone, then=TruncDate(field, tzinfo=ZoneInfo(zone)))
            for zone in zones
            if zone != "UTC"
        ),
        default=TruncDate(field, tzinfo=dt.UTC),
        output_field=DateField(),
    )


def _day_in(zone: str, moment: dt.datetime) -> dt.date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _of(rows: QuerySet[Any], path: str, what: Any, kind: Any = None) -> Coalesce:
    field = kind or IntegerField()
    sums = (
        rows.filter(Q(**{path: OuterRef("pk")}))
        .order_by()
        .values(path)
        .annotate(found=ExpressionWrapper(what, output_field=field))
        .values("found")
    )
    return Coalesce(Subquery(sums[:1]), Decimal(0) if kind else 0, output_field=field)

"""The watch over parcels that left: who was never scanned, who went silent, which claims lapse."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db.models import F, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from core.events import EventFact
from inventory.models import Warehouse, WarehouseHoliday
from orders.domain.promise import WorkCalendar
from returns.domain.delivery_watch import Finding, Limits, ParcelFacts, judge
from returns.services import carrier_claims, delivery_cases
from shipping.domain.tracking import rank_of
from shipping.models import Parcel

BATCH = 500
MOVING = rank_of("in_transit")
ON_THE_WAY = ("labelled", "confirmed", "manifested", "in_transit", "exception")


def watch(now: dt.datetime) -> dict[str, int]:
    """Look at every parcel that is out and may be late; return what changed. Repeatable.

    Parcels in batches of 500 by id, one small transaction for each that changes.
    """
    found: Counter[str] = Counter()
    limits, sites = carrier_claims.limits(), _Sites()
    last = 0
    while rows := list(_suspects(now, limits, after=last)[:BATCH]):
        last = rows[-1].pk
        for row in rows:
            finding = judge(sites.facts(row), limits, now=now)
            if finding != Finding.FINE:
                found[delivery_cases.settle_finding(row.pk, finding, at=now)] += 1
    found["lapsed"] = carrier_claims.lapse_due(now)
    del found[""]
    return dict(found)


def _suspects(now: dt.datetime, limits: Limits, *, after: int) -> QuerySet[Any]:
    """Return the parcels that left long enough ago to be judged, in pk order.

    Each carries `left_at` and `scanned_at`, the last report since the carrier took it.
    """
    early = now - dt.timedelta(days=limits.warn_days)
    silent = now - dt.timedelta(days=limits.lost_domestic_days)
    never = Q(tracking_rank__lt=MOVING, left_at__lte=early)
    quiet = Q(tracking_rank__gte=MOVING, tracking_at__lte=silent)
    rows = Parcel.objects.filter(
        pk__gt=after, state__in=ON_THE_WAY, owner_key__startswith="shipment:"
    )
    timed = rows.annotate(
        left_at=Coalesce(F("handed_over_at"), Min("labels__bought_at"), F("created_at")),
        scanned_at=Max("events__at", filter=Q(events__rank__gte=MOVING) | Q(events__rank=0)),
    )
    return timed.filter(never | quiet | Q(tracking_status="lost")).order_by("pk")


class _Sites:
    """Zones and calendars of the warehouses, read once."""

    def __init__(self) -> None:
        self.sites = {row.code: row for row in Warehouse.objects.all()}
        self.closed: dict[int, set[dt.date]] = {}
        for warehouse_id, day in WarehouseHoliday.objects.values_list("warehouse_id", "on"):
            self.closed.setdefault(warehouse_id, set()).add(day)

    def facts(self, row: Any) -> ParcelFacts:
        """Return what the judge must know of a parcel of `_suspects`."""
        site = self.sites.get(row.warehouse_code)
        left_at = row.left_at
        scanned_at = row.scanned_at if row.tracking_rank >= MOVING else None
        calendar = WorkCalendar()
        if site is not None:
            calendar = WorkCalendar(site.workdays, frozenset(self.closed.get(site.pk, ())))
        return ParcelFacts(
            left_at=left_at,
            scanned_at=scanned_at,
            status=row.tracking_status,
            is_international=row.ship_from.get("country") != row.ship_to.get("country"),
            zone=site.timezone if site else "UTC",
            calendar=calendar,
        )


def on_tracking(facts: Sequence[EventFact]) -> None:
    """Hear what carriers reported of parcels that are cases. Repeatable."""
    ids = sorted({int(fact.payload["parcel_id"]) for fact in facts})
    delivery_cases.hear_of(ids, at=max(fact.at for fact in facts))

"""What customers were promised, what changed since, and which delivery choices they have."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from core import audit, events
from core.actors import SYSTEM
from orders.domain.promise import WorkCalendar, transit_days
from orders.models import CarrierHoliday, Order, Shipment, TransitStat
from orders.services import master_data

BATCH = 500


def note_revision(order: Order, *, before: dt.date | None, at: dt.datetime) -> bool:
    """Log that the promise of a locked order moved; return whether the customer is to be told.

    Told is who gets the order later than promised at order time, at most once a day (UTC). The
    promise at order time itself never changes. `orders.promise_revised` is published with
    `notify` 1 or 0; the mail service listens.
    """
    base = order.promised_at_order_by
    is_later = base is not None and order.promised_by is not None and order.promised_by > base
    notify = is_later and order.promise_notice_on != at.date()
    if notify:
        order.promise_notice_on = at.date()
        Order.objects.filter(pk=order.pk).update(promise_notice_on=at.date())
    audit.record(
        actor=SYSTEM,
        action="orders.promise_revised",
        target=order.key,
        before={"promised_by": _iso(before)},
        after={"promised_by": _iso(order.promised_by), "customer_told": notify},
        at=at,
    )
    events.publish(
        "orders.promise_revised",
        target=order.key,
        at=at,
        order_id=order.pk,
        promised_by=_iso(order.promised_by),
        notify=int(notify),
    )
    return notify


def _iso(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()


@transaction.atomic
def refresh_transit(*, as_of: dt.datetime, window_days: int, min_samples: int) -> int:
    """Rewrite the measured transit times from the deliveries of the last days; return the lanes.

    A lane is (warehouse, service, country). Days are carrier working days from the warehouse's
    local hand-over day to the day of delivery there. Lanes with fewer than `min_samples`
    deliveries are left to the rate card. Repeatable.
    """
    data = master_data.current(as_of)
    holidays: dict[str, set[dt.date]] = defaultdict(set)
    for country, on in CarrierHoliday.objects.values_list("country", "on").order_by():
        holidays[country].add(on)
    zones = {site.id: site.calendar.zone for site in data.network.sites}
    rows = (
        Shipment.objects.filter(
            status="delivered", delivered_at__gte=as_of - dt.timedelta(days=window_days)
        )
        .exclude(service_code="")
        .annotate(country=F("order__ship_country"))
        .values_list("warehouse_id", "service_code", "country", "shipped_at", "delivered_at")
        .order_by("pk")
    )
    samples: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for warehouse_id, service, country, shipped_at, delivered_at in rows.iterator(chunk_size=2000):
        if warehouse_id not in zones or shipped_at is None or delivered_at is None:
            continue
        zone = zones[warehouse_id]
        calendar = WorkCalendar(data.network.carrier_workdays, frozenset(holidays.get(country, ())))
        samples[warehouse_id, service, country].append(
            calendar.open_days_between(
                shipped_at.astimezone(zone).date(), delivered_at.astimezone(zone).date()
            )
        )
    stats = list(_stats(samples.items(), min_samples, as_of))
    TransitStat.objects.all().delete()
    TransitStat.objects.bulk_create(stats, batch_size=BATCH)
    return len(stats)


def _stats(
    samples: Iterable[tuple[tuple[int, str, str], list[int]]], min_samples: int, as_of: dt.datetime
) -> Iterable[TransitStat]:
    for (warehouse_id, service, country), days in sorted(samples):
        found = transit_days(days, card_lo=0, card_hi=0, min_samples=min_samples)
        if found.is_measured:
            yield TransitStat(
                warehouse_id=warehouse_id,
                service_code=service,
                country=country,
                sample_count=len(days),
                lo_days=found.lo_days,
                hi_days=found.hi_days,
                computed_at=as_of,
            )

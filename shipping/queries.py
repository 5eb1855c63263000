"""Reads of shipping that span several tables."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from shipping import configured
from shipping.domain import defaults, public_view
from shipping.domain.public_view import DELIVERED, order_step
from shipping.domain.rating import Destination, RateOption, RateTable, ZonePrice
from shipping.models import (
    CarrierService,
    Parcel,
    ParcelItem,
    RateBreak,
    RateCard,
    ShippingZone,
    TrackedOrder,
    TrackingEvent,
    ZoneCountry,
)


def rate_snapshot(on: dt.date) -> RateTable:
    """Return all prices in force on a day as one pure table, for many look-ups.

    Five statements whatever the number of cards. Read it once per batch of orders.
    """
    services = CarrierService.objects.filter(is_active=True, carrier__is_active=True)
    active = {service.pk: service for service in services.order_by("pk")}
    cards = RateCard.objects.valid_on(on).filter(service_id__in=active)
    by_card = {card.pk: card for card in cards.order_by("pk")}
    zones = list(ShippingZone.objects.filter(card_id__in=by_card).order_by("pk"))
    places, breaks = _places_of(by_card), _breaks_of(by_card)
    prices: dict[Destination, list[ZonePrice]] = defaultdict(list)
    for zone in zones:
        card = by_card[zone.card_id]
        service = active[card.service_id]
        price = ZonePrice(
            service_code=service.code,
            currency=card.currency,
            transit_lo=zone.transit_lo_days,
            transit_hi=zone.transit_hi_days,
            breaks=tuple(sorted(breaks[zone.pk])),
            per_extra_kg=zone.per_extra_kg_amount,
            volume_divisor=service.volume_divisor,
        )
        for country, prefix in places[zone.pk]:
            prices[Destination(zone.warehouse_code, country, prefix)].append(price)
    return RateTable(
        prices=dict(prices),
        flat=_flat_offer(active.values()),
        default_weight_g=configured.whole(defaults.DEFAULT_WEIGHT),
    )


def _places_of(card_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    places: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = ZoneCountry.objects.filter(zone__card_id__in=card_ids).order_by("pk")
    for zone_id, country, prefix in rows.values_list("zone_id", "country", "postcode_prefix"):
        places[zone_id].append((country, prefix))
    return places


def _breaks_of(card_ids: Iterable[int]) -> dict[int, list[tuple[int, Decimal]]]:
    breaks: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    rows = RateBreak.objects.filter(zone__card_id__in=card_ids).order_by("pk")
    for zone_id, weight_g, amount in rows.values_list("zone_id", "max_weight_g", "amount"):
        breaks[zone_id].append((weight_g, amount))
    return breaks


def _flat_offer(services: Iterable[CarrierService]) -> RateOption | None:
    """Return the offer of the flat service, priced by two settings."""
    for service in services:
        if service.is_default_flat:
            return RateOption(
                service.code,
                configured.amount(defaults.FLAT_AMOUNT),
                configured.text(defaults.FLAT_CURRENCY),
                service.transit_lo_days,
                service.transit_hi_days,
            )
    return None


@dataclass(frozen=True, slots=True)
class PublicParcel:
    """One parcel as its recipient sees it: no street, no phone, no weight, no price."""

    position: int
    parcel_count: int
    service_name: str
    service_name_zh: str
    state: str
    tracking_status: str
    tracking_number: str
    created_at: dt.datetime
    handed_over_at: dt.datetime | None
    items: tuple[ParcelItem, ...]
    events: tuple[TrackingEvent, ...]


@dataclass(frozen=True, slots=True)
class PublicOrder:
    """One order as its page shows it, with all its parcels in packing order."""

    order: TrackedOrder
    parcels: tuple[PublicParcel, ...]

    @property
    def step(self) -> int:
        """Return the step (0 to 4) of the whole order."""
        return order_step([(one.state, one.tracking_status) for one in self.parcels])

    @property
    def delivered_at(self) -> dt.datetime | None:
        """Return when the last parcel arrived, once all have."""
        if self.step != DELIVERED:
            return None
        times = [one.events[0].at for one in self.parcels if one.events]
        return max(times, default=None)

    def milestones(self) -> dict[str, dt.datetime | None]:
        """Return the milestones reached by the slowest parcel, with the moment where one is known.

        Each is reached once every parcel has it; its moment is that of the last parcel.
        """
        each = [
            public_view.milestones(
                one.state,
                created_at=one.created_at,
                handed_over_at=one.handed_over_at,
                scans=[(event.status, event.at) for event in one.events],
            )
            for one in self.parcels
        ]
        found: dict[str, dt.datetime | None] = {"ordered": self.order.placed_at}
        for code in public_view.MILESTONES[1:]:
            if each and all(code in one for one in each):
                times = [moment for one in each if (moment := one[code]) is not None]
                found[code] = max(times, default=None)
        return found


def public_order(order: TrackedOrder) -> PublicOrder:
    """Return what the public page of an order shows.

    Three statements whatever the number of parcels. Events are newest first.
    """
    outbound = Parcel.objects.for_order(order.order_key).exclude(owner_key__startswith="rma:")
    rows = outbound.select_related("service")
    events = TrackingEvent.objects.order_by("-at", "-pk")
    rows = rows.prefetch_related(
        Prefetch("items", ParcelItem.objects.order_by("pk")), Prefetch("events", events)
    )
    parcels = list(rows)
    return PublicOrder(
        order,
        tuple(
            PublicParcel(
                position=index,
                parcel_count=len(parcels),
                service_name=row.service.name,
                service_name_zh=row.service.name_zh,
                state=row.state,
                tracking_status=row.tracking_status,
                tracking_number=row.tracking_number or "",
                created_at=row.created_at,
                handed_over_at=row.handed_over_at,
                items=tuple(row.items.all()),
                events=tuple(row.events.all()),
            )
            for index, row in enumerate(parcels, start=1)
        ),
    )

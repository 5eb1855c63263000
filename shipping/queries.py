"""Reads of shipping that span several tables."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from shipping import configured
from shipping.domain import defaults
from shipping.domain.rating import Destination, RateOption, RateTable, ZonePrice
from shipping.models import CarrierService, RateBreak, RateCard, ShippingZone, ZoneCountry


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

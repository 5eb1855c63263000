"""What prints by itself when a box is closed and when its carrier label arrives.

A station without a printer of its own prints nothing by itself; its people print from the queue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from core import money
from core.actors import Actor
from core.services import rates
from fulfillment.models import Carton, PrintJob, Station
from fulfillment.services import customs_values, printing
from orders.domain.route_network import CUSTOMS_UNION

#: Up to this many special drawing rights a parcel takes the small customs form CN 22; above, and
#: in a currency nobody knows a rate of, the long form CN 23, which is valid for every value.
#: Source: Universal Postal Union, Convention Regulations, article 20-001; WCO-UPU Customer guide,
#: part 1.2: CN 23 when the contents are worth more than 300 SDR.
CN22_MOST_SDR: Final = Decimal(300)
#: ISO 4217 code of the special drawing right: its rates stand among the exchange rates.
SDR: Final = "XDR"
#: What counts until rates of the special drawing right and of the order's currency are entered:
#: round amounts meant to lie below 300 SDR, not taken from the rates of a published day.
CN22_MOST: Final = {
    "USD": Decimal(390),
    "EUR": Decimal(330),
    "GBP": Decimal(290),
    "CAD": Decimal(530),
    "AUD": Decimal(590),
    "CNY": Decimal(2_800),
}
CN22_MOST_G: Final = 2_000


def print_for_box(carton_id: int, *, actor: Actor, at: dt.datetime) -> list[PrintJob]:
    """Ask for the papers of a closed box at its station; return their jobs. Repeatable.

    A gift gets the slip without prices and, with a message, the card; a parcel that crosses a
    customs border its invoice and CN 22 or CN 23.
    """
    carton = Carton.objects.select_related("shipment__order", "shipment__warehouse").get(
        pk=carton_id
    )
    station = station_of(carton)
    if station is None or carton.state != Carton.State.CLOSED:
        return []
    return [
        printing.print_document(
            kind, f"carton:{carton.pk}", station_code=station.code, copies=1, actor=actor, at=at
        )
        for kind in kinds_for(carton)
    ]


def print_label(parcel_id: int, *, actor: Actor, at: dt.datetime) -> PrintJob | None:
    """Ask for the carrier label of a parcel at the station that packed it. Repeatable."""
    carton = Carton.objects.filter(parcel_id=parcel_id).first()
    station = station_of(carton) if carton else None
    if station is None:
        return None
    key = f"parcel:{parcel_id}"
    return printing.print_document(
        "shipping_label", key, station_code=station.code, copies=1, actor=actor, at=at
    )


def at_printers(parcel_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Return (carton id, parcel id) of these parcels packed at stations that have a printer.

    One query, so that an installation without printers pays no more for any number of boxes.
    """
    benches = Station.objects.filter(is_active=True, printers__isnull=False).values("bin_id")
    rows = Carton.objects.filter(parcel_id__in=parcel_ids, station_bin_id__in=benches)
    return [(pk, parcel or 0) for pk, parcel in rows.order_by("pk").values_list("pk", "parcel_id")]


def kinds_for(carton: Carton) -> list[str]:
    """Return the kinds of papers a closed box needs besides its carrier label."""
    order = carton.shipment.order
    kinds = ["gift_slip" if order.is_gift else "packing_slip"]
    if order.is_gift and order.gift_message.strip():
        kinds.append("gift_card")
    if crosses_border(carton.shipment.warehouse.country, order.ship_country):
        kinds.append("commercial_invoice")
        kinds.append("cn22" if _fits_cn22(carton) else "cn23")
    return kinds


def crosses_border(from_country: str, to_country: str) -> bool:
    """Say whether goods between two countries (ISO 3166 alpha-2) pass customs."""
    if not from_country or not to_country or from_country == to_country:
        return False
    return not {from_country, to_country} <= CUSTOMS_UNION


def station_of(carton: Carton) -> Station | None:
    """Return the station whose bench the box was packed on, if it has a printer."""
    return (
        Station.objects.filter(bin_id=carton.station_bin_id, is_active=True, printers__isnull=False)
        .order_by("code")
        .first()
    )


def cn22_limit(currency: str, on: dt.date) -> Decimal | None:
    """Return up to which value goods take the form CN 22 on a day, None where nobody knows.

    300 SDR by the exchange rates of that day, rounded down to the currency's exponent; without
    them the table of `CN22_MOST`. With an SDR worth 1.3478 and a euro worth 1.08 of the base USD,
    300 SDR are 404.34 USD and 374.38 EUR.
    """
    try:
        worth = rates.rates_on({SDR, currency}, on)
    except rates.RateUnknown:
        return CN22_MOST.get(currency)
    limit = CN22_MOST_SDR * worth[SDR] / worth[currency]
    return limit.quantize(money.unit(currency), rounding=ROUND_DOWN)


def _fits_cn22(carton: Carton) -> bool:
    if (carton.weight_g or 0) > CN22_MOST_G or carton.closed_at is None:
        return False
    shipment = carton.shipment
    on = carton.closed_at.astimezone(ZoneInfo(shipment.warehouse.timezone)).date()
    most = cn22_limit(shipment.order.currency, on)
    if most is None:
        return False
    values = customs_values.carton_values(carton.pk, shipment.order)
    return sum(values.values(), Decimal(0)) <= most

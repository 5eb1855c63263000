"""What a packing plan is computed from: the boxes, the units of a carton, what a parcel costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core import settings_store
from fulfillment.domain import defaults
from fulfillment.domain.cartons.facts import Box, Tariff, Unit
from fulfillment.models import CartonLine, PackRule
from inventory.models import PackagingSpec, Sku
from orders.domain.defaults import COST_CURRENCY
from orders.models import Shipment
from orders.services.master_data import exchange_rates
from shipping import queries as shipping_queries
from shipping.domain.rating import RateTable
from shipping.models import CarrierService

#: Billable weights whose price stands for the whole tariff in a plan's key, in grams.
SAMPLE_G = (250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000)


@dataclass(frozen=True, slots=True)
class Contents:
    """The units of a carton that have measures, and the codes of the SKUs that have none."""

    units: tuple[Unit, ...]
    unmeasured: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prices:
    """The tariff of a shipment in `currency`, and its prices at the sample weights."""

    tariff: Tariff
    currency: str
    samples: tuple[Decimal, ...]


def read_boxes(wanted: Sku | None = None) -> tuple[Box, ...]:
    """Return the box catalogue by code, costs in the cost currency. Three queries.

    A box that a live rule asks for goes out under its rule alone: it counts only when `wanted`.
    """
    worth = exchange_rates()
    ruled = PackRule.objects.filter(effect="use_packaging", state="live").values("sku_id")
    specs = PackagingSpec.objects.parcels()
    free = specs.exclude(sku_id__in=ruled)
    if wanted is not None:
        free = free | specs.filter(sku_id=wanted.pk)
    return tuple(box_of(spec, worth) for spec in free)


def box_of(spec: PackagingSpec, worth: dict[str, Decimal]) -> Box:
    """Return a packaging SKU as a box; without outer measures the inner ones count."""
    sku, lining = spec.sku, 2 * spec.padding_mm
    inner = (spec.inner_length_mm, spec.inner_width_mm, spec.inner_height_mm)
    outer = (
        max(sku.length_mm or 0, inner[0]),
        max(sku.width_mm or 0, inner[1]),
        max(sku.height_mm or 0, inner[2]),
    )
    return Box(
        code=sku.code,
        inner=(inner[0] - lining, inner[1] - lining, inner[2] - lining),
        outer=outer,
        max_weight_g=spec.max_weight_g,
        tare_g=sku.weight_g or 0,
        cost=(sku.default_cost or Decimal(0)) * worth.get(sku.currency, Decimal(1)),
    )


def read_contents(carton_id: int) -> Contents:
    """Return what lies or will lie in a carton, unit by unit. One query."""
    lines = CartonLine.objects.filter(carton_id=carton_id).select_related("sku").order_by("pk")
    return contents_of((line.sku, line.qty) for line in lines)


def contents_of(wanted: Iterable[tuple[Sku, int]]) -> Contents:
    """Return the units of (SKU, quantity); a SKU without a side above 0 is not measured.

    A unit without weight counts as 1 g: the box is chosen by room, and the scale has the last word.
    """
    units: list[Unit] = []
    unmeasured: list[str] = []
    for sku, qty in wanted:
        size = (sku.length_mm or 0, sku.width_mm or 0, sku.height_mm or 0)
        if min(size) <= 0:
            unmeasured.append(sku.code)
            continue
        units += [
            Unit(
                key=f"{sku.code}#{len(units) + number}",
                size=size,
                weight_g=sku.weight_g or 1,
                this_side_up=sku.this_side_up,
                no_stack=sku.no_stack,
                fragile=sku.fragile,
                own_box=sku.own_box,
                hazard=sku.hazard,
            )
            for number in range(qty)
        ]
    return Contents(tuple(units), tuple(dict.fromkeys(unmeasured)))


def read_prices(shipment: Shipment, on: dt.date) -> Prices:
    """Return what parcels of a shipment cost by its own service, else by the cheapest offered."""
    rates = shipping_queries.rate_snapshot(on)
    worth = exchange_rates()
    code = shipment.service_code

    def freight(billable_g: int) -> Decimal:
        return _price(rates, shipment, billable_g, worth)

    divisor = (
        CarrierService.objects.filter(code=code).values_list("volume_divisor", flat=True).first()
    )
    tariff = Tariff(
        freight=freight,
        divisor_cm3_per_kg=divisor or 0,
        void_fill_per_litre=Decimal(str(settings_store.get(defaults.VOID_FILL_AMOUNT.name))),
    )
    currency = str(settings_store.get(COST_CURRENCY.name))
    return Prices(tariff, currency, tuple(freight(grams) for grams in SAMPLE_G))


def _price(
    rates: RateTable, shipment: Shipment, billable_g: int, worth: dict[str, Decimal]
) -> Decimal:
    order = shipment.order
    offers = rates.options(
        shipment.warehouse.code, order.ship_country, order.ship_postcode, billable_g
    )
    priced = {
        offer.service_code: offer.cost * worth.get(offer.currency, Decimal(1)) for offer in offers
    }
    if shipment.service_code in priced:
        return priced[shipment.service_code]
    return min(priced.values(), default=Decimal(0))

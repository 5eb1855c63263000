"""Which variants a customer may have instead, from stock that is really free (X22)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core import money, settings_store
from core.errors import StateConflict, gettext_noop
from inventory.models import Sku, Warehouse
from inventory.queries.levels import LevelView, levels_snapshot
from orders.models import Channel, ChannelWarehouse, Order, OrderLine
from returns.domain import exchange_settings as defaults

ZERO = Decimal(0)
#: A product of hundreds of variants is no list to choose from on a phone.
MOST_SHOWN: Final = 12
_SOLD_KINDS = (Sku.Kind.GOODS, Sku.Kind.ASSEMBLED_KIT)


class VariantGone(StateConflict):
    """The variant was sold to somebody else since it was offered."""

    code = "VARIANT_GONE"
    text = gettext_noop("%(sku)s is sold out. Choose another variant or a refund.")


@dataclass(frozen=True, slots=True)
class Offer:
    """One variant that may be had. Amounts are per unit; above zero the customer pays it."""

    sku_id: int
    sku_code: str
    name: str
    name_zh: str
    available_qty: int
    unit_price_amount: Decimal
    difference_amount: Decimal
    currency: str


def days_of(name: str) -> dt.timedelta:
    """Return a setting of days."""
    return dt.timedelta(days=whole(name))


def whole(name: str) -> int:
    """Return a setting that is a whole number."""
    value = settings_store.get(name)
    if not isinstance(value, int):
        raise TypeError(f"{name} is not a whole number")
    return value


def offers(order_line_id: int, *, at: dt.datetime, qty: int = 1) -> list[Offer]:
    """Return the variants of the line's product of which `qty` units are free in one warehouse.

    Free is what may be promised after safety stock, usable for as long as the channel asks, in a
    warehouse that serves the channel, and at least the setting's threshold. A difference in price
    is that of the two list prices, where both are in the order's currency. At most nine statements,
    whatever the number of variants.
    """
    rows = OrderLine.objects.select_related("order__channel", "sku")
    line = rows.filter(pk=order_line_id, sku__isnull=False).first()
    if line is None or line.sku is None or line.sku.product_id is None:
        return []
    variants = Sku.objects.filter(
        product_id=line.sku.product_id, archived=False, kind__in=_SOLD_KINDS
    ).exclude(pk=line.sku.pk)
    skus = list(variants.order_by("code", "pk"))
    free = _free_units([sku.pk for sku in skus], line.order.channel, at)
    least = max(qty, whole(defaults.OFFER_THRESHOLD))
    return [
        _offer(sku, line, best)
        for sku in skus
        if (best := max(free.get(sku.pk, {0: 0}).values())) >= least
    ]


def nearest(found: Sequence[Offer], most: int = MOST_SHOWN) -> list[Offer]:
    """Return the offers nearest in price, by code among equals: a page people can read."""
    ordered = sorted(found, key=lambda one: (abs(one.difference_amount), one.sku_code))
    return ordered[:most]


def still_offered(order_line_id: int, sku_id: int, qty: int, *, at: dt.datetime) -> Offer:
    """Return the offer of one variant, as it stands now.

    Raises:
        VariantGone: it is not offered any more.
    """
    for offer in offers(order_line_id, at=at, qty=qty):
        if offer.sku_id == sku_id:
            return offer
    code = Sku.objects.filter(pk=sku_id).values_list("code", flat=True).first()
    raise VariantGone(sku=code or "")


def difference_of(line: OrderLine, sku: Sku, currency: str) -> Decimal:
    """Return what a unit of `sku` costs more than the line's; zero where it can't be told."""
    had = line.sku
    if had is None or had.list_price is None or sku.list_price is None:
        return ZERO
    if {had.currency or currency, sku.currency or currency} != {currency}:
        return ZERO
    return money.quantize(sku.list_price - had.list_price, currency)


def serving(channel: Channel | None) -> list[Warehouse]:
    """Return the warehouses that serve a channel, by priority."""
    places = Warehouse.objects.filter(is_active=True, kind__in=("own", "3pl"))
    if channel is not None:
        links = ChannelWarehouse.objects.filter(channel=channel)
        by_id = dict(links.values_list("warehouse_id", "is_allowed"))
        allowed = [pk for pk, is_allowed in by_id.items() if is_allowed]
        places = places.filter(pk__in=allowed) if allowed else places
        places = places.exclude(pk__in=[pk for pk, is_ok in by_id.items() if not is_ok])
    return list(places.order_by("priority", "pk"))


def best_place(sku_id: int, qty: int, order: Order, *, at: dt.datetime) -> Warehouse | None:
    """Return where the units are kept: in the customer's country before others, the most first."""
    places = serving(order.channel)
    free = _free_units([sku_id], order.channel, at, places).get(sku_id, {})
    enough = [place for place in places if free.get(place.pk, 0) >= qty]
    enough.sort(key=lambda one: (one.country != order.ship_country, -free[one.pk], one.pk))
    return enough[0] if enough else None


def usable_until(channel: Channel | None, at: dt.datetime) -> dt.date:
    """Return the day until which a unit must stay usable to be worth offering."""
    days = channel.min_life_days if channel is not None else 0
    return at.date() + dt.timedelta(days=days)


def _free_units(
    sku_ids: Collection[int],
    channel: Channel | None,
    at: dt.datetime,
    places: list[Warehouse] | None = None,
) -> dict[int, dict[int, int]]:
    """Return the free units by SKU and warehouse; never below zero."""
    ids = [place.pk for place in (serving(channel) if places is None else places)]
    until = usable_until(channel, at)
    found: dict[int, dict[int, int]] = {}
    for (warehouse_id, sku_id), level in levels_snapshot(sku_ids, ids).items():
        found.setdefault(sku_id, {})[warehouse_id] = _usable(level, until)
    return found


def _usable(level: LevelView, until: dt.date) -> int:
    # A broken promise makes the free units negative: then there are none to offer.
    return max(0, level.usable_atp(until))


def _offer(sku: Sku, line: OrderLine, available: int) -> Offer:
    currency = line.order.currency
    difference = difference_of(line, sku, currency)
    paid = money.quantize(line.unit_price, currency)
    return Offer(
        sku_id=sku.pk,
        sku_code=sku.code,
        name=sku.name,
        name_zh=sku.name_zh,
        available_qty=available,
        unit_price_amount=paid + difference,
        difference_amount=difference,
        currency=currency,
    )

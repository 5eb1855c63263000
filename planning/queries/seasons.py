"""Who bought in a season, and what is left at its end: bundle, stop, word to the supplier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Max, QuerySet, Sum

from core.permissions import Principal
from inventory.models import Sku
from orders.models import OrderLine
from orders.models.orders import LineKind, OrderStatus
from planning.domain.alert_bands import STOP_DAYS
from planning.models import CoverStatus, CrossPurchase
from planning.queries.repurchase import LEAST_CHANCE, latest_run
from planning.queries.review_terms import Offer, offers, read_defaults


@dataclass(frozen=True, slots=True)
class Wish:
    """Purchases of a time, first and last day whole (UTC), of a SKU or category, or of anything."""

    from_on: dt.date
    until_on: dt.date
    sku_id: int | None = None
    category: str = ""


@dataclass(frozen=True, slots=True)
class Buyers:
    """The audience: how many, the units they bought, and the first rows of them.

    Rows say number, segment, units, orders and last day: never a name or an address.
    """

    customers: int
    units: int
    rows: tuple[Mapping[str, object], ...]


def buyers_of(wish: Wish, principal: Principal, *, most: int | None = 200) -> Buyers:
    """Return the known customers who bought it then, the largest buyers first (B-45).

    Cancelled units, drafts, free lines and replacements are no purchases. `most` None returns all.
    Two statements.
    """
    rows = _lines(wish, principal)
    totals = rows.aggregate(
        customers=Count("order__customer", distinct=True),
        units=Sum(F("qty") - F("cancelled_qty")),
    )
    people = (
        rows.values(
            number=F("order__customer__number"),
            segment=F("order__customer__segment"),
            country=F("order__customer__country"),
        )
        .annotate(
            units=Sum(F("qty") - F("cancelled_qty")),
            orders=Count("order", distinct=True),
            last_at=Max("order__placed_at"),
        )
        .order_by("-units", "number")
    )
    return Buyers(totals["customers"], totals["units"] or 0, tuple(people[:most]))


def _lines(wish: Wish, principal: Principal) -> QuerySet[OrderLine]:
    start = dt.datetime.combine(wish.from_on, dt.time(), dt.UTC)
    end = dt.datetime.combine(wish.until_on, dt.time(), dt.UTC) + dt.timedelta(days=1)
    rows = OrderLine.objects.filter(
        principal.channel_q("order__channel__code"),
        kind__in=(LineKind.GOODS, LineKind.COMPONENT),
        unit_price__gt=0,
        qty__gt=F("cancelled_qty"),
        order__placed_at__gte=start,
        order__placed_at__lt=end,
        order__customer__isnull=False,
        order__customer__merged_into__isnull=True,
        order__customer__anonymised_at__isnull=True,
        order__replaces__isnull=True,
    ).exclude(order__status=OrderStatus.DRAFT)
    if wish.sku_id is not None:
        rows = rows.filter(sku_id=wish.sku_id)
    if wish.category:
        rows = rows.filter(sku__product__category=wish.category)
    return rows


@dataclass(frozen=True, slots=True)
class Leftover:
    """Stock for 240 days and more: what to bundle it with and what its supplier should know."""

    cover: CoverStatus
    companion: Sku | None
    chance: float | None
    supplier: Offer | None
    spare_qty: int


def leftovers(principal: Principal, now: dt.datetime, *, most: int = 200) -> list[Leftover]:
    """Return what outlasts eight months, the most money first; 9 statements at most.

    `spare_qty` is what lies beyond 240 days of demand. The companion is what its buyers buy next
    with the greatest chance (20 % and more).
    """
    rows = list(
        CoverStatus.objects.visible_to(principal)
        .filter(cover_days__gte=STOP_DAYS)
        .select_related("sku", "warehouse")
        .order_by("-stock_value_amount", "pk")[:most]
    )
    ids = {row.sku_id for row in rows}
    best: dict[int, CrossPurchase] = {}
    run = latest_run(now) if ids else None
    if run is not None:
        crossed = CrossPurchase.objects.filter(
            run=run, first_sku__in=ids, planned__gte=LEAST_CHANCE
        )
        for one in crossed.select_related("then_sku").order_by("planned", "-pk"):
            best[one.first_sku_id] = one
    known = offers(now, read_defaults(), sku_ids=ids) if ids else {}
    return [
        Leftover(
            cover=row,
            companion=best[row.sku_id].then_sku if row.sku_id in best else None,
            chance=best[row.sku_id].planned if row.sku_id in best else None,
            supplier=known.get(row.sku_id),
            spare_qty=max(0, row.sellable_qty - round(row.daily_qty * STOP_DAYS)),
        )
        for row in rows
    ]

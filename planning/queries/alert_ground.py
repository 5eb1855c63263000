"""What alerts are judged on: covers with the stock of now, and what a unit is worth.

A fixed number of statements, whatever the rows. Pairs are (SKU id, warehouse id), amounts are in
the base currency; a currency without a rate makes an amount 0: unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.services import rates
from inventory.models import Sku, StockLevel
from planning.domain.alert_bands import Band
from planning.domain.alert_covers import CoverFacts
from planning.domain.alert_goods import Place
from planning.models import CoverStatus

Pair = tuple[int, int]
#: Kinds of SKU whose stock is for customers.
FOR_SALE = ("goods", "assembled_kit")


@dataclass(frozen=True, slots=True)
class SkuFacts:
    """What a SKU brings along wherever it lies."""

    category: str
    kind: str
    unit_cost: Decimal
    list_price: Decimal | None


@dataclass(frozen=True, slots=True)
class Ground:
    """Covers, live units (on hand, sellable) and SKUs of one moment."""

    covers: Mapping[Pair, CoverFacts]
    levels: Mapping[Pair, tuple[int, int]]
    skus: Mapping[int, SkuFacts]

    def place(self, pair: Pair) -> Place:
        """Return the place of a pair, with its rate and value as far as they are known."""
        cover, sku = self.covers.get(pair), self.skus.get(pair[0])
        value = cover.unit_value if cover else sku.unit_cost if sku else Decimal(0)
        return Place(
            sku_id=pair[0],
            warehouse_id=pair[1],
            category=sku.category if sku else "",
            unit_value=value,
            daily=cover.daily if cover else 0.0,
        )

    def is_for_sale(self, sku_id: int) -> bool:
        """Tell whether a SKU is in use and sold to customers."""
        return sku_id in self.skus and self.skus[sku_id].kind in FOR_SALE


def read(now: dt.datetime) -> Ground:
    """Return covers, levels and SKUs in use. Three statements and one a currency."""
    skus = _skus(now.date())
    levels = {
        (sku, place): (on_hand, on_hand - unsellable - reserved - buffer)
        for sku, place, on_hand, unsellable, reserved, buffer in StockLevel.objects.filter(
            warehouse__is_active=True
        )
        .order_by("pk")
        .values_list("sku_id", "warehouse_id", "on_hand", "unsellable", "reserved", "buffer")
        .iterator(2000)
        if sku in skus
    }
    return Ground(_covers(skus, levels, now), levels, skus)


def _skus(today: dt.date) -> dict[int, SkuFacts]:
    rows = list(
        Sku.objects.live()
        .stocked()
        .order_by("pk")
        .values_list("pk", "product__category", "kind", "default_cost", "currency", "list_price")
    )
    worth = {currency: _rate(currency, today) for currency in {row[4] for row in rows}}
    found = {}
    for pk, category, kind, cost, currency, price in rows:
        rate = worth[currency]
        known = price * rate if price and rate else None
        found[pk] = SkuFacts(category or "", kind, (cost or Decimal(0)) * rate, known)
    return found


def _rate(currency: str, on: dt.date) -> Decimal:
    if not currency:
        return Decimal(0)
    try:
        return rates.rate_on(currency, on)
    except rates.RateUnknown:
        return Decimal(0)


_COVER = (
    "sku_id",
    "warehouse_id",
    "band",
    "reason",
    "is_covered",
    "sellable_qty",
    "on_hand_qty",
    "daily_qty",
    "near_days",
    "position_days",
    "turnover_days",
    "order_by_on",
    "recommended_qty",
    "decision",
    "at_risk_amount",
    "stock_value_amount",
    "terms",
    "reviewed_at",
)


def _covers(
    skus: Mapping[int, SkuFacts], levels: Mapping[Pair, tuple[int, int]], now: dt.datetime
) -> dict[Pair, CoverFacts]:
    rows = CoverStatus.objects.filter(warehouse__is_active=True).order_by("pk").values(*_COVER)
    found = {}
    for row in rows.iterator(2000):
        sku = skus.get(row["sku_id"])
        if sku is None:
            continue
        pair = (row["sku_id"], row["warehouse_id"])
        on_hand, sellable = levels.get(pair, (0, 0))
        terms, there = row["terms"], row["on_hand_qty"]
        value = row["stock_value_amount"] / there if there > 0 else Decimal(0)
        found[pair] = CoverFacts(
            sku_id=pair[0],
            warehouse_id=pair[1],
            category=sku.category,
            band=Band(row["band"]),
            reason=row["reason"],
            is_covered=row["is_covered"],
            reviewed_qty=row["sellable_qty"],
            now_qty=sellable,
            on_hand_qty=on_hand,
            daily=row["daily_qty"],
            near_days=row["near_days"],
            position_days=row["position_days"],
            days_since_review=(now - row["reviewed_at"]).total_seconds() / 86_400,
            regular_days=_number(terms, "lead_days") or _number(terms, "regular_days") or 0.0,
            turnover_days=row["turnover_days"],
            order_by_on=row["order_by_on"],
            recommended_qty=row["recommended_qty"],
            decision=row["decision"],
            at_risk_amount=row["at_risk_amount"],
            unit_value=value or sku.unit_cost,
            list_price=sku.list_price,
            **_limits(terms),
        )
    return found


def _limits(terms: Mapping[str, object]) -> dict[str, float]:
    """Return the limits the review judged by; those it did not name keep their defaults."""
    names = {
        "flat_red": "flat_red_days",
        "flat_yellow": "flat_yellow_days",
        "lead_red": "lead_red_days",
        "lead_yellow": "lead_yellow_days",
    }
    return {
        field: number
        for field, name in names.items()
        if (number := _number(terms, name)) is not None
    }


def _number(terms: Mapping[str, object], name: str) -> float | None:
    value = terms.get(name)
    return float(value) if isinstance(value, int | float | str) and value != "" else None


def units_here(ground: Ground, sku_ids: set[int]) -> dict[Pair, int]:
    """Return the units of these SKUs by pair, sellable ones only."""
    return {pair: units for pair, (_, units) in ground.levels.items() if pair[0] in sku_ids}

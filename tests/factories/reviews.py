"""Stock, demand and suppliers for reviews of replenishment: the smallest valid rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F

from inventory.domain.places import CUSTOMER
from inventory.models import Bin, Sku, StockEvent, StockLevel, StockMove, Warehouse
from planning.models import (
    CrossPurchase,
    Forecast,
    ForecastRun,
    RepurchaseRun,
    ReviewRun,
    SkuPolicy,
)
from planning.services import replenishment
from suppliers.models import Supplier, SupplierLeadTime
from tests.factories import orders as shop
from tests.factories.supplier_terms import make_goods, make_supplier

#: A Monday, the first day of the forecast.
NOW = dt.datetime(2026, 6, 29, 4, 0, tzinfo=dt.UTC)
TODAY = NOW.date()


def supplier(code: str = "NINGBO", *, sea: int = 35, air: int = 8, **more: Any) -> Supplier:
    """Return a supplier who agreed to days by sea and by air."""
    found = make_supplier(code, **more)
    SupplierLeadTime.objects.create(supplier=found, mode="sea", agreed_days=sea)
    SupplierLeadTime.objects.create(supplier=found, mode="air", agreed_days=air)
    return found


def goods(of: Supplier | None, code: str, *, on_hand: int, place: Warehouse, **more: Any) -> Sku:
    """Return a SKU of 500 g that costs 10 and sells for 25, in packs of 12, with stock."""
    fields = {"weight_g": 500, "list_price": "25", "currency": "USD"}
    row = shop.sku(code, **fields)
    if of is not None:
        terms = {"moq_qty": 1, "multiple_qty": 12, **more}
        make_goods(of, row, terms.pop("breaks", {1: "10"}), **terms)
    shop.put(row, place, on_hand)
    return row


def run(**more: Any) -> ForecastRun:
    """Return a forecast of 12 weeks from today on, without rows."""
    fields = {
        "as_of": NOW,
        "from_on": TODAY,
        "horizon_weeks": 12,
        "input_weeks": 52,
        "method": "test",
        "inputs_hash": "x",
        "series": 1,
        "created_at": NOW,
        **more,
    }
    return ForecastRun.objects.create(**fields)


def forecast(of: ForecastRun, sku: Sku, place: Warehouse, week: float = 14.0, **more: Any) -> None:
    """Forecast so many units a week; the error's variance of all 12 weeks is 200."""
    fields = {
        "kind": "regular",
        "typical_week": week,
        "mean_qty": week * 12,
        "variance": 200.0,
        "low_qty": 0.0,
        "high_qty": week * 24,
        "confidence": 80.0,
        "weekly": [week] * 12,
        "terms": {"mean_of_8_weeks": week},
        **more,
    }
    Forecast.objects.create(run=of, sku=sku, warehouse=place, channel=None, **fields)


def review(now: dt.datetime = NOW, **more: Any) -> ReviewRun:
    """Review as of a moment."""
    return replenishment.review(as_of=now, now=now, **more)


def sell(sku: Sku, place: Warehouse, qty: int) -> None:
    """Let a customer have units yesterday: level and ledger as a dispatch leaves them."""
    at = NOW - dt.timedelta(days=1)
    event = StockEvent.objects.create(
        kind="dispatch", event_key=f"sold-{sku.code}", actor_key="system", at=at
    )
    StockMove.objects.create(
        event=event,
        sku=sku,
        qty=qty,
        from_warehouse=place,
        from_bin=Bin.objects.get(warehouse=place, code="A-01"),
        to_bin_id=CUSTOMER,
        condition_from="good",
        condition_to="good",
    )
    StockLevel.objects.filter(sku=sku, warehouse=place).update(on_hand=F("on_hand") - qty)


def follows(first: Sku, then: Sku, chance: float) -> None:
    """Let buyers of a SKU buy another one next with a chance."""
    found = RepurchaseRun.objects.create(
        cut_on=TODAY,
        computed_at=NOW,
        inputs_hash=f"{first.code}-{then.code}",
        horizon_days=56,
        model="bgnbd",
        r=0.2,
        alpha=4,
        a=0.8,
        b=2.4,
        log_likelihood=-1,
        slope=1,
        customers=100,
        is_individual=True,
        method="hazard",
        kappa=1,
    )
    CrossPurchase.objects.create(
        run=found,
        first_sku=first,
        then_sku=then,
        watched=100,
        bought=round(100 * chance),
        planned=chance,
        low=chance / 2,
        high=min(1, chance * 1.5),
        lift=2,
    )


def limits(sku: Sku, place: Warehouse, *, least: int, most: int) -> None:
    """Let a person keep a SKU between two quantities where nothing is forecast."""
    SkuPolicy.objects.create(
        sku=sku,
        warehouse=place,
        min_qty=least,
        max_qty=most,
        reason="new",
        author_key="user:1",
        created_at=NOW,
    )
    StockLevel.objects.get_or_create(warehouse=place, sku=sku)

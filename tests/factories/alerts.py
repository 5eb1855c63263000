"""Covers, rules and alerts for tests, written as a review and a refresh would."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from inventory.models import Sku, StockLevel, Warehouse
from planning.models import Alert, AlertRule, CoverStatus, ReviewRun

NOW = dt.datetime(2026, 7, 2, 4, 0, tzinfo=dt.UTC)
LIMITS = {
    "flat_red_days": 15.0,
    "flat_yellow_days": 30.0,
    "lead_red_days": 7.0,
    "lead_yellow_days": 37.0,
    "lead_days": 30.0,
}


def review(at: dt.datetime = NOW) -> ReviewRun:
    return ReviewRun.objects.create(as_of=at, rows=0, inputs_hash="0" * 64, created_at=at)


def cover(sku: Sku, warehouse: Warehouse, **fields: Any) -> CoverStatus:
    """Write the cover of a SKU that sells 2 a day and has 100 units: 50 days, green."""
    given: dict[str, Any] = {
        "band": "green",
        "flat_band": "green",
        "lead_band": "green",
        "reason": "ENOUGH",
        "on_hand_qty": 100,
        "sellable_qty": 100,
        "daily_qty": 2.0,
        "near_days": 50.0,
        "position_days": 50.0,
        "recommended_qty": 0,
        "stock_value_amount": Decimal(250),
        "at_risk_amount": Decimal(0),
        "terms": LIMITS,
        "reviewed_at": NOW,
        **fields,
    }
    run = given.pop("review", None) or review()
    return CoverStatus.objects.create(sku=sku, warehouse=warehouse, review=run, **given)


def set_level(sku: Sku, warehouse: Warehouse, on_hand: int, **fields: int) -> StockLevel:
    """Write a level as the ledger's cache would stand; for tests of reads only."""
    values = {"on_hand": on_hand, "unsellable": 0, "reserved": 0, "buffer": 0, **fields}
    row, _ = StockLevel.objects.update_or_create(sku=sku, warehouse=warehouse, defaults=values)
    return row


def rule(kind: str, **fields: Any) -> AlertRule:
    """Write a rule; low cover watches yellow and red, other kinds have one limit of 10."""
    given: dict[str, Any] = {"created_at": NOW, "created_by": "system", **fields}
    if kind == "low_cover":
        given.setdefault("least_band", "yellow")
    else:
        given.setdefault("warn_limit", Decimal(10))
    return AlertRule.objects.create(kind=kind, **given)


def alert(sku: Sku, warehouse: Warehouse, **fields: Any) -> Alert:
    """Write an open alert of low cover as a refresh would."""
    given: dict[str, Any] = {
        "kind": "low_cover",
        "dedupe_key": f"low_cover:{sku.pk}:{warehouse.pk}",
        "severity": 3,
        "reason": "RED_FLAT_COVER",
        "terms": {
            "days": 4.5,
            "near_days": 4.5,
            "position_days": 4.5,
            "limit": 15.0,
            "units": 9,
            "daily": 2.0,
            "recommended": 60,
        },
        "suggestion": {"code": "REPLENISH_FAST"},
        "risk_amount": Decimal("312.50"),
        "raised_at": NOW,
        "changed_at": NOW,
        **fields,
    }
    return Alert.objects.create(sku=sku, warehouse=warehouse, **given)

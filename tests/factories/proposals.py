"""Reviews, covers and proposals as a review would have written them."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from core import clock
from inventory.models import Sku, Warehouse
from planning.models import (
    CoverStatus,
    Forecast,
    ForecastRun,
    Proposal,
    ReviewRun,
    SeriesOutlook,
)
from tests.factories.purchases import Trade

_numbers = itertools.count(1)
#: The sketch of the screen: 479 + 120 = 599, less 214 free and 120 on the way: 265, so 280.
TERMS: dict[str, Any] = {
    "daily": 11.4, "mean": 478.8, "level": 599, "service_level": 0.95, "lead_days": 35,
    "review_days": 7, "usable": 214, "on_hand": 260, "reserved": 46, "held": 0,
    "backordered": 0, "in_transit": 120, "approved": 0, "pending": 0, "draft": 0,
    "extra": 0, "position": 334, "need": 265, "moq": 200, "pack": 40, "qty": 280,
}  # fmt: skip


def forecast_run(now: dt.datetime | None = None) -> ForecastRun:
    """Return a run of twelve weeks from last Monday."""
    at = now or clock.now()
    return ForecastRun.objects.create(
        as_of=at,
        from_on=at.date() - dt.timedelta(days=at.weekday()),
        horizon_weeks=12,
        input_weeks=104,
        method="pooled",
        inputs_hash=f"run-{next(_numbers)}",
        series=1,
        created_at=at,
    )


def review(now: dt.datetime | None = None, *, run: ForecastRun | None = None) -> ReviewRun:
    """Return a review computed at the moment."""
    at = now or clock.now()
    return ReviewRun.objects.create(
        as_of=at, forecast_run=run, rows=1, inputs_hash=f"rev-{next(_numbers)}", created_at=at
    )


def cover(sku: Sku, place: Warehouse, of: ReviewRun, **fields: Any) -> CoverStatus:
    """Return a red SKU with 214 free units that last 18 days."""
    given = {
        "band": "red",
        "flat_band": "yellow",
        "lead_band": "red",
        "reason": "FASTEST_LEAD",
        "on_hand_qty": 260,
        "sellable_qty": 214,
        "inbound_qty": 120,
        "daily_qty": 11.4,
        "cover_days": 18.8,
        "near_days": 18.8,
        "position_days": 29.3,
        "order_by_on": of.as_of.date() - dt.timedelta(days=6),
        "runs_out_on": of.as_of.date() + dt.timedelta(days=29),
        "recommended_qty": 280,
        "decision": "PACKS",
        "confidence": 71.0,
        "stock_value_amount": Decimal(1300),
        "at_risk_amount": Decimal(900),
        "terms": TERMS,
        "reviewed_at": of.created_at,
        **fields,
    }
    return CoverStatus.objects.create(sku=sku, warehouse=place, review=of, **given)


def proposal(of: Trade, sku: Sku, run: ReviewRun, **fields: Any) -> Proposal:
    """Return an open proposal of 280 units from the trade's supplier by sea."""
    units = fields.get("computed_qty", 280)
    cost = Decimal(str(fields.get("unit_cost_amount", "31.20")))
    given = {
        "number": f"RP-{next(_numbers):05}",
        "state": "open",
        "band": "red",
        "reason": "FASTEST_LEAD",
        "computed_qty": 280,
        "source_kind": "purchase",
        "mode": "sea",
        "slow_mode": "sea",
        "supplier": of.supplier,
        "unit_cost_amount": cost,
        "currency": of.supplier.currency,
        "total_base_amount": cost * units,
        "at_risk_amount": Decimal(900),
        "order_by_on": run.as_of.date() - dt.timedelta(days=6),
        "terms": TERMS,
        "created_at": run.created_at,
        **fields,
    }
    place = given.pop("warehouse", of.place)
    return Proposal.objects.create(review=run, sku=sku, warehouse=place, **given)


def outlook(of: Proposal, run: ForecastRun) -> SeriesOutlook:
    """Return the line of the forecast board of a proposal's SKU: 9 and 16 sold, then 14 a week."""
    mine = {"sku": of.sku, "warehouse": of.warehouse}
    said = Forecast.objects.create(
        run=run,
        kind="regular",
        typical_week=14,
        mean_qty=168,
        variance=168,
        low_qty=140,
        high_qty=200,
        confidence=60,
        weekly=[14.0] * 12,
        **mine,
    )
    return SeriesOutlook.objects.create(
        forecast=said,
        sold=[0, 0, 9, 16],
        weekly=[14.0] * 12,
        total_qty=168,
        method="pooled",
        confidence=60,
        history_weeks=2,
        refreshed_at=run.created_at,
        **mine,
    )

"""Alerts about goods and demand: expiry, late arrivals, pace, misses, dead stock, inserts.

Amounts are in the base currency, days are whole UTC days, shares are in percent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from planning.domain.alert_bands import pace
from planning.domain.alert_covers import PRICE_TWEAK_PCT
from planning.domain.alert_rules import Finding, Kind, Rule, Severity

CENT = Decimal("0.0001")
#: Returns count as a spike from so many times the share before. Source: screens.md F3, own choice.
SPIKE_TIMES = 1.5


@dataclass(frozen=True, slots=True)
class LotFacts:
    """Sellable units of one lot in one warehouse, and the last day they may leave."""

    lot_id: int
    code: str
    units: int
    last_on: dt.date


def unsold(lots: Iterable[LotFacts], daily: float, today: dt.date) -> dict[int, int]:
    """Return the units of each lot that will not be sold by its last day, first expiry first.

    The last day counts. A lot that is over is lost whole; a rate of 0 sells nothing.
    """
    left, sold = {}, 0.0
    for lot in sorted(lots, key=lambda one: (one.last_on, one.lot_id)):
        days = max(0, (lot.last_on - today).days + 1)
        room = max(0.0, daily * days - sold)
        sells = min(float(lot.units), room)
        sold += sells
        left[lot.lot_id] = ceil(round(lot.units - sells, 6))
    return left


@dataclass(frozen=True, slots=True)
class Place:
    """One SKU in one warehouse, with what a unit is worth and its rate of sale."""

    sku_id: int
    warehouse_id: int
    category: str = ""
    unit_value: Decimal = Decimal(0)
    daily: float = 0.0


def judge_expiry(
    place: Place, lot: LotFacts, units: int, rule: Rule, today: dt.date
) -> Finding | None:
    """Return the alert of units that will not be sold before their last day to ship."""
    left = (lot.last_on - today).days
    severity = rule.severity(left)
    amount = (units * place.unit_value).quantize(CENT)
    if severity is None or units <= 0 or not rule.counts(units, amount):
        return None
    return Finding(
        rule_id=rule.id,
        kind=Kind.EXPIRY,
        key=f"{lot.lot_id}:{place.warehouse_id}",
        warehouse_id=place.warehouse_id,
        sku_id=place.sku_id,
        lot_id=lot.lot_id,
        severity=severity,
        reason="EXPIRED" if left < 0 else "EXPIRES",
        amount=amount,
        due_on=lot.last_on.isoformat(),
        terms={
            "lot": lot.code,
            "units": units,
            "of": lot.units,
            "on": lot.last_on.isoformat(),
            "left": left,
            "daily": round(place.daily, 2),
        },
        suggestion={"code": "WRITE_OFF" if left < 0 else "PROMOTE", "units": units},
    )


@dataclass(frozen=True, slots=True)
class InboundFacts:
    """Goods that were to be here: the number of the arrival or the order, its day, its units."""

    number: str
    supplier: str
    warehouse_id: int
    due_on: dt.date
    units: int
    amount: Decimal
    purchase_order_id: int | None = None
    asn_id: int | None = None


def judge_late(facts: InboundFacts, rule: Rule, today: dt.date) -> Finding | None:
    """Return the alert of goods whose day has passed."""
    late = (today - facts.due_on).days
    severity = rule.severity(late)
    if severity is None or not rule.counts(facts.units, facts.amount):
        return None
    is_arrival = facts.asn_id is not None
    return Finding(
        rule_id=rule.id,
        kind=Kind.LATE_INBOUND,
        key=f"asn:{facts.asn_id}" if is_arrival else f"po:{facts.purchase_order_id}",
        warehouse_id=facts.warehouse_id,
        purchase_order_id=facts.purchase_order_id,
        asn_id=facts.asn_id,
        severity=severity,
        reason="ARRIVAL_LATE" if is_arrival else "SHIPMENT_LATE",
        amount=facts.amount,
        due_on=facts.due_on.isoformat(),
        terms={
            "number": facts.number,
            "supplier": facts.supplier,
            "on": facts.due_on.isoformat(),
            "late": late,
            "units": facts.units,
        },
        suggestion={"code": "CHASE"},
    )


def judge_pace(
    place: Place, sold: int, planned: float, rule: Rule, air: Mapping[str, Any] | None = None
) -> Finding | None:
    """Return the alert of a SKU that outruns its plan over 7 days (B-46).

    It suggests an air batch, with the cost of the proposal's air option where there is one, and
    a price that a person may raise; nothing is done by itself.
    """
    speed = pace(sold, planned)
    if speed.ratio is None:
        return None
    over_pct = (speed.ratio - 1) * 100
    # A ratio of exactly 1.15 is not lost to binary fractions.
    severity = rule.severity(round(over_pct, 6))
    more = ceil(round(sold - planned, 6))
    amount = (max(0, more) * place.unit_value).quantize(CENT)
    if severity is None or not rule.counts(sold, amount):
        return None
    return Finding(
        rule_id=rule.id,
        kind=Kind.DEMAND_PACE,
        key=f"{place.sku_id}:{place.warehouse_id}",
        warehouse_id=place.warehouse_id,
        sku_id=place.sku_id,
        severity=severity,
        reason="AHEAD",
        amount=amount,
        terms={"sold": sold, "planned": round(planned, 1), "percent": round(over_pct, 1)},
        suggestion={
            "code": "AIR_BATCH",
            "state": "draft",
            "price_pct": PRICE_TWEAK_PCT,
            **({"air": dict(air)} if air else {}),
        },
    )


def judge_miss(
    place: Place, forecast: float, actual: float, weeks: int, rule: Rule
) -> Finding | None:
    """Return the alert of a forecast that missed the weeks that are over."""
    off = actual - forecast
    if forecast <= 0 and actual <= 0:
        return None
    percent = abs(off) / forecast * 100 if forecast > 0 else 100.0
    severity = rule.severity(round(percent, 6))
    units = ceil(round(abs(off), 6))
    amount = (units * place.unit_value).quantize(CENT)
    if severity is None or not rule.counts(units, amount):
        return None
    return Finding(
        rule_id=rule.id,
        kind=Kind.FORECAST_MISS,
        key=f"{place.sku_id}:{place.warehouse_id}",
        warehouse_id=place.warehouse_id,
        sku_id=place.sku_id,
        severity=severity,
        reason="UNDER_FORECAST" if off > 0 else "OVER_FORECAST",
        amount=amount,
        terms={
            "forecast": round(forecast, 1),
            "sold": round(actual, 1),
            "percent": round(percent, 1),
            "weeks": weeks,
        },
        suggestion={"code": "CHECK_FORECAST"},
    )


def judge_dead(
    place: Place, units: int, idle_days: int, rule: Rule, *, was_sold: bool
) -> Finding | None:
    """Return the alert of stock that nobody asked for since the last sale or since it came.

    It ties money up and is never critical: a suggestion, more from the rule's `high_amount` on
    and past the critical limit.
    """
    step = rule.severity(idle_days)
    amount = (units * place.unit_value).quantize(CENT)
    if step is None or units <= 0 or not rule.counts(units, amount):
        return None
    is_high = step == Severity.CRITICAL or amount >= rule.high_amount
    severity = Severity.HIGH if is_high else Severity.NOTICE
    return Finding(
        rule_id=rule.id,
        kind=Kind.DEAD_STOCK,
        key=f"{place.sku_id}:{place.warehouse_id}",
        warehouse_id=place.warehouse_id,
        sku_id=place.sku_id,
        severity=severity,
        reason="STOPPED_SELLING" if was_sold else "NEVER_SOLD",
        amount=amount,
        terms={"units": units, "idle": idle_days},
        suggestion={"code": "CLEARANCE", "level": 2, "state": "draft", "units": units},
    )


def judge_returns(
    place: Place, returned: int, sold: int, before_pct: float | None, rule: Rule
) -> Finding | None:
    """Return the alert of a share of returns above the limit and well above what it was.

    `before_pct` is the share of the weeks before; None: nothing was sold then.
    """
    if sold <= 0 or returned < rule.least_units:
        return None
    percent = returned / sold * 100
    severity = rule.severity(round(percent, 6))
    is_usual = before_pct is not None and percent < before_pct * SPIKE_TIMES
    amount = (returned * place.unit_value).quantize(CENT)
    if severity is None or is_usual or not rule.counts(returned, amount):
        return None
    return Finding(
        rule_id=rule.id,
        kind=Kind.RETURNS_SPIKE,
        key=f"{place.sku_id}:{place.warehouse_id}",
        warehouse_id=place.warehouse_id,
        sku_id=place.sku_id,
        severity=severity,
        reason="RETURNS",
        amount=amount,
        terms={
            "returned": returned,
            "sold": sold,
            "percent": round(percent, 1),
            "before": None if before_pct is None else round(before_pct, 1),
        },
        suggestion={"code": "CHECK_GOODS"},
    )


def judge_inserts(place: Place, units: int, codes: str, rule: Rule) -> Finding | None:
    """Return the alert of inserts that end before the next ones are printed.

    `codes` names the campaigns; none left at all is critical whatever the rate.
    """
    if units > 0 and place.daily <= 0:
        return None
    days = max(0.0, units / place.daily) if place.daily > 0 else 0.0
    severity = Severity.CRITICAL if units <= 0 else rule.severity(round(days, 6))
    if severity is None or not rule.counts(rule.least_units, rule.least_amount):
        return None
    return Finding(
        rule_id=rule.id,
        kind=Kind.INSERT_STOCK,
        key=f"{place.sku_id}:{place.warehouse_id}",
        warehouse_id=place.warehouse_id,
        sku_id=place.sku_id,
        severity=severity,
        reason="INSERTS_OUT" if units <= 0 else "INSERTS_LOW",
        terms={
            "units": max(0, units),
            "days": round(days, 1),
            "daily": round(place.daily, 2),
            "campaigns": codes,
        },
        suggestion={"code": "PRINT"},
    )

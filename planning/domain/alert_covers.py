"""Alerts about how long stock lasts: too short, time to order, too long.

The color of the last review is corrected by what the stock did since: units that left shorten the
flat, the near and the whole cover alike; units that came were on order before, so they lengthen
the flat cover alone. All amounts are in the base currency, days are whole UTC days.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from math import ceil
from typing import Any, Final

from planning.domain.alert_bands import (
    RED_DAYS,
    SEVERITY,
    YELLOW_DAYS,
    Band,
    Covers,
    FlatLimits,
    Leads,
    band,
)
from planning.domain.alert_rules import Finding, Kind, Rule, Severity

#: Reasons of a band that stock alone does not change: a person's word and limits in units.
FIXED_REASONS: Final = frozenset({"BY_HAND", "MIN_MAX"})
#: Decisions of the review that say: short, yet nothing has to be bought.
NOTHING_TO_BUY: Final = frozenset({"NO_NEED", "NO_DEMAND"})
#: A fall beyond so many times the expected sales since the review was not foreseen by it.
UNFORESEEN_TIMES: Final = 1.5
#: B-31: what a clearance must leave of the price. Source: behaviours.md B-31, margin floor.
MARGIN_FLOOR: Final = Decimal("0.10")
#: B-46: the price tweak that is suggested, never made, in percent.
PRICE_TWEAK_PCT: Final = 3


@dataclass(frozen=True, slots=True)
class CoverFacts:
    """One SKU-warehouse: what the review said, and the stock of now.

    `now_qty` and `on_hand_qty` are of this moment, the days and colors of the review. Limits are
    days of cover: flat red and yellow, lead-aware red and yellow. `unit_value` may be 0: unknown.
    """

    sku_id: int
    warehouse_id: int
    category: str
    band: Band
    reason: str
    is_covered: bool
    reviewed_qty: int
    now_qty: int
    on_hand_qty: int
    daily: float
    near_days: float | None
    position_days: float | None
    days_since_review: float
    flat_red: float = RED_DAYS
    flat_yellow: float = YELLOW_DAYS
    lead_red: float = 0.0
    lead_yellow: float = 0.0
    regular_days: float = 0.0
    turnover_days: float | None = None
    order_by_on: dt.date | None = None
    recommended_qty: int = 0
    decision: str = ""
    at_risk_amount: Decimal = Decimal(0)
    unit_value: Decimal = Decimal(0)
    list_price: Decimal | None = None

    @property
    def key(self) -> str:
        """Return the object's part of the dedupe key."""
        return f"{self.sku_id}:{self.warehouse_id}"

    @property
    def stock_days(self) -> float | None:
        """Return the cover of the units that may be promised now; None is endless (B-12)."""
        return max(0.0, self.now_qty / self.daily) if self.daily > 0 else None


def recolor(facts: CoverFacts) -> CoverFacts:
    """Return the facts with band, reason and cover as the stock of now makes them (A-10, B-09)."""
    if facts.daily <= 0 or facts.reason in FIXED_REASONS or facts.now_qty == facts.reviewed_qty:
        return facts
    gone = facts.reviewed_qty - facts.now_qty
    less = max(0.0, gone / facts.daily)
    near = _less(facts.near_days, less)
    position = _less(facts.position_days, less)
    foreseen = facts.daily * max(facts.days_since_review, 0.0) * UNFORESEEN_TIMES + 1
    result = band(
        Covers(facts.stock_days, near, position),
        Leads(facts.lead_red, facts.lead_yellow, review_days=0.0),
        FlatLimits(facts.flat_red, facts.flat_yellow),
        is_covered=facts.is_covered and gone <= foreseen,
    )
    return replace(
        facts,
        decision=facts.decision if result.band == facts.band else "",
        band=result.band,
        reason=result.reason,
        is_covered=result.is_covered,
        near_days=near,
        position_days=position,
    )


def _less(days: float | None, less: float) -> float | None:
    return None if days is None else max(0.0, days - less)


def judge_low_cover(facts: CoverFacts, rule: Rule) -> Finding | None:
    """Return the alert of a red or yellow SKU (B-09, B-10), milder when goods land in time (B-12).

    Units on their way do not silence it: "red but covered" is still said, one step milder.
    """
    if facts.band == Band.GREEN or SEVERITY[facts.band] < SEVERITY[Band(rule.least_band)]:
        return None
    if facts.daily <= 0 and facts.reason not in FIXED_REASONS:
        return None
    is_red = facts.band == Band.RED
    severity = _cover_severity(facts, is_red=is_red)
    if not rule.counts(max(facts.recommended_qty, rule.least_units), facts.at_risk_amount):
        return None
    state = "COVERED" if facts.is_covered else facts.reason
    return Finding(
        rule_id=rule.id,
        kind=Kind.LOW_COVER,
        key=facts.key,
        warehouse_id=facts.warehouse_id,
        sku_id=facts.sku_id,
        severity=severity,
        reason=f"{facts.band.upper()}_{state}",
        amount=facts.at_risk_amount,
        due_on=facts.order_by_on.isoformat() if facts.order_by_on else "",
        terms={
            "days": _tenth(facts.stock_days),
            "near_days": _tenth(facts.near_days),
            "position_days": _tenth(facts.position_days),
            "limit": _tenth(_limit_of(facts)),
            "units": facts.now_qty,
            "daily": round(facts.daily, 2),
            "recommended": facts.recommended_qty,
        },
        suggestion={"code": "REPLENISH_FAST" if is_red else "REPLENISH"},
    )


def _cover_severity(facts: CoverFacts, *, is_red: bool) -> Severity:
    """Return how bad it is: milder when goods land in time, by money when nothing is to be bought.

    A SKU that sells once a year and has one unit less than it should calls nobody.
    """
    if facts.decision in NOTHING_TO_BUY and facts.reason != "BY_HAND":
        return Severity.HIGH if is_red and facts.at_risk_amount > 0 else Severity.NOTICE
    if facts.is_covered:
        return Severity.HIGH if is_red else Severity.NOTICE
    return Severity.CRITICAL if is_red else Severity.HIGH


def _limit_of(facts: CoverFacts) -> float:
    if facts.reason == "FASTEST_LEAD":
        return facts.lead_red
    if facts.reason == "REGULAR_LEAD":
        return facts.lead_yellow
    return facts.flat_red if facts.band == Band.RED else facts.flat_yellow


def judge_order_due(facts: CoverFacts, rule: Rule, today: dt.date) -> Finding | None:
    """Return the alert of a green SKU whose order can't wait any more (E11, ALT-02).

    Red and yellow ones have their alert already.
    """
    if facts.band != Band.GREEN or facts.order_by_on is None or facts.recommended_qty <= 0:
        return None
    left = (facts.order_by_on - today).days
    severity = rule.severity(left)
    if severity is None or not rule.counts(facts.recommended_qty, facts.at_risk_amount):
        return None
    return Finding(
        rule_id=rule.id,
        kind=Kind.ORDER_DUE,
        key=facts.key,
        warehouse_id=facts.warehouse_id,
        sku_id=facts.sku_id,
        severity=severity,
        reason="ORDER_LATE" if left < 0 else "ORDER_BY",
        amount=facts.at_risk_amount,
        due_on=facts.order_by_on.isoformat(),
        terms={
            "on": facts.order_by_on.isoformat(),
            "days": _tenth(facts.stock_days),
            "left": left,
            "units": facts.recommended_qty,
            "lead": _tenth(facts.regular_days),
        },
        suggestion={"code": "REPLENISH"},
    )


def judge_overstock(facts: CoverFacts, rule: Rule) -> Finding | None:
    """Return the alert of too much stock: suggest, clear or stop (B-11, B-31, B-47, E14).

    The mildest limit looks at cover alone and suggests without a discount. The next one drafts a
    clearance for more turnover days, or for cover beyond the lead time. The last stops buying, at
    its limit and above. Too much are the units beyond the limit that suggests, or that warns. It
    ties money up and is never critical: a suggestion, more from the rule's `high_amount` on. Stock
    that nothing asks for is dead stock, another kind.
    """
    days = facts.stock_days
    if days is None or facts.on_hand_qty <= 0:
        return None
    step, value = _too_much(facts, rule, days)
    if step is None:
        return None
    first = rule.notice if step == "PROMOTE" else rule.warn or rule.critical
    limit = float(first or 0)
    over = max(1, facts.now_qty - ceil(round(facts.now_qty * limit / value, 6)))
    amount = (over * facts.unit_value).quantize(Decimal("0.0001"))
    if not rule.counts(over, amount):
        return None
    is_high = step != "PROMOTE" and amount >= rule.high_amount
    return Finding(
        rule_id=rule.id,
        kind=Kind.OVERSTOCK,
        key=facts.key,
        warehouse_id=facts.warehouse_id,
        sku_id=facts.sku_id,
        severity=Severity.HIGH if is_high else Severity.NOTICE,
        reason=step,
        amount=amount,
        terms={
            "days": _tenth(days),
            "value": _tenth(value),
            "limit": _tenth(limit),
            "units": over,
            "daily": round(facts.daily, 2),
        },
        suggestion=_idea(facts, step, over),
    )


def _too_much(facts: CoverFacts, rule: Rule, days: float) -> tuple[str | None, float]:
    if rule.critical is not None and days >= float(rule.critical):
        return "STOP", days
    if rule.warn is not None:
        if facts.turnover_days is not None and facts.turnover_days > float(rule.warn):
            return "CLEAR", facts.turnover_days
        if days > float(rule.warn) + facts.regular_days:
            return "CLEAR", days
    if rule.notice is not None and days > float(rule.notice):
        return "PROMOTE", days
    return None, days


def _idea(facts: CoverFacts, step: str, units: int) -> dict[str, Any]:
    """Return what could be done: level 1 without a discount, level 2 a draft for a person."""
    if step == "PROMOTE":
        return {"code": "PROMOTE", "level": 1, "units": units}
    return {
        "code": "STOP_BUYING" if step == "STOP" else "CLEARANCE",
        "level": 2,
        "state": "draft",
        "units": units,
        "discount_pct": clearance_discount(facts.list_price, facts.unit_value),
    }


def clearance_discount(price: Decimal | None, unit_cost: Decimal) -> int | None:
    """Return the whole percent a price may fall until the margin floor; None: price unknown.

    0 when the floor is reached already: then a bundle or a transfer is left. Source: B-31.
    """
    if not price or price <= 0 or unit_cost <= 0:
        return None
    lowest = unit_cost / (1 - MARGIN_FLOOR)
    share = (1 - lowest / price) * 100
    return max(0, int(share.to_integral_value(ROUND_DOWN)))


def _tenth(value: float | None) -> float | None:
    """Return days with one decimal, cut, so that 14.99 is never shown as 15."""
    return None if value is None else int(value * 10 + 1e-9) / 10

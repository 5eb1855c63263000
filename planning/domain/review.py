"""One review of many SKU-warehouses: colour, order-by date, mode and quantity of each, with why.

Levels are computed for all rows at once; the rest is a few sums a row. A review is a function of
its rows alone: with the drafts of the first run in the pictures, a second run proposes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from planning.domain.alert_bands import (
    Band,
    BandResult,
    Covers,
    FlatLimits,
    Leads,
    Overstock,
    band,
    order_by_days,
    overstock,
    pauses,
)
from planning.domain.modes import expedite_level
from planning.domain.position import (
    Need,
    Picture,
    Position,
    cover_days,
    is_covered,
    near_position,
    net_need,
    position,
)
from planning.domain.replenishment import order_up_to, round_order
from planning.domain.safety_stock import (
    DESTINATION_SHARE,
    LeadTime,
    conservative_level,
    destination_buffer,
)

#: Service level when no policy says another one. Source: docs/planning-replenishment.md.
SERVICE_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Policy:
    """How one SKU-warehouse is replenished; the defaults are those of a consumable.

    `is_paused` waits unless red, `is_stopped` buys nothing at all, without `is_auto` only what
    customers wait for is bought. `forced_band`: the colour a person set.
    """

    service_level: float = SERVICE_LEVEL
    review_days: float = 7.0
    limits: FlatLimits = field(default_factory=FlatLimits)
    is_conservative: bool = False
    is_paused: bool = False
    is_stopped: bool = False
    is_auto: bool = True
    buffer_share: float = DESTINATION_SHARE
    forced_band: Band | None = None

    @property
    def level(self) -> float:
        """Return the service level in force: the conservative mode takes less risk."""
        return (
            conservative_level(self.service_level) if self.is_conservative else self.service_level
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """How a supplier brings a SKU: lead times by mode, least order, pack, costs of a unit.

    `premium` is what a unit costs more by the fast mode; `margin` what a lost unit loses.
    """

    regular: LeadTime
    fastest: LeadTime
    moq_qty: int = 1
    pack_qty: int = 1
    premium: float = 0.0
    margin: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """One SKU-warehouse to review: stock, demand a day and its error, terms and policy.

    `daily` is demand a day of the next 30 days (B-12), `level_daily` of lead time and review where
    a season makes it another one. `forecast_var` is the variance of the forecast's error over lead
    time and review; `extra_qty` units are asked for by partners or seasons beyond the forecast
    (B-14, B-44). `stock_limits` (least, most) replace the level where no forecast is known: at the
    least and below, the position is filled up to the most.
    """

    key: str
    picture: Picture
    daily: float
    forecast_var: float
    terms: Terms
    policy: Policy = field(default_factory=Policy)
    extra_qty: int = 0
    turnover_days: float | None = None
    level_daily: float | None = None
    stock_limits: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """What the review says of one row. `qty` = `fast_qty` + `slow_qty`; 0 buys nothing.

    `reason` is a code: NO_NEED, BELOW_LEAST_ORDER, AS_NEEDED, LEAST_ORDER, PACKS, PAUSED or
    STOPPED (by policy), GREEN (rests until the order-by date) or NO_DEMAND.
    """

    key: str
    color: BandResult
    qty: int
    fast_qty: int
    slow_qty: int
    reason: str
    order_by_in_days: int | None
    buffer_qty: int
    overstock: Overstock
    terms: dict[str, Any]


def review(rows: Sequence[Row]) -> list[Advice]:
    """Return the advice of each row, in the order given. Time in proportion to the rows."""
    if not rows:
        return []
    daily = np.array([row.daily if row.level_daily is None else row.level_daily for row in rows])
    days = np.array([row.policy.review_days for row in rows])
    slow = order_up_to(
        daily,
        np.array([row.forecast_var for row in rows]),
        _lead([row.terms.regular for row in rows]),
        np.array([row.policy.level for row in rows]),
        days,
    )
    fast_lead = _lead([row.terms.fastest for row in rows])
    share = (fast_lead[0] + days) / slow.protection_days
    fast = order_up_to(
        daily,
        np.array([row.forecast_var for row in rows]) * np.minimum(share, 1.0),
        fast_lead,
        expedite_level(
            np.array([row.terms.premium for row in rows]),
            np.array([row.terms.margin for row in rows]),
        ),
        days,
    )
    return [
        _advise(row, float(level), float(mean), float(expedite))
        for row, level, mean, expedite in zip(rows, slow.level, slow.mean, fast.level, strict=True)
    ]


def _lead(leads: Sequence[LeadTime]) -> tuple[Any, Any]:
    return (
        np.array([lead.mean_days for lead in leads]),
        np.array([lead.var_days for lead in leads]),
    )


def _advise(row: Row, level: float, mean: float, expedite: float) -> Advice:
    """Put one row together: colour, pause, quantity, mode, terms."""
    safety_days = max(0.0, level - mean) / row.daily if row.daily > 0 else 0.0
    leads = Leads(
        fastest_days=row.terms.fastest.mean_days,
        regular_days=row.terms.regular.mean_days,
        review_days=row.policy.review_days,
        safety_days=0.0,
    )
    near_days = round(leads.fastest_days + row.policy.review_days)
    near = near_position(row.picture, near_days)
    whole = position(row.picture).qty
    covers = Covers(
        cover_days(row.picture.sellable, row.daily),
        cover_days(near, row.daily),
        cover_days(whole, row.daily),
    )
    covered = is_covered(row.picture, row.daily)
    color = _color(row, band(covers, leads, row.policy.limits, is_covered=covered), whole)
    safe = Leads(leads.fastest_days, leads.regular_days, leads.review_days, safety_days)
    order_by = order_by_days(covers.position_days, safe)
    need = _need(row, level, position(row.picture))
    reason, qty, fast_qty = _quantity(row, color, order_by, need.qty, (expedite, near))
    return Advice(
        key=row.key,
        color=color,
        qty=qty,
        fast_qty=fast_qty,
        slow_qty=qty - fast_qty,
        reason=reason,
        order_by_in_days=order_by,
        buffer_qty=destination_buffer(mean, row.policy.buffer_share),
        overstock=overstock(
            covers.stock_days, row.turnover_days, leads.regular_days, row.picture.on_hand
        ),
        terms={
            "daily": row.daily,
            "mean": mean,
            "level": level,
            "service_level": row.policy.level,
            "safety_days": safety_days,
            "expedite_level": expedite,
            "review_days": row.policy.review_days,
            "near": near,
            "extra": row.extra_qty,
            **need.terms(),
            "moq": row.terms.moq_qty,
            "pack": row.terms.pack_qty,
            "qty": qty,
        },
    )


def _color(row: Row, found: BandResult, there: int) -> BandResult:
    """Return the colour, by stock limits where no demand is known, or the one a person set."""
    if row.stock_limits is not None and row.daily <= 0:
        low = Band.YELLOW if there <= row.stock_limits[0] else Band.GREEN
        low = Band.RED if low == Band.YELLOW and row.picture.sellable <= 0 else low
        found = replace(found, band=low, flat=low, lead_aware=low, reason="MIN_MAX")
    if row.policy.forced_band is not None:
        found = replace(found, band=row.policy.forced_band, reason="BY_HAND")
    return found


def _need(row: Row, level: float, there: Position) -> Need:
    """Return what is missing to the level, to the stock limits, or to those who wait."""
    if not row.policy.is_auto:
        return net_need(row.extra_qty, row.picture)
    if row.stock_limits is None:
        return net_need(level + row.extra_qty, row.picture)
    least, most = row.stock_limits
    return net_need(row.extra_qty + (most if there.qty <= least else least), row.picture)


def _quantity(
    row: Row,
    color: BandResult,
    order_by: int | None,
    need_qty: int,
    near: tuple[float, int],
) -> tuple[str, int, int]:
    """Return reason, units, and how many of them by the fast mode.

    Green rests while the order-by date lies beyond the next review (B-11, E11); units that
    partners or seasons ask for do not rest. Red looks at the fast mode first (B-09): what the near
    position lacks flies, in whole packs, as far as the order goes.
    """
    if row.policy.is_stopped:
        return "STOPPED", 0, 0
    if row.policy.is_paused and color.band != Band.RED:
        return "PAUSED", 0, 0
    if row.daily <= 0 and not row.extra_qty and row.stock_limits is None:
        return "NO_DEMAND", 0, 0
    is_known = row.stock_limits is None
    if is_known and not row.extra_qty and pauses(color.flat, order_by, row.policy.review_days):
        return "GREEN", 0, 0
    is_urgent = color.band == Band.RED and not color.is_covered
    rounded = round_order(
        need_qty, moq_qty=row.terms.moq_qty, pack_qty=row.terms.pack_qty, urgent=is_urgent
    )
    expedite, there = near
    short = max(0.0, expedite - there)
    packs = -(-round(short) // row.terms.pack_qty) * row.terms.pack_qty
    return rounded.reason, rounded.qty, int(min(rounded.qty, packs))

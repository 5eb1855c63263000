"""Red, yellow, green: the worse of flat days of cover and of what the lead times allow.

The flat band looks at sellable stock alone (B-09 to B-12). The lead-aware band (E5) looks at what
an order can still change: red when stock and what lands in time end before the fastest mode
arrives, yellow when everything on order ends before a regular order placed at the next review.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import floor


class Band(StrEnum):
    """How urgent a SKU-warehouse is."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


SEVERITY = {Band.GREEN: 0, Band.YELLOW: 1, Band.RED: 2}

#: Days of B-09 to B-11: below the first red, up to and with the second yellow.
RED_DAYS = 15.0
YELLOW_DAYS = 30.0
#: B-46: sold to planned units of 7 days from which a SKU outruns its plan.
PACE_RATIO = 1.15
PACE_DAYS = 7
#: B-47: cover from which buying stops, and E14/B-31: turnover days above which a clearance starts.
STOP_DAYS = 240.0
CLEARANCE_DAYS = 50.0


@dataclass(frozen=True, slots=True)
class FlatLimits:
    """Days of cover: red below `red_days`, green above `yellow_days`, yellow between."""

    red_days: float = RED_DAYS
    yellow_days: float = YELLOW_DAYS

    def __post_init__(self) -> None:
        if not 0 <= self.red_days <= self.yellow_days:
            raise ValueError("Red days must not exceed yellow days, and neither may be negative.")


@dataclass(frozen=True, slots=True)
class Leads:
    """Days that an order takes by the fastest and by the regular mode, the review, the safety."""

    fastest_days: float
    regular_days: float
    review_days: float = 7.0
    safety_days: float = 0.0

    @property
    def red_days(self) -> float:
        """Return the near cover below which even the fastest order comes late."""
        return self.fastest_days + self.safety_days

    @property
    def yellow_days(self) -> float:
        """Return the position cover below which a regular order at the next review comes late."""
        return self.regular_days + self.review_days + self.safety_days


@dataclass(frozen=True, slots=True)
class Covers:
    """Days of cover, None = endless: sellable stock, near position, whole position."""

    stock_days: float | None
    near_days: float | None
    position_days: float | None


@dataclass(frozen=True, slots=True)
class BandResult:
    """The colour, both opinions, the reason code of the worse one, and the numbers of it.

    `is_covered`: red or yellow, yet a confirmed arrival lands before the stock ends (B-12).
    `warnings`: codes of limits that can't work, such as a red limit below the lead time.
    """

    band: Band
    flat: Band
    lead_aware: Band
    reason: str
    terms: dict[str, float | None] = field(default_factory=dict)
    is_covered: bool = False
    warnings: tuple[str, ...] = ()


def flat_band(stock_days: float | None, limits: FlatLimits = FlatLimits()) -> Band:
    """Return the band of sellable cover alone: 14.99 red, 15 and 30 yellow, 30.01 green."""
    if stock_days is None or stock_days > limits.yellow_days:
        return Band.GREEN
    return Band.RED if stock_days < limits.red_days else Band.YELLOW


def lead_band(covers: Covers, leads: Leads) -> Band:
    """Return the band of what an order can still change (E5)."""
    if covers.near_days is not None and covers.near_days < leads.red_days:
        return Band.RED
    if covers.position_days is not None and covers.position_days < leads.yellow_days:
        return Band.YELLOW
    return Band.GREEN


def band(
    covers: Covers, leads: Leads, limits: FlatLimits = FlatLimits(), *, is_covered: bool = False
) -> BandResult:
    """Return the worse of both bands, and why; on equal colours the flat one is the reason."""
    flat, aware = flat_band(covers.stock_days, limits), lead_band(covers, leads)
    worst = max(flat, aware, key=SEVERITY.__getitem__)
    if covers.stock_days is None:
        reason = "NO_DEMAND"
    elif worst == Band.GREEN:
        reason = "ENOUGH"
    elif worst == flat:
        reason = "FLAT_COVER"
    else:
        reason = "FASTEST_LEAD" if aware == Band.RED else "REGULAR_LEAD"
    return BandResult(
        band=worst,
        flat=flat,
        lead_aware=aware,
        reason=reason,
        terms={
            "stock_days": covers.stock_days,
            "near_days": covers.near_days,
            "position_days": covers.position_days,
            "flat_red_days": limits.red_days,
            "flat_yellow_days": limits.yellow_days,
            "lead_red_days": leads.red_days,
            "lead_yellow_days": leads.yellow_days,
        },
        is_covered=is_covered and worst != Band.GREEN,
        warnings=limit_warnings(limits, leads),
    )


def limit_warnings(limits: FlatLimits, leads: Leads) -> tuple[str, ...]:
    """Return codes of flat limits that lie below the lead time they should leave room for (E5)."""
    found = []
    if limits.red_days < leads.fastest_days:
        found.append("RED_BELOW_FASTEST_LEAD")
    if limits.yellow_days < leads.regular_days:
        found.append("YELLOW_BELOW_REGULAR_LEAD")
    return tuple(found)


def order_by_days(position_days: float | None, leads: Leads) -> int | None:
    """Return in how many days a regular order must leave at the latest; negative: too late.

    Ordered then, it arrives when the position is down to its safety. None: never.
    """
    if position_days is None:
        return None
    return floor(position_days - leads.regular_days - leads.safety_days + 1e-9)


def pauses(flat: Band, order_by_in_days: int | None, review_days: float) -> bool:
    """Tell whether buying rests: green pauses (B-11), but not past the order-by date (E11).

    An order-by date before the next review can't wait for it.
    """
    if flat != Band.GREEN:
        return False
    return order_by_in_days is None or order_by_in_days >= review_days


class Overstock(StrEnum):
    """What too much stock asks for, the mildest first."""

    NONE = "none"
    PROMOTE = "promote"
    CLEAR = "clear"
    STOP = "stop"


def overstock(
    stock_days: float | None, turnover_days: float | None, regular_days: float, on_hand: int
) -> Overstock:
    """Return what too much stock asks for (B-11, B-31, B-47, E14).

    STOP at a cover of 240 days and more: no more buying, sell in a bundle, tell the supplier.
    CLEAR strictly above 50 turnover days or 50 days of cover beyond the lead time. PROMOTE
    strictly above 30 days of cover: named, without a discount. Stock that nothing asks for: STOP.
    """
    if on_hand <= 0:
        return Overstock.NONE
    if stock_days is None or stock_days >= STOP_DAYS:
        return Overstock.STOP
    slow = turnover_days is not None and turnover_days > CLEARANCE_DAYS
    if slow or stock_days > CLEARANCE_DAYS + regular_days:
        return Overstock.CLEAR
    return Overstock.PROMOTE if stock_days > YELLOW_DAYS else Overstock.NONE


@dataclass(frozen=True, slots=True)
class Pace:
    """Units sold against units planned over the last 7 days; None = nothing was planned."""

    ratio: float | None
    is_ahead: bool


def pace(sold: float, planned: float, limit: float = PACE_RATIO) -> Pace:
    """Return how much faster than planned a SKU sells; from 15 % on it is ahead (B-46)."""
    if planned <= 0:
        return Pace(ratio=None, is_ahead=sold > 0)
    ratio = sold / planned
    return Pace(ratio=ratio, is_ahead=ratio >= limit - 1e-9)


def with_pace(result: BandResult, speed: Pace) -> BandResult:
    """Return the band, at least yellow when the SKU outruns its plan (B-46)."""
    if not speed.is_ahead or result.band != Band.GREEN:
        return result
    return BandResult(
        band=Band.YELLOW,
        flat=result.flat,
        lead_aware=result.lead_aware,
        reason="PACE",
        terms={**result.terms, "pace_ratio": speed.ratio},
        is_covered=result.is_covered,
        warnings=result.warnings,
    )

"""How far a week went from its forecast, in money, and what is known about why (B-60)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

#: SKU id, warehouse id.
Pair = tuple[int, int]
NEW_WEEKS: Final = 8
#: So many weeks before in the same direction make a trend.
TREND_WEEKS: Final = 3
#: A deviation below this share of the forecast is no direction.
TREND_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Outcome:
    """Units forecast and sold of one SKU at one warehouse, and what a unit sells for (base)."""

    pair: Pair
    forecast: float
    actual: float
    price: float

    @property
    def value(self) -> float:
        """Return the absolute deviation in money."""
        return abs(self.actual - self.forecast) * self.price


@dataclass(frozen=True, slots=True)
class Totals:
    """All series of a week: `wape` and `bias` are shares of the units sold, None without any."""

    series: int
    forecast: float
    actual: float
    value: float
    wape: float | None
    bias: float | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one series in one week; `before` are (forecast, actual), oldest first."""

    stockout_days: int = 0
    promotion_days: int = 0
    events: Sequence[str] = ()
    odd_days: int = 0
    override_qty: int | None = None
    weeks_on_sale: int | None = None
    before: Sequence[tuple[float, float]] = field(default_factory=tuple)


def largest(outcomes: Sequence[Outcome], count: int) -> list[Outcome]:
    """Return the largest deviations by value, the largest first; those worth nothing are left out.

    Equal ones stand in the order of their pairs, so that a repeat finds the same.
    """
    worth = [one for one in outcomes if one.value > 0]
    return sorted(worth, key=lambda one: (-one.value, one.pair))[:count]


def totals(outcomes: Sequence[Outcome]) -> Totals:
    """Return how all series did together."""
    forecast = sum(one.forecast for one in outcomes)
    actual = sum(one.actual for one in outcomes)
    error = sum(abs(one.actual - one.forecast) for one in outcomes)
    return Totals(
        series=len(outcomes),
        forecast=forecast,
        actual=actual,
        value=sum(one.value for one in outcomes),
        wape=error / actual if actual else None,
        bias=(forecast - actual) / actual if actual else None,
    )


def cause_of(one: Outcome, known: Evidence) -> tuple[str, dict[str, object]]:
    """Return the first cause that explains the direction of a deviation, with its numbers.

    A stock-out explains only too little, a promotion only too much; marks of people come before
    what the series itself suggests.
    """
    over = one.actual > one.forecast
    rules: list[tuple[str, bool, Mapping[str, object]]] = [
        ("STOCKOUT", not over and known.stockout_days > 0, {"days": known.stockout_days}),
        ("PROMOTION", over and known.promotion_days > 0, {"days": known.promotion_days}),
        ("EVENT", bool(known.events), {"names": list(known.events)}),
        ("ODD_DAY", known.odd_days > 0, {"days": known.odd_days}),
        ("OVERRIDE", known.override_qty is not None, {"qty": known.override_qty}),
        ("NEW_PRODUCT", _is_new(known), {"weeks": known.weeks_on_sale}),
        ("TREND", _is_trend(over, known.before), {"weeks": TREND_WEEKS + 1}),
    ]
    for code, fits, terms in rules:
        if fits:
            return code, dict(terms)
    return "UNEXPLAINED", {}


def _is_new(known: Evidence) -> bool:
    return known.weeks_on_sale is not None and known.weeks_on_sale < NEW_WEEKS


def _is_trend(over: bool, before: Sequence[tuple[float, float]]) -> bool:
    last = before[-TREND_WEEKS:]
    sides = [actual - forecast for forecast, actual in last]
    least = [TREND_SHARE * forecast for forecast, _actual in last]
    return len(last) == TREND_WEEKS and all(
        (side > low) if over else (side < -low) for side, low in zip(sides, least, strict=True)
    )

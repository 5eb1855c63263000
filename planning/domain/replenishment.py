"""How much to order: order-up-to and reorder point, rounding, budget, partners, seasons, sources.

Units are whole units of the SKU; money is a plain number of one currency. Every result carries the
terms it was computed from, so that a person can redo it on paper: order 60 = level 118 - position
64 = 54, in packs of 12.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil, floor, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.domain.modes import Demand
from planning.domain.safety_stock import (
    DAYS_A_YEAR,
    demand_variance,
    nb_quantile,
    shortage_of_one,
)

FloatArray = NDArray[np.float64]

REVIEW_DAYS = 7.0
#: From this part of the least order on a need is raised to it, below it waits for the next review.
LEAST_ORDER_SHARE = 0.5
#: B-13: from this chance on a product that follows another one is looked at together with it.
RELATED_CHANCE = 0.20
#: B-44: preparation starts 90 days before the season and arrives in 3 batches.
SEASON_DAYS, SEASON_BATCHES = 90, 3
#: A price break never buys further ahead than this.
MOST_AHEAD_DAYS = 60.0


@dataclass(frozen=True, slots=True)
class Levels:
    """Order-up-to levels with their terms, arrays of shape [N]; days of the time to cover."""

    level: FloatArray
    mean: FloatArray
    variance: FloatArray
    protection_days: FloatArray


def order_up_to(
    daily: ArrayLike,
    forecast_var: ArrayLike,
    lead: tuple[ArrayLike, ArrayLike],
    service_level: ArrayLike,
    review_days: ArrayLike = REVIEW_DAYS,
) -> Levels:
    """Return (R, S) levels: the quantile of demand over lead time and review.

    `forecast_var` is the variance of forecast errors over that time, `lead` (mean days, variance
    in days squared). Source: Silver, Pyke, Thomas 2017, chapter 7.
    """
    rate = np.asarray(daily, dtype=np.float64)
    days = np.asarray(lead[0], dtype=np.float64) + np.asarray(review_days, dtype=np.float64)
    mean = rate * days
    variance = demand_variance(forecast_var, rate, lead[1])
    level = nb_quantile(service_level, mean, variance)
    days, mean = np.broadcast_to(days, level.shape), np.broadcast_to(mean, level.shape)
    return Levels(level, mean, np.broadcast_to(variance, level.shape), days)


def reorder_point(
    daily: ArrayLike,
    forecast_var: ArrayLike,
    lead: tuple[ArrayLike, ArrayLike],
    service_level: ArrayLike,
    review_days: float = 0.0,
) -> FloatArray:
    """Return s of (s, Q): the quantile of demand over the lead time plus half a review's demand."""
    rate = np.asarray(daily, dtype=np.float64)
    mean = rate * np.asarray(lead[0], dtype=np.float64)
    level = nb_quantile(service_level, mean, demand_variance(forecast_var, rate, lead[1]))
    return level + rate * review_days / 2


def lot_size(
    daily: float, order_cost: float, unit_cost: float, *, moq_qty: int = 1, pack_qty: int = 1
) -> int:
    """Return Q of (s, Q): the largest of least order, sqrt(2 K D/h) and a pack, in whole packs.

    D is demand a year and h 25 % of the unit cost. Source: Harris 1913 (economic order quantity).
    """
    holding = 0.25 * unit_cost
    free = sqrt(2 * order_cost * daily * DAYS_A_YEAR / holding) if holding > 0 else 0.0
    return _packs(max(free, moq_qty, pack_qty), pack_qty)


def _packs(units: float, pack_qty: int) -> int:
    return ceil(round(units / pack_qty, 9)) * pack_qty


@dataclass(frozen=True, slots=True)
class Rounded:
    """Units to order for a need, and what the rounding did (a reason code)."""

    need_qty: int
    qty: int
    reason: str


def round_order(need_qty: int, *, moq_qty: int = 1, pack_qty: int = 1, urgent: bool) -> Rounded:
    """Return a need in whole packs and not below the least order, or 0 to wait one review.

    A need below half the least order waits, unless it is urgent (near cover red).

    Raises:
        ValueError: a negative need, or a least order or pack below 1.
    """
    if need_qty < 0 or moq_qty < 1 or pack_qty < 1:
        raise ValueError(f"need {need_qty}, least order {moq_qty}, pack {pack_qty}")
    if need_qty == 0:
        return Rounded(0, 0, "NO_NEED")
    if need_qty < LEAST_ORDER_SHARE * moq_qty and not urgent:
        return Rounded(need_qty, 0, "BELOW_LEAST_ORDER")
    qty = _packs(max(need_qty, moq_qty), pack_qty)
    if qty == need_qty:
        return Rounded(need_qty, qty, "AS_NEEDED")
    return Rounded(need_qty, qty, "LEAST_ORDER" if need_qty < moq_qty else "PACKS")


@dataclass(frozen=True, slots=True)
class PriceBreak:
    """A unit price from a quantity on."""

    from_qty: int
    unit_price: float


@dataclass(frozen=True, slots=True)
class TierChoice:
    """The quantity bought for a need, its price, and the cost of the need at each break."""

    qty: int
    unit_price: float
    costs: tuple[tuple[int, float], ...]


def choose_tier(
    qty: int, breaks: Sequence[PriceBreak], daily: float, *, holding_a_year: float = 0.25
) -> TierChoice:
    """Return whether buying up to a price break is cheaper: price of the need plus holding.

    The extra units wait until the needed ones are sold, then go at the daily rate: holding of
    extra x price x (need + extra/2)/daily days. Extra units beyond 60 days of demand are refused.

    Raises:
        ValueError: no break applies to the quantity.
    """
    here = [step for step in breaks if step.from_qty <= qty]
    if not here:
        raise ValueError("No price begins at or below the quantity.")
    price = max(here, key=lambda step: step.from_qty).unit_price
    found = [(qty, price, qty * price)]
    for step in breaks:
        extra = step.from_qty - qty
        if extra <= 0 or daily <= 0 or extra > MOST_AHEAD_DAYS * daily:
            continue
        days = (qty + extra / 2) / daily
        held = extra * step.unit_price * holding_a_year * days / DAYS_A_YEAR
        found.append((step.from_qty, step.unit_price, qty * step.unit_price + held))
    best = min(found, key=lambda one: (one[2], one[0]))
    return TierChoice(best[0], best[1], tuple((units, cost) for units, _price, cost in found))


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A proposed line: units, cost of one, and the margin that the line is expected to save."""

    key: str
    qty: int
    unit_cost: float
    saved_margin: float
    pack_qty: int = 1


def fit_budget(lines: Sequence[BudgetLine], budget: float) -> dict[str, int]:
    """Return units per line within a budget: most saved margin for the money first, whole packs.

    The first line that does not fit is cut to the packs that do; later smaller ones may still fit.
    Ties: the key.
    """
    left, granted = budget, {}
    ranked = sorted(lines, key=lambda one: (-_worth(one), one.key))
    for line in ranked:
        fitting = floor(left / (line.unit_cost * line.pack_qty) + 1e-9) * line.pack_qty
        granted[line.key] = min(line.qty, fitting)
        left -= granted[line.key] * line.unit_cost
    return granted


def _worth(line: BudgetLine) -> float:
    return line.saved_margin / max(line.qty * line.unit_cost, 1e-9)


@dataclass(frozen=True, slots=True)
class Link:
    """B is bought after A with this (shrunk) chance within the horizon."""

    sku: str
    chance: float


@dataclass(frozen=True, slots=True)
class Partner:
    """What a follower needs more: units planned of A beyond its past pace, times the chance.

    `extra_units` are the parts of units that add up with those of other leads, `extra_qty` the
    whole ones of this lead alone.
    """

    sku: str
    chance: float
    extra_units: float
    extra_qty: int
    terms: dict[str, float] = field(default_factory=dict)


def related(links: Sequence[Link], least_chance: float = RELATED_CHANCE) -> list[Link]:
    """Return the products to look at when A is red: chance of 20 % and more, highest first."""
    found = [link for link in links if link.chance >= least_chance]
    return sorted(found, key=lambda link: (-link.chance, link.sku))


def partner_need(
    link: Link, planned_a_qty: float, past_a_daily: float, horizon_days: float
) -> Partner:
    """Return the units of B that its own forecast lacks (B-14): nothing is counted twice.

    B's history already holds what followed A at its past pace, so only planned units of A beyond
    past pace x horizon bring more: max(0, planned - past) x P(B after A within the horizon).
    """
    past = past_a_daily * horizon_days
    more = max(0.0, planned_a_qty - past)
    extra = round(more * link.chance, 6)
    terms = {"planned_a": planned_a_qty, "past_a": past, "more_a": more, "chance": link.chance}
    return Partner(link.sku, link.chance, extra, ceil(extra), terms)


@dataclass(frozen=True, slots=True)
class Call:
    """One batch of a seasonal order."""

    on: dt.date
    qty: int


@dataclass(frozen=True, slots=True)
class SeasonPlan:
    """Seasonal demand and how it is brought in: reminder, total, and batches that sum to it."""

    remind_on: dt.date
    base_qty: float
    factor: float
    total_qty: int
    calls: tuple[Call, ...]


def stage_season(
    base_qty: float,
    uplift_pct: float,
    starts_on: dt.date,
    *,
    batches: int = SEASON_BATCHES,
    pack_qty: int = 1,
    prepare_days: int = SEASON_DAYS,
) -> SeasonPlan:
    """Return the staged order for a season: base x (1 + uplift), reminder 90 days before (B-44).

    Batches arrive on the first days of the months after the reminder. The total is whole packs;
    batches differ by one pack at most, the larger ones first.

    Raises:
        ValueError: no batch, a negative base, or an uplift below -100 %.
    """
    if batches < 1 or base_qty < 0 or uplift_pct < -100:
        raise ValueError("A season needs a batch, a base and an uplift of -100 % or more.")
    factor = 1 + uplift_pct / 100
    total = _packs(round(base_qty * factor, 6), pack_qty)
    each, over = divmod(total // pack_qty, batches)
    remind = starts_on - dt.timedelta(days=prepare_days)
    calls = tuple(
        Call(_month_after(remind, n + 1), (each + (1 if n < over else 0)) * pack_qty)
        for n in range(batches)
    )
    return SeasonPlan(remind, base_qty, factor, total, calls)


def _month_after(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.month - 1 + months, 12)
    return dt.date(day.year + year, month + 1, 1)


class SourceKind(StrEnum):
    """Where units can come from; the order breaks ties."""

    TRANSFER = "transfer"
    KIT = "kit"
    PURCHASE = "purchase"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Source:
    """A way to get units: at most `most_qty`, in `days`, at a cost per unit beside the goods."""

    kind: SourceKind
    most_qty: int
    days: float
    unit_cost: float
    fixed_cost: float = 0.0
    name: str = ""


@dataclass(frozen=True, slots=True)
class SourceCost:
    """What one source is expected to cost for the need: bringing it, and what is lost by then."""

    source: Source
    qty: int
    bring: float
    lost: float

    @property
    def cost(self) -> float:
        """Return the expected cost."""
        return self.bring + self.lost

    def terms(self) -> dict[str, Any]:
        """Return the parts of the cost by name."""
        return {
            "kind": self.source.kind.value,
            "name": self.source.name,
            "qty": self.qty,
            "days": self.source.days,
            "bring": round(self.bring, 4),
            "lost": round(self.lost, 4),
            "cost": round(self.cost, 4),
        }


def choose_source(
    need_qty: int,
    stock: float,
    demand: Demand,
    margin: float,
    sources: Sequence[Source],
    horizon_days: float,
) -> list[SourceCost]:
    """Return the sources by expected cost, the cheapest first; waiting is always one of them.

    Lost units = those until the source arrives, E(D_t - s)+, and those after it over the rest of
    the horizon with what is left of s and the q units. Waiting brings nothing: E(D_H - s)+. Ties:
    transfer, kit, purchase, wait, then the name.
    """
    waiting = Source(SourceKind.WAIT, 0, horizon_days, 0.0)
    found = []
    for source in (*sources, waiting):
        qty = min(need_qty, source.most_qty)
        if qty <= 0 and source.kind != SourceKind.WAIT:
            continue
        lands = min(source.days, horizon_days)
        before, left = demand.served(stock, lands)
        after = shortage_of_one(left + qty, *demand.until(horizon_days - lands))
        bring = source.fixed_cost + qty * source.unit_cost if qty else 0.0
        found.append(SourceCost(source, qty, bring, margin * (before + after)))
    kinds = list(SourceKind)
    return sorted(
        found,
        key=lambda one: (round(one.cost, 9), kinds.index(one.source.kind), one.source.name),
    )


def explain(terms: Mapping[str, Any]) -> str:
    """Return a proposal's arithmetic in one line: `S 118 - position 64 = 54 -> 60 (packs of 12)`.

    Needs `level`, `position`, `need`, `qty`, `moq` and `pack`.
    """
    text = f"S {terms['level']:g} - position {terms['position']:g} = {terms['need']:g}"
    return f"{text} -> {terms['qty']:g} (least order {terms['moq']:g}, packs of {terms['pack']:g})"

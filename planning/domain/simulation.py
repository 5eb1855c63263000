"""Replay of buying rules on real sales: days of stock, lost sales and cost of each rule.

Day by day: receive, decide (on review days), sell; what is not there is lost. Lead times are drawn
once per series and day from a seed, so that rules meet the same luck. Prices and lead times are of
the protocol, not of a shop: a replay shows a method, never a promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.errors import InputRefused, gettext_noop
from planning.domain.replay_policies import Desk, Lane, MinMax, Quayside, Rule
from planning.domain.safety_stock import DAYS_A_YEAR
from planning.domain.series import Panel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class ReplayRefused(InputRefused):
    """A file holds too little to replay."""

    code = "REPLAY_REFUSED"
    text = gettext_noop("%(why)s")

    def __init__(self, message: str = "", *, why: str = "") -> None:
        super().__init__(message or why, why=why)


@dataclass(frozen=True, slots=True)
class Transit:
    """Days of one mode: a gamma law, rounded and kept within limits."""

    mean: float
    sd: float
    least: int
    most: int

    def draw(self, chance: np.random.Generator, shape: tuple[int, int]) -> IntArray:
        """Return whole days for orders placed on any day of any series."""
        days = chance.gamma((self.mean / self.sd) ** 2, self.sd**2 / self.mean, shape)
        return np.clip(np.rint(days), self.least, self.most).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Protocol:
    """Everything a replay assumes. Costs are shares of the price, holding a share of the cost.

    `warm_days` of history pass before figures count; rules begin `run_in_days` before that, with
    `cover_days` on hand and `open_orders` weekly orders under way. Source: the project's protocol.
    """

    warm_days: int = 200
    run_in_days: int = 70
    top: int = 300
    cap_quantile: float = 0.995
    cost_share: float = 0.45
    sea_share: float = 0.04
    air_share: float = 0.16
    holding_a_year: float = 0.25
    line_cost: float = 3.0
    sea: Transit = Transit(35.0, 7.0, 20, 70)
    air: Transit = Transit(8.0, 2.0, 4, 14)
    review_days: int = 7
    cover_days: int = 45
    open_orders: int = 5
    cases: tuple[int, int] = (6, 12)

    @property
    def first_day(self) -> int:
        """Return the day on which rules begin to buy."""
        return self.warm_days - self.run_in_days


@dataclass(frozen=True, slots=True)
class Shop:
    """Series to replay: daily demand [N, T], price [N], case [N]."""

    names: tuple[str, ...]
    demand: FloatArray
    price: FloatArray
    case: FloatArray


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one rule: shares in percent of the revenue asked for, `days` = stock/COGS."""

    rule: str
    days: float
    lost: float
    air: float
    holding: float
    freight: float
    margin: float
    lines: float

    @property
    def total(self) -> float:
        """Return holding, freight, lost margin and order lines together."""
        return self.holding + self.freight + self.margin + self.lines


def protocol_for(days: int, top: int = 300) -> Protocol:
    """Return the protocol for a file of so many days: 200 of 374 warm it up, at most 210.

    Raises:
        ReplayRefused: fewer than 112 days, of which nothing could be learned or counted.
    """
    if days < 112:
        why = f"The file spans {days} days; a replay needs 112 or more. Export a longer period."
        raise ReplayRefused(why=why)
    warm = min(210, round(days * 200 / 374))
    return Protocol(warm_days=warm, run_in_days=round(warm * 0.35), top=top)


def shop_of(panel: Panel, protocol: Protocol) -> Shop:
    """Return the series with most revenue before the rules begin, at their mean price.

    What sold later does not choose. Days above a series' quantile are cut to it: single giant
    orders belong to projects, not to replenishment.

    Raises:
        ReplayRefused: no prices, or nothing sold before the first day.
    """
    if panel.price is None:
        raise ReplayRefused(why="The file has no column price: a replay compares costs. Add it.")
    value = np.where(np.isfinite(panel.price), panel.price, 0.0) * panel.qty
    units = np.where(np.isfinite(panel.price), panel.qty, 0.0).sum(axis=1)
    revenue = value[:, : protocol.first_day].sum(axis=1)
    ranked = np.lexsort((np.array(panel.names), -revenue))
    rows = np.array([row for row in ranked if revenue[row] > 0][: protocol.top], dtype=np.int64)
    if not len(rows):
        why = f"Nothing was sold at a price in the first {protocol.first_day} days."
        raise ReplayRefused(why=f"{why} Export an earlier start.")
    demand = panel.qty[rows]
    caps = np.quantile(demand, protocol.cap_quantile, axis=1, keepdims=True)
    demand = np.rint(np.minimum(demand, caps))
    rate = demand[:, : protocol.first_day].mean(axis=1)
    small, large = protocol.cases
    return Shop(
        names=tuple(panel.names[row] for row in rows),
        demand=demand,
        price=value[rows].sum(axis=1) / units[rows],
        case=np.where(rate > 5, float(large), float(small)),
    )


def standard_rules() -> tuple[Rule, ...]:
    """Return the rules that are compared; settings were fixed in advance.

    Gut feel: 95 days' worth when the position covers 32. Min-max: at 65 days up to 95. The same
    with rates renewed monthly from 90 days. Ours.
    """
    return (
        MinMax("gut_feel", 32, 95, is_lot=True),
        MinMax("min_max", 65, 30),
        MinMax("min_max_90", 65, 30, renew_days=30),
        Quayside(),
    )


@dataclass
class _Books:
    """Stock, orders under way and sums of a replay in progress."""

    on_hand: FloatArray
    expected: FloatArray
    sums: dict[str, float] = field(default_factory=dict)
    landing_of: dict[int, list[tuple[IntArray, IntArray, FloatArray]]] = field(default_factory=dict)

    def add(self, name: str, amount: float) -> None:
        self.sums[name] = self.sums.get(name, 0.0) + amount

    def order(self, rows: IntArray, lands: IntArray, expected: int, units: FloatArray) -> None:
        """Put units under way; rules see the expected day, stock the real one."""
        self.expected[rows, expected] += units
        for day in np.unique(lands):
            here = lands == day
            due = np.full(int(here.sum()), expected, dtype=np.int64)
            self.landing_of.setdefault(int(day), []).append((rows[here], due, units[here]))

    def receive(self, day: int) -> None:
        """Take in what lands today."""
        for rows, due, units in self.landing_of.pop(day, []):
            self.on_hand[rows] += units
            self.expected[rows, due] -= units


def replay(shop: Shop, rule: Rule, protocol: Protocol, seed: int) -> Figures:
    """Return the figures of one rule under one seed's luck."""
    series, days = shop.demand.shape
    chance = np.random.default_rng(seed)
    transit = (protocol.sea.draw(chance, (series, days)), protocol.air.draw(chance, (series, days)))
    books = _opened(shop, protocol)
    sold, in_stock = shop.demand.copy(), np.ones((series, days), dtype=bool)
    for day in range(protocol.first_day, days):
        books.receive(day)
        if (day - protocol.first_day) % protocol.review_days == 0:
            desk = _desk(shop, protocol, books, sold[:, :day], in_stock[:, :day])
            _order(shop, protocol, books, (day, rule.decide(desk)), transit)
        wanted = shop.demand[:, day]
        sold[:, day] = np.minimum(wanted, books.on_hand)
        in_stock[:, day] = books.on_hand > wanted
        books.on_hand -= sold[:, day]
        if day >= protocol.warm_days:
            _count(shop, protocol, books, sold[:, day], wanted)
    return _figures(rule.name, books.sums, days - protocol.warm_days)


def _opened(shop: Shop, protocol: Protocol) -> _Books:
    """Return books with the opening stock and the weekly orders already under way."""
    series, days = shop.demand.shape
    rate = shop.demand[:, : protocol.first_day].mean(axis=1)
    books = _Books(
        on_hand=np.rint(protocol.cover_days * rate),
        expected=np.zeros((series, days + protocol.sea.most + 1)),
    )
    rows, weekly = np.arange(series), np.rint(7 * rate)
    for week in range(1, protocol.open_orders + 1):
        lands = np.full(series, protocol.first_day + 7 * week)
        books.order(rows, lands, protocol.first_day + 7 * week, weekly)
    return books


def _desk(
    shop: Shop, protocol: Protocol, books: _Books, sold: FloatArray, in_stock: NDArray[np.bool_]
) -> Desk:
    day = sold.shape[1]
    due = books.expected[:, day:].copy()
    due[:, 0] += books.expected[:, :day].sum(axis=1)
    cost = protocol.cost_share * shop.price
    return Desk(
        day=day,
        first_day=protocol.first_day,
        sold=sold,
        in_stock=in_stock,
        on_hand=books.on_hand.copy(),
        due=due,
        unit_cost=cost,
        margin=shop.price * (1 - protocol.cost_share - protocol.sea_share),
        premium=shop.price * (protocol.air_share - protocol.sea_share),
        sea=Lane(protocol.sea.mean, protocol.sea.sd),
        air=Lane(protocol.air.mean, protocol.air.sd),
        review_days=protocol.review_days,
    )


def _order(
    shop: Shop,
    protocol: Protocol,
    books: _Books,
    decided: tuple[int, tuple[FloatArray, FloatArray]],
    transit: tuple[IntArray, IntArray],
) -> None:
    """Place today's orders in whole cases; what is ordered by air comes off the sea order."""
    day, (by_sea, by_air) = decided
    air = _cases(by_air, shop.case)
    sea = _cases(np.maximum(by_sea - (air - by_air), 0.0), shop.case)
    ways = ((sea, protocol.sea, protocol.sea_share), (air, protocol.air, protocol.air_share))
    for (units, mode, share), days in zip(ways, transit, strict=True):
        rows = np.flatnonzero(units > 0)
        if not rows.size:
            continue
        books.order(rows, day + days[rows, day], day + round(mode.mean), units[rows])
        if day >= protocol.warm_days:
            books.add("freight", float((units * shop.price * share).sum()))
            books.add("lines", protocol.line_cost * rows.size)
            books.add("ordered", float(units.sum()))
            books.add("flown", float(units.sum()) if mode is protocol.air else 0.0)


def _cases(units: FloatArray, case: FloatArray) -> FloatArray:
    return np.asarray(np.ceil(np.round(units / case, 9)) * case, dtype=np.float64)


def _count(
    shop: Shop, protocol: Protocol, books: _Books, sold: FloatArray, wanted: FloatArray
) -> None:
    cost = protocol.cost_share * shop.price
    stock = float((books.on_hand * cost).sum())
    lost = wanted - sold
    books.add("stock", stock)
    books.add("holding", stock * protocol.holding_a_year / DAYS_A_YEAR)
    books.add("cogs", float((sold * cost).sum()))
    books.add("revenue", float((wanted * shop.price).sum()))
    books.add("lost", float((lost * shop.price).sum()))
    margin = shop.price - cost - protocol.sea_share * shop.price
    books.add("margin", float((lost * margin).sum()))


def _figures(name: str, sums: dict[str, float], days: int) -> Figures:
    """Return shares in percent; sums are of the counted days."""
    asked = max(sums.get("revenue", 0.0), 1e-9)
    cogs_a_day = sums.get("cogs", 0.0) / days

    def share(key: str) -> float:
        return 100 * sums.get(key, 0.0) / asked

    return Figures(
        rule=name,
        days=sums.get("stock", 0.0) / days / cogs_a_day if cogs_a_day > 0 else 0.0,
        lost=share("lost"),
        air=100 * sums.get("flown", 0.0) / max(sums.get("ordered", 0.0), 1.0),
        holding=share("holding"),
        freight=share("freight"),
        margin=share("margin"),
        lines=share("lines"),
    )


def mean_of(runs: Sequence[Figures]) -> Figures:
    """Return the mean of the same rule's figures over seeds."""
    keys = ("days", "lost", "air", "holding", "freight", "margin", "lines")
    return Figures(
        rule=runs[0].rule,
        **{key: float(np.mean([getattr(run, key) for run in runs])) for key in keys},
    )


def compare(shop: Shop, protocol: Protocol, seeds: Sequence[int]) -> list[Figures]:
    """Return the figures of the standard rules, each the mean over the seeds."""
    found = []
    for place in range(len(standard_rules())):
        runs = [replay(shop, standard_rules()[place], protocol, seed) for seed in seeds]
        found.append(mean_of(runs))
    return found

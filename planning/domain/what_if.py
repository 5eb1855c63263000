"""What would another policy have done? Two policies under the same luck, on past demand.

Each rule is the product's own (R, S) with negative binomial quantiles. By itself air comes in where
a lost sale would cost more; with a given share, that part of every order flies. Costs and the
spread of lead times are of the replay's protocol: the result compares, it promises nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import InputRefused, gettext_noop
from planning.domain.replay_policies import Desk, Quayside, Rule
from planning.domain.replenishment import order_up_to
from planning.domain.series import Panel
from planning.domain.simulation import (
    Figures,
    Protocol,
    Shop,
    Transit,
    mean_of,
    protocol_for,
    replay,
    shop_of,
)
from planning.domain.weekly_level import weekly_level

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int], None]

#: Spread of a lead time, shortest and longest, as shares of its mean: those of the protocol.
SEA_SPREAD, SEA_LEAST, SEA_MOST = 7 / 35, 20 / 35, 70 / 35
AIR_SPREAD, AIR_LEAST, AIR_MOST = 2 / 8, 4 / 8, 14 / 8
#: Service levels of the curve.
CURVE: Final = (0.80, 0.85, 0.90, 0.95, 0.97, 0.99)
SEEDS: Final = (1, 2)
#: Series that are replayed, those with most revenue.
TOP: Final = 200
#: Bounds of a question.
LEVELS, SEA_DAYS, AIR_DAYS, REVIEW_DAYS = (0.5, 0.999), (2, 150), (1, 60), (1, 60)
COST_SHARES = (0.01, 0.9)


class ScenarioRefused(InputRefused):
    """A question that no policy can answer."""

    code = "SCENARIO_REFUSED"
    text = gettext_noop("%(field)s must be from %(least)s to %(most)s.")


class AirNotFaster(InputRefused):
    """The fast mode takes as long as the slow one."""

    code = "SCENARIO_AIR_NOT_FASTER"
    text = gettext_noop(
        "Air takes %(air)s days and sea %(sea)s: air must be faster. Lower the days by air."
    )


@dataclass(frozen=True, slots=True)
class Scenario:
    """A policy to replay. Days are means; shares from 0 to 1.

    `air_share` None: air where it pays. `cost_share` is the cost of goods over the price.
    """

    service_level: float = 0.95
    review_days: int = 7
    sea_days: int = 35
    air_days: int = 8
    air_share: float | None = None
    cost_share: float = 0.45

    def as_json(self) -> dict[str, Any]:
        """Return the question as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Answer:
    """Figures of the policy in force and of the one asked about, means over the same seeds.

    `curve`: total, holding and lost margin in percent of sales by service level. `revenue` is what
    customers asked for in the counted days.
    """

    current: Figures
    asked: Figures
    curve: tuple[tuple[float, Figures], ...]
    series: int
    days: int
    revenue: float


def check(scenario: Scenario) -> Scenario:
    """Return the scenario if a replay makes sense of it.

    Raises: ScenarioRefused, AirNotFaster.
    """
    bounds = {
        "service_level": LEVELS,
        "review_days": REVIEW_DAYS,
        "sea_days": SEA_DAYS,
        "air_days": AIR_DAYS,
        "air_share": (0.0, 1.0),
        "cost_share": COST_SHARES,
    }
    for name, (least, most) in bounds.items():
        value = getattr(scenario, name)
        if value is not None and not least <= value <= most:
            raise ScenarioRefused(field=name, least=least, most=most)
    if scenario.air_days >= scenario.sea_days:
        raise AirNotFaster(air=scenario.air_days, sea=scenario.sea_days)
    return scenario


def protocol_of(scenario: Scenario, base: Protocol) -> Protocol:
    """Return the protocol with the scenario's lead times, review and cost of goods."""
    sea, air = scenario.sea_days, scenario.air_days
    return replace(
        base,
        review_days=scenario.review_days,
        cost_share=scenario.cost_share,
        sea=_transit(sea, (SEA_SPREAD, SEA_LEAST, SEA_MOST)),
        air=_transit(air, (AIR_SPREAD, AIR_LEAST, AIR_MOST)),
    )


def _transit(mean: int, shares: tuple[float, float, float]) -> Transit:
    spread, least, most = (share * mean for share in shares)
    return Transit(float(mean), spread, max(1, round(least)), max(1, round(most)))


def rule_of(scenario: Scenario, name: str) -> Rule:
    """Return the rule that buys by a scenario."""
    if scenario.air_share is None:
        return Quayside(name, service_level=scenario.service_level)
    return Split(name, scenario.service_level, scenario.air_share)


@dataclass(frozen=True)
class Split:
    """(R, S) over the mixed lead time; a fixed share of every order flies."""

    name: str
    service_level: float
    air_share: float
    alpha: float = 0.2

    def decide(self, desk: Desk) -> tuple[FloatArray, FloatArray]:
        """Return units by sea and by air."""
        share, sea, air = self.air_share, desk.sea, desk.air
        mean = share * air.mean_days + (1 - share) * sea.mean_days
        between = share * (air.mean_days - mean) ** 2 + (1 - share) * (sea.mean_days - mean) ** 2
        var = share * air.var_days + (1 - share) * sea.var_days + between
        known = weekly_level(desk.sold, desk.in_stock, (mean + desk.review_days,), alpha=self.alpha)
        levels = order_up_to(
            known.daily, known.variance[0], (mean, var), self.service_level, desk.review_days
        )
        wanted = np.maximum(levels.level - desk.position, 0.0)
        return np.asarray(wanted * (1 - share)), np.asarray(wanted * share)


def answer(
    panel: Panel,
    asked: Scenario,
    current: Scenario,
    *,
    seeds: Sequence[int] = SEEDS,
    progress: Progress | None = None,
) -> Answer:
    """Replay both policies and the curve of the one asked about on daily demand with prices.

    Deterministic: the same panel, scenarios and seeds give the same figures.

    Raises: ScenarioRefused, AirNotFaster; ReplayRefused for too short a history or no sales.
    """
    check(asked)
    base = protocol_for(panel.qty.shape[1], TOP)
    shop = shop_of(panel, base)
    questions = [("current", current), ("asked", asked)]
    questions += [
        (f"{level:g}", replace(asked, service_level=level))
        for level in CURVE
        if level != asked.service_level
    ]
    found: dict[str, Figures] = {}
    for done, (name, scenario) in enumerate(questions):
        found[name] = _replayed(shop, scenario, base, seeds, name)
        if progress is not None:
            progress(done + 1, len(questions))
    curve = tuple((level, found.get(f"{level:g}", found["asked"])) for level in CURVE)
    if asked.service_level not in CURVE:
        curve = tuple(sorted((*curve, (asked.service_level, found["asked"])), key=_level))
    counted = shop.demand[:, base.warm_days :]
    return Answer(
        current=found["current"],
        asked=found["asked"],
        curve=curve,
        series=len(shop.names),
        days=counted.shape[1],
        revenue=float((counted * shop.price[:, None]).sum()),
    )


def _replayed(
    shop: Shop, scenario: Scenario, base: Protocol, seeds: Sequence[int], name: str
) -> Figures:
    protocol = protocol_of(scenario, base)
    return mean_of([replay(shop, rule_of(scenario, name), protocol, seed) for seed in seeds])


def _level(point: tuple[float, Figures]) -> float:
    return point[0]

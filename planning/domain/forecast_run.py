"""A forecast from one or many origins: which sums are pooled, and what is decided from them.

Choosing a method for each series by its own past errors loses against choosing for its class, so
errors are pooled by class. Each past origin counts the same: an event that hits all series in a
few weeks must not choose the method, so methods are ranked by the median over origins of their
error relative to that of the others at the same origin (after Davydenko, Fildes 2013, IJF 29).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planning.domain import forecasting, methods
from planning.domain.forecasting import BINS, LEVELS, Class, Floats, Ints, Plan, Result
from planning.domain.season import season_ratios
from planning.domain.series import Panel
from planning.domain.shards import LocalShards, Shards

SHARD: Final = 2_500  # series; fixed, so that sums are added in the same order everywhere
BAND: Final = 1.05  # methods within 5 % of the best are combined
LIFT: Final = (0.85, 1.2)  # bounds of actual over forecast
SHIFT: Final = 0.05  # how far a calibrated level may lie from its nominal one
GROUP: Final = (0.8, 1.25)  # bounds of the group's level against its slow one
LINE: Final = 6  # sums of the line, before the rates of the classes
FEW: Final = 30  # judged forecasts below which a class takes the choice of all

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Choice:
    """What was decided at one origin.

    Weights [2, K, M] of the methods, lifts [K], line of the variance, levels [K, L], rates [K] of
    absolute error over demand.
    """

    weights: Floats
    lift: Floats
    line: Floats
    levels: Floats
    rate: Floats


@dataclass(frozen=True)
class Outcome:
    """The results of a run: for each origin what was forecast [N] and what it was chosen by."""

    panel: Panel
    plan: Plan
    results: dict[int, Result]
    choices: dict[int, Choice]


def run(
    panel: Panel,
    horizon: int,
    origins: Sequence[int] | None = None,
    shards: Shards | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Forecast `horizon` periods from each origin (default: from the end of the panel).

    `panel.qty` may hold NaN where cleaning has masked a period. Deterministic.
    """
    end = len(panel.periods)
    outer = tuple(sorted(set(origins or [end])))
    plan = make_plan(panel, horizon, outer)
    parts = [panel.qty[row : row + SHARD] for row in range(0, max(len(panel.names), 1), SHARD)]
    work = shards or LocalShards()
    work.begin(parts, 5, progress)
    group = _total(work.stage(forecasting.prepare, plan))
    low, high = GROUP
    slow = np.where(group[1:] > 0, group[1:], 1.0)
    factors = np.where(group[1:] > 0, np.clip(group[0] / slow, low, high), 1.0)
    errors = _merged(work.stage(forecasting.judge, plan, factors))
    weights = {origin: choose(errors[origin]) for origin in outer}
    sums = _merged(work.stage(forecasting.combine, plan, weights))
    lifts = {origin: _lift(sums[origin]) for origin in outer}
    spread = _merged(work.stage(forecasting.disperse, plan, lifts))
    lines = {origin: _line(spread[origin]) for origin in outer}
    hits = _merged(work.stage(forecasting.calibrate, plan, lifts, lines))
    choices = {
        origin: Choice(
            weights[origin],
            lifts[origin],
            lines[origin],
            calibrated(hits[origin]),
            _rates(spread[origin]),
        )
        for origin in outer
    }
    pooled = {t: (one.lift, one.line, one.levels, one.rate) for t, one in choices.items()}
    parts_done = work.last(forecasting.finish, plan, pooled)
    return Outcome(
        panel, plan, {t: _joined([part[t] for part in parts_done]) for t in outer}, choices
    )


def make_plan(panel: Panel, horizon: int, outer: tuple[int, ...]) -> Plan:
    """Return the origins that have to be looked at so that those of `outer` can be forecast."""
    rhythm = forecasting.WEEKLY if panel.frequency == "W" else forecasting.MONTHLY
    origins = set(outer)
    for origin in outer:
        first = max(forecasting.FIRST_ORIGIN, origin - rhythm.back)
        origins.update(range(first, origin - horizon + 1))
    looked = tuple(sorted(origins))
    return Plan(horizon, outer, looked, season_ratios(panel, looked, horizon), rhythm)


def choose(errors: Floats) -> Floats:
    """Return the weights [2, K, M] from errors [2, M, S, K]: for what is typical, for the mean.

    Absolute errors are least at the median: what is typical. Squared errors are least at the
    mean, which orders need; methods that clip large orders understate it and are not asked.
    Without a past all methods weigh the same.
    """
    asked = np.array(
        [[True] * len(methods.METHODS), [not m.startswith("Robust") for m in methods.METHODS]]
    )
    out = np.zeros((2, len(Class), errors.shape[1]))
    for which in range(2):
        loss = errors[which][asked[which]]
        for kind in Class:
            out[which, kind, asked[which]] = 1.0 / asked[which].sum()
            own = loss[:, :, kind]
            if np.count_nonzero(own.max(axis=0, initial=0.0) > 0) < 2:
                own = loss.sum(axis=2)
            own = own[:, own.max(axis=0, initial=0.0) > 0]
            if not own.shape[1]:
                continue
            score = np.median(own / own.mean(axis=0), axis=1)
            best = max(float(score.min()), 1e-9)
            weight = np.where(score <= BAND * best, 1.0 / np.maximum(score, 1e-9) ** 2, 0.0)
            out[which, kind, asked[which]] = weight / weight.sum()
    return out


def _lift(sums: Floats) -> Floats:
    """Return actual over forecast of each class [K], the median over origins, within bounds."""
    made, sold = sums
    ratio = np.divide(sold, made, out=np.full_like(made, np.nan), where=made > 0)
    known = np.isfinite(ratio).any(axis=0)
    out = np.ones(len(Class))
    out[known] = np.clip(np.nanmedian(ratio[:, known], axis=0), *LIFT)
    return out


def _line(sums: Floats) -> Floats:
    """Return (c0, c1) of the least squares line; Poisson demand where too little is known.

    The line runs through logarithms, so half their scatter is added: the mean of a log-normal.
    """
    n, x, xx, y, xy, yy = sums[:LINE]
    bottom = n * xx - x * x
    if n < 3 or bottom <= 1e-9:
        return np.array([np.log(forecasting.LEAST_DISPERSION), 1.0])
    slope = (n * xy - x * y) / bottom
    start = (y - slope * x) / n
    scatter = max((yy - start * y - slope * xy) / n, 0.0)
    return np.array([start + scatter / 2, slope])


def _rates(sums: Floats) -> Floats:
    wrong, sold = sums[LINE : LINE + len(Class)], sums[LINE + len(Class) :]
    return np.divide(wrong, sold, out=np.ones_like(sold), where=sold > 0)


def calibrated(hits: Floats) -> Floats:
    """Return the level [K, L] to ask the distribution for, so that the nominal share is met."""
    out = np.tile(np.array(LEVELS), (len(Class), 1))
    for kind in Class:
        total = hits[0, kind].sum()
        if total < FEW:
            continue
        high_share, low_share = np.cumsum(hits[:, kind], axis=1) / total
        for place, level in enumerate(LEVELS):
            share = low_share if level < 0.5 else high_share
            asked = (np.searchsorted(share, level) + 1) / BINS
            low, high = max(level - SHIFT, level / 2), min(level + SHIFT, (1 + level) / 2)
            out[kind, place] = min(max(asked, low), high)
    return out


def _total(parts: list[Any]) -> Any:
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total


def _merged(parts: list[dict[int, Floats]]) -> dict[int, Floats]:
    return {origin: _total([part[origin] for part in parts]) for origin in parts[0]}


def _joined(parts: list[Result]) -> Result:
    def put(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts], axis=-1)

    kinds: Ints = put("kinds")
    return Result(
        put("level"),
        put("naive"),
        put("mean"),
        put("variance"),
        put("quantiles"),
        put("confidence"),
        kinds,
    )


def weights_by_name(choice: Choice, kind: Class, mean: bool = False) -> dict[str, float]:
    """Return the methods a class was forecast with and their weights, heaviest first."""
    named = zip(methods.METHODS, choice.weights[int(mean), kind], strict=True)
    used = {name: round(float(weight), 4) for name, weight in named if weight > 0}
    return dict(sorted(used.items(), key=lambda item: -item[1]))

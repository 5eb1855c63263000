"""The work of a forecast on one shard of series: each stage looks at its own rows alone.

What has to be known of all series (pooled errors, the group's level, the spread of errors) leaves
a stage as sums, is added up over the shards and comes back as parameters of the next stage. So a
run gives the same numbers whether its shards are worked on one after another or on many machines.
The order of the stages and the rules that turn sums into parameters are in `forecast_run`.

Axes: M methods, O origins (all that are looked at), K classes, N series of the shard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from planning.domain import methods
from planning.domain.safety_stock import nb_quantile

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Mean interval between sales from which demand is called intermittent (Syntetos, Boylan 2005).
INTERMITTENT_FROM: Final = 1.32
FIRST_ORIGIN: Final = 8  # nothing is forecast from less
POOL_PERIODS: Final = 8.0  # how many periods of its own errors the pooled variance stands for
LEAST_DISPERSION: Final = 1.05  # variance over mean
LEVELS: Final = (0.025, 0.05, 0.5, 0.9, 0.95, 0.975)
BINS: Final = 400  # of the distribution of past hits
TAIL: Final = 0.75  # error share from which the confidence score flattens out
RECENT: Final = 6  # origins in the confidence score


@dataclass(frozen=True)
class Rhythm:
    """What young means, and how much history is judged, in periods since the first sale."""

    new_below: int
    short_below: int
    back: int


WEEKLY: Final = Rhythm(new_below=8, short_below=26, back=26)
MONTHLY: Final = Rhythm(new_below=3, short_below=9, back=12)


class Class(IntEnum):
    """How a series sells at an origin; methods are chosen for each class."""

    NEW = 0
    SHORT = 1
    INTERMITTENT = 2
    REGULAR = 3
    SPARSE = 4  # nothing is sold in most horizons: the median says 0, so the mean is forecast


@dataclass(frozen=True)
class Plan:
    """Which origins are forecast (`outer`) and looked at on the way (`origins`), and how far.

    `season` [O, horizon] is what each coming period is multiplied by, seen from each origin.
    """

    horizon: int
    outer: tuple[int, ...]
    origins: tuple[int, ...]
    season: Floats
    rhythm: Rhythm = WEEKLY

    def judged(self, origin: int) -> slice:
        """Return the places of the origins whose outcome is known at `origin`."""
        first = max(FIRST_ORIGIN, origin - self.rhythm.back)
        last = origin - self.horizon
        if last < first:
            return slice(0, 0)
        return slice(self.origins.index(first), self.origins.index(last) + 1)


@dataclass
class Shard:
    """One part of the series with all that the stages have worked out so far."""

    series: methods.Known
    levels: Floats  # [M, O, N], mean of the horizon
    sums: Floats  # [O, N] actual total of the horizon; NaN where not (fully) known
    #: By origin: the mean at the judged origins and at this one [S + 1, N], and what is typical
    #: at the last RECENT of them and at this one.
    chosen: dict[int, Floats] = field(default_factory=dict)
    typical: dict[int, Floats] = field(default_factory=dict)
    kinds: dict[int, Ints] = field(default_factory=dict)  # origin -> [N]
    spread: dict[int, tuple[Floats, Floats]] = field(default_factory=dict)  # MSE, MAE


def prepare(qty: Floats, plan: Plan) -> tuple[Shard, Floats]:
    """Run the methods; return the shard and [1 + shared, O] sums of the group's levels."""
    series = methods.known(qty)
    own = methods.level_paths(series, plan.origins)
    shared = len(methods.SHARED)
    levels = np.concatenate([own, np.zeros((shared, *own.shape[1:]))])
    sold = series.qty > 0
    group = np.zeros((1 + shared, len(plan.origins)))
    for place, origin in enumerate(plan.origins):
        recent = sold[:, max(0, origin - plan.rhythm.back) : origin].sum(axis=1)
        steady = (series.age(origin) >= min(plan.rhythm.short_below, origin)) & (recent >= 4)
        group[0, place] = own[methods.OWN_METHODS.index(methods.GROUP_METHOD), place, steady].sum()
        for row, slow in enumerate(methods.SHARED.values(), 1):
            group[row, place] = own[methods.OWN_METHODS.index(slow), place, steady].sum()
    return Shard(series, levels, _totals(series, plan)), group


def _totals(series: methods.Known, plan: Plan) -> Floats:
    """Return the demand of the horizon after each origin [O, N]; NaN where not fully known."""
    units = series.qty
    out = np.full((len(plan.origins), len(units)), np.nan)
    hidden = _masked_after_first(series)
    for place, origin in enumerate(plan.origins):
        if origin + plan.horizon <= units.shape[1]:
            ahead = slice(origin, origin + plan.horizon)
            total = units[:, ahead].sum(axis=1)
            out[place] = np.where(hidden[:, ahead].any(axis=1), np.nan, total)
    return out


def _masked_after_first(series: methods.Known) -> NDArray[np.bool_]:
    periods = np.arange(series.qty.shape[1])
    return np.asarray(~series.counts & (periods[None, :] >= series.first[:, None]), dtype=bool)


def classes(series: methods.Known, origin: int, plan: Plan) -> Ints:
    """Return the class of each series [N] from its first `origin` periods."""
    age = series.age(origin)
    counted = series.counts[:, :origin].sum(axis=1)
    sales = (series.qty[:, :origin] > 0).sum(axis=1)
    interval = counted / np.maximum(sales, 1)
    idle = (1.0 - 1.0 / np.maximum(interval, 1.0)) ** plan.horizon > 0.5
    usual = np.where(interval >= INTERMITTENT_FROM, Class.INTERMITTENT, Class.REGULAR)
    grown = np.where(
        idle, Class.SPARSE, np.where(age < plan.rhythm.short_below, Class.SHORT, usual)
    )
    return np.where(age < plan.rhythm.new_below, Class.NEW, grown).astype(np.int64)


def judge(shard: Shard, plan: Plan, factors: Floats) -> tuple[Shard, dict[int, Floats]]:
    """Finish the levels with the group's factors [shared, O]; return errors for each origin.

    Each is [2, M, S, K]: absolute errors, and squared errors over the past mean, whose least is
    at the expected demand however sparse the sales are.
    """
    levels = shard.levels
    for row, slow in enumerate(methods.SHARED.values()):
        place = methods.OWN_METHODS.index(slow)
        levels[len(methods.OWN_METHODS) + row] = levels[place] * factors[row][:, None]
    levels *= plan.season.mean(axis=1)[None, :, None]
    error = plan.horizon * levels - shard.sums
    live = np.array([shard.series.first < origin for origin in plan.origins])
    error = np.where(live & np.isfinite(shard.sums), error, 0.0)
    usual = plan.horizon * _past_means(shard.series, plan.origins) + 0.5
    absolute, squared = np.abs(error), np.square(error) / usual
    out = {}
    for origin in plan.outer:
        kinds = classes(shard.series, origin, plan)
        shard.kinds[origin] = kinds
        member = (kinds[:, None] == np.arange(len(Class))[None, :]).astype(np.float64)
        past = plan.judged(origin)
        out[origin] = np.stack([absolute[:, past] @ member, squared[:, past] @ member])
    return shard, out


def _past_means(series: methods.Known, origins: Sequence[int]) -> Floats:
    total = np.cumsum(np.pad(series.qty, ((0, 0), (1, 0))), axis=1)
    seen = np.cumsum(np.pad(series.counts, ((0, 0), (1, 0))), axis=1)
    means = total / np.maximum(seen, 1)
    return np.asarray(means[:, list(origins)].T, dtype=np.float64)


def combine(shard: Shard, plan: Plan, weights: dict[int, Floats]) -> tuple[Shard, dict[int, Any]]:
    """Weigh the methods ([2, K, M] an origin: for what is typical and for the mean).

    Returns the sums [2, S, K] of the past means and of the actual totals.
    """
    out = {}
    for origin in plan.outer:
        past = plan.judged(origin)
        places = [*range(past.start, past.stop), plan.origins.index(origin)]
        kinds = shard.kinds[origin]
        typical, mean = weights[origin][:, kinds].transpose(0, 2, 1)
        chosen = np.einsum("mn,mon->on", mean, shard.levels[:, places])
        shard.chosen[origin] = chosen
        last = places[-RECENT - 1 :]
        shard.typical[origin] = np.einsum("mn,mon->on", typical, shard.levels[:, last])
        actual = shard.sums[past]
        counted = _counted(shard, plan, past)
        pair = [np.where(counted, plan.horizon * chosen[:-1], 0.0), np.where(counted, actual, 0.0)]
        member = (kinds[:, None] == np.arange(len(Class))[None, :]).astype(np.float64)
        out[origin] = np.stack([one @ member for one in pair])
    return shard, out


def _counted(shard: Shard, plan: Plan, past: slice) -> NDArray[np.bool_]:
    """Return where a past forecast can be judged [S, N]: known outcome, after the first sale."""
    begun = np.array([shard.series.first < origin for origin in plan.origins[past]], dtype=bool)
    known = np.isfinite(shard.sums[past])
    return np.asarray(begun.reshape(known.shape) & known, dtype=bool)


def disperse(shard: Shard, plan: Plan, lifts: dict[int, Floats]) -> tuple[Shard, dict[int, Floats]]:
    """Measure past errors of the means (level x lift of the class [K]).

    Returns the sums (n, x, xx, y, xy, yy) of a line through log mean square error over log mean,
    then the sums [2, K] of absolute error and actual, as one vector an origin.
    """
    out = {}
    for origin in plan.outer:
        past, kinds = plan.judged(origin), shard.kinds[origin]
        counted = _counted(shard, plan, past)
        lift = lifts[origin][kinds]
        error = plan.horizon * shard.chosen[origin][:-1] * lift - shard.sums[past]
        error = np.where(counted, error, 0.0)
        n = np.maximum(counted.sum(axis=0), 1)
        square, size = np.square(error).sum(axis=0) / n, np.abs(error).sum(axis=0) / n
        shard.spread[origin] = (square, size)
        mean = plan.horizon * shard.chosen[origin][-1] * lift
        use = (mean > 1e-6) & (square > 1e-9)
        x, y = np.log(mean[use]), np.log(square[use])
        line = [float(use.sum()), x.sum(), (x * x).sum(), y.sum(), (x * y).sum(), (y * y).sum()]
        actual = np.where(counted, shard.sums[past], 0.0).sum(axis=0)
        rates = [
            np.bincount(kinds, weights=one, minlength=len(Class))
            for one in (np.abs(error).sum(axis=0), actual)
        ]
        out[origin] = np.concatenate([line, *rates])
    return shard, out


def variance(shard: Shard, plan: Plan, origin: int, lift: Floats, line: Floats) -> Any:
    """Return mean and variance of the horizon's total [N], own errors shrunk to the pooled ones.

    `line` is (c0, c1) of log variance = c0 + c1 log mean.
    """
    mean = plan.horizon * shard.chosen[origin][-1] * lift[shard.kinds[origin]]
    own = shard.spread[origin][0]
    n = _counted(shard, plan, plan.judged(origin)).sum(axis=0) / plan.horizon
    pooled = np.exp(line[0] + line[1] * np.log(np.maximum(mean, 1e-6)))
    wide = (n * own + POOL_PERIODS * pooled) / (n + POOL_PERIODS)
    return mean, np.maximum(wide, LEAST_DISPERSION * np.maximum(mean, 1e-9))


def calibrate(
    shard: Shard, plan: Plan, lifts: dict[int, Floats], lines: dict[int, Floats]
) -> tuple[Shard, dict[int, Floats]]:
    """Count where past totals fell in their distributions: [2, K, BINS] an origin.

    A total y is above the quantile of level u exactly when P(Y < y) >= u and below it exactly when
    P(Y <= y) < u, so the first is counted for the high levels and the second for the low ones.
    The variance is that of the origin in proportion to the mean of the past origin.
    """
    out = {}
    for origin in plan.outer:
        past, kinds = plan.judged(origin), shard.kinds[origin]
        counted = _counted(shard, plan, past) & (shard.chosen[origin][:-1] > 0)
        mean, wide = variance(shard, plan, origin, lifts[origin], lines[origin])
        ratio = np.broadcast_to(wide / np.maximum(mean, 1e-9), counted.shape)[counted]
        then = (plan.horizon * shard.chosen[origin][:-1] * lifts[origin][kinds])[counted]
        kind = np.broadcast_to(kinds, counted.shape)[counted]
        tables = []
        for share in _shares(shard.sums[past][counted], then, ratio):
            place = np.minimum((share * BINS).astype(np.int64), BINS - 1)
            tables.append(np.bincount(kind * BINS + place, minlength=len(Class) * BINS))
        out[origin] = np.array(tables, dtype=np.float64).reshape(2, len(Class), BINS)
    return shard, out


def _shares(total: Floats, mean: Floats, ratio: Floats) -> tuple[Floats, Floats]:
    """Return P(Y < total), P(Y <= total), negative binomial with variance = ratio x mean."""
    chance = 1.0 / np.maximum(ratio, LEAST_DISPERSION)
    size = mean * chance / (1.0 - chance)
    whole = np.ceil(total)
    upto = np.asarray(stats.nbinom.cdf(whole, size, chance), dtype=np.float64)
    here = np.asarray(stats.nbinom.pmf(whole, size, chance), dtype=np.float64)
    return np.maximum(upto - here, 0.0), upto


@dataclass(frozen=True)
class Result:
    """What is known of each series of a shard at one origin; totals are of the horizon.

    `level` is the typical demand, units a period on average, `mean` the expected total for orders,
    `quantiles` [len(LEVELS), N] of the total, `confidence` 0 to 100, `kinds` the class, `naive`
    the mean of 8 periods.
    """

    level: Floats
    naive: Floats
    mean: Floats
    variance: Floats
    quantiles: Floats
    confidence: Floats
    kinds: Ints


def finish(
    shard: Shard, plan: Plan, pooled: dict[int, tuple[Floats, Floats, Floats, Floats]]
) -> dict[int, Result]:
    """Return the result of each origin; pooled = lift [K], line, levels [K, L], rate [K]."""
    out = {}
    for origin, (lift, line, calibrated, rate) in pooled.items():
        mean, wide = variance(shard, plan, origin, lift, line)
        kinds = shard.kinds[origin]
        points = nb_quantile(calibrated[kinds].T, mean[None, :], wide[None, :])
        level = shard.typical[origin][-1]
        at = plan.origins.index(origin)
        out[origin] = Result(
            level=np.where(kinds == Class.SPARSE, mean / plan.horizon, level),
            naive=shard.levels[0, at] / plan.season[at].mean(),
            mean=mean,
            variance=wide,
            quantiles=np.asarray(points, dtype=np.float64),
            confidence=_confidence(shard, plan, origin, rate),
            kinds=kinds,
        )
    return out


def _confidence(shard: Shard, plan: Plan, origin: int, rate: Floats) -> Floats:
    """Return 0 … 100: small recent errors, enough history, few masked periods."""
    past, kinds = plan.judged(origin), shard.kinds[origin]
    recent = slice(max(past.start, past.stop - RECENT), past.stop)
    counted = _counted(shard, plan, recent)
    made = plan.horizon * shard.typical[origin][:-1]
    error = np.where(counted, np.abs(made - shard.sums[recent]), 0.0).sum(axis=0)
    window = slice(max(0, origin - plan.rhythm.back), origin)
    seen = shard.series.counts[:, window]
    usual = plan.horizon * shard.series.qty[:, window].sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    mean_error = error / np.maximum(counted.sum(axis=0), 1)
    judged = counted.any(axis=0)
    expected = rate[kinds] * usual
    both = (np.where(judged, mean_error, expected) + expected) / 2
    share = np.where(usual > 0, both / np.maximum(usual, 1e-9), 1.0)
    age = np.minimum(1.0, shard.series.age(origin) / plan.rhythm.short_below) ** 0.5
    last = slice(max(0, origin - methods.WINDOW), origin)
    hidden = _masked_after_first(shard.series)[:, last].mean(axis=1)
    tail = (1 - TAIL) * np.exp((TAIL - np.maximum(share, TAIL)) / (1 - TAIL))
    sure = np.where(share <= TAIL, 1 - share, tail)  # never quite 0: poor ones keep their order
    score = 100 * sure * age * np.maximum(0.5, 1 - hidden)
    return np.asarray(score, dtype=np.float64)

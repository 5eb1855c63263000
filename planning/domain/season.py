"""The season of a group of series, trusted only as far as it has been seen.

One past year is not a season: the index S is shrunk, s = 1 + trust (S - 1), with a trust of 0
below one cycle, .1 with one, .5 with two and .75 from three on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planning.domain.series import Panel

Floats = NDArray[np.float64]

TRUST: Final = (0.0, 0.1, 0.5, 0.75)  # by full cycles seen
WINDOW: Final = 5  # periods, centred
CLOSED: Final = 0.2  # of the median total: below it nobody traded
RECENT: Final = 8  # periods whose season the level stands for


@dataclass(frozen=True)
class SeasonIndex:
    """Index by place in the year, mean 1, with the cycles behind it and the trust in use."""

    index: Floats
    cycles: int
    trust: float

    @property
    def used(self) -> Floats:
        """Return 1 + trust (S - 1)."""
        return np.asarray(1.0 + self.trust * (self.index - 1.0), dtype=np.float64)

    @property
    def contrast(self) -> float:
        """Return the largest quarter over the smallest, less 1 (2.2 = 220 % more)."""
        quarters = self.index.reshape(4, -1).mean(axis=1)
        return float(quarters.max() / max(quarters.min(), 1e-9) - 1.0)


#: Weeks (of 52) and months (of 12) of the northern summer (June to August) and winter (December to
#: February), places in the year from 0. South of the equator they change names.
_SUMMER: Final = {52: tuple(range(22, 35)), 12: (5, 6, 7)}
_WINTER: Final = {52: (*range(48, 52), *range(9)), 12: (11, 0, 1)}


@dataclass(frozen=True, slots=True)
class Contrast:
    """How demand of summer stands to that of winter: `ratio` 3.2 is 3.2 times, 220 % more."""

    ratio: float
    cycles: int
    trust: float

    @property
    def more_percent(self) -> float:
        """Return how much more summer asks for, % of winter; negative = less (ratio .5 = -50)."""
        return (self.ratio - 1.0) * 100.0


def summer_over_winter(season: SeasonIndex, *, is_southern: bool = False) -> Contrast | None:
    """Return the mean index of summer over that of winter; None without a whole year or a winter.

    The index counts weeks (52 places) or months (12). It is the index as seen, not as far as it
    is trusted: `cycles` and `trust` say how much there is behind it. Source: B-07.
    """
    cycle = len(season.index)
    if not season.cycles or cycle not in _SUMMER:
        return None
    summer, winter = (float(season.index[list(part[cycle])].mean()) for part in (_SUMMER, _WINTER))
    if is_southern:
        summer, winter = winter, summer
    return Contrast(summer / winter, season.cycles, season.trust) if winter > 0 else None


def season_index(totals: Floats, places: NDArray[np.int64], cycle: int) -> SeasonIndex:
    """Return the index of group totals [T] at these places of the year [T], oldest first."""
    cycles = len(totals) // cycle
    flat = np.ones(cycle)
    if not cycles:
        return SeasonIndex(flat, 0, 0.0)
    whole = slice(len(totals) - cycles * cycle, None)
    known, spots = totals[whole], places[whole]
    open_ = known > CLOSED * np.median(known)
    years = known.reshape(cycles, cycle)
    opened = open_.reshape(cycles, cycle)
    usual = np.where(opened, years, 0).sum(axis=1) / np.maximum(opened.sum(axis=1), 1)
    relative = (years / np.maximum(usual[:, None], 1e-9)).reshape(-1)
    sums = np.bincount(spots[open_], weights=relative[open_], minlength=cycle)
    counts = np.bincount(spots[open_], minlength=cycle)
    around = np.arange(cycle)[:, None] + np.arange(-(WINDOW // 2), WINDOW // 2 + 1)[None, :]
    top, bottom = sums[around % cycle].sum(axis=1), counts[around % cycle].sum(axis=1)
    index = np.divide(top, bottom, out=flat, where=bottom > 0)
    return SeasonIndex(index / index.mean(), cycles, TRUST[min(cycles, len(TRUST) - 1)])


def season_ratios(panel: Panel, origins: Sequence[int], horizon: int) -> Floats:
    """Return what each coming period is multiplied by [O, horizon], with what was known then.

    A level stands for the season of the last 8 periods, so the ratio is to their mean.
    """
    totals = np.nansum(panel.qty, axis=0)
    places = panel.season_positions(horizon)
    out = np.ones((len(origins), horizon))
    for row, origin in enumerate(origins):
        if origin < panel.cycle:
            continue
        used = season_index(totals[:origin], places[:origin], panel.cycle).used
        recent = used[places[max(0, origin - RECENT) : origin]].mean()
        out[row] = used[places[origin : origin + horizon]] / max(float(recent), 1e-9)
    return out

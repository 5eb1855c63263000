"""A backtest of a panel: from each origin, with what was known there, against what came.

The measuring rules: rolling origins, never a random split; which series count, the choice of
methods, bounds and spreads are worked out anew at each origin; the 8-period mean on the same
series stands beside every figure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.errors import DomainError, gettext_noop
from planning.domain import accuracy, forecast_run
from planning.domain.forecasting import Class
from planning.domain.series import Panel
from planning.domain.shards import Progress, Shards

DEFAULT_ORIGINS: Final = 9
LEAST_ORIGIN: Final = 9  # one period more than the least that a method is judged on


class BacktestRefused(DomainError):
    """The panel or the options leave nothing to measure."""

    code = "BACKTEST_REFUSED"
    status = 422
    text = gettext_noop("The backtest can't run: %(why)s")


@dataclass(frozen=True)
class Backtest:
    """The figures of a backtest and what was chosen at its last origin."""

    accuracy: accuracy.Accuracy
    origins: tuple[int, ...]
    classes: dict[str, dict[str, Any]]


def backtest(
    panel: Panel,
    horizon: int,
    origins: Sequence[int],
    top: int | None = None,
    shards: Shards | None = None,
    progress: Progress | None = None,
) -> Backtest:
    """Forecast from each origin and compare; `top` as in `accuracy.top_series`.

    Raises: BacktestRefused when an origin has too little before or after it, or nothing sold.
    """
    last = len(panel.periods) - horizon
    if last < LEAST_ORIGIN:
        why = f"{len(panel.periods)} periods are too few: give {LEAST_ORIGIN + horizon} or more."
        raise BacktestRefused(why=why)
    wrong = [origin for origin in origins if not LEAST_ORIGIN <= origin <= last]
    if wrong or not origins:
        why = f"origin {wrong[:1] or 'list'} is not between {LEAST_ORIGIN} and {last}."
        raise BacktestRefused(why=why)
    outcome = forecast_run.run(panel, horizon, origins, shards, progress)
    figures = accuracy.measure(outcome, panel, top)
    if not figures.forecasts:
        raise BacktestRefused(why="no series sold enough before the origins. Leave --top out.")
    end = max(outcome.choices)
    choice, kinds = outcome.choices[end], outcome.results[end].kinds
    classes = {
        kind.name.lower(): {
            "series": int((kinds == kind).sum()),
            "typical": forecast_run.weights_by_name(choice, kind),
            "mean": forecast_run.weights_by_name(choice, kind, mean=True),
            "lift": round(float(choice.lift[kind]), 3),
        }
        for kind in Class
        if (kinds == kind).any()
    }
    return Backtest(figures, tuple(sorted(outcome.results)), classes)


def read_origins(words: Sequence[str], periods: int, horizon: int) -> tuple[int, ...]:
    """Read `36-44`, `36 40 44` or `36,40,44`; one number alone = that many last origins.

    Raises: BacktestRefused for anything else.
    """
    parts = [part for word in words for part in word.split(",") if part]
    last = periods - horizon
    if not parts:
        return tuple(range(max(LEAST_ORIGIN, last - DEFAULT_ORIGINS + 1), last + 1))
    if len(parts) == 1 and parts[0].isdigit():
        count = int(parts[0])
        if not 1 <= count <= last - LEAST_ORIGIN + 1:
            why = f"--origins {count}: between 1 and {last - LEAST_ORIGIN + 1} fit this file."
            raise BacktestRefused(why=why)
        return tuple(range(last - count + 1, last + 1))
    found: set[int] = set()
    for part in parts:
        pair = re.fullmatch(r"(\d{1,5})(?:[-:](\d{1,5}))?", part)
        if not pair:
            why = f"--origins {part!r} is not understood: write 36-44, 36,40,44 or a count."
            raise BacktestRefused(why=why)
        found.update(range(int(pair[1]), int(pair[2] or pair[1]) + 1))
    return tuple(sorted(found))

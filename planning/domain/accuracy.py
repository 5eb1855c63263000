"""How good forecasts were: the figures of a backtest, always beside the 8-period mean.

Sources: Kolassa 2016, IJF 32 (why several measures); Gneiting, Raftery 2007, JASA 102 (pinball).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planning.domain.forecast_run import Outcome
from planning.domain.forecasting import LEVELS
from planning.domain.series import Panel

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ELIGIBLE_WINDOW: Final = 26  # periods before the origin
ELIGIBLE_SALES: Final = 10  # periods with sales among them
PINBALL_LEVEL: Final = 0.95
GROUPS: Final = 5  # quintiles of the confidence score


@dataclass(frozen=True)
class Accuracy:
    """Figures over all origins and series; week = one period, 4week = the total of the horizon.

    `bias` is of the forecast that `wmape` is of, `bias_typical` of the expected total that orders
    use; `pinball` is that of the 95 % quantile of the total, per unit sold; `coverage_90` the share
    of totals up to the 90 % quantile, `interval_90` within the 5-95 % interval (95: 2.5-97.5);
    totals that nobody could forecast (no sale before) are left out of coverage. `by_confidence`
    is the WMAPE of totals by fifth of the score, least sure first; `pinball_by_confidence` the
    pinball of the 95 % quantile per unit sold, the error that stock feels.
    """

    wmape_week: float
    wmape_4week: float
    ma8_week: float
    ma8_4week: float
    ratio_ma8_week: float
    ratio_ma8_4week: float
    bias: float
    bias_typical: float
    coverage_90: float
    coverage_95: float
    interval_90: float
    interval_95: float
    pinball: float
    by_confidence: tuple[float, ...]
    pinball_by_confidence: tuple[float, ...]
    forecasts: int

    def as_json(self) -> dict[str, Any]:
        """Return the figures, rounded to a ten-thousandth."""
        return {
            name: [round(one, 4) for one in value] if isinstance(value, tuple) else round(value, 4)
            for name, value in asdict(self).items()
        }


def top_series(panel: Panel, origin: int, top: int | None) -> Flags:
    """Return which series [N] count at an origin: all, or the `top` that sell most before it.

    These sold in at least 10 of the 26 periods before the origin and are taken by their units
    in them; equal ones in the order of the panel.
    """
    if top is None:
        return np.ones(len(panel.names), dtype=bool)
    past = np.nan_to_num(panel.qty[:, max(0, origin - ELIGIBLE_WINDOW) : origin])
    steady = (past > 0).sum(axis=1) >= ELIGIBLE_SALES
    order = np.argsort(-np.where(steady, past.sum(axis=1), -1.0), kind="stable")[:top]
    flags = np.zeros(len(panel.names), dtype=bool)
    flags[order] = True
    return np.asarray(flags & steady, dtype=bool)


def measure(outcome: Outcome, truth: Panel, top: int | None = None) -> Accuracy:
    """Compare every origin whose horizon lies within `truth` with what was sold."""
    sums = np.zeros(12)
    scores, errors, totals, pinballs = [], [], [], []
    horizon, plan = outcome.plan.horizon, outcome.plan
    for origin, made in outcome.results.items():
        if origin + horizon > len(truth.periods):
            continue
        use = top_series(truth, origin, top)
        actual = truth.qty[use, origin : origin + horizon]
        total = actual.sum(axis=1)
        ratios = plan.season[plan.origins.index(origin)]
        profile = ratios / ratios.mean()
        level, naive, mean = made.level[use], made.naive[use], made.mean[use]
        points = dict(zip(LEVELS, made.quantiles[:, use], strict=True))
        live = mean > 0
        missed = total - points[PINBALL_LEVEL]
        pinball = np.maximum(PINBALL_LEVEL * missed, (PINBALL_LEVEL - 1) * missed)
        sums += [
            np.abs(level[:, None] * profile - actual).sum(),
            np.abs(naive[:, None] - actual).sum(),
            np.abs(horizon * level - total).sum(),
            np.abs(horizon * naive - total).sum(),
            (mean - total).sum(),
            (horizon * level - total).sum(),
            (total <= points[0.9])[live].sum(),
            (total <= points[0.95])[live].sum(),
            ((total >= points[0.05]) & (total <= points[0.95]))[live].sum(),
            ((total >= points[0.025]) & (total <= points[0.975]))[live].sum(),
            pinball.sum(),
            live.sum(),
        ]
        scores.append(made.confidence[use])
        errors.append(np.abs(horizon * level - total))
        totals.append(total)
        pinballs.append(pinball)
    sold = max(float(sum(one.sum() for one in totals)), 1e-9)
    week, ma_week, four, ma_four, bias, typical = (sums[:6] / sold).tolist()
    covered = (sums[6:10] / max(sums[11], 1.0)).tolist()
    return Accuracy(
        wmape_week=week,
        wmape_4week=four,
        ma8_week=ma_week,
        ma8_4week=ma_four,
        ratio_ma8_week=week / max(ma_week, 1e-9),
        ratio_ma8_4week=four / max(ma_four, 1e-9),
        bias=bias,
        bias_typical=typical,
        coverage_90=covered[0],
        coverage_95=covered[1],
        interval_90=covered[2],
        interval_95=covered[3],
        pinball=float(sums[10]) / sold,
        by_confidence=_by_score(scores, errors, totals),
        pinball_by_confidence=_by_score(scores, pinballs, totals),
        forecasts=sum(len(one) for one in totals),
    )


def _by_score(
    scores: list[Floats], errors: list[Floats], totals: list[Floats]
) -> tuple[float, ...]:
    """Return the error per unit sold in each fifth of the score, least sure first."""
    if not scores:
        return ()
    score, error, total = (np.concatenate(one) for one in (scores, errors, totals))
    parts = np.array_split(np.argsort(score, kind="stable"), GROUPS)
    return tuple(float(error[one].sum() / max(total[one].sum(), 1e-9)) for one in parts)

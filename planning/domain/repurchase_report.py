"""Fit on the first part of a history and hold the forecast against the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planning.domain import buy_till_you_die as btyd
from planning.domain import probability_scores as scores
from planning.domain.buy_till_you_die import Model, Spend
from planning.domain.purchases import Cut, Purchases, bought_between, cut_at, day_of

Floats = NDArray[np.float64]
#: Repeats from here on are one row of the comparison.
MANY = 6
TRACK_WEEKS = 13


@dataclass(frozen=True)
class Report:
    """Two models fitted up to `cut` (a day number) and how BG/NBD met the days after it."""

    cut: int
    bg: Model
    mbg: Model
    spend: Spend | None
    holdout: dict[str, Any] | None
    tracking: list[dict[str, float]]

    def as_json(self) -> dict[str, Any]:
        """Return the figures of `fit_repurchase --json`, times in weeks."""
        spend = self.spend
        return {
            "customers": self.bg.customers,
            "cut": day_of(self.cut).isoformat(),
            "individual": self.bg.individual,
            "bg_nbd": _figures(self.bg),
            "mbg_nbd": _figures(self.mbg),
            "spend": spend and {"p": spend.p, "q": spend.q, "v": spend.v},
            "holdout": self.holdout,
            "tracking": self.tracking,
        }


def _figures(model: Model) -> dict[str, Any]:
    return {
        "r": model.r,
        "alpha": model.alpha,
        "a": model.a,
        "b": model.b,
        "log_likelihood": model.log_likelihood,
        "at_bound": model.at_bound,
    }


def report(known: Purchases, cut: int, until: int) -> Report:
    """Fit on the purchases up to the end of day `cut`, judge by those in (cut, until]."""
    seen = cut_at(known, cut)
    bg = btyd.fit(seen.histories, btyd.Kind.BG)
    mbg = btyd.fit(seen.histories, btyd.Kind.MBG)
    spend = btyd.fit_spend(seen.histories.repeats, seen.mean_value)
    judged = _holdout(known, seen, bg, (cut, until)) if until > cut else None
    return Report(cut, bg, mbg, spend, judged, _tracking(known, seen, bg, (cut, until)))


def _holdout(known: Purchases, seen: Cut, model: Model, window: tuple[int, int]) -> dict[str, Any]:
    cut, until = window
    weeks = (until - cut) / 7
    actual = bought_between(known, seen.customer, cut, until)
    predicted = btyd.expected(model, seen.histories, weeks)
    chance = btyd.chance(model, seen.histories, weeks)
    again = actual > 0
    age = np.maximum(seen.histories.age, 1 / 7)
    return {
        "weeks": weeks,
        "actual": float(actual.sum()),
        "expected": float(predicted.sum()),
        "mae": float(np.abs(predicted - actual).mean()),
        "mae_rate_times_time": float(np.abs(seen.histories.repeats / age * weeks - actual).mean()),
        "correlation": _correlation(predicted, actual),
        "auc": scores.auc(predicted, again),
        "auc_recency": scores.auc(seen.last.astype(np.float64), again),
        "chance_mean": float(chance.mean()),
        "chance_actual": float(again.mean()),
        "logloss": scores.log_loss(chance, again),
        "brier": scores.brier(chance, again),
        "by_repeats": _by_repeats(seen.histories.repeats, predicted, actual),
    }


def _correlation(one: Floats, other: Floats) -> float | None:
    if len(one) < 2 or not np.ptp(one) or not np.ptp(other):
        return None
    return float(np.corrcoef(one, other)[0, 1])


def _by_repeats(repeats: Floats, predicted: Floats, actual: Floats) -> list[dict[str, float]]:
    rows = []
    for count in range(MANY + 1):
        some = repeats >= MANY if count == MANY else repeats == count
        if some.any():
            rows.append(
                {
                    "repeats": count,
                    "customers": int(some.sum()),
                    "expected": float(predicted[some].mean()),
                    "actual": float(actual[some].mean()),
                }
            )
    return rows


def _tracking(
    known: Purchases, seen: Cut, model: Model, window: tuple[int, int]
) -> list[dict[str, float]]:
    """Return cumulative repeats of the customers seen, expected and actual, every 13 weeks."""
    start = int(seen.first.min())
    ours = known.customer[np.isin(known.customer, seen.customer)]
    days = known.day[np.isin(known.customer, seen.customer)]
    firsts = np.concatenate([[True], ours[1:] != ours[:-1]])
    rows = []
    step = TRACK_WEEKS * 7
    for day in range(start + step - 1, window[1] + 1, step):
        ages = np.maximum(day - seen.first, 0) / 7
        rows.append(
            {
                "week": (day - start + 1) / 7,
                "expected": float(btyd.expected_of_new(model, ages).sum()),
                "actual": float(((days <= day) & ~firsts).sum()),
            }
        )
    return rows

"""How good a stated chance was, once it is known what happened."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
#: A chance of exactly 0 or 1 that fails would cost without end; this is as sure as one may be.
SURE = 1e-12


def auc(score: Floats, happened: NDArray[np.bool_]) -> float | None:
    """Return the share of (yes, no) pairs that the score puts in order, ties half; None if one
    side is empty.

    Source: Mann and Whitney 1947, through mid-ranks.
    """
    yes = int(happened.sum())
    no = len(happened) - yes
    if not yes or not no:
        return None
    ranks = rankdata(score)
    return float((ranks[happened].sum() - yes * (yes + 1) / 2) / (yes * no))


def log_loss(chance: Floats, happened: NDArray[np.bool_]) -> float:
    """Return the mean surprise in nats; lower is better."""
    said = np.where(happened, chance, 1 - chance)
    return float(-np.log(np.clip(said, SURE, 1.0)).mean())


def brier(chance: Floats, happened: NDArray[np.bool_]) -> float:
    """Return the mean squared distance of chance and outcome; lower is better."""
    return float(np.mean((chance - happened) ** 2))


def top_precision(score: Floats, happened: NDArray[np.bool_], share: float = 0.05) -> float:
    """Return the share of yes among the best-scored `share` of all; ties in row order."""
    count = max(1, round(len(score) * share))
    best = np.argsort(-score, kind="stable")[:count]
    return float(happened[best].mean())

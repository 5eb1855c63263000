"""Order lines that never were demand: those taken back, and one-off project orders.

A cancellation names no order, so it is matched: equal customer, SKU and quantity within 14 days.
Returns that match nothing do not reduce demand. Source: design decisions 1.1 and 10.1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

CANCELLED_WITHIN: Final = timedelta(days=14)
PROJECT_QUANTILE: Final = 0.995
PROJECT_WEEKS: Final = 4
#: Below it a 99.5 % quantile is only the largest line itself (judgement).
LEAST_LINES: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """Units of one SKU that a customer ordered or took back; `key` is the caller's own.

    `customer` empty = not known, and never matched; `qty` > 0 on both sides.
    """

    key: int
    customer: str
    sku: str
    qty: int
    at: datetime


def net_cancellations(
    ordered: Iterable[Line], cancelled: Iterable[Line], within: timedelta = CANCELLED_WITHIN
) -> dict[int, int]:
    """Return {key of a cancellation: key of the order line that it takes back}.

    Oldest cancellation first, each takes the latest line before it that is not taken yet; both
    keys appear once. The time is that of one pass over the lines and a sort of the matches.
    """
    wanted: dict[tuple[str, str, int], list[Line]] = defaultdict(list)
    for line in cancelled:
        if line.customer:
            wanted[(line.customer, line.sku, line.qty)].append(line)
    offered: dict[tuple[str, str, int], list[Line]] = defaultdict(list)
    for line in ordered:
        same = (line.customer, line.sku, line.qty)
        if same in wanted:
            offered[same].append(line)
    matched: dict[int, int] = {}
    for same, lines in offered.items():
        matched |= _match(lines, wanted[same], within)
    return matched


def _match(ordered: list[Line], cancelled: list[Line], within: timedelta) -> dict[int, int]:
    """Walk both in time; the lines not taken yet are a stack with the latest on top."""
    matched: dict[int, int] = {}
    waiting: list[Line] = []
    coming = sorted(ordered, key=lambda line: (line.at, line.key), reverse=True)
    for taken_back in sorted(cancelled, key=lambda line: (line.at, line.key)):
        while coming and coming[-1].at <= taken_back.at:
            waiting.append(coming.pop())
        if waiting and taken_back.at - waiting[-1].at <= within:
            matched[taken_back.key] = waiting.pop().key
    return matched


def project_lines(
    sku: NDArray[Any],
    qty: NDArray[np.float64],
    weeks: float | NDArray[np.float64],
    least: int = LEAST_LINES,
) -> NDArray[np.bool_]:
    """Return which lines [n] are one-off project demand; `sku` holds numbers 0 … of the SKUs.

    Above the 99.5 % quantile of the SKU's own lines and above 4 weeks of the demand that its
    other lines make over the `weeks` of the history (one number, or one for each line). SKUs with
    fewer than `least` lines have none.
    """
    found = np.zeros(len(qty), dtype=np.bool_)
    if not len(qty):
        return found
    order = np.lexsort((qty, sku))
    lines = qty[order]
    starts = np.flatnonzero(np.r_[True, sku[order][1:] != sku[order][:-1]])
    counts = np.diff(np.r_[starts, len(lines)])
    place = starts + PROJECT_QUANTILE * (counts - 1)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, starts + counts - 1)
    bound = lines[below] + (place - below) * (lines[above] - lines[below])
    total = np.add.reduceat(lines, starts)
    group = np.repeat(np.arange(len(starts)), counts)
    span = np.maximum(np.broadcast_to(np.asarray(weeks, dtype=np.float64), qty.shape)[order], 1.0)
    others = (total[group] - lines) / span * PROJECT_WEEKS
    odd = (lines > bound[group]) & (lines > others) & (counts[group] >= least)
    found[order] = odd
    return found

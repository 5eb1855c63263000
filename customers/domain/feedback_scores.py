"""CSAT and NPS from answers, with how sure they are.

A score without the number of answers and the share of customers who answered says little, so both
belong to it. Below 30 answers an interval is given and no trend should be drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: From so many answers on a score stands alone.
ENOUGH: Final = 30
_Z95: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Score:
    """One score of `n` answers; `value`, `low` and `high` are percent (NPS: -100 to 100).

    `low` and `high` bound 95 % and are given below 30 answers only. Without answers all are None.
    """

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


def csat(counts: Mapping[int, int]) -> Score:
    """Return the share of 4s and 5s among the answers (1 to 5), from answers per grade.

    Source: Wilson (1927), score interval of a proportion.
    """
    n = sum(counts.values())
    if not n:
        return Score(0)
    happy = (counts.get(4, 0) + counts.get(5, 0)) / n
    if n >= ENOUGH:
        return Score(n, 100 * happy)
    middle = (happy + _Z95**2 / (2 * n)) / (1 + _Z95**2 / n)
    reach = _Z95 * math.sqrt(happy * (1 - happy) / n + _Z95**2 / (4 * n**2)) / (1 + _Z95**2 / n)
    return Score(n, 100 * happy, 100 * max(0.0, middle - reach), 100 * min(1.0, middle + reach))


def nps(counts: Mapping[int, int]) -> Score:
    """Return the percentage of 9 and 10 less that of 0 to 6, from answers per grade (0 to 10).

    The interval takes each answer as +1, 0 or -1 and adds three answers in all, so that a
    few equal answers do not look certain.
    Source: Rocks (2016), adjusted Wald interval of the net promoter score.
    """
    n = sum(counts.values())
    if not n:
        return Score(0)
    fans = sum(count for grade, count in counts.items() if grade >= 9)
    critics = sum(count for grade, count in counts.items() if grade <= 6)
    value = 100 * (fans - critics) / n
    if n >= ENOUGH:
        return Score(n, value)
    more = n + 3
    up, down = (fans + 0.75) / more, (critics + 0.75) / more
    middle = up - down
    reach = _Z95 * math.sqrt(max(0.0, up + down - middle**2) / more)
    return Score(n, value, 100 * max(-1.0, middle - reach), 100 * min(1.0, middle + reach))


def response_rate(answered: int, asked: int) -> float | None:
    """Return the percentage of those asked who answered, None where nobody was asked."""
    return 100 * answered / asked if asked else None

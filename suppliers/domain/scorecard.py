"""Figures of a supplier, each with the number of cases it rests on; no cases, no figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

#: From this spread of lead times on (standard deviation over mean) plans need a larger buffer.
CV_LIMIT: Final = Decimal("0.25")
ON_TIME_GOAL: Final = Decimal("0.95")
DEFECT_LIMIT: Final = Decimal("0.02")
_FOUR: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `n` cases; `ratio` is 0 to 1 with 4 decimals, None without a case."""

    part: int
    n: int

    @property
    def ratio(self) -> Decimal | None:
        """Return part / n, or None when nothing was seen."""
        if not self.n:
            return None
        return (Decimal(self.part) / self.n).quantize(_FOUR, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class LeadFigures:
    """Lead times seen: days on average (1 decimal), spread, and how many.

    `cv` is the sample standard deviation over the mean, None below two cases or at a mean of 0.
    """

    n: int
    mean_days: Decimal | None
    cv: Decimal | None


def drift(paid: Decimal, quoted: Decimal) -> Decimal | None:
    """Return how much dearer was ordered than quoted: 0.02 is 2 % above; None without a quote."""
    if not quoted:
        return None
    return ((paid - quoted) / quoted).quantize(_FOUR, rounding=ROUND_HALF_UP)


def lead_figures(days: Sequence[int]) -> LeadFigures:
    """Return mean and coefficient of variation of lead times in days.

    Worked example: 28, 30, 38 have mean 32.0 and standard deviation 5.2915, so a cv of 0.1654.

    Source: sample standard deviation with n - 1.
    """
    n = len(days)
    if not n:
        return LeadFigures(0, None, None)
    mean = Decimal(sum(days)) / n
    shown = mean.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    if n == 1 or not mean:
        return LeadFigures(n, shown, None)
    variance = sum(((Decimal(one) - mean) ** 2 for one in days), Decimal(0)) / (n - 1)
    cv = (variance.sqrt() / mean).quantize(_FOUR, rounding=ROUND_HALF_UP)
    return LeadFigures(n, shown, cv)

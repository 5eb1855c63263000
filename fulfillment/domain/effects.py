"""What an insert did to repeat orders: two shares, their difference and how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

#: The two-sided 95 % quantile of the normal distribution.
Z95: Final = 1.959963984540054
#: Below this many customers in an arm a difference says nothing.
FEWEST: Final = 30


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of a campaign: customers whose time is over, and how many of them bought again."""

    customers: int
    repeated: int

    @property
    def share(self) -> float:
        """Return the share that bought again, 0 for an empty arm."""
        return self.repeated / self.customers if self.customers else 0.0


@dataclass(frozen=True, slots=True)
class Effect:
    """The difference of the shares, treated minus control, with its 95 % interval.

    `is_sure` says that both arms are large enough and the interval leaves out 0.
    """

    treated: Arm
    control: Arm
    difference: float
    low: float
    high: float

    @property
    def has_enough(self) -> bool:
        """Say whether both arms have enough customers to be compared."""
        return min(self.treated.customers, self.control.customers) >= FEWEST

    @property
    def is_sure(self) -> bool:
        """Say whether chance alone hardly explains the difference."""
        return self.has_enough and (self.low > 0 or self.high < 0)


def wilson(arm: Arm) -> tuple[float, float]:
    """Return the 95 % score interval of an arm's share; (0, 1) for an empty arm.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference,
    JASA 22 (1927).
    """
    n = arm.customers
    if n == 0:
        return 0.0, 1.0
    share, square = arm.share, Z95 * Z95
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z95 / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def compare(treated: Arm, control: Arm) -> Effect:
    """Return the difference of two arms with its 95 % interval.

    Worked example: 56 of 70 against 48 of 80 gives 0.2 with 0.0524 to 0.3339.
    Source: R. G. Newcombe, Interval estimation for the difference between independent
    proportions, Statistics in Medicine 17 (1998), method 10.
    """
    (low1, high1), (low2, high2) = wilson(treated), wilson(control)
    one, two = treated.share, control.share
    difference = one - two
    low = difference - math.sqrt((one - low1) ** 2 + (high2 - two) ** 2)
    high = difference + math.sqrt((high1 - one) ** 2 + (two - low2) ** 2)
    return Effect(treated, control, difference, low, high)

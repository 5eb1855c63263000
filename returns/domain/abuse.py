"""How far a customer's returns look like abuse: 0 (nothing known against them) to 100.

Score = 60 x share of all units that came back + 40 x share of the units of the last 90 days,
plus 10 for each parcel whose contents did not match (at most 30) and 10 for each parcel reported
as not received after the first (at most 20), at most 100. Three units are added below the line, so
that one return of a first order says little: 1 of 1 gives 25, 10 of 10 give 77.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

RECENT_DAYS: Final = 90
DAMPING: Final = 3


@dataclass(frozen=True, slots=True)
class AbuseFacts:
    """Units bought and sent back, ever and in the last 90 days; odd parcels and missing ones."""

    bought_qty: int = 0
    returned_qty: int = 0
    recent_bought_qty: int = 0
    recent_returned_qty: int = 0
    mismatch_count: int = 0
    missing_count: int = 0


def risk_score(facts: AbuseFacts) -> int:
    """Return the score, 0 to 100, halves up."""
    ever = Decimal(facts.returned_qty) / (facts.bought_qty + DAMPING)
    recent = Decimal(facts.recent_returned_qty) / (facts.recent_bought_qty + DAMPING)
    score = 60 * ever + 40 * recent
    score += min(30, 10 * facts.mismatch_count)
    score += min(20, 10 * max(0, facts.missing_count - 1))
    return int(min(Decimal(100), score).quantize(Decimal(1), ROUND_HALF_UP))

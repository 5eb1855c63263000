"""What a tour costs in time, and what the shortest one saves against the S-shape."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a picker walks (meters a second) and works (seconds a line, a unit, a tour)."""

    walk_m_per_s: Decimal = Decimal("1.1")
    line_s: Decimal = Decimal(8)
    unit_s: Decimal = Decimal(2)
    tour_s: Decimal = Decimal(60)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A wave before it is released: tours, lines, units, the walk and its S-shape length in mm."""

    tours: int
    lines: int
    units: int
    length_mm: int
    s_shape_mm: int

    @property
    def length_m(self) -> Decimal:
        """The walk in meters."""
        return Decimal(self.length_mm) / 1000

    @property
    def s_shape_m(self) -> Decimal:
        """The same tours walked in S-shape, in meters."""
        return Decimal(self.s_shape_mm) / 1000

    @property
    def saved_m(self) -> Decimal:
        """How many meters the chosen order of stops saves against the S-shape; never negative."""
        return self.s_shape_m - self.length_m

    @property
    def saved_share(self) -> Decimal:
        """The share of the S-shape walk that is saved, 0 to 1."""
        return self.saved_m / self.s_shape_m if self.s_shape_mm else Decimal(0)

    def seconds(self, pace: Pace) -> int:
        """Return the time of one picker for all tours, in seconds, rounded up.

        Source: walk / speed + per line + per unit + set-up per tour.
        """
        walk = self.length_m / pace.walk_m_per_s
        work = self.lines * pace.line_s + self.units * pace.unit_s + self.tours * pace.tour_s
        return math.ceil(walk + work)

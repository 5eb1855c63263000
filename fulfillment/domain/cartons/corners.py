"""Depth-first search over corner points: every order and turn of a few units, within a budget.

A unit goes where its lower corner meets the ends of units placed before it (the corner points); a
branch dies when the room that is left can't hold the rest. Units of one kind are tried once.
Source: the idea of corner points, Martello, Pisinger and Vigo 2000; extreme points, Crainic,
Perboli and Tadei 2008.
"""

from __future__ import annotations

from collections.abc import Sequence

from fulfillment.domain.cartons.facts import Box, Dims, Placement, Unit
from fulfillment.domain.cartons.resting import is_free, may_rest
from fulfillment.domain.cartons.turns import turns


class OutOfBudget(Exception):
    """The search looked at as many places as it was allowed."""


def search(units: Sequence[Unit], box: Box, nodes: int) -> list[Placement]:
    """Return a packing of all units, [] when none was found among `nodes` places looked at."""
    line = sorted(units, key=lambda unit: (unit.no_stack, unit.fragile, -unit.volume_mm3, unit.key))
    try:
        return _Search(box, nodes).go(line)
    except OutOfBudget:
        return []


class _Search:
    def __init__(self, box: Box, nodes: int) -> None:
        self.inner = box.inner
        self.nodes = nodes
        self.placed: list[Placement] = []

    def go(self, left: list[Unit]) -> list[Placement]:
        if not left:
            return list(self.placed)
        points = self._points()
        tried = set()
        for index, unit in enumerate(left):
            if unit.kind in tried:
                continue
            tried.add(unit.kind)
            rest = left[:index] + left[index + 1 :]
            for at in points:
                for size in turns(unit.size, unit.this_side_up):
                    if self._fits(unit, at, size):
                        self.placed.append(Placement(unit, at, size))
                        found = self.go(rest)
                        if found:
                            return found
                        self.placed.pop()
        return []

    def _fits(self, unit: Unit, at: Dims, size: Dims) -> bool:
        if any(at[axis] + size[axis] > self.inner[axis] for axis in range(3)):
            return False
        self.nodes -= 1
        if self.nodes < 0:
            raise OutOfBudget
        return is_free(at, size, self.placed) and may_rest(unit, at, size, self.placed)

    def _points(self) -> list[Dims]:
        """Return where a lower corner may lie: each end carried back to what stops it."""
        if not self.placed:
            return [(0, 0, 0)]
        found = set()
        for one in self.placed:
            x, y, z = one.at
            ex, ey, ez = one.end
            found.add((ex, self._back(1, (ex, y, z)), z))
            found.add((ex, y, self._back(2, (ex, y, z))))
            found.add((self._back(0, (x, ey, z)), ey, z))
            found.add((x, ey, self._back(2, (x, ey, z))))
            found.add((self._back(0, (x, y, ez)), y, ez))
            found.add((x, self._back(1, (x, y, ez)), ez))
        room = self.inner
        inside = [p for p in found if p[0] < room[0] and p[1] < room[1] and p[2] < room[2]]
        return sorted(inside, key=lambda point: (point[2], point[1], point[0]))

    def _back(self, axis: int, point: Dims) -> int:
        """Return how far a point slides towards the origin along one axis."""
        best = 0
        others = [other for other in range(3) if other != axis]
        for one in self.placed:
            end = one.end
            if end[axis] <= point[axis] and all(
                one.at[other] <= point[other] < end[other] for other in others
            ):
                best = max(best, end[axis])
        return best

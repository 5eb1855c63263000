"""Proof that units can't share a box: each pair lies apart along some axis.

Two units that don't overlap have a gap between them along length, width or height. Units that are
apart from each other along one axis stand in a row there, so together they are no longer than the
room. When no choice of turns, and of one axis for each pair, keeps all rows short enough, nothing
fits: this holds whatever the places are, and without asking what rests on what.

Worked: three 60 mm cubes in a room of 110 x 120 x 60. Two along x take 120 of 110 mm, two along z
120 of 60, so each pair is apart along y, where three take 180 of 120: impossible, although they
fill only 648 of 792 cm3.
Source: the graphs of disjoint projections of Fekete and Schepers 2004, with a search of our own.
"""

from __future__ import annotations

from collections.abc import Sequence

from fulfillment.domain.cartons.facts import Box, Dims, Unit
from fulfillment.domain.cartons.resting import crushes
from fulfillment.domain.cartons.turns import turns_inside


class _GaveUp(Exception):
    """The search asked as many pairs as it was allowed."""


def is_impossible(units: Sequence[Unit], box: Box, nodes: int) -> bool:
    """Say whether it is proved, with at most `nodes` choices of an axis, that `units` don't fit.

    False means that nothing is known. Deterministic for equal input.
    """
    try:
        return not _Search(units, box, nodes).some_choice(0)
    except _GaveUp:
        return False


class _Search:
    """Turns and axes chosen so far; `apart[axis][i]` are the units apart from unit i, as bits."""

    def __init__(self, units: Sequence[Unit], box: Box, nodes: int) -> None:
        self.units = sorted(units, key=lambda unit: (-unit.volume_mm3, unit.key))
        self.ways = [turns_inside(unit, box) for unit in self.units]
        self.room, self.nodes = box.inner, nodes
        self.size: list[Dims] = [unit.size for unit in self.units]
        self.apart = [[0] * len(self.units) for _axis in range(3)]

    def some_choice(self, index: int) -> bool:
        """Say whether the units from `index` on can be turned and kept apart from all others."""
        if index == len(self.units):
            return True
        for size in self.ways[index]:
            self.size[index] = size
            if self._kept_apart(index, 0):
                return True
        return False

    def _kept_apart(self, index: int, other: int) -> bool:
        if other == index:
            return self.some_choice(index + 1)
        self.nodes -= 1
        if self.nodes < 0:
            raise _GaveUp
        for axis in range(3):
            if self._is_too_long(index, other, axis):
                continue
            row = self.apart[axis]
            row[index] |= 1 << other
            row[other] |= 1 << index
            if self._kept_apart(index, other + 1):
                return True
            row[index] &= ~(1 << other)
            row[other] &= ~(1 << index)
        return False

    def _is_too_long(self, index: int, other: int, axis: int) -> bool:
        """Say whether the two, with all that are apart from both there, outgrow the room."""
        both = self.size[index][axis] + self.size[other][axis]
        if both > self.room[axis]:
            return True
        if axis == 2 and _never_one_above_the_other(self.units[index], self.units[other]):
            return True
        shared = self.apart[axis][index] & self.apart[axis][other]
        return bool(shared) and both + self._longest_row(axis, shared) > self.room[axis]

    def _longest_row(self, axis: int, among: int) -> int:
        """Return the greatest length of units that are all apart from each other."""
        longest = 0
        while among:
            lowest = among & -among
            among ^= lowest
            index = lowest.bit_length() - 1
            rest = self._longest_row(axis, among & self.apart[axis][index])
            longest = max(longest, self.size[index][axis] + rest)
        return longest


def _never_one_above_the_other(first: Unit, second: Unit) -> bool:
    return crushes(first, second) and crushes(second, first)

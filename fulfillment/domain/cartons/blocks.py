"""Fill a box with blocks of like units: layers and columns, for many units of few kinds.

At each step one empty space takes the block (nx by ny by nz units of one kind and turn) that fills
it best; a block whose base would hang in the air is cut to one row, then to one unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fulfillment.domain.cartons import spaces as room
from fulfillment.domain.cartons.facts import Box, Dims, Placement, Unit
from fulfillment.domain.cartons.resting import may_rest
from fulfillment.domain.cartons.turns import turns

#: In which order a block grows along x, y and z.
GROWTHS: tuple[tuple[int, int, int], ...] = ((0, 1, 2), (1, 0, 2), (2, 0, 1), (2, 1, 0))

Kinds = dict[tuple[Dims, int, bool, bool, bool], list[Unit]]


class _Block(NamedTuple):
    volume: int
    size: Dims
    counts: Dims
    kind: tuple[Dims, int, bool, bool, bool]


def fill(units: Sequence[Unit], box: Box, growth: tuple[int, int, int]) -> list[Placement]:
    """Return the units that found a place, block by block; the rest is left out."""
    return _Filling(units, box, growth).go()


class _Filling:
    def __init__(self, units: Sequence[Unit], box: Box, growth: tuple[int, int, int]) -> None:
        self.box, self.growth = box, growth
        self.kinds: Kinds = {}
        for unit in sorted(units, key=lambda unit: unit.key):
            self.kinds.setdefault(unit.kind, []).append(unit)
        self.left_g = box.max_weight_g
        self.placed: list[Placement] = []

    def go(self) -> list[Placement]:
        free = room.whole(self.box.inner)
        while free and self.kinds:
            least_mm = min(min(kind[0]) for kind in self.kinds)
            space = min(free, key=lambda one: (one[2], one[1], one[0], -one[3], -one[4]))
            put = self._put_best(space)
            if put is None:
                free = [one for one in free if one != space]
                continue
            free = room.cut(free, *put, least_mm)
        return self.placed

    def _put_best(self, space: room.Space) -> tuple[Dims, Dims] | None:
        """Put the best block that may rest into `space`; return its corner and whole size."""
        blocks = sorted(self._blocks(space), key=lambda block: (-block.volume, block.size))
        at = (space[0], space[1], space[2])
        for block in blocks:
            for counts in _shrunk(block.counts):
                spots = list(_spots(at, block.size, counts))
                if self._rests(block, spots):
                    self._take(block, spots)
                    sides = zip(block.size, counts, strict=True)
                    length, width, height = (side * count for side, count in sides)
                    return at, (length, width, height)
        return None

    def _blocks(self, space: room.Space) -> Iterator[_Block]:
        sides = (space[3] - space[0], space[4] - space[1], space[5] - space[2])
        for kind, units in self.kinds.items():
            unit = units[0]
            most = min(len(units), self.left_g // unit.weight_g if unit.weight_g else len(units))
            for size in turns(unit.size, unit.this_side_up):
                counts = [1, 1, 1]
                left = most
                for axis in self.growth:
                    fits = sides[axis] // size[axis]
                    counts[axis] = min(fits, left, 1 if unit.no_stack and axis == 2 else left)
                    left //= max(counts[axis], 1)
                number = counts[0] * counts[1] * counts[2]
                if number:
                    yield _Block(
                        number * unit.volume_mm3, size, (counts[0], counts[1], counts[2]), kind
                    )

    def _rests(self, block: _Block, spots: Sequence[Dims]) -> bool:
        unit = self.kinds[block.kind][0]
        floor = spots[0][2]
        return all(
            may_rest(unit, spot, block.size, self.placed) for spot in spots if spot[2] == floor
        )

    def _take(self, block: _Block, spots: Sequence[Dims]) -> None:
        units = self.kinds[block.kind]
        for spot in spots:
            unit = units.pop(0)
            self.left_g -= unit.weight_g
            self.placed.append(Placement(unit, spot, block.size))
        if not units:
            del self.kinds[block.kind]


def _shrunk(counts: Dims) -> list[Dims]:
    ways = [counts, (counts[0], 1, counts[2]), (1, counts[1], counts[2]), (1, 1, counts[2])]
    return list(dict.fromkeys(ways))


def _spots(at: Dims, size: Dims, counts: Dims) -> Iterator[Dims]:
    for layer in range(counts[2]):
        for row in range(counts[1]):
            for column in range(counts[0]):
                yield (
                    at[0] + column * size[0],
                    at[1] + row * size[1],
                    at[2] + layer * size[2],
                )

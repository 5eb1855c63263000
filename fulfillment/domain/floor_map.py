"""The floor as one warehouse knows it: measured tours where bins are placed, fixed order elsewhere.

A warehouse may have no layout, or bins that stand nowhere yet: what can't be measured is walked
last, in the fixed order of its bins, and costs no estimate.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from fulfillment.domain import routes, routes_any
from fulfillment.domain.batching import Measure
from fulfillment.domain.block_lengths import MOST_PLACES, BlockLengths, Masks
from fulfillment.domain.layout import (
    Block,
    LayoutRefused,
    Matrix,
    Segment,
    Spot,
    network_of,
    rectilinear,
)
from fulfillment.domain.network_lengths import NetworkLengths

MOST_SEARCHED = 150
"""Stops of one tour in a free layout that are searched with kicks; longer ones are built only."""

DEPOT = "depot"


@dataclass(frozen=True, slots=True)
class Tour:
    """One walk: bin ids in walking order, its length and that of the S-shape, in mm.

    Lengths are None where nothing on the tour is measured; `unplaced` counts the bins that are
    walked last because nobody said where they stand.
    """

    order: tuple[int, ...]
    length_mm: int | None
    s_shape_mm: int | None
    unplaced: int = 0

    @property
    def metres(self) -> float:
        """The walk in meters, 0 where it is not measured."""
        return (self.length_mm or 0) / 1000

    @property
    def s_shape_metres(self) -> float:
        """The S-shape through the same bins in meters, 0 where it is not measured."""
        return (self.s_shape_mm or 0) / 1000


class Ground(Protocol):
    """A measured part of the floor."""

    def has(self, bin_id: int) -> bool:
        """Whether the bin stands somewhere."""

    def walk(self, bins: Sequence[int]) -> tuple[list[int], int]:
        """Return placed bins in walking order, and the length in mm."""

    def compare(self, bins: Sequence[int]) -> int:
        """Return the length in mm of the tour the walk is compared with."""

    def measure(self) -> Measure:
        """Return what batching measures tours with."""

    def masks(self, lists: Sequence[Sequence[int]]) -> Masks:
        """Return the pick lists of placed bins in the form `measure` takes."""


@dataclass(frozen=True)
class BlockGround:
    """A single block: the shortest tour against the S-shape."""

    block: Block
    spots: Mapping[int, Spot]
    _lengths: BlockLengths = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_lengths", BlockLengths(self.block))

    def has(self, bin_id: int) -> bool:
        """Whether the bin stands somewhere."""
        return bin_id in self.spots

    def walk(self, bins: Sequence[int]) -> tuple[list[int], int]:
        """Return placed bins in walking order, and the length in mm."""
        found = routes.shortest(self.block, [self.spots[one] for one in bins])
        order = [bins[index] for index in found.order]
        if self.spots[order[0]] > self.spots[order[-1]]:
            order.reverse()  # as long, and pickers like to start where the numbers do
        return order, found.length_mm

    def compare(self, bins: Sequence[int]) -> int:
        """Return the length in mm of the tour the walk is compared with."""
        return routes.s_shape(self.block, [self.spots[one] for one in bins]).length_mm

    def measure(self) -> Measure:
        """Return what batching measures tours with."""
        return self._lengths

    def masks(self, lists: Sequence[Sequence[int]]) -> Masks:
        """Return the pick lists of placed bins in the form `measure` takes."""
        return self._lengths.masks_of([[self.spots[one] for one in bins] for bins in lists])


@dataclass(frozen=True)
class FreeGround:
    """Any other layout: a searched tour against the fixed order of the bins.

    `rows` says which row of the matrix a bin is; they ascend in the fixed order.
    """

    ways: Matrix
    rows: Mapping[int, int]

    def has(self, bin_id: int) -> bool:
        """Whether the bin stands somewhere."""
        return bin_id in self.rows

    def walk(self, bins: Sequence[int]) -> tuple[list[int], int]:
        """Return placed bins in walking order, and the length in mm."""
        part = self._part(bins)
        if len(bins) <= MOST_SEARCHED:
            found = routes_any.search(part, seed=len(bins))
        else:
            found = routes_any.nearest_neighbor(part)
        return [bins[row - 1] for row in found.order], round(found.length_mm)

    def compare(self, bins: Sequence[int]) -> int:
        """Return the length in mm of the tour the walk is compared with."""
        fixed = sorted(self.rows[one] for one in bins)
        return round(routes_any.length_of(self.ways, fixed))

    def measure(self) -> Measure:
        """Return what batching measures tours with."""
        return NetworkLengths(self.ways)

    def masks(self, lists: Sequence[Sequence[int]]) -> Masks:
        """Return the pick lists of placed bins in the form `measure` takes."""
        return NetworkLengths(self.ways).masks_of(
            [[self.rows[one] for one in bins] for bins in lists]
        )

    def _part(self, bins: Sequence[int]) -> Matrix:
        rows = [0, *(self.rows[one] for one in bins)]
        part: Matrix = self.ways[np.ix_(rows, rows)]
        return part


@dataclass(frozen=True)
class FloorMap:
    """Bins of one warehouse by id: `fixed` is their order without a layout.

    `problem` says why a declared layout can't be used.
    """

    fixed: Mapping[int, int]
    ground: Ground | None = None
    problem: str = ""

    def tour(self, bin_ids: Sequence[int]) -> Tour:
        """Return the walk through some bins, each once, from the depot and back."""
        bins = sorted(set(bin_ids), key=self._place)
        ground = self.ground
        placed = [one for one in bins if ground is not None and ground.has(one)]
        rest = [one for one in bins if one not in set(placed)]
        if ground is None or not placed:
            return Tour(tuple(bins), None, None, len(rest))
        order, length = ground.walk(placed)
        least = ground.compare(placed)
        if length > least:
            # The fixed order is a tour too; a search that found nothing shorter keeps it.
            order, length = placed, least
        return Tour((*order, *rest), length, least, len(rest))

    def _place(self, bin_id: int) -> tuple[int, int]:
        return self.fixed.get(bin_id, 0), bin_id


def block_ground(block: Block, spots: Mapping[int, Spot]) -> Ground:
    """Return the ground of a block; bins outside it stand nowhere."""
    inside = {
        bin_id: spot
        for bin_id, spot in spots.items()
        if 1 <= spot.aisle <= block.aisle_count and 1 <= spot.place <= block.places
    }
    if block.places <= MOST_PLACES:
        return BlockGround(block, inside)
    order = sorted(inside, key=lambda bin_id: (inside[bin_id], bin_id))
    ways = block.matrix([inside[bin_id] for bin_id in order])
    return FreeGround(ways, {bin_id: row for row, bin_id in enumerate(order, 1)})


def free_ground(
    segments: Sequence[Segment],
    depot: tuple[float, float],
    points: Mapping[int, tuple[float, float]],
) -> Ground:
    """Return the ground of drawn walkways; `points` come in the fixed order of the bins.

    Raises:
        LayoutRefused: a bin can't be reached from the depot, or the depot from it.
    """
    rows = {bin_id: row for row, bin_id in enumerate(points, 1)}
    if not segments:
        return FreeGround(rectilinear([depot, *points.values()]), rows)
    hung: dict[Hashable, tuple[float, float]] = {DEPOT: depot}
    hung |= dict(points.items())
    return FreeGround(network_of(segments, hung).matrix([DEPOT, *points]), rows)


def segments_of(drawn: object) -> list[Segment]:
    """Read walkways as stored: [x1, y1, x2, y2] in mm, with true as the fifth for a one-way.

    Raises:
        LayoutRefused: names the walkway that can't be read.
    """
    if not isinstance(drawn, list):
        raise LayoutRefused("walkways are not a list")
    segments = []
    for number, way in enumerate(drawn, 1):
        if not isinstance(way, list) or len(way) not in {4, 5}:
            raise LayoutRefused(f"walkway {number} is not [x1, y1, x2, y2] or five values")
        ends = way[:4]
        if any(isinstance(end, bool) or not isinstance(end, int | float) for end in ends):
            raise LayoutRefused(f"walkway {number} has an end that is not a number")
        if len(way) == 5 and not isinstance(way[4], bool):
            raise LayoutRefused(f"walkway {number}: the fifth value says one-way, true or false")
        x1, y1, x2, y2 = map(float, ends)
        segments.append(Segment(x1, y1, x2, y2, len(way) == 5 and way[4]))
    return segments

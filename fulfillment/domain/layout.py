"""Where bins lie, in millimeters: one block of parallel aisles, or any network of walkways.

Coordinates of a block: x runs along the front cross aisle from the first aisle (x = 0), y runs into
the aisles from the front cross aisle (y = 0) to the back one. Aisles and places count from 1. Both
sides of an aisle share a place, height costs no walk.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

Matrix = npt.NDArray[np.float64]
"""Distances in mm, [from, to]; row and column 0 are the depot."""


class LayoutRefused(ValueError):
    """The layout can't be walked; the message names the place and what to change."""


class Spot(NamedTuple):
    """A pick place of a block: aisle and place, both from 1."""

    aisle: int
    place: int


TOUCH_MM = 1.0
"""An end this near to a walkway stands on it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A single block: equal parallel aisles between a front and a back cross aisle.

    `end_gap_mm` lies between a cross aisle and the nearest place, at both ends. The depot lies on
    the front cross aisle at `depot_x_mm`, or `depot_off_mm` straight in front of it.

    Raises:
        LayoutRefused: a count or pitch that no building has.
    """

    aisle_count: int
    places: int
    aisle_pitch_mm: int
    place_pitch_mm: int
    end_gap_mm: int = 0
    depot_x_mm: int = 0
    depot_off_mm: int = 0

    def __post_init__(self) -> None:
        for name in ("aisle_count", "places", "aisle_pitch_mm", "place_pitch_mm"):
            if getattr(self, name) < 1:
                raise LayoutRefused(f"{name} is {getattr(self, name)}; it must be 1 or more")
        for name in ("end_gap_mm", "depot_off_mm"):
            if getattr(self, name) < 0:
                raise LayoutRefused(f"{name} is {getattr(self, name)}; it must be 0 or more")

    @property
    def length_mm(self) -> int:
        """The way through one aisle, from cross aisle to cross aisle."""
        return 2 * self.end_gap_mm + (self.places - 1) * self.place_pitch_mm

    def x_mm(self, aisle: int) -> int:
        """Return where an aisle lies on the front cross aisle."""
        return (aisle - 1) * self.aisle_pitch_mm

    def y_mm(self, place: int) -> int:
        """Return how deep a place lies in its aisle."""
        return self.end_gap_mm + (place - 1) * self.place_pitch_mm

    def check(self, spot: Spot) -> None:
        """Refuse a place outside the block.

        Raises:
            LayoutRefused: the aisle or the place does not exist.
        """
        if not 1 <= spot.aisle <= self.aisle_count:
            raise LayoutRefused(f"aisle {spot.aisle} is not one of 1 to {self.aisle_count}")
        if not 1 <= spot.place <= self.places:
            raise LayoutRefused(f"place {spot.place} is not one of 1 to {self.places}")

    def matrix(self, spots: Sequence[Spot]) -> Matrix:
        """Return walking distances in mm between the depot (0) and the spots (1...)."""
        x = np.array([self.depot_x_mm] + [self.x_mm(spot.aisle) for spot in spots], dtype=float)
        y = np.array([0] + [self.y_mm(spot.place) for spot in spots], dtype=float)
        across = np.abs(x[:, None] - x[None, :])
        front = y[:, None] + y[None, :]
        back = 2 * self.length_mm - front
        aisle = np.array([0] + [spot.aisle for spot in spots])
        same = aisle[:, None] == aisle[None, :]
        ways: Matrix = np.where(
            same, np.abs(y[:, None] - y[None, :]), across + np.minimum(front, back)
        )
        # Whoever starts at the depot is at the front cross aisle, and pays the way to it.
        ways[0, 1:] = across[0, 1:] + y[1:] + self.depot_off_mm
        ways[1:, 0] = ways[0, 1:]
        return ways


class Way(NamedTuple):
    """A walkway between two nodes; `both_ways` False is a one-way."""

    start: Hashable
    end: Hashable
    length_mm: float
    both_ways: bool = True


@dataclass(frozen=True, slots=True)
class Network:
    """Any layout: nodes joined by walkways. Cross aisles, one-ways and mezzanines are all ways.

    Raises:
        LayoutRefused: a way of negative length.
    """

    ways: Sequence[Way]
    _index: dict[Hashable, int] = field(default_factory=dict, init=False, repr=False)
    _graph: list[csr_matrix] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        shortest: dict[tuple[int, int], float] = {}
        for way in self.ways:
            if not way.length_mm >= 0:
                raise LayoutRefused(f"the way {way.start} to {way.end} is shorter than nothing")
            a = self._index.setdefault(way.start, len(self._index))
            b = self._index.setdefault(way.end, len(self._index))
            for pair in ((a, b), (b, a)) if way.both_ways else ((a, b),):
                # scipy reads a stored zero as "no edge"; a billionth of a millimeter is none too.
                length = max(way.length_mm, 1e-9)
                shortest[pair] = min(length, shortest.get(pair, length))
        rows = [pair[0] for pair in shortest]
        columns = [pair[1] for pair in shortest]
        size = len(self._index)
        self._graph.append(
            csr_matrix((list(shortest.values()), (rows, columns)), shape=(size, size))
        )

    def matrix(self, nodes: Sequence[Hashable]) -> Matrix:
        """Return the shortest ways in mm between nodes; the first is the depot. One Dijkstra each.

        Raises:
            LayoutRefused: a node is unknown, or can't be reached and left again.
        """
        for node in nodes:
            if node not in self._index:
                raise LayoutRefused(f"{node} is on no walkway")
        at = [self._index[node] for node in nodes]
        unique = sorted(set(at))
        row = {index: position for position, index in enumerate(unique)}
        found = dijkstra(self._graph[0], directed=True, indices=unique)
        ways = np.asarray(found)[[row[index] for index in at]][:, at]
        cut_off = np.argwhere(~np.isfinite(ways))
        if cut_off.size:
            start, end = nodes[cut_off[0][0]], nodes[cut_off[0][1]]
            raise LayoutRefused(f"no walkway leads from {start} to {end}")
        return np.round(ways, 6)


def rectilinear(points: Sequence[tuple[float, float]]) -> Matrix:
    """Return |dx| + |dy| in mm between points: the guess where no walkway is drawn."""
    xy = np.array(points, dtype=float).reshape(-1, 2)
    ways: Matrix = np.abs(xy[:, None, :] - xy[None, :, :]).sum(axis=2)
    return ways


class Segment(NamedTuple):
    """A straight walkway as drawn, in mm; a one-way leads from the first end to the second."""

    x1_mm: float
    y1_mm: float
    x2_mm: float
    y2_mm: float
    one_way: bool = False


def network_of(
    segments: Sequence[Segment], points: Mapping[Hashable, tuple[float, float]]
) -> Network:
    """Return the network of drawn walkways with each point hung on the nearest of them.

    Walkways join where they meet or cross. A point stands beside its walkway; the step off it is
    walked too.

    Raises:
        LayoutRefused: there is no walkway.
    """
    if not segments:
        raise LayoutRefused("no walkway is drawn")
    stops = _joints(segments)
    ways: list[Way] = []
    for key, (x, y) in points.items():
        off, along, index = min(
            (*_foot(segment, x, y), index) for index, segment in enumerate(segments)
        )
        foot = ("foot", key)
        stops[index].append((along, foot))
        ways.append(Way(foot, key, off))
    for segment, hung in zip(segments, stops, strict=True):
        line = sorted(hung, key=lambda stop: (stop[0], str(stop[1])))
        ways += [
            Way(a, b, far - near, not segment.one_way) for (near, a), (far, b) in pairwise(line)
        ]
    return Network(ways)


def _joints(segments: Sequence[Segment]) -> list[list[tuple[float, Hashable]]]:
    """Return the nodes along each walkway: its ends, and where it meets or crosses another."""
    stops: list[list[tuple[float, Hashable]]] = [
        [(0.0, _node(one.x1_mm, one.y1_mm)), (_length(one), _node(one.x2_mm, one.y2_mm))]
        for one in segments
    ]
    for index, one in enumerate(segments):
        for other, two in enumerate(segments[:index]):
            for x, y in _meetings(one, two):
                for number, segment in ((index, one), (other, two)):
                    stops[number].append((_foot(segment, x, y)[1], _node(x, y)))
    return stops


def _node(x: float, y: float) -> Hashable:
    """Name a point of the floor to the millimeter."""
    return ("at", round(x), round(y))


def _meetings(one: Segment, two: Segment) -> list[tuple[float, float]]:
    """Return where two walkways meet: an end of one on the other, or a crossing."""
    ends = [
        (x, y)
        for near, far in ((one, two), (two, one))
        for x, y in ((near.x1_mm, near.y1_mm), (near.x2_mm, near.y2_mm))
        if _foot(far, x, y)[0] <= TOUCH_MM
    ]
    if ends:
        return ends
    ax, ay = one.x2_mm - one.x1_mm, one.y2_mm - one.y1_mm
    bx, by = two.x2_mm - two.x1_mm, two.y2_mm - two.y1_mm
    cross = ax * by - ay * bx
    if cross == 0:
        return []
    dx, dy = two.x1_mm - one.x1_mm, two.y1_mm - one.y1_mm
    along, beside = (dx * by - dy * bx) / cross, (dx * ay - dy * ax) / cross
    inside = 0 <= along <= 1 and 0 <= beside <= 1
    return [(one.x1_mm + along * ax, one.y1_mm + along * ay)] if inside else []


def _length(segment: Segment) -> float:
    return float(np.hypot(segment.x2_mm - segment.x1_mm, segment.y2_mm - segment.y1_mm))


def _foot(segment: Segment, x: float, y: float) -> tuple[float, float]:
    """Return how far a point is off a walkway, and how far along it its foot lies."""
    length = _length(segment)
    if length == 0:
        return float(np.hypot(x - segment.x1_mm, y - segment.y1_mm)), 0.0
    ux, uy = (segment.x2_mm - segment.x1_mm) / length, (segment.y2_mm - segment.y1_mm) / length
    along = (x - segment.x1_mm) * ux + (y - segment.y1_mm) * uy
    along = min(max(along, 0.0), length)
    foot_x, foot_y = segment.x1_mm + along * ux, segment.y1_mm + along * uy
    return float(np.hypot(x - foot_x, y - foot_y)), float(along)

"""Tour lengths of many pick lists in one block at once, as array arithmetic.

A pick list is a row of bit masks, one per aisle: bit p - 1 stands for place p. Batching asks for
the lengths of thousands of lists that differ little; the exact program runs over aisles once for
all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from fulfillment.domain.layout import Block, Spot

Masks = npt.NDArray[np.uint64]
"""Shape (lists, aisles): which places of each aisle are visited."""

Lengths = npt.NDArray[np.float64]
"""Shape (lists,): millimeters of each tour."""

MOST_PLACES = 53
"""Places of an aisle that fit a mask: a float keeps 53 bits exactly."""


class BlockLengths:
    """Measures tours in one block: the shortest, and S-shape for comparison."""

    def __init__(self, block: Block) -> None:
        """Prepare the geometry of a block of at most `MOST_PLACES` places an aisle.

        Raises:
            ValueError: an aisle has more places.
        """
        if block.places > MOST_PLACES:
            raise ValueError(f"{block.places} places do not fit a mask of {MOST_PLACES}")
        self.block = block
        xs = sorted({block.x_mm(aisle) for aisle in range(1, block.aisle_count + 1)})
        #: Columns from left to right: an aisle's index, or -1 for the depot between aisles.
        self._columns: list[tuple[float, int]] = [(float(x), i) for i, x in enumerate(xs)]
        if block.depot_x_mm not in xs:
            self._columns = sorted([*self._columns, (float(block.depot_x_mm), -1)])

    def masks_of(self, lists: Sequence[Iterable[Spot]]) -> Masks:
        """Return the masks of some pick lists, shape (lists, aisles)."""
        rows = [[0] * self.block.aisle_count for _ in lists]
        for row, spots in zip(rows, lists, strict=True):
            for spot in spots:
                row[spot.aisle - 1] |= 1 << (spot.place - 1)
        return np.array(rows, dtype=np.uint64).reshape(len(lists), self.block.aisle_count)

    def shortest(self, masks: Masks) -> Lengths:
        """Return the length of the shortest tour of each list, 0 for an empty one.

        Source: Ratliff and Rosenthal 1983, all lists moved through the aisles together.
        """
        some, bottom, top, gap = self._ways(masks)
        through = float(self.block.length_mm)
        state = _State.start(len(masks))
        before: float | None = None
        depot_x = float(self.block.depot_x_mm)
        for x, aisle in self._columns:
            if before is not None:
                state.cross(x - before)
            before = x
            if aisle < 0:
                state.depot()
            elif x == depot_x:
                state.aisle(through, np.inf, bottom[aisle], gap[aisle], np.inf)
            else:
                idle = np.where(some[aisle], np.inf, 0.0)
                state.aisle(through, top[aisle], bottom[aisle], gap[aisle], idle)
        lengths = state.end() + 2.0 * self.block.depot_off_mm
        return np.where(some.any(axis=0), lengths, 0.0)

    def s_shape(self, masks: Masks) -> Lengths:
        """Return the length of each S-shape tour, 0 for an empty list.

        Every aisle with a pick is walked through, left to right; the last one, entered from the
        front, is walked to its deepest pick and back.
        """
        some = masks != 0
        x = np.array([self.block.x_mm(a) for a in range(1, self.block.aisle_count + 1)], float)
        visited = some.sum(axis=1)
        last = some.shape[1] - 1 - np.argmax(some[:, ::-1], axis=1)
        first = np.argmax(some, axis=1)
        depot = float(self.block.depot_x_mm)
        across = np.abs(x[first] - depot) + (x[last] - x[first]) + np.abs(x[last] - depot)
        deepest = _bit_of(masks[np.arange(len(masks)), last])
        turn = 2.0 * (self.block.end_gap_mm + deepest * self.block.place_pitch_mm)
        odd = visited % 2 == 1
        inside = (visited - odd) * self.block.length_mm + np.where(odd, turn, 0.0)
        return np.where(visited > 0, across + inside + 2.0 * self.block.depot_off_mm, 0.0)

    rough = s_shape

    def _ways(self, masks: Masks) -> tuple[npt.NDArray[np.bool_], Lengths, Lengths, Lengths]:
        """Return, per aisle and list: any pick; there and back from the front, back, both ends.

        "Both ends" leaves out the largest gap; it counts a gap at an end too, so it never exceeds
        the other two. Most aisles of most lists are empty and cost nothing.
        """
        block = self.block
        turned = np.ascontiguousarray(masks.T)
        some = turned != 0
        picked = turned[some]
        lowest = picked & (~picked + np.uint64(1))
        first, last = _bit_of(lowest), _bit_of(picked)
        length, pitch, end = float(block.length_mm), float(block.place_pitch_mm), block.end_gap_mm
        front_gap = end + first * pitch
        back_gap = end + (block.places - 1 - last) * pitch
        # Free places between the first and the last pick, as ones; the longest run is the gap.
        inside = ~picked & ~(lowest - np.uint64(1)) & _below(last)
        inner = np.where(first == last, 0.0, (_longest_run(inside) + 1.0) * pitch)
        widest = np.maximum(np.maximum(front_gap, back_gap), inner)
        ways = np.zeros((3, *turned.shape))
        ways[:, some] = 2.0 * (length - np.array((back_gap, front_gap, widest)))
        return some, ways[0], ways[1], ways[2]


def _bit_of(masks: Masks) -> Lengths:
    """Return the place of the highest bit, -1 for an empty mask."""
    exponent: Lengths = np.frexp(masks.astype(np.float64))[1].astype(np.float64)
    return exponent - 1.0


def _below(last: Lengths) -> Masks:
    """Return masks of all places before the last pick."""
    ones: Masks = (np.uint64(1) << np.maximum(last, 0.0).astype(np.uint64)) - np.uint64(1)
    return ones


def _longest_run(masks: Masks) -> Lengths:
    """Return the longest run of ones in each mask, by halving: a run of 13 is 8 + 4 + 1."""
    runs = [masks]
    step = 1
    while step < MOST_PLACES // 2:
        shorter = runs[-1]
        runs.append(shorter & (shorter >> np.uint64(step)))
        step *= 2
    length = np.zeros(masks.shape, dtype=np.uint64)
    left = np.full(masks.shape, ~np.uint64(0))
    for power in range(len(runs) - 1, -1, -1):
        longer = left & (runs[power] >> length)
        found = longer != 0
        left = np.where(found, longer, left)
        length += found.astype(np.uint64) << np.uint64(power)
    return length.astype(np.float64)


class _State:
    """Cheapest way so far to each class of partial tour, for every list.

    Named after how the two ends of the current aisle are joined: `uu` odd at both ends in one
    piece; `e0`, `oe` even at the back or front end only; `ee1`, `ee2` even at both, in one piece or
    two; `done` complete; `none` nothing walked yet.
    """

    def __init__(self, none: Lengths) -> None:
        self.none = none
        self.uu, self.e0, self.oe, self.ee1, self.ee2, self.done = (
            np.full(none.shape, np.inf) for _ in range(6)
        )

    @classmethod
    def start(cls, count: int) -> _State:
        return cls(np.zeros(count))

    def aisle(
        self,
        through: float,
        top: Lengths | float,
        bottom: Lengths,
        gap: Lengths,
        idle: Lengths | float,
    ) -> None:
        """Serve the picks of an aisle in the cheapest way for each class."""
        least = np.minimum
        stay = least(gap, idle)
        split = least(self.ee2, self.none)
        front, back = self.oe, self.e0
        one = least(least(back, front), least(self.ee1, split))
        ee1 = least(least(self.uu, one + through) + through, self.ee1 + stay)
        uu = least(one + through, self.uu + stay)
        ee2 = least(least(least(back, front), self.none) + gap, self.ee2 + stay)
        self.e0 = least(self.none + top, back + least(top, idle))
        self.oe = least(self.none + bottom, front + least(bottom, idle))
        self.uu, self.ee1, self.ee2 = uu, ee1, ee2
        self.done = self.done + idle
        self.none = self.none + idle

    def depot(self) -> None:
        """Visit the depot, which lies on the front cross aisle between two aisles."""
        self.ee2 = np.minimum(self.ee2, self.e0)
        self.oe = np.minimum(self.oe, self.none)
        self.e0 = np.full(self.none.shape, np.inf)
        self.none = self.e0
        self.done = self.e0

    def cross(self, way: float) -> None:
        """Walk on to the next aisle along the back, the front or both cross aisles."""
        twice = 2.0 * way
        self.done = np.minimum(np.minimum(self.done, self.e0), np.minimum(self.oe, self.ee1))
        self.e0 = np.minimum(self.e0, self.ee1) + twice
        self.oe = np.minimum(self.oe, self.ee1) + twice
        self.ee1 = self.ee1 + 2.0 * twice
        self.ee2 = self.ee2 + 2.0 * twice
        self.uu = self.uu + twice

    def end(self) -> Lengths:
        """Return the cheapest complete tour."""
        ended: Lengths = np.minimum(np.minimum(self.done, self.e0), np.minimum(self.oe, self.ee1))
        return ended

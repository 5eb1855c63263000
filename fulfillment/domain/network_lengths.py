"""Tour lengths of pick lists in any layout: each list is walked once and remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from fulfillment.domain import routes_any
from fulfillment.domain.block_lengths import Lengths, Masks
from fulfillment.domain.layout import Matrix

WORD = 53
"""Places in one word of a mask, as in a block's aisle."""


class NetworkLengths:
    """Measures tours by local search in a matrix of distances; row 0 is the depot.

    Bit b of word w of a mask stands for row 53 w + b + 1 of the matrix.
    """

    def __init__(self, ways: Matrix) -> None:
        """Keep the matrix and an empty memory of lengths by pick list."""
        self._ways = ways
        self._words = max(1, -(-(len(ways) - 1) // WORD))
        self._known: dict[bytes, float] = {}
        self._roughly: dict[bytes, float] = {}

    def masks_of(self, lists: Sequence[Iterable[int]]) -> Masks:
        """Return the masks of some pick lists of matrix rows, shape (lists, words)."""
        rows = [[0] * self._words for _ in lists]
        for row, picks in zip(rows, lists, strict=True):
            for pick in picks:
                row[(pick - 1) // WORD] |= 1 << ((pick - 1) % WORD)
        return np.array(rows, dtype=np.uint64).reshape(len(lists), self._words)

    def shortest(self, masks: Masks) -> Lengths:
        """Return a locally shortest tour of each list in mm; 0 for an empty list."""
        return self._measure(masks, self._known, self._improved)

    def rough(self, masks: Masks) -> Lengths:
        """Return the nearest neighbor tour of each list in mm; 0 for an empty list."""
        return self._measure(masks, self._roughly, self._nearest)

    def _measure(
        self, masks: Masks, known: dict[bytes, float], measure: Callable[[Matrix], float]
    ) -> Lengths:
        lengths = np.empty(len(masks))
        for position, row in enumerate(masks):
            key = row.tobytes()
            length = known.get(key)
            if length is None:
                length = known[key] = measure(self._part(row))
            lengths[position] = length
        return lengths

    def _part(self, row: Masks) -> Matrix:
        picks = [0]
        for word, mask in enumerate(row.tolist()):
            picks += [word * WORD + bit + 1 for bit in range(WORD) if mask >> bit & 1]
        part: Matrix = self._ways[np.ix_(picks, picks)]
        return part

    @staticmethod
    def _improved(ways: Matrix) -> float:
        return routes_any.improve(ways, routes_any.nearest_neighbor(ways)).length_mm

    @staticmethod
    def _nearest(ways: Matrix) -> float:
        return routes_any.nearest_neighbor(ways).length_mm

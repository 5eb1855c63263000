"""Tour lengths of many pick lists in any layout at once, as array arithmetic.

Each list is walked to the nearest pick left and then improved by 2-opt; the tour that is walked in
the end is searched longer and is not longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from fulfillment.domain.block_lengths import Lengths, Masks
from fulfillment.domain.layout import Matrix

WORD = 53
"""Places in one word of a mask, as in a block's aisle."""

MOST_CELLS = 2_000_000
"""Cells (lists x stops x stops) that are looked at in one piece, to bound memory."""

MOST_MOVES = 12
"""2-opt moves a list gets."""

EPSILON = 1e-6

Paths = npt.NDArray[np.intp]
"""Shape (lists, stops + 2): rows of the matrix in walking order, filled up with the depot."""


class NetworkLengths:
    """Measures tours in a matrix of distances; row 0 is the depot.

    Bit b of word w of a mask stands for row 53 w + b + 1 of the matrix.
    """

    def __init__(self, ways: Matrix) -> None:
        """Keep the matrix."""
        self._ways = ways
        self._words = max(1, -(-(len(ways) - 1) // WORD))

    def masks_of(self, lists: Sequence[Iterable[int]]) -> Masks:
        """Return the masks of some pick lists of matrix rows, shape (lists, words)."""
        rows = [[0] * self._words for _ in lists]
        for row, picks in zip(rows, lists, strict=True):
            for pick in picks:
                row[(pick - 1) // WORD] |= 1 << ((pick - 1) % WORD)
        return np.array(rows, dtype=np.uint64).reshape(len(lists), self._words)

    def shortest(self, masks: Masks) -> Lengths:
        """Return a short tour of each list in mm; 0 for an empty list."""
        return self._measure(masks, moves=MOST_MOVES)

    def rough(self, masks: Masks) -> Lengths:
        """Return the nearest neighbor tour of each list in mm; 0 for an empty list."""
        return self._measure(masks, moves=0)

    def _measure(self, masks: Masks, moves: int) -> Lengths:
        bits = masks[:, :, None] >> np.arange(WORD, dtype=np.uint64) & np.uint64(1)
        where, picks = np.nonzero(bits.reshape(len(masks), self._words * WORD))
        counts = np.bincount(where, minlength=len(masks))
        lengths = np.zeros(len(masks))
        # Lists of like size are measured together, so that few places are filled up.
        turn = np.argsort(counts, kind="stable")
        starts = np.concatenate(([0], np.cumsum(counts)))
        step = max(1, MOST_CELLS // (int(counts.max(initial=0)) + 2) ** 2)
        for at in range(0, len(turn), step):
            rows = turn[at : at + step]
            nodes = np.zeros((len(rows), int(counts[rows].max(initial=0))), dtype=np.intp)
            for line, row in enumerate(rows):
                nodes[line, : counts[row]] = picks[starts[row] : starts[row + 1]] + 1
            lengths[rows] = self._lengths(self._walked(nodes, counts[rows]), moves)
        return lengths

    def _walked(self, nodes: Paths, counts: npt.NDArray[np.intp]) -> Paths:
        """Return the nearest neighbor tours of lists of rows, the short ones filled up with 0."""
        lists, stops = nodes.shape
        paths = np.zeros((lists, stops + 2), dtype=np.intp)
        gone = np.arange(stops)[None, :] >= counts[:, None]
        line, here = np.arange(lists), np.zeros(lists, dtype=np.intp)
        for stop in range(stops):
            near = np.where(gone, np.inf, self._ways[here[:, None], nodes]).argmin(axis=1)
            here = np.where(stop < counts, nodes[line, near], 0)
            gone[line, near] = True
            paths[:, stop + 1] = here
        return paths

    def _lengths(self, paths: Paths, moves: int) -> Lengths:
        for _ in range(moves if paths.shape[1] > 3 else 0):
            if not self._reverse_best(paths):
                break
        walked: Lengths = self._ways[paths[:, :-1], paths[:, 1:]].sum(axis=1)
        return walked

    def _reverse_best(self, paths: Paths) -> bool:
        """Make the best 2-opt move of each list, in place; say whether any got shorter."""
        ways = self._ways
        steps, back = ways[paths[:, :-1], paths[:, 1:]], ways[paths[:, 1:], paths[:, :-1]]
        turned = (np.cumsum(back, axis=1) - np.cumsum(steps, axis=1))[:, :-1]
        inner, count = paths[:, 1:-1], paths.shape[1] - 2
        change = ways[paths[:, :-2, None], inner[:, None, :]]
        change += ways[inner[:, :, None], paths[:, None, 2:]]
        change -= steps[:, :-1, None] + steps[:, None, 1:]
        change += turned[:, None, :] - turned[:, :, None]
        change[:, *np.tril_indices(count)] = 0.0
        flat = change.reshape(len(paths), -1)
        best = flat.argmin(axis=1)
        shorter = flat[np.arange(len(paths)), best] < -EPSILON
        for line in np.flatnonzero(shorter):
            i, j = divmod(int(best[line]), count)
            paths[line, i + 1 : j + 2] = paths[line, i + 1 : j + 2][::-1].copy()
        return bool(shorter.any())

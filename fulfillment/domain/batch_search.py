"""Iterated local search over batches: swap and shift orders until nothing helps, kick, repeat.

All swaps and shifts of one batch are measured in one call, so a second looks at some hundred
thousand neighbors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fulfillment.domain.batching import Batches, Loads, Problem
from fulfillment.domain.block_lengths import Lengths, Masks

SLACK = 0.01
"""A local optimum is gone on from when it is at most this share worse than the best."""

EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Found:
    """The best batches of a search, their walk in mm, and how many optima were looked at."""

    batches: Batches
    length_mm: float
    rounds: int


def search(problem: Problem, start: Batches, *, seed: int, go_on: Callable[[int], bool]) -> Found:
    """Return batches at least as short as `start`.

    `go_on(rounds)` is asked before each kick; the same seed and number of rounds give the same
    batches.
    """
    rng = np.random.default_rng(seed)
    plan = _Plan(problem, start)
    plan.settle(range(len(plan.members)))
    best, rounds = plan.copy(), 1
    while len(plan.members) > 1 and go_on(rounds):
        tried = plan.copy()
        tried.settle(tried.kick(rng))
        rounds += 1
        if tried.total < best.total - EPSILON:
            best = tried.copy()
        plan = tried if tried.total <= best.total * (1.0 + SLACK) else best.copy()
    return Found(best.batches(), best.total, rounds)


class _Plan:
    """A division into batches with everything needed to measure its neighbors.

    `without[i]` is the pick list of order i's batch without order i.
    """

    def __init__(self, problem: Problem, batches: Sequence[Sequence[int]]) -> None:
        count = len(problem.masks)
        self.problem = problem
        self.members = [list(batch) for batch in batches]
        self.home = np.zeros(count, dtype=np.intp)
        self.without: Masks = np.zeros_like(problem.masks)
        self.whole: Masks = np.zeros((len(batches), problem.masks.shape[1]), dtype=np.uint64)
        self.loads: Loads = np.zeros((len(batches), 3), dtype=np.int64)
        for batch in range(len(batches)):
            self._refresh(batch)
        self.lengths: Lengths = problem.measure.shortest(self.whole)

    @property
    def total(self) -> float:
        return float(self.lengths.sum())

    def copy(self) -> _Plan:
        twin = object.__new__(_Plan)
        twin.problem = self.problem
        twin.members = [list(batch) for batch in self.members]
        for name in ("home", "without", "whole", "loads", "lengths"):
            setattr(twin, name, getattr(self, name).copy())
        return twin

    def batches(self) -> Batches:
        return tuple(sorted(tuple(sorted(batch)) for batch in self.members if batch))

    def settle(self, dirty: Sequence[int]) -> None:
        """Take the best move of each changed batch until none is left that helps."""
        waiting = list(dict.fromkeys(dirty))
        while waiting:
            batch = waiting.pop()
            while self.members[batch]:
                other = self._improve(batch)
                if other is None:
                    break
                if other not in waiting:
                    waiting.insert(0, other)

    def _improve(self, batch: int) -> int | None:
        """Make the best swap or shift between this batch and any other; return the other."""
        mine = np.array(self.members[batch], dtype=np.intp)
        swap_i, swap_j = self._swaps(batch, mine)
        shift_i, shift_c = self._shifts(batch, mine)
        masks = self.problem.masks
        fresh = np.concatenate(
            (
                self.without[swap_i] | masks[swap_j],
                self.without[swap_j] | masks[swap_i],
                self.without[mine],
                self.whole[shift_c] | masks[shift_i],
            )
        )
        measured = self.problem.measure.shortest(fresh)
        swaps = len(swap_i)
        left = dict(zip(mine.tolist(), measured[2 * swaps : 2 * swaps + len(mine)], strict=True))
        swapped = (
            measured[:swaps]
            + measured[swaps : 2 * swaps]
            - self.lengths[self.home[swap_j]]
            - self.lengths[batch]
        )
        shifted = (
            np.array([left[i] for i in shift_i.tolist()])
            + measured[2 * swaps + len(mine) :]
            - self.lengths[shift_c]
            - self.lengths[batch]
        )
        change = np.concatenate((swapped, shifted))
        if not len(change):
            return None
        best = int(change.argmin())
        if change[best] > -EPSILON:
            return None
        if best < swaps:
            return self._swap(int(swap_i[best]), int(swap_j[best]))
        return self._shift(int(shift_i[best - swaps]), int(shift_c[best - swaps]))

    def _swaps(
        self, batch: int, mine: npt.NDArray[np.intp]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Return the pairs (order of this batch, order of another) that capacity lets swap."""
        loads, limits = self.problem.loads, self.problem.limits
        others = np.flatnonzero(self.home != batch)
        more = loads[others][None, :, :] - loads[mine][:, None, :]
        room = limits - self.loads
        fits = (more <= room[batch]).all(axis=2)
        fits &= (-more <= room[self.home[others]][None, :, :]).all(axis=2)
        i, j = np.nonzero(fits)
        return mine[i], others[j]

    def _shifts(
        self, batch: int, mine: npt.NDArray[np.intp]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Return the pairs (order of this batch, other batch) with room for the order."""
        room = self.problem.limits - self.loads
        fits = (self.problem.loads[mine][:, None, :] <= room[None, :, :]).all(axis=2)
        fits &= np.arange(len(room)) != batch
        i, c = np.nonzero(fits)
        return mine[i], c

    def _swap(self, i: int, j: int) -> int:
        mine, other = int(self.home[i]), int(self.home[j])
        self.members[mine][self.members[mine].index(i)] = j
        self.members[other][self.members[other].index(j)] = i
        self._changed(mine, other)
        return other

    def _shift(self, i: int, other: int) -> int:
        mine = int(self.home[i])
        self.members[mine].remove(i)
        self.members[other].append(i)
        self._changed(mine, other)
        return other

    def _changed(self, *batches: int) -> None:
        for batch in batches:
            self._refresh(batch)
        rows = list(batches)
        self.lengths[rows] = self.problem.measure.shortest(self.whole[rows])

    def _refresh(self, batch: int) -> None:
        """Take a batch's pick lists and load anew from its members."""
        members = self.members[batch]
        self.home[members] = batch
        rows = self.problem.masks[members]
        self.loads[batch] = self.problem.loads[members].sum(axis=0)
        self.whole[batch] = np.bitwise_or.reduce(rows, axis=0) if members else 0
        if not members:
            return
        before = np.zeros_like(rows)
        after = np.zeros_like(rows)
        before[1:] = np.bitwise_or.accumulate(rows[:-1], axis=0)
        after[:-1] = np.bitwise_or.accumulate(rows[:0:-1], axis=0)[::-1]
        self.without[members] = before | after

    def kick(self, rng: np.random.Generator, most: int = 3) -> list[int]:
        """Make some random swaps; return the batches they touch."""
        touched: list[int] = []
        for _ in range(int(rng.integers(2, most + 1))):
            batch = int(self.home[rng.integers(len(self.home))])
            swap_i, swap_j = self._swaps(batch, np.array(self.members[batch], dtype=np.intp))
            if len(swap_i):
                pick = int(rng.integers(len(swap_i)))
                other = self._swap(int(swap_i[pick]), int(swap_j[pick]))
                touched += [batch, other]
        return touched

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

LOOKED_AT = 120
"""Swaps of one batch that are measured; a cheap guess says which."""

EPSILON = 1e-6

Indexes = npt.NDArray[np.intp]


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
    """A division into batches with everything needed to judge its neighbors.

    `without[i]` is the pick list of order i's batch without order i and `freed[i]` what leaving
    saves; `joined[i, c]` is the length of batch c with order i.
    """

    arrays = ("home", "without", "freed", "joined", "whole", "loads", "lengths")

    def __init__(self, problem: Problem, batches: Sequence[Sequence[int]]) -> None:
        count, words = problem.masks.shape
        self.problem = problem
        self.members = [list(batch) for batch in batches]
        self.home = np.zeros(count, dtype=np.intp)
        self.without: Masks = np.zeros((count, words), dtype=np.uint64)
        self.freed: Lengths = np.zeros(count)
        self.joined: Lengths = np.zeros((count, len(batches)))
        self.whole: Masks = np.zeros((len(batches), words), dtype=np.uint64)
        self.loads: Loads = np.zeros((len(batches), 3), dtype=np.int64)
        self.lengths: Lengths = np.zeros(len(batches))
        for batch in range(len(batches)):
            self._reload(batch)
        if self.members:
            self._refresh(*range(len(batches)))

    @property
    def total(self) -> float:
        return float(self.lengths.sum())

    def copy(self) -> _Plan:
        twin = object.__new__(_Plan)
        twin.problem = self.problem
        twin.members = [list(batch) for batch in self.members]
        for name in self.arrays:
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
        shift_i, shift_c = self._shifts(batch, mine)
        shifted = self.joined[shift_i, shift_c] - self.lengths[shift_c] - self.freed[shift_i]
        swap_i, swap_j = self._promising(batch, *self._swaps(batch, mine))
        masks = self.problem.masks
        fresh = (self.without[swap_i] | masks[swap_j], self.without[swap_j] | masks[swap_i])
        measured = self.problem.measure.shortest(np.concatenate(fresh))
        swaps = len(swap_i)
        swapped = measured[:swaps] + measured[swaps:]
        swapped -= self.lengths[self.home[swap_j]] + self.lengths[batch]
        change = np.concatenate((swapped, shifted))
        if not len(change):
            return None
        best = int(change.argmin())
        if change[best] > -EPSILON:
            return None
        if best < swaps:
            return self._swap(int(swap_i[best]), int(swap_j[best]))
        return self._shift(int(shift_i[best - swaps]), int(shift_c[best - swaps]))

    def _swaps(self, batch: int, mine: Indexes) -> tuple[Indexes, Indexes]:
        """Return the pairs (order of this batch, order of another) that capacity lets swap."""
        loads, limits = self.problem.loads, self.problem.limits
        others = np.flatnonzero(self.home != batch)
        more = loads[others][None, :, :] - loads[mine][:, None, :]
        room = limits - self.loads
        fits = (more <= room[batch]).all(axis=2)
        fits &= (-more <= room[self.home[others]][None, :, :]).all(axis=2)
        i, j = np.nonzero(fits)
        return mine[i], others[j]

    def _promising(self, batch: int, i: Indexes, j: Indexes) -> tuple[Indexes, Indexes]:
        """Keep the `LOOKED_AT` swaps whose parts, a leaving and a joining each, cost least."""
        if len(i) <= LOOKED_AT:
            return i, j
        homes = self.home[j]
        guess = self.joined[j, batch] - self.freed[i]
        guess += self.joined[i, homes] - self.lengths[homes] - self.freed[j]
        kept = np.sort(np.argpartition(guess, LOOKED_AT)[:LOOKED_AT])
        return i[kept], j[kept]

    def _shifts(self, batch: int, mine: Indexes) -> tuple[Indexes, Indexes]:
        """Return the pairs (order of this batch, other batch) with room for the order."""
        room = self.problem.limits - self.loads
        fits = (self.problem.loads[mine][:, None, :] <= room[None, :, :]).all(axis=2)
        fits &= np.arange(len(room)) != batch
        i, c = np.nonzero(fits)
        return mine[i], c

    def _swap(self, i: int, j: int) -> int:
        other = int(self.home[j])
        self._refresh(*self._exchange(i, j))
        return other

    def _exchange(self, i: int, j: int) -> tuple[int, int]:
        """Put two orders into each other's batch; return the batches, which are stale now."""
        mine, other = int(self.home[i]), int(self.home[j])
        self.members[mine][self.members[mine].index(i)] = j
        self.members[other][self.members[other].index(j)] = i
        for batch in (mine, other):
            self._reload(batch)
        return mine, other

    def _shift(self, i: int, other: int) -> int:
        mine = int(self.home[i])
        self.members[mine].remove(i)
        self.members[other].append(i)
        for batch in (mine, other):
            self._reload(batch)
        self._refresh(mine, other)
        return other

    def _reload(self, batch: int) -> None:
        """Take a batch's load and the home of its members anew."""
        members = self.members[batch]
        self.home[members] = batch
        self.loads[batch] = self.problem.loads[members].sum(axis=0)

    def _refresh(self, *batches: int) -> None:
        """Take the pick lists of some batches and every length they are part of anew."""
        asked: list[Masks] = []
        for batch in batches:
            members = self.members[batch]
            rows = self.problem.masks[members]
            before, after = np.zeros_like(rows), np.zeros_like(rows)
            if members:
                before[1:] = np.bitwise_or.accumulate(rows[:-1], axis=0)
                after[:-1] = np.bitwise_or.accumulate(rows[:0:-1], axis=0)[::-1]
            self.whole[batch] = np.bitwise_or.reduce(rows, axis=0) if members else 0
            self.without[members] = before | after
            asked += [
                self.problem.masks | self.whole[batch],
                self.without[members],
                self.whole[batch : batch + 1],
            ]
        measured = self.problem.measure.shortest(np.concatenate(asked))
        ends = np.cumsum([len(part) for part in asked])[:-1]
        parts = np.split(measured, ends)
        for place, batch in enumerate(batches):
            joined, left, whole = parts[3 * place : 3 * place + 3]
            self.joined[:, batch] = joined
            self.lengths[batch] = whole[0]
            self.freed[self.members[batch]] = whole[0] - left

    def kick(self, rng: np.random.Generator, most: int = 3) -> list[int]:
        """Make some random swaps; return the batches they touch."""
        touched: dict[int, None] = {}
        for _ in range(int(rng.integers(2, most + 1))):
            batch = int(self.home[rng.integers(len(self.home))])
            swap_i, swap_j = self._swaps(batch, np.array(self.members[batch], dtype=np.intp))
            if len(swap_i):
                pick = int(rng.integers(len(swap_i)))
                touched |= dict.fromkeys(self._exchange(int(swap_i[pick]), int(swap_j[pick])))
        if touched:
            self._refresh(*touched)
        return list(touched)

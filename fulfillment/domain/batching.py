"""Which orders are picked on one walk: savings first, then local search.

Savings start with a tour for each order and merge the pair that saves most, with all savings taken
anew after each merge. Source: Clarke and Wright 1964, variant (ii). The search then moves and swaps
orders between tours. Source: Henn and Wascher 2012 for the neighborhoods.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from fulfillment.domain.block_lengths import Lengths, Masks

Loads = npt.NDArray[np.int64]
"""Shape (orders or batches, 3): items, totes, grams."""

Batches = tuple[tuple[int, ...], ...]
"""Positions in the list of orders; each order in exactly one batch."""

UNLIMITED = 1 << 60


class OrderTooBig(ValueError):
    """An order alone passes the capacity; the message names it and the figure."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one tour carries; None does not limit."""

    items: int | None = None
    totes: int | None = None
    weight_g: int | None = None

    def limits(self) -> Loads:
        """Return the three limits, shape (3,)."""
        asked = (self.items, self.totes, self.weight_g)
        return np.array([UNLIMITED if one is None else one for one in asked], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Load:
    """What one order takes of a tour's capacity."""

    items: int
    totes: int = 1
    weight_g: int = 0


class Measure(Protocol):
    """Lengths of tours through pick lists, each a row of bit masks; 0 for an empty list."""

    def shortest(self, masks: Masks) -> Lengths:
        """Return the length in mm of the tour that will be walked for each list."""

    def rough(self, masks: Masks) -> Lengths:
        """Return the length in mm of the tour that savings compare."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Orders to be batched: where they are picked, what they load, what a tour carries.

    `masks` has shape (orders, words): see `Measure`.
    """

    measure: Measure
    masks: Masks
    loads: Loads
    limits: Loads

    @classmethod
    def of(
        cls, measure: Measure, masks: Masks, loads: Sequence[Load], capacity: Capacity
    ) -> Problem:
        """Return the problem of orders with one row of masks each.

        Raises:
            OrderTooBig: an order alone passes the capacity.
        """
        table = np.array([(one.items, one.totes, one.weight_g) for one in loads], dtype=np.int64)
        table, limits = table.reshape(-1, 3), capacity.limits()
        for position, kind in np.argwhere(table > limits):
            name = ("items", "totes", "grams")[kind]
            raise OrderTooBig(
                f"order {position + 1} has {table[position, kind]} {name},"
                f" a tour carries {limits[kind]}"
            )
        return cls(measure, masks, table, limits)

    def length(self, batches: Batches) -> float:
        """Return the sum of the shortest tours of some batches in mm."""
        return float(self.lengths(batches).sum())

    def lengths(self, batches: Batches) -> Lengths:
        """Return the shortest tour of each batch in mm."""
        return self.measure.shortest(self.union(batches))

    def union(self, batches: Batches) -> Masks:
        """Return the pick list of each batch, shape (batches, words)."""
        rows = [np.bitwise_or.reduce(self.masks[list(batch)], axis=0) for batch in batches]
        shape = (len(batches), self.masks.shape[1])
        return np.array(rows, dtype=np.uint64).reshape(shape)


def first_come(problem: Problem) -> Batches:
    """Return the batches that filling tours in the order of arrival gives."""
    batches: list[list[int]] = []
    room = np.zeros(3, dtype=np.int64)
    for order, load in enumerate(problem.loads):
        if not batches or (load > room).any():
            batches.append([])
            room = problem.limits.copy()
        batches[-1].append(order)
        room -= load
    return tuple(map(tuple, batches))


def shorter_start(problem: Problem) -> Batches:
    """Return where a search begins: savings, or the order of arrival when that walks less.

    Savings look at lengths alone, so where orders fill tours exactly they may need one tour more.
    """
    starts = (savings(problem), first_come(problem))
    return min(starts, key=problem.length)


def savings(problem: Problem, *, inside: Literal["rough", "shortest"] = "rough") -> Batches:
    """Return batches by Clarke and Wright (ii), savings measured by the rule `inside`."""
    count = len(problem.masks)
    if not count:
        return ()
    measure: Callable[[Masks], Lengths] = getattr(problem.measure, inside)
    masks, loads = problem.masks.copy(), problem.loads.copy()
    members: list[list[int]] = [[order] for order in range(count)]
    single = measure(masks)
    saved = np.full((count, count), -np.inf)
    for row in range(count - 1):
        saved[row, row + 1 :] = _savings_with(
            row, np.arange(row + 1, count), masks, single, measure
        )
    saved[(loads[:, None] + loads[None] > problem.limits).any(axis=2)] = -np.inf
    while True:
        best = int(saved.argmax())
        kept, gone = divmod(best, count)
        if not saved[kept, gone] >= 0:
            break
        members[kept] += members[gone]
        members[gone] = []
        single[kept] += single[gone] - saved[kept, gone]
        masks[kept] |= masks[gone]
        loads[kept] += loads[gone]
        saved[gone, :] = saved[:, gone] = saved[kept, :] = saved[:, kept] = -np.inf
        fits = (loads + loads[kept] <= problem.limits).all(axis=1)
        others = np.array(
            [row for row in range(count) if members[row] and row != kept and fits[row]],
            dtype=np.intp,
        )
        if len(others):
            fresh = _savings_with(kept, others, masks, single, measure)
            saved[np.minimum(others, kept), np.maximum(others, kept)] = fresh
    return tuple(tuple(sorted(batch)) for batch in members if batch)


def _savings_with(
    row: int,
    others: npt.NDArray[np.intp],
    masks: Masks,
    single: Lengths,
    measure: Callable[[Masks], Lengths],
) -> Lengths:
    """Return what joining one tour with each other one saves, in mm."""
    saved: Lengths = single[row] + single[others] - measure(masks[others] | masks[row])
    return saved

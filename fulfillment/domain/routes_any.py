"""Tours on any layout, from a matrix of distances: local search, and the exact answer for few.

Row and column 0 of the matrix are the depot. Distances need not be symmetric: one-ways count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from fulfillment.domain.layout import Matrix

RESTARTS = 20
"""Kicks after the first local optimum."""

MOST_EXACT = 12
"""Picks that Held and Karp's program is asked for; it needs 2^n rows."""

LONGEST_SEGMENT = 3
"""Picks that Or-opt moves together."""

Path = npt.NDArray[np.intp]
"""Rows of the matrix in walking order, without the depot."""

KICK = 30
"""Picks in the longest stretch that a kick moves."""

EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Route:
    """A tour from the depot and back: `order` holds rows of the matrix, each pick once."""

    order: tuple[int, ...]
    length_mm: float


def length_of(ways: Matrix, order: Sequence[int]) -> float:
    """Return the length in mm of a tour that starts and ends at the depot."""
    return float(sum(ways[a, b] for a, b in pairwise([0, *order, 0])))


def nearest_neighbor(ways: Matrix) -> Route:
    """Return the tour that always walks to the nearest pick left; ties go to the lower row."""
    left = ways.copy()
    left[:, 0] = np.inf
    order: list[int] = []
    here = 0
    for _ in range(len(ways) - 1):
        here = int(left[here].argmin())
        left[:, here] = np.inf
        order.append(here)
    return Route(tuple(order), length_of(ways, order))


def improve(ways: Matrix, route: Route) -> Route:
    """Return a tour that no 2-opt and no Or-opt move makes shorter."""
    path = np.array(route.order, dtype=np.intp)
    while len(path) > 1:
        better = _best_move(ways, path)
        if better is None:
            break
        path = better
    order = tuple(int(row) for row in path)
    return Route(order, length_of(ways, order))


def search(ways: Matrix, *, seed: int, restarts: int = RESTARTS) -> Route:
    """Return a short tour: nearest neighbor, local search, then kicks by double bridge.

    The same seed gives the same tour. Source: Martin, Otto and Felten 1991 for the kick.
    """
    best = improve(ways, nearest_neighbor(ways))
    if len(best.order) < 4:
        return best if len(best.order) < 2 else _shortest_of_all(ways)
    rng = np.random.default_rng(seed)
    for _ in range(restarts):
        kicked = _double_bridge(best.order, rng)
        tried = improve(ways, Route(kicked, 0.0))
        if tried.length_mm < best.length_mm - EPSILON:
            best = tried
    return best


def held_karp(ways: Matrix) -> Route:
    """Return a shortest tour of at most `MOST_EXACT` picks.

    Raises:
        ValueError: there are more picks. Source: Held and Karp 1962.
    """
    count = len(ways) - 1
    if count > MOST_EXACT:
        raise ValueError(f"{count} picks are more than {MOST_EXACT}")
    if count == 0:
        return Route((), 0.0)
    inner = np.ascontiguousarray(ways[1:, 1:])
    size = 1 << count
    cost = np.full((size, count), np.inf)
    came = np.zeros((size, count), dtype=np.int8)
    for last in range(count):
        cost[1 << last, last] = ways[0, last + 1]
    bits = [1 << bit for bit in range(count)]
    for subset in range(1, size):
        if subset & (subset - 1) == 0:
            continue
        for last in range(count):
            if subset & bits[last]:
                through = cost[subset ^ bits[last]] + inner[:, last]
                before = int(through.argmin())
                cost[subset, last] = through[before]
                came[subset, last] = before
    closed = cost[-1] + ways[1:, 0]
    last, subset = int(closed.argmin()), size - 1
    order = []
    while subset:
        order.append(last + 1)
        subset, last = subset ^ bits[last], int(came[subset, last])
    order.reverse()
    return Route(tuple(order), float(closed.min()))


def _shortest_of_all(ways: Matrix) -> Route:
    return held_karp(ways)


def _double_bridge(order: Sequence[int], rng: np.random.Generator) -> tuple[int, ...]:
    """Swap two neighboring stretches of the tour, which no single move can undo.

    Short stretches, so that most of what was found stays.
    """
    most = max(2, min(KICK, len(order) // 2))
    first, second = (int(size) for size in rng.integers(1, most + 1, 2))
    a = int(rng.integers(0, len(order) - first - second + 1))
    b, c = a + first, a + first + second
    return (*order[:a], *order[b:c], *order[a:b], *order[c:])


def _best_move(ways: Matrix, path: Path) -> Path | None:
    """Return the path after the best 2-opt or Or-opt move, None where none helps."""
    full = np.concatenate(([0], path, [0])).astype(np.intp)
    gain, i, j = _best_reversal(ways, full)
    move = (gain, i, j, 0, False)
    for size in range(1, min(LONGEST_SEGMENT, len(path) - 1) + 1):
        for turned in (False, True) if size > 1 else (False,):
            found = _best_shift(ways, full, size, turned=turned)
            if found[0] < move[0]:
                move = (*found, size, turned)
    gain, i, j, size, turned = move
    if gain > -EPSILON:
        return None
    if not size:
        return np.concatenate((path[: i - 1], path[i - 1 : j][::-1], path[j:]))
    part = path[i - 1 : i - 1 + size]
    rest = np.concatenate((path[: i - 1], path[i - 1 + size :]))
    at = j if j < i else j - size
    moved: Path = np.concatenate((rest[:at], part[::-1] if turned else part, rest[at:]))
    return moved


def _best_reversal(ways: Matrix, full: Path) -> tuple[float, int, int]:
    """Return (change, i, j) of the best reversal of stops i..j of the walk."""
    steps = ways[full[:-1], full[1:]]
    back = ways[full[1:], full[:-1]]
    forth = np.concatenate(([0.0], np.cumsum(steps)))
    home = np.concatenate(([0.0], np.cumsum(back)))
    inner = full[1:-1]
    count = len(inner)
    turned = (home - forth)[1:-1]
    # New ways: before i -> j, and i -> after j; between them the walk goes backwards.
    change = (
        ways[full[:-2][:, None], inner[None, :]]
        + ways[inner[:, None], full[2:][None, :]]
        - steps[:-1][:, None]
        - steps[1:][None, :]
        + (turned[None, :] - turned[:, None])
    )
    change[np.tril_indices(count)] = 0.0
    best = int(change.argmin())
    i, j = divmod(best, count)
    return float(change[i, j]), i + 1, j + 1


def _best_shift(ways: Matrix, full: Path, size: int, *, turned: bool) -> tuple[float, int, int]:
    """Return (change, i, k): stops i..i+size-1 go between stops k and k+1, turned or not."""
    count = len(full) - 2
    heads = np.arange(1, count - size + 2)
    first, last = full[heads], full[heads + size - 1]
    before, after = full[heads - 1], full[heads + size]
    freed = ways[before, first] + ways[last, after] - ways[before, after]
    inner = np.zeros(len(heads))
    if turned:
        for step in range(size - 1):
            a, b = full[heads + step], full[heads + step + 1]
            inner += ways[b, a] - ways[a, b]
        first, last = last, first
    edges = np.arange(len(full) - 1)
    left, right = full[edges], full[edges + 1]
    change = (
        ways[left[None, :], first[:, None]]
        + ways[last[:, None], right[None, :]]
        - ways[left, right][None, :]
        + (inner - freed)[:, None]
    )
    own = (edges[None, :] >= heads[:, None] - 1) & (edges[None, :] < heads[:, None] + size)
    change[own] = np.inf
    best = int(change.argmin())
    i, k = divmod(best, len(edges))
    return float(change[i, k]), int(heads[i]), k

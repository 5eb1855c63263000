"""A wave as tours: cut by window and zone when it is large, batched, and walked.

Savings look at every pair of orders, so a wave of more than `MOST_TOGETHER` is cut first: orders
of one cut-off stay together, and among them those that start in one zone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from fulfillment.domain import batch_search, batching
from fulfillment.domain.batching import Batches, Capacity, Load, Problem
from fulfillment.domain.floor_map import FloorMap, Tour

MOST_TOGETHER = 250
"""Orders that are batched in one go."""


@dataclass(frozen=True, slots=True)
class TourOrder:
    """One order of a wave: where its units lie and what it loads.

    `cutoff_at` is its window; `zone` the zone of its first bin; both "" or None where unknown.
    """

    key: int
    bins: tuple[int, ...]
    load: Load
    cutoff_at: dt.datetime | None = None
    zone: int = 0


@dataclass(frozen=True, slots=True)
class PlannedTour:
    """Orders that are fetched on one walk, by key, and the walk."""

    keys: tuple[int, ...]
    tour: Tour


def plan(
    orders: Sequence[TourOrder],
    floor: FloorMap,
    capacity: Capacity,
    *,
    kicks: int,
    more: Callable[[float], bool] = lambda _share: False,
    seed: int = 1,
) -> list[PlannedTour]:
    """Return the tours of a wave, the most urgent window first; each order is on exactly one.

    An order that alone passes the capacity gets a tour to itself. `kicks` bounds the search in each
    part of a large wave; 0 stops at the first local optimum, unless `more(share)` says that there
    is time: it is asked with the share of the wave that is to be done by then.
    """
    tours = []
    parts = list(cut(orders))
    for number, part in enumerate(parts, 1):
        small = [one for one in part if _fits(one.load, capacity)]
        going = _Going(kicks, more, number / len(parts))
        batches = [
            [small[i] for i in batch] for batch in _batches(small, floor, capacity, going, seed)
        ]
        batches += [[one] for one in part if not _fits(one.load, capacity)]
        tours += [
            PlannedTour(
                tuple(one.key for one in batch),
                floor.tour([bin_id for one in batch for bin_id in one.bins]),
            )
            for batch in batches
        ]
    return tours


def cut(orders: Sequence[TourOrder], most: int = MOST_TOGETHER) -> Iterator[list[TourOrder]]:
    """Yield parts of at most `most` orders: one window each, by zones where a window is too large.

    A wave within the bound stays whole. Zones that fit together share a part.
    """
    if len(orders) <= most:
        if orders:
            yield list(orders)
        return
    for _, window in groupby(sorted(orders, key=_window), key=lambda one: _window(one)[:2]):
        part: list[TourOrder] = []
        for _, zone in groupby(window, key=lambda one: one.zone):
            members = list(zone)
            if len(part) + len(members) > most and part:
                yield part
                part = []
            while len(members) > most:
                yield members[:most]
                members = members[most:]
            part = part + members
        if part:
            yield part


def _window(order: TourOrder) -> tuple[bool, float, int, int]:
    at = order.cutoff_at
    return at is None, at.timestamp() if at else 0.0, order.zone, order.key


def _fits(load: Load, capacity: Capacity) -> bool:
    needs = np.array([load.items, load.totes, load.weight_g])
    return bool((needs <= capacity.limits()).all())


@dataclass(frozen=True, slots=True)
class _Going:
    """How long one part of a wave is searched."""

    kicks: int
    more: Callable[[float], bool]
    share: float

    def on(self, rounds: int) -> bool:
        return rounds <= self.kicks or self.more(self.share)


def _batches(
    orders: Sequence[TourOrder], floor: FloorMap, capacity: Capacity, going: _Going, seed: int
) -> Batches:
    ground = floor.ground
    loads = [one.load for one in orders]
    if ground is None:
        return _by_fixed_order(orders, floor, capacity)
    masks = ground.masks([[b for b in one.bins if ground.has(b)] for one in orders])
    problem = Problem.of(ground.measure(), masks, loads, capacity)
    start = batching.shorter_start(problem)
    return batch_search.search(problem, start, seed=seed, go_on=going.on).batches


def _by_fixed_order(orders: Sequence[TourOrder], floor: FloorMap, capacity: Capacity) -> Batches:
    """Fill tours along the fixed order of the bins: nothing is known about distances."""
    places = [min((floor.fixed.get(b, 0) for b in one.bins), default=0) for one in orders]
    turn = sorted(range(len(orders)), key=lambda index: (places[index], orders[index].key))
    batches: list[list[int]] = []
    room = capacity.limits()
    for index in turn:
        load = orders[index].load
        needs = np.array([load.items, load.totes, load.weight_g])
        if not batches or (needs > room).any():
            batches.append([])
            room = capacity.limits()
        batches[-1].append(index)
        room = room - needs
    return tuple(map(tuple, batches))

"""Rounds of random orders and turns, most of them small changes of the fullest one so far.

A round that packs everything ends the search. Otherwise the one that packed the most volume is
kept and changed again: two units swap their places in the order, one may be turned another way.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from fulfillment.domain.cartons.facts import Box, Dims, Effort, Placement, Unit
from fulfillment.domain.cartons.greedy import RULES, Rule, Ways, fill, on_top
from fulfillment.domain.cartons.turns import turns_inside

#: Share of rounds that change the best so far, of units that may turn freely, of changed turns.
CHANGED, FREE, TURNED, NEW_RULE = 0.8, 0.7, 0.6, 0.2


@dataclass(slots=True)
class _Round:
    """One order (ascending weight), the turns each unit may take, and how a place is ranked."""

    weights: dict[str, float]
    turned: dict[str, tuple[Dims, ...]]
    rule: Rule

    def line(self, units: Sequence[Unit]) -> list[Unit]:
        """Return the units in this order, those that end above last."""
        return sorted(units, key=lambda one: (*on_top(one), self.weights[one.key], one.key))


def search(units: Sequence[Unit], box: Box, effort: Effort) -> list[Placement]:
    """Return a packing of all units found within `effort.restarts` rounds, else [].

    Deterministic for equal input.
    """
    draw = random.Random(effort.seed)  # noqa: S311  # no secret: the same rounds each time
    ways = {unit.key: turns_inside(unit, box) for unit in units}
    best: _Round | None = None
    most_mm3 = -1
    for _number in range(effort.restarts):
        if best is None or draw.random() > CHANGED:
            now = _fresh(units, ways, draw)
        else:
            now = _changed(best, units, ways, draw)
        found = fill(now.line(units), box, now.rule, whole=False, ways=Ways(now.turned, corners=4))
        if len(found) == len(units):
            return found
        volume = sum(one.unit.volume_mm3 for one in found)
        if volume >= most_mm3:
            most_mm3, best = volume, now
    return []


def _fresh(units: Sequence[Unit], ways: dict[str, tuple[Dims, ...]], draw: random.Random) -> _Round:
    return _Round(
        {unit.key: -unit.volume_mm3 * draw.uniform(0.2, 1.8) for unit in units},
        {
            key: sizes if draw.random() < FREE else (draw.choice(sizes),)
            for key, sizes in ways.items()
        },
        draw.choice(RULES),
    )


def _changed(
    best: _Round,
    units: Sequence[Unit],
    ways: dict[str, tuple[Dims, ...]],
    draw: random.Random,
) -> _Round:
    weights, turned = dict(best.weights), dict(best.turned)
    one, other = draw.choice(units).key, draw.choice(units).key
    weights[one], weights[other] = weights[other], weights[one]
    if draw.random() < TURNED:
        key = draw.choice(units).key
        turned[key] = (draw.choice(ways[key]),) if draw.random() < FREE else ways[key]
    rule = draw.choice(RULES) if draw.random() < NEW_RULE else best.rule
    return _Round(weights, turned, rule)

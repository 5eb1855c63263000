"""Fill a box unit by unit: sorted orders by three placements, then random orders.

Worked: two 100 mm cubes in a room of 200 x 100 x 100: the first goes to the origin and leaves one
space 100 x 100 x 100 at x = 100, which the second fills.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence

from fulfillment.domain.cartons import spaces as room
from fulfillment.domain.cartons.facts import Box, Dims, Effort, Placement, Unit
from fulfillment.domain.cartons.resting import may_rest
from fulfillment.domain.cartons.turns import turns

#: Ranks a place: lower is better. Gets the space and the turned size.
Rule = Callable[[room.Space, Dims], tuple[int, ...]]


def deep_bottom_left(space: room.Space, size: Dims) -> tuple[int, ...]:
    """Prefer the lowest, then the deepest, then the leftmost place."""
    return (space[2], space[1], space[0], *_gaps(space, size))


def least_residual(space: room.Space, size: Dims) -> tuple[int, ...]:
    """Prefer the place whose sides the unit fills best."""
    return (*_gaps(space, size), space[2], space[1], space[0])


def nearest_corner(space: room.Space, size: Dims) -> tuple[int, ...]:
    """Prefer the place nearest the origin."""
    x, y, z = space[0], space[1], space[2]
    return (x * x + y * y + z * z, *_gaps(space, size))


RULES: tuple[Rule, ...] = (deep_bottom_left, least_residual, nearest_corner)


def orders(units: Sequence[Unit], effort: Effort) -> Iterator[tuple[list[Unit], Rule]]:
    """Yield the orders to try: volume, longest side, middle face by each rule, then by chance.

    Fragile units and those with nothing on top come last in each, so that they end above.
    """
    keys: tuple[Callable[[Unit], tuple[int, ...]], ...] = (
        lambda unit: (-unit.volume_mm3,),
        lambda unit: (-max(unit.size), -unit.volume_mm3),
        lambda unit: (-_middle_face(unit), -unit.volume_mm3),
    )
    for key in keys:
        line = sorted(units, key=lambda unit: (*_top(unit), *key(unit), unit.key))
        for rule in RULES:
            yield line, rule
    draw = random.Random(effort.seed)  # noqa: S311  # no secret: the same order each time
    for number in range(effort.tries):
        weight = {unit.key: -unit.volume_mm3 * draw.uniform(0.5, 1.5) for unit in units}
        line = sorted(units, key=lambda unit: (*_top(unit), weight[unit.key], unit.key))
        yield line, RULES[number % len(RULES)]


def fill(line: Iterable[Unit], box: Box, rule: Rule, *, whole: bool) -> list[Placement]:
    """Place units in their order, each at its best place; what finds none is left out.

    With `whole` the first unit that finds no place ends it with an empty list.
    """
    queue = list(line)
    free = room.whole(box.inner)
    placed: list[Placement] = []
    left_g = box.max_weight_g
    least_mm = min((min(unit.size) for unit in queue), default=0)
    for unit in queue:
        spot = _best(unit, free, placed, rule) if unit.weight_g <= left_g else None
        if spot is None:
            if whole:
                return []
            continue
        at, size = spot
        placed.append(Placement(unit, at, size))
        left_g -= unit.weight_g
        free = room.cut(free, at, size, least_mm)
    return placed


def _best(
    unit: Unit, free: Sequence[room.Space], placed: Sequence[Placement], rule: Rule
) -> tuple[Dims, Dims] | None:
    ranked = []
    for size in turns(unit.size, unit.this_side_up):
        length, width, height = size
        for space in free:
            if (
                space[3] - space[0] >= length
                and space[4] - space[1] >= width
                and space[5] - space[2] >= height
            ):
                ranked.append((rule(space, size), space, size))
    ranked.sort()
    for _rank, space, size in ranked:
        at = (space[0], space[1], space[2])
        if may_rest(unit, at, size, placed):
            return at, size
    return None


def _gaps(space: room.Space, size: Dims) -> tuple[int, ...]:
    return tuple(
        sorted(
            (
                space[3] - space[0] - size[0],
                space[4] - space[1] - size[1],
                space[5] - space[2] - size[2],
            )
        )
    )


def _middle_face(unit: Unit) -> int:
    ordered = sorted(unit.size)
    return ordered[2] * ordered[0]


def _top(unit: Unit) -> tuple[int, int]:
    return (int(unit.no_stack), int(unit.fragile))

"""Fill a box unit by unit: sorted orders by three placements, then orders by chance.

Worked: two 100 mm cubes in a room of 200 x 100 x 100: the first goes to the origin and leaves one
space 100 x 100 x 100 at x = 100, which the second fills.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fulfillment.domain.cartons import spaces as room
from fulfillment.domain.cartons.facts import Box, Dims, Effort, Placement, Unit
from fulfillment.domain.cartons.resting import may_rest
from fulfillment.domain.cartons.turns import turns

#: Ranks a place: lower is better. Gets the space and the turned size.
Rule = Callable[[room.Space, Dims], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Ways:
    """Which turned sizes a unit may take (by key; any where absent), and in how many corners.

    The first of the four lower corners of a space is the one nearest the origin.
    """

    turned: Mapping[str, tuple[Dims, ...]] = field(default_factory=dict)
    corners: int = 1


ANY_WAY = Ways()


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
        line = sorted(units, key=lambda unit: (*on_top(unit), *key(unit), unit.key))
        for rule in RULES:
            yield line, rule
    draw = random.Random(effort.seed)  # noqa: S311  # no secret: the same order each time
    for number in range(effort.tries):
        weight = {unit.key: -unit.volume_mm3 * draw.uniform(0.5, 1.5) for unit in units}
        line = sorted(units, key=lambda unit: (*on_top(unit), weight[unit.key], unit.key))
        yield line, RULES[number % len(RULES)]


def fill(
    line: Iterable[Unit], box: Box, rule: Rule, *, whole: bool, ways: Ways = ANY_WAY
) -> list[Placement]:
    """Place units in their order, each at its best place; what finds none is left out.

    With `whole` the first unit that finds no place ends it with an empty list.
    """
    queue = list(line)
    free = room.whole(box.inner)
    placed: list[Placement] = []
    left_g = box.max_weight_g
    least_mm = min((min(unit.size) for unit in queue), default=0)
    for unit in queue:
        sizes = ways.turned.get(unit.key) or turns(unit.size, unit.this_side_up)
        ranked = _ranked(sizes, free, rule) if unit.weight_g <= left_g else []
        one = _first_at_rest(unit, ranked, placed, ways.corners)
        if one is None:
            if whole:
                return []
            continue
        placed.append(one)
        left_g -= unit.weight_g
        free = room.cut(free, one.at, one.size, least_mm)
    return placed


def _ranked(
    sizes: Iterable[Dims], free: Sequence[room.Space], rule: Rule
) -> list[tuple[tuple[int, ...], room.Space, Dims]]:
    ranked = [
        (rule(space, size), space, size)
        for size in sizes
        for space in free
        if space[3] - space[0] >= size[0]
        and space[4] - space[1] >= size[1]
        and space[5] - space[2] >= size[2]
    ]
    ranked.sort()
    return ranked


def _first_at_rest(
    unit: Unit,
    ranked: Iterable[tuple[tuple[int, ...], room.Space, Dims]],
    placed: Sequence[Placement],
    corners: int,
) -> Placement | None:
    for _rank, space, size in ranked:
        x, y, z = space[0], space[1], space[2]
        if corners == 1:
            spots = [(x, y, z)]
        else:
            right, back = space[3] - size[0], space[4] - size[1]
            spots = [(x, y, z), (right, y, z), (x, back, z), (right, back, z)]
        for at in spots:
            if may_rest(unit, at, size, placed):
                return Placement(unit, at, size)
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


def on_top(unit: Unit) -> tuple[int, int]:
    """Return what sorts a unit towards the end of an order, so that it ends above the others."""
    return (int(unit.no_stack), int(unit.fragile))

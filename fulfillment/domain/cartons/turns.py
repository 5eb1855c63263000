"""The ways a unit may be turned, and whether it can stand in a box at all."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import permutations

from fulfillment.domain.cartons.facts import Box, Dims, Unit


@lru_cache(maxsize=8192)
def turns(size: Dims, this_side_up: bool) -> tuple[Dims, ...]:
    """Return the distinct turned sizes (x, y, z), the flattest first: six at most, two upright."""
    length, width, height = size
    if this_side_up:
        found: set[Dims] = {(length, width, height), (width, length, height)}
    else:
        found = {(a, b, c) for a, b, c in permutations(size)}
    return tuple(sorted(found, key=lambda turned: (turned[2], -turned[0], turned)))


def can_stand(unit: Unit, inner: Dims) -> bool:
    """Say whether the unit alone fits the room in some turn."""
    return any(
        turned[0] <= inner[0] and turned[1] <= inner[1] and turned[2] <= inner[2]
        for turned in turns(unit.size, unit.this_side_up)
    )


def turns_inside(unit: Unit, box: Box) -> tuple[Dims, ...]:
    """Return the turned sizes in which the unit alone fits the room, the flattest first."""
    return tuple(
        size
        for size in turns(unit.size, unit.this_side_up)
        if all(side <= room for side, room in zip(size, box.inner, strict=True))
    )


def refusal(units: Iterable[Unit], box: Box) -> str:
    """Return why these units can't share `box` whatever their order, "" when nothing speaks so.

    One of TOO_HEAVY, TOO_BULKY (volume), TOO_LONG (a unit fits in no turn), APART (hazard classes,
    own packaging): each is a proof.
    """
    listed = list(units)
    if len({unit.hazard for unit in listed}) > 1 or any(unit.own_box for unit in listed):
        return "APART"
    if sum(unit.weight_g for unit in listed) > box.max_weight_g:
        return "TOO_HEAVY"
    if sum(unit.volume_mm3 for unit in listed) > box.room_mm3:
        return "TOO_BULKY"
    if not all(can_stand(unit, box.inner) for unit in listed):
        return "TOO_LONG"
    return ""

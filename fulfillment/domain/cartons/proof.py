"""The independent check of a packing. It shares no geometry with what made the packing.

It knows the facts alone: ranges of millimetres along each axis, intersected pair by pair. Every
packing is put through it before it is shown, and the tests put hostile ones through it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from fulfillment.domain.cartons.facts import SUPPORT_PERCENT, Box, Placement, Unit


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule a packing breaks, and the keys of the units that break it."""

    rule: str
    keys: tuple[str, ...]


class PackingUnproved(ValueError):
    """A packing breaks a rule; `faults` name it. It is never shown to a packer."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{one.rule}: {', '.join(one.keys)}" for one in faults))
        self.faults = list(faults)


def check(box: Box, units: Iterable[Unit], placements: Sequence[Placement]) -> None:
    """Pass when `placements` hold exactly `units` in `box` by every rule.

    Raises:
        PackingUnproved: they do not.
    """
    found = faults(box, units, placements)
    if found:
        raise PackingUnproved(found)


def faults(box: Box, units: Iterable[Unit], placements: Sequence[Placement]) -> list[Fault]:
    """Return each rule the packing breaks.

    Rules: COMPLETE (each unit once), TURNED (sizes are the unit's, upright where asked), INSIDE,
    OVERLAP, WEIGHT, SUPPORT (60 % of the base on the floor or on other units), CRUSHED (something
    above what bears nothing, or other than fragile above fragile), APART (hazard classes, own
    packaging).
    """
    found = _complete(units, placements)
    for one in placements:
        key = (one.unit.key,)
        if not _is_turned_well(one):
            found.append(Fault("TURNED", key))
        if any(
            low < 0 or low + side > room
            for low, side, room in zip(one.at, one.size, box.inner, strict=True)
        ):
            found.append(Fault("INSIDE", key))
        if not _is_supported(one, placements):
            found.append(Fault("SUPPORT", key))
    for first, second in combinations(placements, 2):
        found += _pair(first, second)
    if sum(one.unit.weight_g for one in placements) > box.max_weight_g:
        found.append(Fault("WEIGHT", (box.code,)))
    classes = {one.unit.hazard for one in placements}
    lonely = [one.unit.key for one in placements if one.unit.own_box]
    if len(classes) > 1 or (lonely and len(placements) > 1):
        found.append(Fault("APART", tuple(lonely) or tuple(sorted(classes))))
    return found


def _complete(units: Iterable[Unit], placements: Sequence[Placement]) -> list[Fault]:
    wanted = Counter(unit.key for unit in units)
    held = Counter(one.unit.key for one in placements)
    wrong = sorted((wanted - held) + (held - wanted))
    return [Fault("COMPLETE", tuple(wrong))] if wrong else []


def _is_turned_well(one: Placement) -> bool:
    if sorted(one.size) != sorted(one.unit.size):
        return False
    return not one.unit.this_side_up or one.size[2] == one.unit.size[2]


def _extent(one: Placement, axis: int) -> range:
    return range(one.at[axis], one.at[axis] + one.size[axis])


def _shared(first: range, second: range) -> int:
    """Return how many millimetres two stretches have in common."""
    return len(range(max(first.start, second.start), min(first.stop, second.stop)))


def _shadow_mm2(first: Placement, second: Placement) -> int:
    """Return how much of their footprints, seen from above, two units share."""
    return _shared(_extent(first, 0), _extent(second, 0)) * _shared(
        _extent(first, 1), _extent(second, 1)
    )


def _is_supported(one: Placement, placements: Sequence[Placement]) -> bool:
    base = one.at[2]
    if base == 0:
        return True
    carried = sum(_shadow_mm2(one, other) for other in placements if _extent(other, 2).stop == base)
    return 100 * carried >= SUPPORT_PERCENT * one.size[0] * one.size[1]


def _pair(first: Placement, second: Placement) -> list[Fault]:
    if not _shadow_mm2(first, second):
        return []
    keys = (first.unit.key, second.unit.key)
    if _shared(_extent(first, 2), _extent(second, 2)):
        return [Fault("OVERLAP", keys)]
    lower, upper = sorted((first, second), key=lambda one: one.at[2])
    bears_nothing = lower.unit.no_stack
    too_rough = lower.unit.fragile and not upper.unit.fragile
    return [Fault("CRUSHED", keys)] if bears_nothing or too_rough else []

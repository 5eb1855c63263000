"""Whether a unit may rest at a place among others: base supported, nothing crushed."""

from __future__ import annotations

from collections.abc import Sequence

from fulfillment.domain.cartons.facts import SUPPORT_PERCENT, Dims, Placement, Unit


def may_rest(unit: Unit, at: Dims, size: Dims, placed: Sequence[Placement]) -> bool:
    """Say whether `unit`, turned to `size`, may rest at `at` beside what is placed."""
    x, y, z = at
    x_end, y_end, top = x + size[0], y + size[1], z + size[2]
    carried = 0
    for other in placed:
        ox, oy, oz = other.at
        across = min(x_end, ox + other.size[0]) - max(x, ox)
        deep = min(y_end, oy + other.size[1]) - max(y, oy)
        if across <= 0 or deep <= 0:
            continue
        other_top = oz + other.size[2]
        if other_top <= z:
            if crushes(unit, other.unit):
                return False
            if other_top == z:
                carried += across * deep
        elif oz >= top and crushes(other.unit, unit):
            return False
    return z == 0 or carried * 100 >= SUPPORT_PERCENT * size[0] * size[1]


def is_free(at: Dims, size: Dims, placed: Sequence[Placement]) -> bool:
    """Say whether nothing placed reaches into the room of `size` at `at`."""
    x, y, z = at
    x_end, y_end, top = x + size[0], y + size[1], z + size[2]
    for other in placed:
        ox, oy, oz = other.at
        length, width, height = other.size
        if (
            ox < x_end
            and x < ox + length
            and oy < y_end
            and y < oy + width
            and oz < top
            and z < oz + height
        ):
            return False
    return True


def crushes(upper: Unit, lower: Unit) -> bool:
    """Say whether `upper` may not lie anywhere above `lower`."""
    return lower.no_stack or (lower.fragile and not upper.fragile)

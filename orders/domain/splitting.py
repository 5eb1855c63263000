"""Which units of which line go into which shipment, and how many a short order can get.

A plan speaks of SKUs; lines that ask for the same SKU (two lines, or components of two kits) get
their units in the order of their positions, so the same plan always gives the same shipments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class DemandLine(NamedTuple):
    """Units that must be shipped for one line. `kit_position` groups the parts of a kit."""

    position: int
    sku_id: int
    qty: int
    kit_position: int | None = None
    qty_per_kit: int = 1


class Allotment(NamedTuple):
    """Units of a line in the shipment of one leg (index into the plan's legs)."""

    leg: int
    position: int
    qty: int


def allot(
    legs: Sequence[Iterable[tuple[int, int]]], lines: Sequence[DemandLine]
) -> list[Allotment]:
    """Share out each leg's (SKU id, units) over the lines, by position.

    Raises:
        ValueError: a leg takes more units than the lines ask for.
    """
    left = {line.position: line.qty for line in lines}
    ordered = sorted(lines)
    found = []
    for index, takes in enumerate(legs):
        for sku_id, units in takes:
            rest = units
            for line in ordered:
                if line.sku_id != sku_id or not rest:
                    continue
                qty = min(rest, left[line.position])
                if qty:
                    found.append(Allotment(index, line.position, qty))
                    left[line.position] -= qty
                    rest -= qty
            if rest:
                raise ValueError(f"{rest} units of SKU {sku_id} have no line")
    return found


def sum_by_sku(lines: Iterable[DemandLine]) -> dict[int, int]:
    """Return the units of each SKU, in the order the lines name them."""
    wanted: dict[int, int] = {}
    for line in lines:
        wanted[line.sku_id] = wanted.get(line.sku_id, 0) + line.qty
    return wanted


def cut_to_stock(lines: Sequence[DemandLine], free: Mapping[int, int]) -> list[DemandLine]:
    """Return the lines cut down to the units that are free, kits only whole.

    `free` maps a SKU id to the units of all warehouses together. A kit of 2 cups and 1 tin with 5
    cups and 9 tins free makes 2 kits: 4 cups and 2 tins. Lines with nothing left are dropped.
    """
    left = dict(free)
    kept: list[DemandLine] = []
    done: set[int] = set()
    for line in sorted(lines):
        if line.kit_position is None:
            group = [line]
        elif line.kit_position in done:
            continue
        else:
            done.add(line.kit_position)
            group = [other for other in sorted(lines) if other.kit_position == line.kit_position]
        times = _whole_kits(group, left)
        for part in group:
            per = part.qty_per_kit if part.kit_position is not None else 1
            qty = times * per
            left[part.sku_id] = left.get(part.sku_id, 0) - qty
            if qty:
                kept.append(part._replace(qty=qty))
    return kept


def _whole_kits(group: Sequence[DemandLine], left: Mapping[int, int]) -> int:
    if group[0].kit_position is None:
        return min(group[0].qty, max(0, left.get(group[0].sku_id, 0)))
    per_kit: dict[int, int] = {}
    for part in group:
        per_kit[part.sku_id] = per_kit.get(part.sku_id, 0) + part.qty_per_kit
    possible = min(max(0, left.get(sku_id, 0)) // per for sku_id, per in per_kit.items())
    return min(possible, *(part.qty // part.qty_per_kit for part in group))


def kits_done(parts: Iterable[tuple[int, int]]) -> int:
    """Return how many kits are whole when each part (units done, units per kit) is so far."""
    return min(done // per for done, per in parts)

"""The empty maximal spaces of a box: the largest free cuboids, which may overlap.

Source: Lai and Chan 1997 (the difference process); Goncalves and Resende 2013.
"""

from __future__ import annotations

from collections.abc import Iterable

from fulfillment.domain.cartons.facts import Dims

#: Lower corner and upper corner: x1, y1, z1, x2, y2, z2.
Space = tuple[int, int, int, int, int, int]


def whole(inner: Dims) -> list[Space]:
    """Return the one space of an empty box."""
    return [(0, 0, 0, inner[0], inner[1], inner[2])]


def cut(spaces: Iterable[Space], at: Dims, size: Dims, least_mm: int) -> list[Space]:
    """Return the maximal spaces left when a cuboid of `size` is put at `at`.

    Spaces with a side below `least_mm` hold none of the units to come and are left out.
    """
    x1, y1, z1 = at
    x2, y2, z2 = x1 + size[0], y1 + size[1], z1 + size[2]
    kept: list[Space] = []
    fresh: list[Space] = []
    for space in spaces:
        sx1, sy1, sz1, sx2, sy2, sz2 = space
        if x2 <= sx1 or sx2 <= x1 or y2 <= sy1 or sy2 <= y1 or z2 <= sz1 or sz2 <= z1:
            kept.append(space)
            continue
        if x1 - sx1 >= least_mm:
            fresh.append((sx1, sy1, sz1, x1, sy2, sz2))
        if sx2 - x2 >= least_mm:
            fresh.append((x2, sy1, sz1, sx2, sy2, sz2))
        if y1 - sy1 >= least_mm:
            fresh.append((sx1, sy1, sz1, sx2, y1, sz2))
        if sy2 - y2 >= least_mm:
            fresh.append((sx1, y2, sz1, sx2, sy2, sz2))
        if z1 - sz1 >= least_mm:
            fresh.append((sx1, sy1, sz1, sx2, sy2, z1))
        if sz2 - z2 >= least_mm:
            fresh.append((sx1, sy1, z2, sx2, sy2, sz2))
    return _maximal(kept, fresh)


def _maximal(kept: list[Space], fresh: list[Space]) -> list[Space]:
    found = kept
    for space in sorted(set(fresh), key=_volume, reverse=True):
        x1, y1, z1, x2, y2, z2 = space
        if not any(
            a1 <= x1 and b1 <= y1 and c1 <= z1 and a2 >= x2 and b2 >= y2 and c2 >= z2
            for a1, b1, c1, a2, b2, c2 in found
        ):
            found.append(space)
    return found


def _volume(space: Space) -> int:
    return (space[3] - space[0]) * (space[4] - space[1]) * (space[5] - space[2])

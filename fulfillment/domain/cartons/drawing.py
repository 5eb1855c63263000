"""A packed box as polygons seen from above and from the side, for a drawing without scripts.

Isometric: a point (x, y, z) in mm falls on ((x - y) cos 30°, (x + y) sin 30° - z). Three faces of
each unit are seen: top, and those with the greatest x and y. What is hidden is drawn first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fulfillment.domain.cartons.facts import Dims, Placement

WIDTH = 320
_COS = 0.866025
_MARGIN = 6


@dataclass(frozen=True, slots=True)
class Face:
    """One polygon: its corner points as an SVG list, which side it is, which step it belongs to."""

    points: str
    side: str
    step: int


@dataclass(frozen=True, slots=True)
class Mark:
    """The number of a step and where it is written."""

    x: int
    y: int
    step: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A box drawn `width` by `height`: the far edges of the box, the faces, the step numbers."""

    width: int
    height: int
    edges: tuple[str, ...]
    faces: tuple[Face, ...]
    marks: tuple[Mark, ...]


def draw(inner: Dims, steps: Sequence[Sequence[Placement]]) -> Drawing:
    """Return the drawing of a box; the units of the n-th step carry the number n, from 1."""
    length, width, height = inner
    scale = (WIDTH - 2 * _MARGIN) / ((length + width) * _COS)
    left, top = -width * _COS, -float(height)

    def spot(x: int, y: int, z: int) -> tuple[int, int]:
        across = ((x - y) * _COS - left) * scale + _MARGIN
        down = ((x + y) / 2 - z - top) * scale + _MARGIN
        return round(across), round(down)

    def line(*corners: Dims) -> str:
        return " ".join(f"{x},{y}" for x, y in (spot(*corner) for corner in corners))

    number = {id(one): n for n, step in enumerate(steps, 1) for one in step}
    faces: list[Face] = []
    marks: list[Mark] = []
    for one in _far_first([one for step in steps for one in step]):
        (x, y, z), (ex, ey, ez) = one.at, one.end
        step = number[id(one)]
        faces += [
            Face(line((x, y, ez), (ex, y, ez), (ex, ey, ez), (x, ey, ez)), "top", step),
            Face(line((x, ey, z), (ex, ey, z), (ex, ey, ez), (x, ey, ez)), "left", step),
            Face(line((ex, y, z), (ex, ey, z), (ex, ey, ez), (ex, y, ez)), "right", step),
        ]
        marks.append(Mark(*spot((x + ex) // 2, (y + ey) // 2, ez), step))
    edges = (
        line((0, width, 0), (0, 0, 0), (length, 0, 0)),
        line((0, 0, 0), (0, 0, height)),
        line((0, width, 0), (0, width, height), (0, 0, height), (length, 0, height)),
        line((length, 0, height), (length, 0, 0)),
        line((0, width, 0), (length, width, 0), (length, 0, 0)),
    )
    depth = round(((length + width) / 2 + height) * scale) + 2 * _MARGIN
    return Drawing(WIDTH, depth, edges, tuple(faces), tuple(marks))


def _far_first(placements: Sequence[Placement]) -> list[Placement]:
    """Order units so that none hides one drawn after it."""
    left = sorted(placements, key=lambda one: (one.at[2], one.at[0] + one.at[1]))
    drawn: list[Placement] = []
    while left:
        free = next(
            (one for one in left if not any(_is_behind(b, one) for b in left if b is not one)),
            left[0],
        )
        left.remove(free)
        drawn.append(free)
    return drawn


def _is_behind(first: Placement, second: Placement) -> bool:
    """Say whether `first` lies behind, beside-behind or below `second` as seen from the front."""
    return any(first.end[axis] <= second.at[axis] for axis in range(3)) and not any(
        second.end[axis] <= first.at[axis] for axis in range(3)
    )

"""Tours through one block: the shortest one, and the rules of thumb it is compared with.

The shortest tour is built aisle by aisle from left to right: what lies to the right only needs to
know how the tour built so far touches the two ends of the current aisle. Source: Ratliff and
Rosenthal 1983. Rules of thumb: Hall 1993.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal, NamedTuple

from fulfillment.domain.layout import Block, Spot

Rule = Literal["shortest", "s_shape", "return", "largest_gap"]


@dataclass(frozen=True, slots=True)
class Walk:
    """A tour from the depot and back: `order` holds positions in the list of spots, each once."""

    order: tuple[int, ...]
    length_mm: int


class _Class(NamedTuple):
    """How a partial tour touches the ends of the current aisle.

    Degrees at the back (top) and front (bottom) end: 0 none, 1 odd, 2 even; `pieces` counts the
    parts it hangs together in; `closed` when nothing may be added any more.
    """

    top: int
    bottom: int
    pieces: int
    closed: bool = False


_NOTHING = _Class(0, 0, 0)
_CLOSED = _Class(0, 0, 1, closed=True)

Node = tuple[int, int]
"""Where the tour can turn: x and y in mm."""

Edge = tuple[Node, Node]
_Built = tuple[int, tuple["_Built", list[Edge]] | None]


class _Column(NamedTuple):
    """What stands at one x: an aisle with its picks by depth, or the depot between aisles."""

    x_mm: int
    depths: list[int]
    passable: bool
    depot: bool


def shortest(block: Block, spots: Sequence[Spot]) -> Walk:
    """Return the shortest tour of a block through all spots.

    Raises:
        LayoutRefused: a spot lies outside the block.
    """
    for spot in spots:
        block.check(spot)
    if not spots:
        return Walk((), 0)
    best: dict[_Class, _Built] = {_NOTHING: (0, None)}
    before: _Column | None = None
    for column in _columns(block, spots):
        if before is not None:
            best = _cross(best, before.x_mm, column.x_mm, block.length_mm)
        best = _serve(best, column, block.length_mm)
        before = column
    built = min((way for kind, way in best.items() if _may_end(kind)), key=lambda way: way[0])
    return Walk(_visits(block, spots, built), built[0] + 2 * block.depot_off_mm)


def _may_end(kind: _Class) -> bool:
    return kind.closed or (kind.pieces == 1 and kind.top != 1 and kind.bottom != 1)


def _columns(block: Block, spots: Sequence[Spot]) -> list[_Column]:
    by_x: dict[int, set[int]] = {}
    for spot in spots:
        by_x.setdefault(block.x_mm(spot.aisle), set()).add(block.y_mm(spot.place))
    depot = block.depot_x_mm
    columns = [
        _Column(x, sorted(depths | ({0} if x == depot else set())), True, x == depot)
        for x, depths in by_x.items()
    ]
    if depot not in by_x:
        columns.append(_Column(depot, [0], passable=False, depot=True))
    return sorted(columns)


def _serve(best: dict[_Class, _Built], column: _Column, length: int) -> dict[_Class, _Built]:
    """Serve one aisle's picks in every way that may belong to a shortest tour."""
    served: dict[_Class, _Built] = {}
    for kind, built in best.items():
        if kind.closed:
            continue
        for top, bottom, joined, edges in _ways_through(column, length):
            after = _after_aisle(kind, top, bottom, joined=joined)
            cost = sum(_far(edge) for edge in edges)
            _keep(served, after, (built[0] + cost, (built, edges)))
    return served


def _far(edge: Edge) -> int:
    (x1, y1), (x2, y2) = edge
    return abs(x1 - x2) + abs(y1 - y2)


def _ways_through(column: _Column, length: int) -> Iterator[tuple[int, int, bool, list[Edge]]]:
    """Yield (edges at the back end, at the front end, ends joined, edges) of each way."""
    x, depths = column.x_mm, column.depths
    line = [(x, depth) for depth in depths]
    front, back = (x, 0), (x, length)
    if not column.passable:
        yield 0, 2, False, [(front, front), (front, front)]
        return
    whole = _chain([front, *line, back])
    yield 1, 1, True, whole
    yield 2, 2, True, whole * 2
    yield 0, 2, False, _chain([front, *line]) * 2
    if not column.depot:
        yield 2, 0, False, _chain([*line, back]) * 2
    stops = [0, *depths, length]
    gaps = [b - a for a, b in pairwise(stops)]
    widest = max(range(len(gaps)), key=gaps.__getitem__)
    if 0 < widest < len(gaps) - 1:
        near, far = line[:widest], line[widest:]
        yield 2, 2, False, _chain([front, *near]) * 2 + _chain([*far, back]) * 2


def _chain(nodes: Sequence[Node]) -> list[Edge]:
    return list(pairwise(nodes))


def _after_aisle(kind: _Class, top: int, bottom: int, *, joined: bool) -> _Class:
    """Return the class after edges were added at the ends; `joined` when they connect the ends."""
    new_top, new_bottom = _degree(kind.top, top), _degree(kind.bottom, bottom)
    if new_top and new_bottom:
        whole = joined or (kind.pieces == 1 and bool(kind.top) and bool(kind.bottom))
        return _Class(new_top, new_bottom, 1 if whole else 2)
    return _Class(new_top, new_bottom, 1)


def _degree(before: int, added: int) -> int:
    return before if not added else 2 - (before + added) % 2


def _cross(best: dict[_Class, _Built], x1: int, x2: int, length: int) -> dict[_Class, _Built]:
    """Walk on along the cross aisles; every end left behind must have an even degree."""
    crossed: dict[_Class, _Built] = {}
    for kind, built in best.items():
        for top, bottom in _moves(kind):
            edges: list[Edge] = [((x1, length), (x2, length))] * top + [((x1, 0), (x2, 0))] * bottom
            after = _Class(_degree(0, top), _degree(0, bottom), kind.pieces)
            if not top and not bottom:
                after = kind if kind.pieces == 0 else _CLOSED
            cost = (top + bottom) * (x2 - x1)
            _keep(crossed, after, (built[0] + cost, (built, edges)))
    return crossed


def _moves(kind: _Class) -> Sequence[tuple[int, int]]:
    """Return how often each cross aisle (back, front) may be walked from here."""
    if kind.top == 1:
        return ((1, 1),)
    if kind.pieces == 2:
        return ((2, 2),)
    moves = [(0, 0)]
    if kind.top:
        moves.append((2, 0))
    if kind.bottom:
        moves.append((0, 2))
    if kind.top and kind.bottom:
        moves.append((2, 2))
    return moves


def _keep(best: dict[_Class, _Built], kind: _Class, built: _Built) -> None:
    known = best.get(kind)
    if known is None or built[0] < known[0]:
        best[kind] = built


def _visits(block: Block, spots: Sequence[Spot], built: _Built) -> tuple[int, ...]:
    """Walk the chosen edges once each, from the depot; return the spots as they are first met."""
    edges: list[Edge] = []
    while built[1] is not None:
        built, added = built[1]
        edges += [edge for edge in added if edge[0] != edge[1]]
    links: dict[Node, list[tuple[Node, int]]] = {}
    for number, (a, b) in enumerate(edges):
        links.setdefault(a, []).append((b, number))
        links.setdefault(b, []).append((a, number))
    walked = [False] * len(edges)
    stack: list[Node] = [(block.depot_x_mm, 0)]
    circuit: list[Node] = []
    while stack:
        ahead = links.get(stack[-1], [])
        while ahead and walked[ahead[-1][1]]:
            ahead.pop()
        if ahead:
            node, number = ahead.pop()
            walked[number] = True
            stack.append(node)
        else:
            circuit.append(stack.pop())
    met = {node: position for position, node in reversed(list(enumerate(circuit)))}
    where = [met[(block.x_mm(spot.aisle), block.y_mm(spot.place))] for spot in spots]
    return tuple(sorted(range(len(spots)), key=lambda index: (where[index], index)))


def s_shape(block: Block, spots: Sequence[Spot]) -> Walk:
    """Return the tour that walks through every aisle with a pick, left to right.

    The last aisle, when entered from the front, is left where it was entered.
    """
    aisles = _by_aisle(block, spots)
    order: list[int] = []
    inside, upwards = 0, True
    for number, (_, places) in enumerate(aisles):
        order += _in_turn(spots, places, upwards=upwards)
        turns = upwards and number == len(aisles) - 1
        inside += 2 * _deepest(block, spots, places) if turns else block.length_mm
        upwards = not upwards
    return Walk(tuple(order), inside + _across(block, aisles))


def return_walk(block: Block, spots: Sequence[Spot]) -> Walk:
    """Return the tour that enters and leaves every aisle from the front."""
    aisles = _by_aisle(block, spots)
    order = [i for _, places in aisles for i in _in_turn(spots, places, upwards=True)]
    inside = sum(2 * _deepest(block, spots, places) for _, places in aisles)
    return Walk(tuple(order), inside + _across(block, aisles))


def largest_gap(block: Block, spots: Sequence[Spot]) -> Walk:
    """Return the tour along the rim that enters each aisle up to its widest gap.

    The first and the last aisle with a pick are walked through; with one aisle only, it is walked
    to its deepest pick and back.
    """
    aisles = _by_aisle(block, spots)
    if len(aisles) < 2:
        return return_walk(block, spots)
    out = _in_turn(spots, aisles[0][1], upwards=True)
    inside = 2 * block.length_mm
    outward: list[list[int]] = []
    homeward: list[list[int]] = []
    for aisle, places in aisles[1:-1]:
        ranked = _in_turn(spots, places, upwards=True)
        stops = [0, *(block.y_mm(spots[i].place) for i in ranked), block.length_mm]
        gaps = [b - a for a, b in pairwise(stops)]
        widest = max(range(len(gaps)), key=gaps.__getitem__)
        inside += 2 * (block.length_mm - gaps[widest])
        out += list(reversed(ranked[widest:]))
        # The front is walked twice: from the depot to the first aisle, and home from the last.
        leg = outward if block.x_mm(aisle) < block.depot_x_mm else homeward
        leg.insert(0, ranked[:widest])
    back = _in_turn(spots, aisles[-1][1], upwards=False)
    order = [*chain(*outward), *out, *back, *chain(*homeward)]
    return Walk(tuple(order), inside + _across(block, aisles))


RULES: dict[Rule, Callable[[Block, Sequence[Spot]], Walk]] = {
    "shortest": shortest,
    "s_shape": s_shape,
    "return": return_walk,
    "largest_gap": largest_gap,
}


def _by_aisle(block: Block, spots: Sequence[Spot]) -> list[tuple[int, list[int]]]:
    aisles: dict[int, list[int]] = {}
    for index, spot in enumerate(spots):
        block.check(spot)
        aisles.setdefault(spot.aisle, []).append(index)
    return sorted(aisles.items())


def _in_turn(spots: Sequence[Spot], places: Sequence[int], *, upwards: bool) -> list[int]:
    sign = 1 if upwards else -1
    return sorted(places, key=lambda index: (sign * spots[index].place, index))


def _deepest(block: Block, spots: Sequence[Spot], places: Sequence[int]) -> int:
    return max(block.y_mm(spots[index].place) for index in places)


def _across(block: Block, aisles: Sequence[tuple[int, list[int]]]) -> int:
    """Return the way along the cross aisles: out to the first aisle, to the last, and home."""
    if not aisles:
        return 0
    first, last, depot = block.x_mm(aisles[0][0]), block.x_mm(aisles[-1][0]), block.depot_x_mm
    way = abs(first - depot) + (last - first) + abs(last - depot)
    return way + 2 * block.depot_off_mm

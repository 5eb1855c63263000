"""A layout and its orders as one JSON document; docs/plan-picks-format.md describes it.

Whatever is wrong is refused with the place in the document and what would be right there; nothing
is guessed, rounded or left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.batching import Capacity, Load
from fulfillment.domain.floor_map import FloorMap, FreeGround, Ground, block_ground
from fulfillment.domain.layout import Block, LayoutRefused, Network, Spot, Way
from fulfillment.domain.wave_tours import TourOrder

MOST_BYTES = 32 * 1024 * 1024
MOST_ORDERS = 5_000
MOST_PICKS = 200_000
MOST_PLACES = 3_000
MOST_MM = 10_000_000

#: The numbers of a block, and the least each may be; None bounds nothing.
BLOCK_FIELDS: dict[str, int | None] = {
    "aisles": 1,
    "places": 1,
    "aisle_pitch_mm": 1,
    "place_pitch_mm": 1,
    "end_gap_mm": 0,
    "depot_x_mm": None,
    "depot_off_mm": 0,
}


class PickFileRefused(ValueError):
    """The document can't be planned; the message names the place and what to write there."""


@dataclass(frozen=True, slots=True)
class PickFile:
    """What was read: the floor, what a tour carries, the orders with their ids."""

    floor: FloorMap
    capacity: Capacity
    orders: list[TourOrder]
    order_ids: list[str]
    place_names: dict[int, str]


def read(text: str) -> PickFile:
    """Read a document.

    Raises:
        PickFileRefused: names the first place that is wrong.
    """
    if len(text) > MOST_BYTES:
        raise PickFileRefused(f"the file has more than {MOST_BYTES // 2**20} MB")
    try:
        found = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except (json.JSONDecodeError, RecursionError) as error:
        raise PickFileRefused(f"this is no JSON: {error}") from error
    root = _mapping(found, "the document", {"layout", "capacity", "orders"})
    layout = _mapping(root.get("layout"), "layout")
    orders = _list(root.get("orders"), "orders", MOST_ORDERS)
    kind = layout.get("kind")
    if kind == "single_block":
        floor, names, places = _block(layout, orders)
    elif kind == "network":
        floor, names, places = _network(layout, orders)
    else:
        raise PickFileRefused('layout.kind is neither "single_block" nor "network"')
    return PickFile(
        floor,
        _capacity(root.get("capacity", {})),
        [TourOrder(n, bins, _load(orders[n], n)) for n, bins in enumerate(places)],
        _ids(orders),
        names,
    )


def _no_constant(name: str) -> Any:
    raise PickFileRefused(f"{name} is not a number here")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise PickFileRefused(f"{name} is given twice in one object")
    return dict(pairs)


def _mapping(value: Any, where: str, known: set[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise PickFileRefused(f"{where} is not an object")
    for name in value:
        if known is not None and name not in known:
            raise PickFileRefused(f"{where} has an unknown field {name[:40]}")
    return value


def _list(value: Any, where: str, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise PickFileRefused(f"{where} is not a list")
    if not value:
        raise PickFileRefused(f"{where} is empty")
    if len(value) > most:
        raise PickFileRefused(f"{where} has {len(value)} entries; at most {most} can be planned")
    return value


def _whole(value: Any, where: str, low: int, high: int = MOST_MM) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise PickFileRefused(f"{where} is not a whole number")
    if not low <= value <= high:
        raise PickFileRefused(f"{where} is {value}; it must be from {low} to {high}")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 64:
        raise PickFileRefused(f"{where} is not a text of 1 to 64 characters")
    return value


def _capacity(value: Any) -> Capacity:
    fields = _mapping(value, "capacity", {"items", "totes", "weight_g"})
    limits = {
        name: _whole(limit, f"capacity.{name}", 1, 10**9)
        for name, limit in fields.items()
        if limit is not None
    }
    return Capacity(**limits)


def _load(order: Mapping[str, Any], number: int) -> Load:
    where = f"orders[{number}]"
    return Load(
        items=_whole(order.get("items", len(order["picks"])), f"{where}.items", 0, 10**9),
        totes=_whole(order.get("totes", 1), f"{where}.totes", 0, 10**9),
        weight_g=_whole(order.get("weight_g", 0), f"{where}.weight_g", 0, 10**9),
    )


def _ids(orders: Sequence[Mapping[str, Any]]) -> list[str]:
    ids = [_text(order.get("id"), f"orders[{n}].id") for n, order in enumerate(orders)]
    seen: set[str] = set()
    for number, one in enumerate(ids):
        if one in seen:
            raise PickFileRefused(f"orders[{number}].id {one} is given to two orders")
        seen.add(one)
    return ids


def _picks(orders: Sequence[Any]) -> list[list[Any]]:
    found, total = [], 0
    for number, order in enumerate(orders):
        where = f"orders[{number}]"
        fields = _mapping(order, where, {"id", "picks", "items", "totes", "weight_g"})
        found.append(_list(fields.get("picks"), f"{where}.picks", MOST_PICKS))
        total += len(found[-1])
    if total > MOST_PICKS:
        raise PickFileRefused(f"the orders have {total} picks; at most {MOST_PICKS} can be planned")
    return found


Read = tuple[FloorMap, dict[int, str], list[tuple[int, ...]]]


def _block(layout: dict[str, Any], orders: Sequence[Any]) -> Read:
    fields = _mapping(layout, "layout", {"kind", *BLOCK_FIELDS})
    values = {}
    for name, low in BLOCK_FIELDS.items():
        given = fields.get(name, 0 if not low else None)
        values[name] = _whole(given, f"layout.{name}", -MOST_MM if low is None else low)
    values["aisle_count"] = values.pop("aisles")
    if values["aisle_count"] * values["places"] > 1_000_000:
        raise PickFileRefused("layout.aisles times layout.places is more than 1,000,000")
    block = Block(**values)
    keys: dict[Spot, int] = {}
    lists = []
    for number, picks in enumerate(_picks(orders)):
        spots = [_spot(pick, f"orders[{number}].picks[{n}]", block) for n, pick in enumerate(picks)]
        lists.append(tuple(dict.fromkeys(keys.setdefault(s, len(keys) + 1) for s in spots)))
    spots_by_key = {key: spot for spot, key in keys.items()}
    names = {key: f"{spot.aisle}/{spot.place}" for key, spot in spots_by_key.items()}
    return _map(block_ground(block, spots_by_key), names), names, lists


def _spot(pick: Any, where: str, block: Block) -> Spot:
    if not isinstance(pick, list) or len(pick) != 2:
        raise PickFileRefused(f"{where} is not [aisle, place]")
    spot = Spot(_whole(pick[0], f"{where}[0]", 1), _whole(pick[1], f"{where}[1]", 1))
    try:
        block.check(spot)
    except LayoutRefused as refusal:
        raise PickFileRefused(f"{where}: {refusal}") from refusal
    return spot


def _network(layout: dict[str, Any], orders: Sequence[Any]) -> Read:
    fields = _mapping(layout, "layout", {"kind", "ways", "depot"})
    depot = _text(fields.get("depot"), "layout.depot")
    ways = [
        _way(way, f"layout.ways[{number}]")
        for number, way in enumerate(_list(fields.get("ways"), "layout.ways", MOST_PICKS))
    ]
    keys: dict[str, int] = {}
    lists = []
    for number, picks in enumerate(_picks(orders)):
        nodes = [_text(node, f"orders[{number}].picks[{n}]") for n, node in enumerate(picks)]
        lists.append(tuple(dict.fromkeys(keys.setdefault(n, len(keys) + 1) for n in nodes)))
    if len(keys) > MOST_PLACES:
        raise PickFileRefused(
            f"the orders visit {len(keys)} places; a network is planned with at most {MOST_PLACES}"
        )
    try:
        matrix = Network(ways).matrix([depot, *keys])
    except LayoutRefused as refusal:
        raise PickFileRefused(f"layout.ways: {refusal}") from refusal
    names = {key: node for node, key in keys.items()}
    return _map(FreeGround(matrix, {key: key for key in names}), names), names, lists


def _way(way: Any, where: str) -> Way:
    if not isinstance(way, list) or len(way) not in {3, 4}:
        raise PickFileRefused(f"{where} is not [from, to, mm] or [from, to, mm, one-way]")
    start, end = _text(way[0], f"{where}[0]"), _text(way[1], f"{where}[1]")
    length = way[2]
    if isinstance(length, bool) or not isinstance(length, int | float):
        raise PickFileRefused(f"{where}[2] is not a number")
    if not (math.isfinite(length) and 0 <= length <= MOST_MM):
        raise PickFileRefused(f"{where}[2] is {length}; it must be from 0 to {MOST_MM}")
    if len(way) == 4 and not isinstance(way[3], bool):
        raise PickFileRefused(f"{where}[3] says one-way: true or false")
    return Way(start, end, float(length), not (len(way) == 4 and way[3]))


def _map(ground: Ground, names: Mapping[int, str]) -> FloorMap:
    return FloorMap({key: key for key in names}, ground)

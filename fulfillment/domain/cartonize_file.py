"""A public file of boxes and orders, and the packings found for it (docs/cartonize-format.md).

Every value is looked at before anything is computed; what can't be used is named by its place, as
`orders[3].items[0].size_mm[1]`.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from fulfillment.domain.cartons.choosing import Catalogue, Load, Plan, choose
from fulfillment.domain.cartons.facts import Box, Dims, Effort, Tariff, Unit
from fulfillment.domain.cartons.stowing import in_order

FORMAT = "quayside-cartonize-1"
MOST_BYTES = 20_000_000
MOST_BOXES = 1_000
MOST_ORDERS = 20_000
MOST_UNITS = 400
MOST_MM = 100_000
MOST_G = 100_000_000
FLAGS = ("this_side_up", "no_stack", "fragile", "own_box")


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that can't be used: where it stands, and what is wanted there."""

    place: str
    why: str


class FileRefused(ValueError):
    """The file can't be used; `faults` name every place. Nothing was computed."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.place}: {fault.why}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Order:
    """The units of one order under the caller's code."""

    code: str
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What a file asks: the catalogue with its tariff and effort, and the orders."""

    catalogue: Catalogue
    orders: tuple[Order, ...]


def read(data: bytes) -> Task:
    """Return the task a file describes.

    Raises:
        FileRefused: some values can't be used; each is named.
    """
    if len(data) > MOST_BYTES:
        raise FileRefused([Fault("file", f"at most {MOST_BYTES} bytes")])
    try:
        body = json.loads(data, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise FileRefused([Fault("file", f"not JSON: {str(error)[:120]}")]) from error
    return _Reading().task(body)


def solve(task: Task) -> Iterator[dict[str, Any]]:
    """Yield the packing of each order as JSON, in the order of the file."""
    for order in task.orders:
        yield _answer(order, choose(order.units, task.catalogue), task.catalogue.tariff)


def _answer(order: Order, plan: Plan, tariff: Tariff) -> dict[str, Any]:
    return {
        "order": order.code,
        "total": str(plan.total),
        "oversize": sorted(unit.key.rpartition("#")[0] for unit in plan.oversize),
        "parcels": [_parcel(load, tariff) for load in plan.loads],
    }


def _parcel(load: Load, tariff: Tariff) -> dict[str, Any]:
    return {
        "box": load.box.code if load.box else None,
        "fill_percent": str(load.fill_percent),
        "weight_g": load.gross_g,
        "billable_g": load.billable_g,
        "freight": str(tariff.freight(load.billable_g)),
        "total": str(load.total),
        "units": [
            {
                "sku": one.unit.key.rpartition("#")[0],
                "at_mm": list(one.at),
                "size_mm": list(one.size),
            }
            for one in in_order(load.placements)
        ],
    }


class _Reading:
    """One file being read. Faults are collected; a value with a fault reads as a harmless one."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def task(self, body: Any) -> Task:
        root = self.fields(
            body, "file", {"format", "boxes", "orders"}, {"tariff", "effort", "note"}
        )
        if root.get("format") != FORMAT:
            self.fault("format", f'"{FORMAT}"')
        boxes = self.listed(root, "boxes", MOST_BOXES, self.box)
        orders = self.listed(root, "orders", MOST_ORDERS, self.order)
        tariff = self.tariff(root.get("tariff", {}), "tariff")
        effort = self.effort(root.get("effort", {}), "effort")
        self.once([box.code for box in boxes], "boxes")
        self.once([order.code for order in orders], "orders")
        if self.faults:
            raise FileRefused(self.faults)
        return Task(Catalogue(tuple(boxes), tariff, effort), tuple(orders))

    def box(self, value: Any, place: str) -> Box:
        required = {"code", "inner_mm", "max_weight_g"}
        row = self.fields(value, place, required, {"outer_mm", "padding_mm", "tare_g", "cost"})
        room = self.size(row.get("inner_mm"), f"{place}.inner_mm")
        padding = self.whole(row.get("padding_mm", 0), f"{place}.padding_mm", 0, MOST_MM)
        if min(room) <= 2 * padding:
            self.fault(f"{place}.padding_mm", "less than half of the shortest inner side")
        outer = self.size(row.get("outer_mm", row.get("inner_mm")), f"{place}.outer_mm")
        if any(outside < inside for outside, inside in zip(outer, room, strict=True)):
            self.fault(f"{place}.outer_mm", "no side shorter than inside")
        return Box(
            code=self.text(row.get("code"), f"{place}.code"),
            inner=(room[0] - 2 * padding, room[1] - 2 * padding, room[2] - 2 * padding),
            outer=outer,
            max_weight_g=self.whole(row.get("max_weight_g"), f"{place}.max_weight_g", 1, MOST_G),
            tare_g=self.whole(row.get("tare_g", 0), f"{place}.tare_g", 0, MOST_G),
            cost=self.amount(row.get("cost", "0"), f"{place}.cost"),
        )

    def order(self, value: Any, place: str) -> Order:
        row = self.fields(value, place, {"code", "items"}, set())
        groups = self.listed(row, "items", MOST_UNITS, self.item, within=f"{place}.")
        units = [unit for group in groups for unit in group]
        if len(units) > MOST_UNITS:
            self.fault(f"{place}.items", f"at most {MOST_UNITS} units")
        numbered = tuple(
            replace(unit, key=f"{unit.key}#{number:03d}") for number, unit in enumerate(units)
        )
        return Order(self.text(row.get("code"), f"{place}.code"), numbered)

    def item(self, value: Any, place: str) -> list[Unit]:
        optional = {"qty", "hazard", *FLAGS}
        row = self.fields(value, place, {"sku", "size_mm", "weight_g"}, optional)
        hazard = row.get("hazard", "")
        qty = self.whole(row.get("qty", 1), f"{place}.qty", 1, MOST_UNITS)
        unit = Unit(
            self.text(row.get("sku"), f"{place}.sku"),
            self.size(row.get("size_mm"), f"{place}.size_mm"),
            self.whole(row.get("weight_g"), f"{place}.weight_g", 0, MOST_G),
            this_side_up=self.flag(row, "this_side_up", place),
            no_stack=self.flag(row, "no_stack", place),
            fragile=self.flag(row, "fragile", place),
            own_box=self.flag(row, "own_box", place),
            hazard=hazard if hazard == "" else self.text(hazard, f"{place}.hazard"),
        )
        return [unit] * qty

    def tariff(self, value: Any, place: str) -> Tariff:
        optional = {"divisor_cm3_per_kg", "void_fill_per_litre", "freight", "per_extra_kg"}
        row = self.fields(value, place, set(), optional)
        breaks = self.listed(row, "freight", 1_000, self.step, within=f"{place}.", least=0)
        if [grams for grams, _ in breaks] != sorted({grams for grams, _ in breaks}):
            self.fault(f"{place}.freight", "rising up_to_g, each once")
        extra = self.amount(row.get("per_extra_kg", "0"), f"{place}.per_extra_kg")
        divisor = self.whole(
            row.get("divisor_cm3_per_kg", 5_000), f"{place}.divisor_cm3_per_kg", 0, 100_000
        )
        fill = self.amount(row.get("void_fill_per_litre", "0"), f"{place}.void_fill_per_litre")
        return Tariff(_freight(breaks, extra), divisor, fill)

    def step(self, value: Any, place: str) -> tuple[int, Decimal]:
        row = self.fields(value, place, {"up_to_g", "amount"}, set())
        return (
            self.whole(row.get("up_to_g"), f"{place}.up_to_g", 1, MOST_G),
            self.amount(row.get("amount"), f"{place}.amount"),
        )

    def effort(self, value: Any, place: str) -> Effort:
        row = self.fields(value, place, set(), {"tries", "seed", "restarts", "nodes", "exact_ms"})
        plain = Effort()
        return Effort(
            tries=self.whole(row.get("tries", plain.tries), f"{place}.tries", 0, 10_000),
            seed=self.whole(row.get("seed", plain.seed), f"{place}.seed", 0, 2**31),
            restarts=self.whole(
                row.get("restarts", plain.restarts), f"{place}.restarts", 0, 1_000_000
            ),
            nodes=self.whole(row.get("nodes", plain.nodes), f"{place}.nodes", 0, 10_000_000),
            exact_seconds=self.whole(row.get("exact_ms", 0), f"{place}.exact_ms", 0, 60_000) / 1000,
        )

    def fields(
        self, value: Any, place: str, required: set[str], optional: set[str]
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fault(place, "an object")
            return {}
        for name in sorted(required - value.keys()):
            self.fault(f"{place}.{name}", "missing")
        for name in sorted(value.keys() - required - optional):
            self.fault(f"{place}.{name[:40]}", "no such field")
        return value

    def listed(
        self,
        row: dict[str, Any],
        name: str,
        most: int,
        each: Callable[[Any, str], Any],
        *,
        within: str = "",
        least: int = 1,
    ) -> list[Any]:
        value = row.get(name, [])
        if not isinstance(value, list) or not least <= len(value) <= most:
            if name in row or least:
                self.fault(f"{within}{name}", f"a list of {least} to {most}")
            return []
        return [each(one, f"{within}{name}[{number}]") for number, one in enumerate(value)]

    def size(self, value: Any, place: str) -> Dims:
        if not isinstance(value, list) or len(value) != 3:
            self.fault(place, "three sides in mm: length, width, height")
            return (1, 1, 1)
        sides = [self.whole(one, f"{place}[{n}]", 1, MOST_MM) for n, one in enumerate(value)]
        return (sides[0], sides[1], sides[2])

    def whole(self, value: Any, place: str, low: int, high: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault(place, f"a whole number from {low} to {high}")
            return max(low, 1)
        return value

    def amount(self, value: Any, place: str) -> Decimal:
        try:
            found = Decimal(value) if isinstance(value, str) and len(value) <= 20 else None
        except InvalidOperation:
            found = None
        if found is None or not found.is_finite() or not 0 <= found <= 1_000_000:
            self.fault(place, 'an amount in quotes, as "4.20"')
            return Decimal(0)
        return found

    def text(self, value: Any, place: str) -> str:
        if not isinstance(value, str) or not 1 <= len(value) <= 64 or not value.isprintable():
            self.fault(place, "a text of 1 to 64 characters")
            return "?"
        return value

    def flag(self, row: dict[str, Any], name: str, place: str) -> bool:
        value = row.get(name, False)
        if not isinstance(value, bool):
            self.fault(f"{place}.{name}", "true or false")
            return False
        return value

    def once(self, codes: list[str], place: str) -> None:
        seen: set[str] = set()
        for number, code in enumerate(codes):
            if code in seen and code != "?":
                self.fault(f"{place}[{number}].code", "used before")
            seen.add(code)

    def fault(self, place: str, why: str) -> None:
        if len(self.faults) < 100:
            self.faults.append(Fault(place, why))


def _freight(breaks: list[tuple[int, Decimal]], per_extra_kg: Decimal) -> Callable[[int], Decimal]:
    tops = [grams for grams, _amount in breaks]

    def price(billable_g: int) -> Decimal:
        index = bisect_left(tops, billable_g)
        if index < len(breaks):
            return breaks[index][1]
        top_g, top_amount = breaks[-1] if breaks else (0, Decimal(0))
        return top_amount + -(-(billable_g - top_g) // 1000) * per_extra_kg

    return price


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the field {name[:40]} stands twice in one object")
        found[name] = value
    return found

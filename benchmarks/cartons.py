"""Cartonization measured: `python -m benchmarks cartons [--orders 150] [--seed 20261122]`.

Random orders of 1 to 8 units into nine boxes; the reference asks the exact solver for every box
that would be cheaper than the one chosen (30 s each, so that "optimal" is proved). It needs
ortools in the environment that measures; the product is measured with and without its exact step.
`--smoke` fills the containers BR1 to BR3 of Bischoff and Ratcliff 1995.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from fulfillment.domain.cartons import blocks, choosing, exact, proof
from fulfillment.domain.cartons.choosing import Catalogue, Load
from fulfillment.domain.cartons.facts import Box, Effort, Placement, Tariff, Unit
from fulfillment.domain.cartons.turns import refusal

INSTANCES = Path(__file__).parents[2] / "shared" / "data" / "packing-3d"
#: Inner sizes in mm; costs rise with the board they take.
SIZES = (
    (160, 120, 60),
    (220, 160, 80),
    (250, 180, 120),
    (300, 220, 60),
    (300, 200, 150),
    (350, 250, 120),
    (350, 250, 200),
    (400, 300, 250),
    (500, 380, 300),
)
REFERENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Row:
    """One order: what was chosen, in how many ms, and whether a cheaper box would have done."""

    units: int
    chosen: str
    optimum: str
    is_proved: bool
    ms: float
    fill: float


def main(arguments: list[str]) -> int:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks cartons", description=__doc__)
    parser.add_argument("--orders", type=int, default=150)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--handling", action="store_true", help="a third of the units have flags")
    parser.add_argument("--smoke", action="store_true", help="BR1 to BR3 instead")
    parser.add_argument("--instances", type=int, default=20, help="of each BR set")
    chosen = parser.parse_args(arguments)
    found = (
        smoke(chosen.instances)
        if chosen.smoke
        else compare(chosen.orders, chosen.seed, chosen.handling)
    )
    print(json.dumps(found, indent=2))
    return 0


def boxes() -> tuple[Box, ...]:
    """Return the nine boxes; cost 0.10 plus 0.60 a square metre of board, 5 mm walls."""
    made = []
    for length, width, height in SIZES:
        board_mm2 = 2 * (length * width + length * height + width * height)
        outer = (length + 10, width + 10, height + 10)
        cost = Decimal("0.10") + (Decimal(board_mm2) * Decimal("0.0000006")).quantize(
            Decimal("0.01")
        )
        code = f"{length}x{width}x{height}"
        made.append(Box(code, (length, width, height), outer, 20_000, board_mm2 // 2000, cost))
    return tuple(made)


def draw_order(draw: random.Random, most: int = 8, *, handling: bool = False) -> list[Unit]:
    """Return 1 to `most` units with sides from 30 to 260 mm, flat ones and long ones among them."""
    units = []
    for number in range(draw.randint(1, most)):
        size = (draw.randint(30, 260), draw.randint(30, 200), draw.randint(20, 150))
        unit = Unit(f"u{number}", size, draw.randint(50, 900))
        if handling and draw.random() < 1 / 3:
            flag = draw.choice(("this_side_up", "no_stack", "fragile"))
            unit = replace(unit, **{flag: True})
        units.append(unit)
    return units


def tariff() -> Tariff:
    """Return 3.00 a parcel and 2.00 for each started 500 g billed, void fill 0.05 a litre."""
    return Tariff(
        freight=lambda billable_g: Decimal(3) + 2 * Decimal(-(-billable_g // 500)),
        void_fill_per_litre=Decimal("0.05"),
    )


def compare(count: int, seed: int, handling: bool) -> dict[str, Any]:
    """Measure the base install and, with ortools, the exact step, against the proved optimum."""
    draw = random.Random(seed)
    orders = [draw_order(draw, handling=handling) for _ in range(count)]
    result: dict[str, Any] = {"seed": seed, "orders": count, "handling": handling}
    known: dict[tuple[int, str], bool | None] = {}
    ways = {"base": Effort()}
    if exact.is_installed():
        ways["exact"] = Effort(exact_seconds=1.0)
    for name, effort in ways.items():
        catalogue = Catalogue(boxes(), tariff(), effort)
        rows = [measure(i, units, catalogue, known) for i, units in enumerate(orders)]
        result[name] = _summary([row for row in rows if row is not None])
    return result


def measure(
    number: int, units: list[Unit], catalogue: Catalogue, known: dict[tuple[int, str], bool | None]
) -> Row | None:
    """Return the row of one order; None when no single box of the nine holds it."""
    began = time.perf_counter()
    load = choosing.one_box(units, catalogue)
    ms = (time.perf_counter() - began) * 1000
    cheapest, is_proved = _optimum(number, units, load, catalogue, known)
    if cheapest is None:
        return None
    code = load.box.code if load and load.box else "none"
    if load and load.box:
        proof.check(load.box, units, load.placements)
    fill = float(load.fill_percent) if load else 0.0
    return Row(len(units), code, cheapest, is_proved, ms, fill)


def _optimum(
    number: int,
    units: list[Unit],
    load: Load | None,
    catalogue: Catalogue,
    known: dict[tuple[int, str], bool | None],
) -> tuple[str | None, bool]:
    """Return the cheapest box that holds the units, and whether every cheaper one is disproved."""
    is_proved = True
    for _total, box in catalogue.ranked(units):
        if load and load.box and load.box.code == box.code:
            return box.code, is_proved
        if refusal(units, box):
            continue
        key = (number, box.code)
        if key not in known:
            verdict, _placements = exact.solve(units, box, REFERENCE_SECONDS)
            known[key] = {"FITS": True, "IMPOSSIBLE": False}.get(verdict)
        if known[key]:
            return box.code, is_proved
        is_proved = is_proved and known[key] is False
    return None, is_proved


def _summary(rows: Sequence[Row]) -> dict[str, Any]:
    good = [row for row in rows if row.chosen == row.optimum]
    times = sorted(row.ms for row in rows)
    return {
        "orders_in_one_box": len(rows),
        "optimal_percent": round(100 * len(good) / len(rows), 2),
        "of_them_not_disproved": sum(not row.is_proved for row in good),
        "missed": [(row.units, row.chosen, row.optimum) for row in rows if row not in good],
        "mean_fill_percent": round(statistics.fmean(row.fill for row in rows), 1),
        "median_ms": round(statistics.median(times), 2),
        "p95_ms": round(times[int(len(times) * 0.95)], 1),
        "max_ms": round(times[-1], 1),
    }


def smoke(count: int) -> dict[str, Any]:
    """Return the mean fill of the first `count` instances of BR1, BR2 and BR3, in percent."""
    result: dict[str, Any] = {}
    for name in ("BR1", "BR2", "BR3"):
        fills, seconds = [], []
        for box, units in container_instances(name, count):
            began = time.perf_counter()
            best = max((blocks.fill(units, box, way) for way in blocks.GROWTHS), key=_volume)
            seconds.append(time.perf_counter() - began)
            proof.check(box, [one.unit for one in best], best)
            fills.append(100 * _volume(best) / box.room_mm3)
        result[name] = {
            "instances": len(fills),
            "mean_fill_percent": round(statistics.fmean(fills), 2),
            "least_fill_percent": round(min(fills), 2),
            "mean_s": round(statistics.fmean(seconds), 2),
        }
    return result


def container_instances(name: str, count: int) -> Iterator[tuple[Box, list[Unit]]]:
    """Yield container and units of each instance; a side that may not always stand never does.

    Stricter than the set: where it allows two of three sides upright, here one is.
    """
    items: dict[str, list[dict[str, str]]] = {}
    for row in _rows("items"):
        items.setdefault(row["instance"], []).append(row)
    rooms = {row["instance"]: row for row in _rows("bins")}
    for number in range(1, count + 1):
        key = f"{name}.txt_{number}"
        room = rooms[key]
        inner = (int(room["X"]), int(room["Y"]), int(room["Z"]))
        units = [
            Unit(
                f"{row['ID']}.{copy:03d}",
                (int(row["X"]), int(row["Y"]), int(row["Z"])),
                0,
                this_side_up=row["ROTATION_ZYX"] == "0" or row["ROTATION_XZY"] == "0",
            )
            for row in items[key]
            for copy in range(int(row["COPIES"]))
        ]
        yield Box(key, inner, inner, 10**9), units


def _rows(kind: str) -> list[dict[str, str]]:
    with gzip.open(INSTANCES / f"bischoff1995_{kind}.csv.gz", "rt") as file:
        return list(csv.DictReader(file))


def _volume(placed: Sequence[Placement]) -> int:
    return sum(one.unit.volume_mm3 for one in placed)

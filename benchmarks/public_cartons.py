"""`python -m benchmarks.public_cartons SET [--instances N] [--folder DIR]`: public instances.

Converts them into files of docs/cartonize-format.md and packs them the way `manage.py cartonize`
does. SET is one of `ivancic1989` (as few equal containers as possible), `loh1992`, `bischoff1995`
(one container, as full as possible) or `bed-bpp` (supermarket orders onto pallets). `--folder`
keeps the converted files for that command. The sets lie beside the repository; their README names
origin and license. Two rules are stricter here than there: 60 % of each base is carried, and a
unit that may not be turned every way stays upright.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import statistics
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from fulfillment.domain import cartonize_file

INSTANCES = Path(__file__).parents[2] / "shared" / "data" / "packing-3d"
SETS = ("ivancic1989", "loh1992", "bischoff1995", "bed-bpp")
#: Footprint of the pallets of BED-BPP, and the height that is loaded: our choice, not the set's.
PALLET_MM = (1200, 800, 1800)
#: Heavier than any load: these sets know no limit of weight.
ANY_WEIGHT_G = 20_000_000
#: As at the bench: dozens of containers are looked at again and again.
EFFORT = {"restarts": 100, "nodes": 0}


def main(arguments: list[str]) -> int:
    """Convert, pack, print JSON: one row for each instance, then what all of them come to."""
    parser = argparse.ArgumentParser(prog="benchmarks.public_cartons", description=__doc__)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--instances", type=int, default=1000, help="the first N only")
    parser.add_argument("--folder", type=Path, default=None, help="keep the converted files")
    chosen = parser.parse_args(arguments)
    known = best_known(chosen.set)
    wanted = list(islice(read(chosen.set), chosen.instances))
    documents = [one for one in wanted if units_of(one) <= cartonize_file.MOST_UNITS]
    for one in documents if chosen.folder else ():
        path = chosen.folder / f"{one['orders'][0]['code']}.json"
        path.write_text(json.dumps(one))
    rows = [measure(document) for document in documents]
    whole = summary(rows, known) | {"too_many_units": len(wanted) - len(documents)}
    print(json.dumps({"rows": rows, "all": whole}, indent=1))
    return 0


def read(name: str) -> Iterator[dict[str, Any]]:
    """Yield the document of each instance: one box, one order."""
    if name == "bed-bpp":
        yield from _supermarket_orders()
        return
    items: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(f"{name}_items"):
        items.setdefault(row["instance"], []).append(
            {
                "sku": row["ID"],
                "size_mm": [int(row[axis]) for axis in "XYZ"],
                "weight_g": 1,
                "qty": int(row["COPIES"]),
                "this_side_up": "0" in {row[key] for key in row if key.startswith("ROTATION")},
            }
        )
    for row in _rows(f"{name}_bins"):
        inner = [int(row[axis]) for axis in "XYZ"]
        yield document(row["instance"], inner, items[row["instance"]])


def document(code: str, inner_mm: list[int], items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one instance as a file of `cartonize`."""
    box = {"code": "container", "inner_mm": inner_mm, "max_weight_g": ANY_WEIGHT_G, "cost": "1"}
    return {
        "format": cartonize_file.FORMAT,
        "boxes": [box],
        "effort": EFFORT,
        "orders": [{"code": code, "items": items}],
    }


def _supermarket_orders() -> Iterator[dict[str, Any]]:
    with gzip.open(INSTANCES / "bed-bpp_5_orders.json.gz", "rt") as file:
        orders = json.load(file)
    for code, order in sorted(orders.items()):
        items = [
            {
                "sku": article["id"],
                "size_mm": [int(article[f"{side}/mm"]) for side in ("length", "width", "height")],
                "weight_g": round(1000 * article["weight/kg"]),
                "this_side_up": True,
            }
            for article in order["item_sequence"].values()
        ]
        yield document(code, list(PALLET_MM), items)


def units_of(instance: dict[str, Any]) -> int:
    """Return how many units one instance packs."""
    return sum(item.get("qty", 1) for item in instance["orders"][0]["items"])


def measure(instance: dict[str, Any]) -> dict[str, Any]:
    """Return containers used, the least that volume allows, and how full the fullest is."""
    task = cartonize_file.read(json.dumps(instance).encode())
    began = time.perf_counter()
    [answer] = cartonize_file.solve(task)
    seconds = time.perf_counter() - began
    room = math.prod(instance["boxes"][0]["inner_mm"])
    [order] = instance["orders"]
    wanted = sum(math.prod(item["size_mm"]) * item.get("qty", 1) for item in order["items"])
    packed = [
        sum(math.prod(unit["size_mm"]) for unit in parcel["units"]) for parcel in answer["parcels"]
    ]
    return {
        "instance": order["code"],
        "containers": len(packed),
        "least_by_volume": -(-wanted // room),
        "fullest_mm3": max(packed, default=0),
        "fullest_percent": round(100 * max(packed, default=0) / room, 2),
        "oversize": len(answer["oversize"]),
        "s": round(seconds, 2),
    }


def summary(rows: list[dict[str, Any]], known: dict[str, int]) -> dict[str, Any]:
    """Return the sums, and the best known fill of the same instances where the set has it."""
    shares = [
        100 * row["fullest_mm3"] / known[row["instance"]]
        for row in rows
        if known.get(row["instance"])
    ]
    return {
        "instances": len(rows),
        "containers": sum(row["containers"] for row in rows),
        "least_by_volume": sum(row["least_by_volume"] for row in rows),
        "in_one_container": sum(row["containers"] == 1 for row in rows),
        "mean_fullest_percent": round(statistics.fmean(row["fullest_percent"] for row in rows), 2),
        "percent_of_best_known": round(statistics.fmean(shares), 2) if shares else None,
        "oversize": sum(row["oversize"] for row in rows),
        "s": round(sum(row["s"] for row in rows), 1),
    }


def best_known(name: str) -> dict[str, int]:
    """Return the best known packed volume by instance, {} where the set names none."""
    if name != "bischoff1995":
        return {}
    rows = _rows("bischoff1995_best_known")
    return {row["instance"]: int(row["best_known_packed_volume"]) for row in rows}


def _rows(name: str) -> list[dict[str, str]]:
    with gzip.open(INSTANCES / f"{name}.csv.gz", "rt") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m benchmarks [--orders 10000] [--pages 100000] [--json FILE]`: the figures of a run.

Everything is measured in one run, side by side with the hand-written yardstick, on a PostgreSQL
of its own with fsync on. Ratios are CPU time per order, client and server together.
`python -m benchmarks cartons` measures one topic by itself (`--help` after its name).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import (
    approvals,
    cartons,
    cpu,
    installation,
    lot_trace,
    pages,
    placing,
    planning_cleaning,
    planning_forecast,
    planning_replenishment,
    planning_repurchase,
    planning_review,
    portal,
    purchasing,
    returns_matching,
    routing,
    scans,
    shipping,
    walks,
    wave_planning,
    workload,
)

GROWTH = (1_000, 10_000, 100_000)
#: Topics that run by themselves, by the word that asks for them.
TOPICS = {
    "approvals": approvals.main,
    "cartons": cartons.main,
    "lot_trace": lot_trace.main,
    "planning-cleaning": planning_cleaning.main,
    "planning-replenishment": planning_replenishment.main,
    "planning-repurchase": planning_repurchase.main,
    "planning-review": planning_review.main,
    "planning-forecast": planning_forecast.main,
    "portal": portal.main,
    "purchasing": purchasing.main,
    "returns-matching": returns_matching.main,
    "scans": scans.main,
    "walks": walks.main,
    "waves": wave_planning.main,
}


def main(arguments: list[str]) -> int:
    """Measure, print the table, write the JSON."""
    if arguments and arguments[0] in TOPICS:
        return TOPICS[arguments[0]](arguments[1:])
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--json", type=Path, default=None)
    chosen = parser.parse_args(arguments)
    result: dict[str, Any] = {"at": datetime.now(UTC).isoformat(), "commit": commit()}
    with installation.installed("bench-run") as place:
        result |= side_by_side(place, chosen.orders)
        result["routing"] = routing.measure().as_json()
        result["walks"] = walks.measure()
        if chosen.pages:
            result |= growth(place, chosen.pages)
            result["pages"] = [figure.as_json() for figure in pages.measure()]
    text = json.dumps(result, indent=2)
    if chosen.json:
        chosen.json.write_text(text + "\n")
    print(text)
    print(table(result))
    print(walks.table(result["walks"]))
    return 0


def side_by_side(place: installation.Installation, order_count: int) -> dict[str, Any]:
    """Return (a), (b), (c) and the yardstick's figures for one workload."""
    work = workload.build(order_count)
    single, shipped, bulk, shipped_together = placing.yardstick(work, place)
    prepare(work)
    one = placing.one_by_one(work, place.postmaster)
    prepare(work)
    many = placing.in_bulk(work, place.postmaster)
    ready = shipping.prepare()
    left = shipping.dispatch_all(ready, place.postmaster)
    return {
        "orders": order_count,
        "yardstick": {
            "create": single.as_json(),
            "ship": shipped.as_json(),
            "bulk": bulk.as_json(),
            "ship_50": shipped_together.as_json(),
        },
        "a": one.as_json() | {"ratio": round(one.cpu_ms / single.cpu_ms, 2)},
        "b": many.as_json() | {"ratio": round(many.cpu_ms / bulk.cpu_ms, 2)},
        "c": left.as_json() | {"ratio": round(left.cpu_ms / shipped.cpu_ms, 2)},
        "drift": drift(),
        "peak_memory_mb": round(cpu.peak_memory_mb()),
    }


def growth(place: installation.Installation, most: int) -> dict[str, Any]:
    """Return bulk throughput (orders a CPU second) as the database grows; leave the last one."""
    rows = []
    for count in [size for size in GROWTH if size < most] + [most]:
        work = workload.build(count)
        prepare(work)
        figure = placing.in_bulk(work, place.postmaster)
        rows.append({"orders": count, "per_cpu_s": round(1000 / figure.cpu_ms)})
    pages.settle()
    return {"growth": rows, "peak_memory_mb": round(cpu.peak_memory_mb())}


def prepare(work: workload.Workload) -> None:
    """Empty the database and give it the workload's master data and stock."""
    installation.empty_tables()
    bins, skus = installation.master_data()
    installation.opening_stock(work, bins, skus)


def drift() -> int:
    """Return how many rows of the books disagree with the ledger."""
    from inventory.services import checking  # noqa: PLC0415  # after django.setup()

    return len(checking.check())


def commit() -> str:
    """Return the commit that is measured, `+` when files differ from it."""
    known = ["git", "describe", "--always", "--dirty=+"]
    done = subprocess.run(
        known, cwd=installation.root(), capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def table(result: dict[str, Any]) -> str:
    """Return the figures as a Markdown table."""
    rows = ["| figure | Quayside | yardstick | ratio | target |", "|---|---|---|---|---|"]
    yardstick = result["yardstick"]
    for key, name, other, target in (
        ("a", "create, route, reserve one by one, CPU ms", "create", "<= 8"),
        ("b", "the same in bulk, CPU ms", "bulk", "<= 14"),
        ("c", "dispatch in manifests of 50, CPU ms", "ship", "<= 10"),
    ):
        mine = result[key]
        rows.append(
            f"| ({key}) {name} | {mine['cpu_ms']} | {yardstick[other]['cpu_ms']} |"
            f" {mine['ratio']} | {target} |"
        )
    rows.append(f"| routing, orders a second | {result['routing']['orders_per_s']} | | | >= 3000 |")
    rows += [
        f"| bulk at {row['orders']}, orders a CPU second | {row['per_cpu_s']} | | | |"
        for row in result.get("growth", [])
    ]
    rows += [
        f"| {page['page']}, median ms ({page['queries']} queries) | {page['median_ms']} | | |"
        " <= 150 |"
        for page in result.get("pages", [])
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

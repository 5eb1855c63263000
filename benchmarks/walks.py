"""`python -m benchmarks.walks [--instances 20] [--seconds 15]`: walks and batches in figures.

Routes: generated pick lists in single blocks, each rule against the exact program, and for lists of
at most 12 picks the program against Held-Karp. Batches: 100 generated orders of 5 to 25 lines in a
block of 10 aisles with 45 places; the search against savings C&W(ii) whose batches are walked by
the same shortest tours. Everything follows from the seed that is printed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fulfillment.domain import batch_search, batching, routes, routes_any
from fulfillment.domain.batching import Capacity, Load, Problem
from fulfillment.domain.block_lengths import BlockLengths
from fulfillment.domain.layout import Block, Spot

SEED = 20_261_122
CELLS = ((10, 45, 10), (10, 45, 30), (10, 45, 60), (10, 25, 60), (25, 25, 10), (25, 25, 30))
MORE_CELLS = ((25, 25, 60), (25, 45, 30), (25, 45, 60))
HELD_KARP = (10, 45, 12)
CAPACITIES = (30, 45, 60, 75)
ORDERS = 100


@dataclass(frozen=True, slots=True)
class RouteRow:
    """Excess over the shortest tour in per cent, mean of the lists, and milliseconds a list."""

    cell: str
    s_shape: float
    returning: float
    largest_gap: float
    searched: float
    exact_ms: float
    search_ms: float


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One instance: walks in units of a place, and what the search saves in per cent."""

    instance: str
    first_come: float
    savings: float
    savings_exact: float
    searched: float
    saved_pct: float
    saved_exact_pct: float
    rounds: int


def measure(*, lists: int = 20, instances: int = 4, seconds: float = 3.0) -> dict[str, Any]:
    """Return the figures; the defaults keep `make bench` short."""
    rng = np.random.default_rng(SEED)
    cells = CELLS + (MORE_CELLS if lists > 20 else ())
    rows = [route_row(rng, cell, lists) for cell in cells]
    differ = mismatches(rng, lists=lists)
    batches = [batch_row(number, seconds) for number in range(instances)]
    return {
        "seed": SEED,
        "lists": lists,
        "routes": [_fields(row) for row in rows],
        "held_karp": {"lists": lists, "picks": HELD_KARP[2], "mismatches": differ},
        "search_excess_pct": _mean([row.searched for row in rows], 3),
        "seconds": seconds,
        "batches": [_fields(row) for row in batches],
        "saved_pct": _mean([row.saved_pct for row in batches], 2),
        "saved_exact_pct": _mean([row.saved_exact_pct for row in batches], 2),
    }


def _fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def _mean(values: Sequence[float], digits: int) -> float:
    return round(float(np.mean(values)), digits) if values else 0.0


def random_spots(rng: np.random.Generator, block: Block, picks: int) -> list[Spot]:
    """Return picks spread evenly over a block."""
    aisles = rng.integers(1, block.aisle_count + 1, picks)
    places = rng.integers(1, block.places + 1, picks)
    return [Spot(int(a), int(p)) for a, p in zip(aisles, places, strict=True)]


def route_row(rng: np.random.Generator, cell: tuple[int, int, int], lists: int) -> RouteRow:
    """Walk generated lists of one size by every rule."""
    aisles, places, picks = cell
    block = Block(aisles, places, 5, 1)
    excess: dict[str, list[float]] = {name: [] for name in (*routes.RULES, "searched")}
    exact_s = search_s = 0.0
    for number in range(lists):
        spots = random_spots(rng, block, picks)
        begun = time.perf_counter()
        least = routes.shortest(block, spots).length_mm
        exact_s += time.perf_counter() - begun
        for name, rule in routes.RULES.items():
            excess[name].append(100 * (rule(block, spots).length_mm / least - 1))
        ways = block.matrix(spots)
        begun = time.perf_counter()
        found = routes_any.search(ways, seed=number)
        search_s += time.perf_counter() - begun
        excess["searched"].append(100 * (found.length_mm / least - 1))
    return RouteRow(
        f"{aisles} x {places}, {picks}",
        _mean(excess["s_shape"], 1),
        _mean(excess["return"], 1),
        _mean(excess["largest_gap"], 1),
        _mean(excess["searched"], 2),
        round(1000 * exact_s / lists, 2),
        round(1000 * search_s / lists),
    )


def mismatches(rng: np.random.Generator, *, lists: int) -> int:
    """Return for how many lists of 12 picks the program and Held-Karp differ."""
    aisles, places, picks = HELD_KARP
    block = Block(aisles, places, 5, 1)
    differ = 0
    for _ in range(lists):
        spots = random_spots(rng, block, picks)
        exact = routes_any.held_karp(block.matrix(spots)).length_mm
        differ += exact != routes.shortest(block, spots).length_mm
    return differ


def instance(number: int, orders: int = ORDERS) -> tuple[str, Problem]:
    """Return one generated instance: capacities and demand classes take turns.

    `abc`: 10 % of the places get 52 % of the lines, 30 % get 36 %, the rest 12 %; `ran`: evenly.
    """
    rng = np.random.default_rng([SEED, number])
    capacity = CAPACITIES[number % len(CAPACITIES)]
    classed = number // len(CAPACITIES) % 2 == 0
    block = Block(10, 45, 5, 1)
    shares = [0.52] + [0.36 / 3] * 3 + [0.12 / 6] * 6 if classed else [0.1] * 10
    lengths = BlockLengths(block)
    lists, loads = [], []
    for _ in range(orders):
        lines = int(rng.integers(5, 26))
        aisles, places = rng.choice(10, lines, p=shares), rng.integers(1, 46, lines)
        lists.append([Spot(int(a) + 1, int(p)) for a, p in zip(aisles, places, strict=True)])
        loads.append(Load(lines))
    name = f"{number + 1}: {'abc' if classed else 'ran'}, {capacity}"
    masks = lengths.masks_of(lists)
    return name, Problem.of(lengths, masks, loads, Capacity(items=capacity))


def batch_row(number: int, seconds: float) -> BatchRow:
    """Search one instance for so many seconds, savings included."""
    name, problem = instance(number)
    fcfs = problem.length(batching.first_come(problem))
    exact = problem.length(batching.savings(problem, inside="shortest"))
    ends = time.perf_counter() + seconds
    start = batching.savings(problem)
    found = batch_search.search(
        problem, start, seed=SEED, go_on=lambda _: time.perf_counter() < ends
    )
    saved = problem.length(start)
    return BatchRow(
        name,
        fcfs,
        saved,
        exact,
        found.length_mm,
        round(100 * (1 - found.length_mm / saved), 2),
        round(100 * (1 - found.length_mm / exact), 2),
        found.rounds,
    )


def table(result: dict[str, Any]) -> str:
    """Return the figures as Markdown tables."""
    rows = [
        f"Seed {result['seed']}, {result['lists']} lists a row; excess over the shortest tour, %.",
        "",
        "| aisles x places, picks | S-shape | return | largest gap | search | exact, ms |"
        " search, ms |",
        "|---|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {row['cell']} | {row['s_shape']} | {row['returning']} | {row['largest_gap']} |"
        f" {row['searched']} | {row['exact_ms']} | {row['search_ms']} |"
        for row in result["routes"]
    ]
    held_karp = result["held_karp"]
    rows += [
        "",
        f"Search: {result['search_excess_pct']} % over the optimum in the mean (target <= 0.5).",
        f"Held-Karp, {held_karp['lists']} lists of {held_karp['picks']} picks:"
        f" {held_karp['mismatches']} differ from the program.",
        "",
        f"Batches of {ORDERS} orders, {result['seconds']} s each:",
        "",
        "| instance, capacity | first come | C&W(ii) | C&W(ii) by shortest | search |"
        " saved on C&W(ii), % | on the other, % | optima |",
        "|---|---|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {row['instance']} | {row['first_come']:.0f} | {row['savings']:.0f} |"
        f" {row['savings_exact']:.0f} | {row['searched']:.0f} | {row['saved_pct']} |"
        f" {row['saved_exact_pct']} | {row['rounds']} |"
        for row in result["batches"]
    ]
    rows.append(
        f"\nSaved in the mean: {result['saved_pct']} % on C&W(ii) (target >= 2.5),"
        f" {result['saved_exact_pct']} % on C&W(ii) that compares shortest tours."
    )
    return "\n".join(rows)


def main(arguments: list[str]) -> int:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.walks", description=__doc__)
    parser.add_argument("--lists", type=int, default=60)
    parser.add_argument("--instances", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    result = measure(lists=chosen.lists, instances=chosen.instances, seconds=chosen.seconds)
    print(json.dumps(result, indent=2) if chosen.json else table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

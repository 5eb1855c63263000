"""`manage.py plan_picks FILE.json`: tours and batches of a layout and its orders."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fulfillment.domain import batch_search, batching, pick_file
from fulfillment.domain.batching import Batches, OrderTooBig, Problem
from fulfillment.domain.floor_map import Ground, Tour
from fulfillment.domain.pick_file import PickFile, PickFileRefused


class Command(BaseCommand):
    """Read a document as docs/plan-picks-format.md describes it; print tours with their lengths."""

    help = "Plan the pick tours and batches of a layout and its orders in a JSON file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--seconds", type=float, default=15.0, help="how long to search")
        parser.add_argument("--rounds", type=int, default=None, help="optima at most; repeatable")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="print JSON instead of lines")

    def handle(self, **options: Any) -> None:
        file: Path = options["file"]
        try:
            if file.stat().st_size > pick_file.MOST_BYTES:
                raise CommandError(f"{file}: more than {pick_file.MOST_BYTES // 2**20} MB")
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file}: {error}") from error
        try:
            plan = _plan(pick_file.read(text), options)
        except (PickFileRefused, OrderTooBig) as refusal:
            raise CommandError(f"{file}: {refusal}") from refusal
        self.stdout.write(json.dumps(plan, indent=1) if options["json"] else _lines(plan))


def _plan(found: PickFile, options: dict[str, Any]) -> dict[str, Any]:
    ground = found.floor.ground
    assert ground is not None, "a document always has a layout"
    problem = _problem(found, ground)
    ends, most = time.monotonic() + options["seconds"], options["rounds"]

    def go_on(rounds: int) -> bool:
        return time.monotonic() < ends and (most is None or rounds < most)

    start = batching.shorter_start(problem)
    searched = batch_search.search(problem, start, seed=options["seed"], go_on=go_on)
    return {
        "orders": len(found.orders),
        "one_by_one_mm": _total(found, tuple((n,) for n in range(len(found.orders)))),
        "first_come_mm": _total(found, batching.first_come(problem)),
        "savings_mm": _total(found, batching.savings(problem)),
        "length_mm": _total(found, searched.batches),
        "optima": searched.rounds,
        "tours": [_tour(found, batch) for batch in searched.batches],
    }


def _problem(found: PickFile, ground: Ground) -> Problem:
    masks = ground.masks([one.bins for one in found.orders])
    loads = [one.load for one in found.orders]
    return Problem.of(ground.measure(), masks, loads, found.capacity)


def _walk(found: PickFile, batch: tuple[int, ...]) -> Tour:
    return found.floor.tour([place for order in batch for place in found.orders[order].bins])


def _total(found: PickFile, batches: Batches) -> int:
    return sum(_walk(found, batch).length_mm or 0 for batch in batches)


def _tour(found: PickFile, batch: tuple[int, ...]) -> dict[str, Any]:
    tour = _walk(found, batch)
    return {
        "orders": [found.order_ids[order] for order in batch],
        "items": sum(found.orders[order].load.items for order in batch),
        "length_mm": tour.length_mm,
        "s_shape_mm": tour.s_shape_mm,
        "stops": [found.place_names[place] for place in tour.order],
    }


def _lines(plan: dict[str, Any]) -> str:
    lines = []
    for number, tour in enumerate(plan["tours"], 1):
        lines.append(
            f"Tour {number}: {tour['length_mm']} mm (S-shape {tour['s_shape_mm']} mm),"
            f" {tour['items']} items of {', '.join(tour['orders'])}"
        )
        lines.append(f"  {' '.join(tour['stops'])}")
    lines.append(
        f"{plan['orders']} orders on {len(plan['tours'])} tours: {plan['length_mm']} mm."
        f" One by one {plan['one_by_one_mm']} mm, first come {plan['first_come_mm']} mm,"
        f" savings {plan['savings_mm']} mm; {plan['optima']} optima looked at."
    )
    return "\n".join(lines)

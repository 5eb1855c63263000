"""`manage.py simulate_replenishment FILE`: days, lost sales and cost of buying rules, replayed."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from planning.domain.series import LongColumns, read_panel
from planning.domain.simulation import (
    Figures,
    ReplayRefused,
    compare,
    protocol_for,
    shop_of,
)

REFUSED = 2
MOST_SERIES, MOST_SEEDS = 100_000, 50


class Command(BaseCommand):
    """Read a CSV as docs/planning-replenishment.md describes it; print one line per rule."""

    help = "Replay buying rules on a CSV of series,date,qty,price; nothing is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--top", type=int, default=300, help="series with most revenue (300)")
        parser.add_argument("--runs", type=int, default=3, help="replays, one seed each (3)")
        parser.add_argument("--seed", type=int, default=7, help="first seed of the lead times (7)")
        parser.add_argument("--json", action="store_true", help="print JSON instead of lines")

    def handle(self, **options: Any) -> None:
        try:
            found = _found(options)
        except DomainError as refusal:
            raise CommandError(
                f"{options['file'].name}: {refusal} ({refusal.code})", returncode=REFUSED
            ) from refusal
        self.stdout.write(json.dumps(found, indent=1) if options["json"] else _lines(found))


def _found(options: dict[str, Any]) -> dict[str, Any]:
    if not 1 <= options["top"] <= MOST_SERIES or not 1 <= options["runs"] <= MOST_SEEDS:
        why = f"--top goes from 1 to {MOST_SERIES}, --runs from 1 to {MOST_SEEDS}."
        raise ReplayRefused(why=why)
    if options["seed"] < 0:
        raise ReplayRefused(why="--seed is 0 or more.")
    began = time.perf_counter()
    panel = read_panel(options["file"], "D", LongColumns(period="date"))
    protocol = protocol_for(len(panel.periods), options["top"])
    shop = shop_of(panel, protocol)
    seeds = range(options["seed"], options["seed"] + options["runs"])
    rules = compare(shop, protocol, seeds)
    return {
        "series": len(shop.names),
        "days": len(panel.periods),
        "counted_days": len(panel.periods) - protocol.warm_days,
        "runs": options["runs"],
        "seed": options["seed"],
        "policies": [_row(one, rules[0]) for one in rules],
        "seconds": time.perf_counter() - began,
    }


def _row(one: Figures, gut: Figures) -> dict[str, Any]:
    return {
        **asdict(one),
        "total": one.total,
        "days_vs_gut": _change(one.days, gut.days),
        "lost_vs_gut": _change(one.lost, gut.lost),
        "total_vs_gut": _change(one.total, gut.total),
    }


def _change(value: float, base: float) -> float | None:
    return 100 * (value / base - 1) if base > 0 else None


def _lines(found: dict[str, Any]) -> str:
    lines = [
        f"{found['series']} series, {found['counted_days']} of {found['days']} days counted,"
        f" {found['runs']} runs from seed {found['seed']}",
        f"{'policy':<12} {'days':>7} {'lost_%':>7} {'air_%':>6} {'total_%':>8}"
        f" {'days_vs':>8} {'lost_vs':>8} {'total_vs':>8}",
    ]
    for row in found["policies"]:
        changes = (row["days_vs_gut"], row["lost_vs_gut"], row["total_vs_gut"])
        lines.append(
            f"{row['rule']:<12} {row['days']:>7.1f} {row['lost']:>7.2f} {row['air']:>6.1f}"
            f" {row['total']:>8.2f} " + " ".join(_percent(one) for one in changes)
        )
    lines.append(f"seconds {found['seconds']:.1f}")
    return "\n".join(lines)


def _percent(value: float | None) -> str:
    return f"{'-':>8}" if value is None else f"{value:>+7.1f}%"

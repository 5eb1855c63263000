"""`manage.py fit_repurchase FILE`: repurchase models of a file, judged by its later half."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from planning.domain import purchases, repurchase_report

REFUSED = 2


class Command(BaseCommand):
    """Read a CSV as docs/planning-repurchase.md describes it; print parameters and holdout."""

    help = "Fit BG/NBD, MBG/NBD and spend to a CSV of customer,date,value; nothing is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--cut", type=date.fromisoformat, default=None, help="last day fitted on (half-way)"
        )
        parser.add_argument(
            "--until", type=date.fromisoformat, default=None, help="last day judged"
        )
        parser.add_argument("--columns", default="", help="your names of customer,date,value")
        parser.add_argument("--seed", type=int, default=1, help="no effect: nothing is random")
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
    named = tuple(name.strip() for name in options["columns"].split(",")) or None
    if options["columns"] and len(named or ()) != len(purchases.COLUMNS):
        raise purchases.PurchasesRefused(why="--columns wants three names: customer,date,value.")
    columns = (named[0], named[1], named[2]) if options["columns"] and named else None
    known = purchases.read_purchases(options["file"], columns)
    if not len(known.day):
        raise purchases.PurchasesRefused(why="No day has a value of 0 or more. Check the signs.")
    cut = purchases.middle_cut(known)
    if options["cut"]:
        cut = purchases.day_number(options["cut"])
    until = int(known.day.max())
    if options["until"]:
        until = purchases.day_number(options["until"])
    began = time.perf_counter()
    made = repurchase_report.report(known, cut, until)
    return made.as_json() | {"seconds": time.perf_counter() - began}


def _lines(found: dict[str, Any]) -> str:
    lines = [f"customers {found['customers']}", f"cut {found['cut']}"]
    for name in ("bg_nbd", "mbg_nbd"):
        model = found[name]
        four = " ".join(f"{key} {model[key]:.4f}" for key in ("r", "alpha", "a", "b"))
        lines.append(f"{name} {four} log_likelihood {model['log_likelihood']:.2f}")
        if model["at_bound"]:
            lines.append(f"{name}: the data do not determine every parameter; take none of them")
    if not found["individual"]:
        lines.append("fewer than 200 customers: trust the sums, no single customer")
    if found["spend"]:
        lines.append("spend " + " ".join(f"{k} {v:.3f}" for k, v in found["spend"].items()))
    if found["holdout"]:
        lines += _holdout_lines(found["holdout"])
    lines += [
        f"week {row['week']:.0f}: repeats expected {row['expected']:.1f} actual {row['actual']:.0f}"
        for row in found["tracking"]
    ]
    lines.append(f"seconds {found['seconds']:.2f}")
    return "\n".join(lines)


def _holdout_lines(judged: dict[str, Any]) -> list[str]:
    lines = [
        f"holdout_{key} {value if value is None else format(value, '.4f')}"
        for key, value in judged.items()
        if key != "by_repeats"
    ]
    return lines + [
        f"repeats {row['repeats']}: customers {row['customers']}"
        f" expected {row['expected']:.3f} actual {row['actual']:.3f}"
        for row in judged["by_repeats"]
    ]

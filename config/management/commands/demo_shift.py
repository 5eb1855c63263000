"""`demo_shift --orders N [--json]`: play the warehouse staff and ship what stock allows."""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.demo import shift
from core import clock


class Command(BaseCommand):
    help = "Play a shift: release, pick, pack, label and hand over up to N shipments."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=int, default=50, help="shipments to send (50)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        report = shift.play(order_count=options["orders"], at=clock.now())
        facts = {
            "shipped": report.shipped,
            "waiting": dict(sorted(report.waiting.items())),
            "waves": report.waves,
            "seconds": round(time.perf_counter() - started, 2),
        }
        if options["json"]:
            self.stdout.write(json.dumps(facts))
            return
        self.stdout.write(f"shipped {facts['shipped']} in {facts['seconds']} s")
        for reason, count in facts["waiting"].items():
            self.stdout.write(f"waiting {count}: {reason}")

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.actors import SYSTEM
from core.errors import DomainError
from core.imports import intake, running
from core.imports.kinds import get_kind
from orders.services.importing_channels import ensure_channel
from orders.services.importing_plan import HISTORY, OPEN

ALWAYS_SHOWN = ("lines_read", "orders_created", "lines_imported", "return_facts")


class Command(BaseCommand):
    help = "Import orders from CSV, TSV, XLSX or .gz: open ones to ship, or --history."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--channel", required=True, help="code of the channel")
        parser.add_argument(
            "--mapping",
            help="saved name or JSON file (docs/import-mapping.md); else the last of the channel",
        )
        parser.add_argument("--history", action="store_true", help="past orders: no stock, no work")
        parser.add_argument("--create-missing", action="store_true", help="channel and SKUs too")
        parser.add_argument("--country-only", action="store_true", help="no street, no customs")
        parser.add_argument("--from", dest="from_date", default="", help="first day, 2010-12-06")
        parser.add_argument("--to", dest="to_date", default="", help="day after the last")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        if not options["file"].is_file():
            raise CommandError(f"{options['file']} is no file.")
        try:
            report = self.run(options)
        except DomainError as error:
            raise CommandError(str(error)) from error
        answer = self.answer(report, time.monotonic() - started)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self.print_table(answer)

    def run(self, options: dict[str, Any]) -> running.RunReport:
        kind = get_kind("orders")
        now = clock.now()
        source = options["channel"]
        if options["mapping"]:
            mapping = intake.named_mapping(kind, options["mapping"])
        else:
            mapping = intake.mapping_for_file(kind, source, options["file"])
        if options["create_missing"] or options["country_only"]:
            ensure_channel(
                source,
                currency=str(mapping.get("default_currency") or ""),
                country_only=options["country_only"],
                actor=SYSTEM,
                at=now,
            )
        run = running.FileRun(
            path=options["file"],
            kind=kind,
            source=source,
            mapping=mapping,
            options={
                "mode": HISTORY if options["history"] else OPEN,
                "create_missing": options["create_missing"],
                "country_only": options["country_only"],
                "from_date": options["from_date"],
                "to_date": options["to_date"],
            },
        )
        return running.run_file(run, actor=SYSTEM, now=now, progress=self.show_progress)

    def show_progress(self, done: int, total: int, _text: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done} / {total}", ending="")

    def answer(self, report: running.RunReport, seconds: float) -> dict[str, Any]:
        grouped = report.grouped()
        shown = {name: grouped.pop(name, 0) for name in ALWAYS_SHOWN}
        batch = report.batch
        return {
            **shown,
            "lines_set_aside": grouped.pop("lines_set_aside"),
            **grouped,
            "problems": batch.problem_count,
            "import": batch.pk,
            "repeated": report.repeated,
            "seconds": round(seconds, 1),
            "first_problems": [
                {"line": p.line, "field": p.field, "value": p.value, "fix": f"{p.message} {p.fix}"}
                for p in batch.issues.order_by("line", "pk")[:20]
            ],
        }

    def print_table(self, answer: dict[str, Any]) -> None:
        for name, value in answer.items():
            if name == "first_problems":
                for problem in value:
                    self.stdout.write("  line {line} {field} {value!r}: {fix}".format(**problem))
            elif isinstance(value, dict):
                self.stdout.write(f"{name}:")
                for reason, count in value.items():
                    self.stdout.write(f"  {reason:<24}{count:>10}")
            else:
                self.stdout.write(f"{name:<26}{value!s:>10}")

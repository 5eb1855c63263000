"""The command line of an import: shared by the kinds that need no options of their own."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.actors import SYSTEM
from core.errors import DomainError
from core.imports import intake, running
from core.imports.kinds import ImportKind, get_kind

SHOWN_PROBLEMS = 20


class FileImportCommand(BaseCommand):
    """Read a file into one kind and print what became of its lines."""

    kind_code: ClassVar[str] = ""
    always_shown: ClassVar[tuple[str, ...]] = ("lines_read", "lines_imported")

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, the mapping and the form of the answer."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping", help="saved name or JSON file (docs/import-mapping.md); else the last one"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the import; a refusal becomes the command's error."""
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
        """Run the file with the options of the command line."""
        kind = get_kind(options.get("kind") or self.kind_code)
        now = clock.now()
        source = self.source(options)
        run = running.FileRun(
            path=options["file"],
            kind=kind,
            source=source,
            mapping=self.mapping(kind, source, options),
            options=self.run_options(options),
        )
        self.prepare(run, now)
        return running.run_file(run, actor=SYSTEM, now=now, progress=self.show_progress)

    def source(self, options: dict[str, Any]) -> str:
        """Return the source of the file, "" when the kind has one only."""
        del options
        return ""

    def run_options(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the options laid over those of the mapping."""
        del options
        return {}

    def prepare(self, run: running.FileRun, now: Any) -> None:
        """Do what has to exist before the run."""

    def mapping(self, kind: ImportKind, source: str, options: dict[str, Any]) -> dict[str, Any]:
        """Return the mapping asked for, else the remembered or suggested one."""
        if options["mapping"]:
            return intake.named_mapping(kind, options["mapping"])
        return intake.mapping_for_file(kind, source, options["file"])

    def show_progress(self, done: int, total: int, _text: str) -> None:
        """Show how far the run is, to a person only."""
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done} / {total}", ending="")

    def answer(self, report: running.RunReport, seconds: float) -> dict[str, Any]:
        """Return what is printed: counts, set-aside lines by reason, the first problems."""
        grouped = report.grouped()
        shown = {name: grouped.pop(name, 0) for name in self.always_shown}
        batch = report.batch
        issues = batch.issues.order_by("line", "pk")[:SHOWN_PROBLEMS]
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
                for p in issues
            ],
        }

    def print_table(self, answer: dict[str, Any]) -> None:
        """Print the answer for a person."""
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

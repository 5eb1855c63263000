"""`manage.py import_rates FILE`: put rate cards from a CSV file into force."""

from __future__ import annotations

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext

from core import clock
from core.actors import SYSTEM
from core.errors import DomainError
from shipping.services import rates


class Command(BaseCommand):
    help = "Import rate cards from a CSV file, all or none. The same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, file: Path, as_json: bool, **_options: object) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        try:
            done = rates.import_rates(data, source_name=file.name, actor=SYSTEM, at=clock.now())
        except rates.RateFileRefused as error:
            for fault in error.faults:
                where = f"line {fault.line} {fault.field} {fault.value!r}"
                self.stderr.write(f"{where}: {gettext(fault.fix)}")
            raise CommandError(str(error)) from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        figures = {"cards_imported": len(done.cards), "cards_unchanged": done.unchanged}
        self.stdout.write(json.dumps(figures) if as_json else str(figures))

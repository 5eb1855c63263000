from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from inventory.services import checking


class Command(BaseCommand):
    help = "Compare stock levels, bins, promises and cost layers with the ledger; exit 1 on drift."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        drifts = checking.check()
        if options["json"]:
            found = [drift.as_dict() for drift in drifts]
            self.stdout.write(json.dumps({"drift": len(found), "rows": found}, indent=2))
        else:
            self._print(drifts)
        if drifts:
            sys.exit(1)

    def _print(self, drifts: list[checking.Drift]) -> None:
        for drift in drifts:
            self.stdout.write(
                f"{drift.rule}: {drift.where} holds {drift.stored}, should hold {drift.expected}"
            )
        if drifts:
            self.stdout.write(f"{len(drifts)} differences. Nothing was changed.")
        else:
            self.stdout.write("No drift: stock equals the ledger.")

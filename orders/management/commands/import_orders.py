from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from core.actors import SYSTEM
from core.imports.command import FileImportCommand
from core.imports.running import FileRun
from orders.services.importing_channels import ensure_channel
from orders.services.importing_plan import HISTORY, OPEN


class Command(FileImportCommand):
    help = "Import orders from CSV, TSV, XLSX or .gz: open ones to ship, or --history."
    kind_code = "orders"
    always_shown = ("lines_read", "orders_created", "lines_imported", "return_facts")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--channel", required=True, help="code of the channel")
        parser.add_argument("--history", action="store_true", help="past orders: no stock, no work")
        parser.add_argument("--create-missing", action="store_true", help="channel and SKUs too")
        parser.add_argument("--country-only", action="store_true", help="no street, no customs")
        parser.add_argument("--from", dest="from_date", default="", help="first day, 2010-12-06")
        parser.add_argument("--to", dest="to_date", default="", help="day after the last")

    def source(self, options: dict[str, Any]) -> str:
        return options["channel"]

    def run_options(self, options: dict[str, Any]) -> dict[str, Any]:
        return {
            "mode": HISTORY if options["history"] else OPEN,
            "create_missing": options["create_missing"],
            "country_only": options["country_only"],
            "from_date": options["from_date"],
            "to_date": options["to_date"],
        }

    def prepare(self, run: FileRun, now: Any) -> None:
        if run.options["create_missing"] or run.options["country_only"]:
            ensure_channel(
                run.source,
                currency=str(run.mapping.get("default_currency") or ""),
                country_only=run.options["country_only"],
                actor=SYSTEM,
                at=now,
            )

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from core.imports.command import FileImportCommand


class Command(FileImportCommand):
    help = "Receive stock from a file: warehouse,sku,qty[,bin,lot,expiry,unit_cost,currency]."
    kind_code = "stock"
    always_shown = ("lines_read", "lines_imported", "units_received")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--create-missing", action="store_true", help="warehouses, bins and SKUs too"
        )
        parser.add_argument("--country", default="", help="country of new warehouses, such as GB")
        parser.add_argument("--zone", default="UTC", help="time zone of new warehouses")

    def run_options(self, options: dict[str, Any]) -> dict[str, Any]:
        return {
            "create_missing": options["create_missing"],
            "warehouse_country": options["country"],
            "warehouse_zone": options["zone"],
        }

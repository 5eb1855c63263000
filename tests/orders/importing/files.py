"""A small shop's export of our own, with one of everything the real one has."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

HEADER = [
    "Invoice",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "Price",
    "Customer ID",
    "Country",
]
DAY = "2025-12-06 10:00:00"

SHOP_ROWS: list[list[str]] = [
    # Two equal lines of one order are two lines.
    ["700001", "TEA-1", "BLACK TEA", "6", "2025-11-30 23:59:00", "4.25", "501", "United Kingdom"],
    ["700001", "TEA-1", "BLACK TEA", "6", "2025-11-30 23:59:00", "4.25", "501", "United Kingdom"],
    ["700001", "POST", "POSTAGE", "1", "2025-11-30 23:59:00", "18.00", "501", "United Kingdom"],
    # The lines of 700003 stand between those of 700002.
    ["700002", "CUP-1", "BLUE CUP", "2", DAY, "3.10", "502", "EIRE"],
    ["700003", "TEA-1", "TEA, SECOND NAME", "1", DAY, "4.25", "", "Unspecified"],
    ["700002", "CUP-2", "RED CUP", "4", DAY, "0", "502", "EIRE"],
    ["C700004", "TEA-1", "BLACK TEA", "-6", DAY, "4.25", "501", "United Kingdom"],
    ["C700004", "POST", "POSTAGE", "-1", DAY, "18.00", "501", "United Kingdom"],
    ["A700005", "B", "Adjust bad debt", "1", DAY, "-500.00", "", "United Kingdom"],
    ["700006", "TEA-1", "damaged", "-40", DAY, "0", "", "United Kingdom"],
    ["700007", "gift_0001_20", "Gift voucher", "1", DAY, "20.00", "503", "Germany"],
    ["700007", "m", "Manual", "1", DAY, "5.00", "503", "Germany"],
]


def write(path: Path, rows: list[list[str]] | None = None, header: list[str] | None = None) -> Path:
    """Write a CSV, gzipped when the name ends in .gz."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header or HEADER)
    writer.writerows(SHOP_ROWS if rows is None else rows)
    data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def run_import(path: Path, *arguments: str) -> dict[str, Any]:
    """Run the command with --json and return its answer."""
    out = io.StringIO()
    call_command("import_orders", str(path), *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def history(path: Path, *more: str) -> dict[str, Any]:
    """Import as history for the channel uk-shop, creating what is missing."""
    fixed = ("--channel", "uk-shop", "--mapping", "online-retail", "--history", "--create-missing")
    return run_import(path, *fixed, *more)


def lines_accounted(answer: dict[str, Any]) -> int:
    """Return the lines that the answer accounts for; equal to lines_read when none is lost."""
    aside = sum(answer["lines_set_aside"].values())
    return answer["lines_imported"] + answer["return_facts"] + aside

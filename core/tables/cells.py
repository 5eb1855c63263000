"""Cells of CSV and XLSX files that no spreadsheet takes for a formula."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

#: A text that begins with one of these gets an apostrophe before it; the header row says so.
TRIGGERS = frozenset("=+-@\t\r\n") | frozenset("\uff1d\uff0b\uff0d\uff20")
GUARD = "'"


def neutral(text: str) -> str:
    """Return the text with an apostrophe before it when a spreadsheet could run it."""
    return f"{GUARD}{text}" if text[:1] in TRIGGERS or text.lstrip()[:1] in TRIGGERS else text


def unguarded(text: str) -> str:
    """Return the text without the apostrophe that `neutral` put before it."""
    bare = text[1:]
    return bare if text[:1] == GUARD and neutral(bare) == text else text


def typed(value: Any) -> str | int | float | Decimal | dt.date | bool | None:
    """Return a value as a cell carries it: numbers stay numbers, texts are neutral.

    Moments become UTC in ISO 8601, because a workbook knows no zones.
    """
    if value is None or isinstance(value, bool | int | Decimal | float):
        return value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return neutral(", ".join(str(part) for part in value))
    return neutral(str(value))


def csv_text(value: Any) -> str:
    """Return a typed value as CSV writes it: dot, ISO date, no grouping, yes or no."""
    plain = typed(value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    if isinstance(plain, dt.date):
        return plain.isoformat()
    return format(plain, "f") if isinstance(plain, Decimal) else str(plain)

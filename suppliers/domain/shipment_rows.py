"""Rows of an announced shipment: what stands in which carton, and what is wrong with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.gs1 import check_digit_holds

LINE_UNKNOWN, CARTON_EMPTY, OVER_ORDER = "LINE_UNKNOWN", "CARTON_EMPTY", "OVER_ORDER"
LOT_MISSING, EXPIRY_MISSING, EXPIRED = "LOT_MISSING", "EXPIRY_MISSING", "EXPIRED"
SSCC_BAD, SSCC_KNOWN, ROW_TWICE = "SSCC_BAD", "SSCC_KNOWN", "ROW_TWICE"
TOO_MANY_ROWS, NO_ROWS, DAY_MISSING, DAY_FAR = "TOO_MANY_ROWS", "NO_ROWS", "DAY_MISSING", "DAY_FAR"
UNREADABLE: Final = "UNREADABLE"
#: A shipment may be expected up to this many days from now.
MOST_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """Units of one order line in one carton (`sscc` "" = loose), with lot and expiry."""

    line_id: int
    qty: int
    sscc: str = ""
    lot_code: str = ""
    expires_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What may still be shipped of an order line, and what its SKU demands."""

    sku_code: str
    left_qty: int
    needs_lot: bool
    needs_expiry: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: row number from 1 (0 = the whole), a code, and data for its sentence."""

    row: int
    code: str
    sku: str = ""
    text: str = ""
    n: int = 0


def units(rows: Sequence[ShipmentRow]) -> dict[int, int]:
    """Return units by order line, in the order of the rows."""
    found: dict[int, int] = {}
    for row in rows:
        found[row.line_id] = found.get(row.line_id, 0) + row.qty
    return found


def problems(
    rows: Sequence[ShipmentRow],
    facts: Mapping[int, LineFacts],
    *,
    known_ssccs: Collection[str],
    today: dt.date,
    most_rows: int,
) -> list[Problem]:
    """Return everything wrong with the rows, row by row; empty = the shipment can be announced."""
    if not rows:
        return [Problem(0, NO_ROWS)]
    if len(rows) > most_rows:
        return [Problem(0, TOO_MANY_ROWS, n=most_rows)]
    found: list[Problem] = []
    seen: set[tuple[int, str, str, dt.date | None]] = set()
    for number, row in enumerate(rows, start=1):
        fact = facts.get(row.line_id)
        if fact is None:
            found.append(Problem(number, LINE_UNKNOWN))
            continue
        key = (row.line_id, row.sscc, row.lot_code, row.expires_on)
        if key in seen:
            found.append(Problem(number, ROW_TWICE, fact.sku_code))
        seen.add(key)
        found += _of_goods(number, row, fact, today)
        found += _of_carton(number, row, known_ssccs)
    return found + _over(rows, facts)


def day_problems(expected_on: dt.date | None, *, today: dt.date) -> list[Problem]:
    """Return what is wrong with the day a shipment is expected."""
    if expected_on is None:
        return [Problem(0, DAY_MISSING)]
    # It may still be yesterday where the supplier is.
    if not -1 <= (expected_on - today).days <= MOST_DAYS:
        return [Problem(0, DAY_FAR, n=MOST_DAYS)]
    return []


def _of_goods(number: int, row: ShipmentRow, fact: LineFacts, today: dt.date) -> list[Problem]:
    found = []
    if row.qty < 1:
        found.append(Problem(number, CARTON_EMPTY, fact.sku_code))
    if fact.needs_lot and not row.lot_code:
        found.append(Problem(number, LOT_MISSING, fact.sku_code))
    if fact.needs_expiry and row.expires_on is None:
        found.append(Problem(number, EXPIRY_MISSING, fact.sku_code))
    if row.expires_on is not None and row.expires_on <= today:
        found.append(Problem(number, EXPIRED, fact.sku_code, row.expires_on.isoformat()))
    return found


def _of_carton(number: int, row: ShipmentRow, known: Collection[str]) -> list[Problem]:
    if not row.sscc:
        return []
    if len(row.sscc) != 18 or not check_digit_holds(row.sscc):
        return [Problem(number, SSCC_BAD, text=row.sscc)]
    if row.sscc in known:
        return [Problem(number, SSCC_KNOWN, text=row.sscc)]
    return []


def _over(rows: Sequence[ShipmentRow], facts: Mapping[int, LineFacts]) -> list[Problem]:
    found = []
    for line_id, qty in units(rows).items():
        fact = facts.get(line_id)
        if fact is not None and qty > fact.left_qty:
            last = max(at for at, row in enumerate(rows, start=1) if row.line_id == line_id)
            found.append(Problem(last, OVER_ORDER, fact.sku_code, n=fact.left_qty))
    return found

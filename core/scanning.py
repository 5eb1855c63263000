"""Read a scanned text: command, GS1, GTIN, a code of ours, or anything else. Never raises.

The browser reads scans the same way for display (static/js/scan.js); this is the truth. The order
is commands, then GS1 (an AIM prefix, a group separator or brackets say so), then GTIN, then codes
of ours by their prefix, then plain text that may be the code of a SKU.

Worked example: `]C10100614141000012172703311` + `0R2406` is GTIN 00614141000012, expiry
2027-03-31, lot R2406.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.gs1 import APPLICATION_IDENTIFIERS, Ai, ai_at, check_digit_holds, is_digits

MAX_LENGTH = 4096
GROUP_SEPARATOR = "\x1d"
AIM_GS1 = ("]C1", "]d2", "]Q3", "]e0", "]J1")
_AIM = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
_COMMAND = re.compile(r"^CMD-[A-Z0-9]+(?:-[A-Z0-9]+)*$")
_BRACKETED = re.compile(r"\((\d{2,4})\)")
_CONTROL = re.compile(r"[\x00-\x1c\x1e\x1f\x7f]")
#: Prefix of a code of ours -> what it names.
INTERNAL_PREFIXES = {
    "BIN-": "bin",
    "LOT-": "lot",
    "TOTE-": "tote",
    "T-": "tote",
    "CART-": "cart",
    "CTN-": "carton",
    "BOX-": "box",
    "ORD-": "order",
    "SO-": "order",
    "SHP-": "shipment",
    "WV-": "wave",
    "PRC-": "parcel",
    "MAN-": "manifest",
    "STN-": "station",
    "BADGE-": "badge",
    "INS-": "insert",
}


@dataclass(frozen=True)
class Element:
    """One GS1 element: identifier, raw value, typed value, and what is wrong with it."""

    ai: str
    title: str
    raw: str
    value: str | int | Decimal | dt.date | None
    problem: str = ""


@dataclass(frozen=True)
class ParsedScan:
    """What a scan says.

    `kind`: command, gs1, gtin, internal, text or empty. `code` is the normalized code (GTINs have
    14 digits). `problem` is an UPPER_SNAKE reason when part of the scan can't be trusted.
    """

    kind: str
    code: str
    raw: str
    symbology: str = ""
    what: str = ""
    elements: tuple[Element, ...] = field(default=())
    problem: str = ""

    def get(self, ai: str) -> str | int | Decimal | dt.date | None:
        """Return the typed value of an identifier, or None when absent or wrong."""
        found = (part.value for part in self.elements if part.ai == ai and not part.problem)
        return next(found, None)

    @property
    def gtin(self) -> str:
        """Return the GTIN with 14 digits, or nothing."""
        if self.kind == "gtin":
            return self.code
        found = self.get("01") or self.get("02")
        return found if isinstance(found, str) else ""

    @property
    def lot(self) -> str:
        """Return the lot, or nothing."""
        found = self.get("10")
        return found if isinstance(found, str) else ""

    @property
    def expires_on(self) -> dt.date | None:
        """Return the expiry date (17), else the best-before date (15)."""
        found = self.get("17") or self.get("15")
        return found if isinstance(found, dt.date) else None

    @property
    def qty(self) -> int | None:
        """Return the number of units: 30 (variable count) or 37 (count in a logistic unit)."""
        found = self.get("30")
        found = found if found is not None else self.get("37")
        return found if isinstance(found, int) else None

    @property
    def command(self) -> str:
        """Return the command without its prefix (`OK`, `QTY-12`), or nothing."""
        return self.code.removeprefix("CMD-") if self.kind == "command" else ""

    def as_json(self) -> dict[str, Any]:
        """Return the scan as plain JSON values."""
        return {
            "kind": self.kind,
            "code": self.code,
            "what": self.what,
            "symbology": self.symbology,
            "problem": self.problem,
            "elements": [
                {
                    "ai": part.ai,
                    "title": part.title,
                    "raw": part.raw,
                    "value": None if part.value is None else str(part.value),
                    "problem": part.problem,
                }
                for part in self.elements
            ],
        }


def parse_scan(raw: str, *, as_of: dt.date | None = None) -> ParsedScan:
    """Return what a scanned text says; every text gives an answer.

    `as_of` sets the window of two-digit years (49 years back, 50 ahead); without it the window
    stands around 2026.
    """
    year = as_of.year if as_of else 2026
    text = _cleaned(raw)
    symbology = ""
    if aim := _AIM.match(text):
        symbology, text = aim.group(0), text[3:]
    text = text.strip(" \t\r\n")
    if not text:
        return ParsedScan("empty", "", raw[:MAX_LENGTH], symbology, problem="EMPTY_SCAN")
    upper = text.upper()
    if upper.startswith("CMD-"):
        return _command(upper, raw, symbology)
    if symbology in AIM_GS1 or GROUP_SEPARATOR in text or _looks_bracketed(text):
        found = _gs1(text, raw, symbology, year)
        if found is not None:
            return found
    return _plain(text, raw, symbology, year)


def _cleaned(raw: str) -> str:
    """Return the text with full-width made plain and control characters dropped, 0x1D kept."""
    text = unicodedata.normalize("NFKC", raw[:MAX_LENGTH])
    return _CONTROL.sub("", text)


def _command(upper: str, raw: str, symbology: str) -> ParsedScan:
    problem = "" if _COMMAND.match(upper) else "UNKNOWN_COMMAND"
    return ParsedScan("command", upper, raw[:MAX_LENGTH], symbology, "command", problem=problem)


def _plain(text: str, raw: str, symbology: str, year: int) -> ParsedScan:
    kept = raw[:MAX_LENGTH]
    if is_digits(text) and len(text) in {8, 12, 13, 14}:
        code = text.zfill(14)
        if check_digit_holds(code):
            return ParsedScan("gtin", code, kept, symbology, "gtin")
        # A number of our own may have the length of a GTIN: it stays a code, with the doubt said.
        return ParsedScan("text", text, kept, symbology, "code", problem="GTIN_CHECK_DIGIT")
    if is_digits(text) and len(text) == 20 and text.startswith("00"):
        found = _gs1(text, raw, symbology, year)
        if found is not None and not found.problem:
            return found
    upper = text.upper()
    for prefix, what in INTERNAL_PREFIXES.items():
        if upper.startswith(prefix) and len(upper) > len(prefix):
            return ParsedScan("internal", upper, kept, symbology, what)
    return ParsedScan("text", text, kept, symbology, "code")


def _looks_bracketed(text: str) -> bool:
    found = _BRACKETED.match(text)
    return found is not None and ai_at(found.group(1)) is not None


def _gs1(text: str, raw: str, symbology: str, year: int) -> ParsedScan | None:
    """Return the elements of a GS1 text, or None when it does not begin with an identifier."""
    parts = _bracketed(text) if text.startswith("(") else _split(text)
    if not parts:
        return None
    elements = tuple(_element(ai, value, year) for ai, value in parts)
    problem = next((part.problem for part in elements if part.problem), "")
    gtin = next((part.raw for part in elements if part.ai in {"01", "02"}), "")
    sscc = next((part.raw for part in elements if part.ai == "00"), "")
    code = gtin or sscc or elements[0].raw
    return ParsedScan("gs1", code, raw[:MAX_LENGTH], symbology, "gs1", elements, problem)


def _bracketed(text: str) -> list[tuple[str, str]]:
    """Split `(01)...(10)...`, the form printed for people."""
    marks = list(_BRACKETED.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [
        (mark.group(1), text[mark.end() : end].strip(GROUP_SEPARATOR + " "))
        for mark, end in zip(marks, ends, strict=True)
    ]


def _split(text: str) -> list[tuple[str, str]]:
    """Split element strings: fixed lengths by the table, others up to the group separator."""
    found: list[tuple[str, str]] = []
    rest = text.lstrip(GROUP_SEPARATOR)
    while rest:
        known = ai_at(rest)
        if known is None:
            head, _mark, rest = rest.partition(GROUP_SEPARATOR)
            if not found:
                return []
            found.append((head[:4] if is_digits(head[:2]) else "", head))
            rest = rest.lstrip(GROUP_SEPARATOR)
            continue
        ai, body = rest[: known.digits], rest[known.digits :]
        if known.fixed:
            value, rest = body[: known.length], body[known.length :]
            cut = value.find(GROUP_SEPARATOR)
            if cut >= 0:
                value, rest = value[:cut], value[cut:] + rest
        else:
            value, _mark, rest = body.partition(GROUP_SEPARATOR)
        found.append((ai, value))
        rest = rest.lstrip(GROUP_SEPARATOR)
    return found


def _element(ai: str, raw: str, year: int) -> Element:
    known = ai_at(ai)
    if known is None:
        return Element(ai, "", raw, None, "UNKNOWN_AI")
    problem = _shape_problem(known, raw)
    if problem:
        return Element(ai, known.title, raw, None, problem)
    return _typed_element(known, ai, raw, year)


def _shape_problem(known: Ai, raw: str) -> str:
    if not raw:
        return "EMPTY_VALUE"
    if known.fixed and len(raw) != known.length:
        return "WRONG_LENGTH"
    if len(raw) > known.length:
        return "TOO_LONG"
    return "NOT_DIGITS" if known.numeric and not is_digits(raw) else ""


def _typed_element(known: Ai, ai: str, raw: str, year: int) -> Element:
    if known.kind == "check":
        problem = "" if check_digit_holds(raw) else "CHECK_DIGIT"
        return Element(ai, known.title, raw, None if problem else raw, problem)
    if known.kind == "date":
        day = read_date(raw, year=year)
        return Element(ai, known.title, raw, day, "" if day else "NO_SUCH_DATE")
    if known.kind == "count":
        return Element(ai, known.title, raw, int(raw))
    if known.kind == "measure":
        return Element(ai, known.title, raw, Decimal(int(raw)).scaleb(-int(ai[3])))
    return Element(ai, known.title, raw, raw)


def read_date(text: str, *, year: int) -> dt.date | None:
    """Return YYMMDD as a date, or None when there is none.

    Day 00 is the last day of the month. The century is the one that puts the year within 49 years
    before and 50 after `year`.

    Source: GS1 General Specifications, section 7.12 (determination of century in dates).
    """
    if len(text) != 6 or not is_digits(text):
        return None
    short, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    century = year - year % 100
    distance = short - year % 100
    full = century + short + (-100 if distance >= 51 else 100 if distance <= -50 else 0)
    if not 1 <= month <= 12:
        return None
    try:
        return dt.date(full, month, day or calendar.monthrange(full, month)[1])
    except ValueError:
        return None


def build_gs1(values: dict[str, str]) -> str:
    """Return the element string of identifier -> raw value, separators where they are needed."""
    out = ""
    for ai, value in values.items():
        known = APPLICATION_IDENTIFIERS[ai[:3] if ai[:2] == "31" else ai]
        out += ai + value + ("" if known.fixed else GROUP_SEPARATOR)
    return out.removesuffix(GROUP_SEPARATOR)

"""GS1 application identifiers that Quayside reads, and the check digit they share.

Source: GS1 General Specifications, sections 3.2 (identifiers) and 7.9 (check digit).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ai:
    """One identifier: how many digits it has itself, and the shape of its value.

    `kind`: check (digits with a check digit), date, count, measure (4th digit of the identifier =
    decimals), text.
    """

    title: str
    digits: int
    length: int
    fixed: bool
    kind: str

    @property
    def numeric(self) -> bool:
        """Say whether the value has digits only."""
        return self.kind != "text"


APPLICATION_IDENTIFIERS: dict[str, Ai] = {
    "00": Ai("SSCC", 2, 18, True, "check"),
    "01": Ai("GTIN", 2, 14, True, "check"),
    "02": Ai("CONTENT", 2, 14, True, "check"),
    "10": Ai("BATCH/LOT", 2, 20, False, "text"),
    "11": Ai("PROD DATE", 2, 6, True, "date"),
    "13": Ai("PACK DATE", 2, 6, True, "date"),
    "15": Ai("BEST BEFORE", 2, 6, True, "date"),
    "17": Ai("EXPIRY", 2, 6, True, "date"),
    "20": Ai("VARIANT", 2, 2, True, "count"),
    "21": Ai("SERIAL", 2, 20, False, "text"),
    "30": Ai("VAR. COUNT", 2, 8, False, "count"),
    "37": Ai("COUNT", 2, 8, False, "count"),
    "240": Ai("ADDITIONAL ID", 3, 30, False, "text"),
    "310": Ai("NET WEIGHT (kg)", 4, 6, True, "measure"),
    "400": Ai("ORDER NUMBER", 3, 30, False, "text"),
    "410": Ai("SHIP TO LOC", 3, 13, True, "check"),
    "420": Ai("SHIP TO POST", 3, 20, False, "text"),
    "421": Ai("SHIP TO POST", 3, 12, False, "text"),
}


def ai_at(text: str) -> Ai | None:
    """Return the identifier that a text begins with, or None."""
    if text[:3] == "310" and len(text) >= 4 and is_digits(text[3]):
        return APPLICATION_IDENTIFIERS["310"] if int(text[3]) <= 6 else None
    for size in (2, 3):
        known = APPLICATION_IDENTIFIERS.get(text[:size])
        if known is not None and known.digits == size:
            return known
    return None


def is_digits(text: str) -> bool:
    """Say whether a text is made of ASCII digits only, at least one."""
    return text.isascii() and text.isdigit()


def check_digit(body: str) -> int:
    """Return the check digit of a body of digits: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(body)))
    return -total % 10


def check_digit_holds(code: str) -> bool:
    """Say whether the last digit of a code is its check digit."""
    return is_digits(code) and len(code) > 1 and check_digit(code[:-1]) == int(code[-1])


def join(pairs: Sequence[tuple[str, str]], separator: str) -> str:
    """Return the data of a GS1 code: identifiers and values, those of free length last.

    `separator` (FNC1) stands behind each value of free length but the last one.

    Raises:
        ValueError: an identifier is unknown, or a value is too long for its own.
    """
    known = [(_ai_for(ai, value), ai, value) for ai, value in pairs]
    ordered = [row for row in known if row[0].fixed] + [row for row in known if not row[0].fixed]
    ends = {id(row): separator for row in ordered[:-1] if not row[0].fixed}
    return "".join(f"{row[1]}{row[2]}{ends.get(id(row), '')}" for row in ordered)


def _ai_for(ai: str, value: str) -> Ai:
    found = ai_at(ai)
    fits = found is not None and (
        len(value) == found.length if found.fixed else 0 < len(value) <= found.length
    )
    if found is None or not fits:
        raise ValueError(f"({ai}){value} is no element of a GS1 code")
    return found


def sscc(company_prefix: str, serial: int, *, extension: int = 0) -> str:
    """Return the 18 digits of a Serial Shipping Container Code, check digit included.

    `company_prefix` has 7 to 10 digits; extension digit, prefix and serial fill 17 places.

    Raises:
        ValueError: the prefix is none, or the serial number no longer fits behind it.

    Source: GS1 General Specifications, section 3.3 (SSCC) and 7.9 (check digit).
    """
    room = 16 - len(company_prefix)
    if not is_digits(company_prefix) or not 7 <= len(company_prefix) <= 10:
        raise ValueError(f"{company_prefix} is no GS1 company prefix")
    if not 0 <= serial < 10**room or not 0 <= extension <= 9:
        raise ValueError(f"serial {serial} does not fit behind prefix {company_prefix}")
    body = f"{extension}{company_prefix}{serial:0{room}d}"
    return body + str(check_digit(body))

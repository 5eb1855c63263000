"""GS1 application identifiers that Quayside reads, and the check digit they share.

Source: GS1 General Specifications, sections 3.2 (identifiers) and 7.9 (check digit).
"""

from __future__ import annotations

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

"""SSCC: the GS1 number of a carton or pallet that is shipped, eighteen digits.

Extension digit, company prefix, serial, check digit. Source: GS1 General Specifications, 3.3.1.
"""

from __future__ import annotations

from typing import Final

from core.gs1 import check_digit, is_digits

LENGTH: Final = 18
#: The extension digit that we use; the nine others are free for a second series.
EXTENSION: Final = "0"
PREFIX_DIGITS: Final = range(7, 11)


class BadPrefix(ValueError):
    """A company prefix is not seven to ten digits, or its serials are used up."""


def build(prefix: str, serial: int) -> str:
    """Return the SSCC of a serial number under a GS1 company prefix.

    Raises:
        BadPrefix: the prefix is not seven to ten digits, or the serial has too many.
    """
    if not is_digits(prefix) or len(prefix) not in PREFIX_DIGITS:
        raise BadPrefix(prefix)
    room = LENGTH - 2 - len(prefix)
    digits = str(serial).zfill(room)
    if serial < 0 or len(digits) > room:
        raise BadPrefix(f"{prefix}: {serial}")
    body = f"{EXTENSION}{prefix}{digits}"
    return f"{body}{check_digit(body)}"

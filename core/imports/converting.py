"""From the text of a cell to a value: whole numbers, decimals, moments, dates, plain text.

Every refusal says what stands there and what to write instead. Full-width digits and signs count
as plain ones; a decimal comma and grouping are read where they can mean one thing only.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.imports.problems import CellRefused

MAX_WHOLE = 1_000_000
MAX_AMOUNT = Decimal(1_000_000_000)
ISO_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
)
_PLAIN_INTEGER = re.compile(r"[+-]?\d+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FORMULA = ("=", "@")


def to_text(text: str, *, max_chars: int) -> str:
    """Return the text; control characters and more than `max_chars` are refused."""
    if _CONTROL.search(text):
        raise CellRefused(
            "CONTROL_CHARACTER",
            _("The cell holds a control character (such as NUL)."),
            _("Type the text again, or export the file as UTF-8."),
        )
    if len(text) > max_chars:
        raise CellRefused(
            "TOO_LONG",
            _("The text has %(count)s characters, the limit is %(limit)s.")
            % {"count": len(text), "limit": max_chars},
            _("Shorten it."),
        )
    return text


def to_decimal(text: str, *, low: Decimal = -MAX_AMOUNT, high: Decimal = MAX_AMOUNT) -> Decimal:
    """Return a finite decimal between `low` and `high`, both included."""
    plain = _plain_number(text)
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise _not_a_number(text) from error
    if not value.is_finite():
        raise _not_a_number(text)
    _check_range(value, low, high)
    return value


def to_integer(text: str, *, low: int = 0, high: int = MAX_WHOLE) -> int:
    """Return a whole number from `low` to `high`, both included; `3.0` is 3, `3.5` is refused."""
    if _PLAIN_INTEGER.fullmatch(text) and len(text) < 20 and text.isascii():
        value = int(text)
        if low <= value <= high:
            return value
    number = to_decimal(text)
    if number != number.to_integral_value():
        raise CellRefused(
            "NOT_WHOLE",
            _("Pieces are counted in whole numbers."),
            _("Write a number without a fraction."),
        )
    _check_range(number, Decimal(low), Decimal(high))
    return int(number)


def _plain_number(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace("\u00a0", "").replace(" ", "")
    plain = plain.replace("\u2212", "-")
    if plain.startswith(_FORMULA):
        raise CellRefused(
            "FORMULA",
            _("The cell holds a formula; formulas are not computed here."),
            _("Paste the value instead of the formula."),
        )
    if _GROUPED.fullmatch(plain):
        return plain.replace(",", "")
    if _DECIMAL_COMMA.fullmatch(plain):
        return plain.replace(".", "").replace(",", ".")
    return plain


def _not_a_number(text: str) -> CellRefused:
    return CellRefused(
        "NOT_A_NUMBER",
        _("This is not a number."),
        _("Write digits with a dot for decimals, such as 12 or 3.50."),
    )


def _check_range(value: Decimal, low: Decimal, high: Decimal) -> None:
    if value < low:
        message = _("The number is below %(low)s.") % {"low": low}
        raise CellRefused("TOO_SMALL", message, _("Write %(low)s or more.") % {"low": low})
    if value > high:
        message = _("The number is above %(high)s.") % {"high": high}
        raise CellRefused("TOO_LARGE", message, _("Check the number of digits."))


@lru_cache(maxsize=4096)
def to_moment(text: str, formats: tuple[str, ...], zone: str) -> dt.datetime:
    """Return an aware UTC moment; text without a zone is local time of `zone`.

    The first of `formats` (as of strptime) that fits wins; with none given, ISO forms are read.
    """
    for pattern in formats or ISO_FORMATS:
        try:
            local = dt.datetime.strptime(text, pattern)  # noqa: DTZ007  # the zone is added below
        except ValueError:
            continue
        break
    else:
        local = _iso_moment(text)
    if local.tzinfo is None:
        local = local.replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(dt.UTC)


def _iso_moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CellRefused(
            "NOT_A_DATE",
            _("This is not a date in the calendar, or not in the form the mapping names."),
            _("Write it as 2026-03-31 14:05, or set the date format in the mapping."),
        ) from error


def to_date(text: str, formats: tuple[str, ...]) -> dt.date:
    """Return a calendar day, read in one of `formats` or in an ISO form."""
    return to_moment(text, formats, "UTC").date()

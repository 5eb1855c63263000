"""Whether a parcel can be sent to an address, as far as its form tells."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from babel import Locale

from customers.domain.drafts import AddressDraft

#: The form of a postcode where it is fixed; letters in capitals, blanks allowed where usual.
POSTCODES: Final[dict[str, re.Pattern[str]]] = {
    country: re.compile(pattern)
    for country, pattern in {
        "AT": r"\d{4}",
        "AU": r"\d{4}",
        "BE": r"\d{4}",
        "CA": r"[A-Z]\d[A-Z] ?\d[A-Z]\d",
        "CH": r"\d{4}",
        "CN": r"\d{6}",
        "DE": r"\d{5}",
        "DK": r"\d{4}",
        "ES": r"\d{5}",
        "FI": r"\d{5}",
        "FR": r"\d{5}",
        "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
        "IT": r"\d{5}",
        "JP": r"\d{3}-?\d{4}",
        "MX": r"\d{5}",
        "NL": r"\d{4} ?[A-Z]{2}",
        "NO": r"\d{4}",
        "PL": r"\d{2}-?\d{3}",
        "PT": r"\d{4}-?\d{3}",
        "SE": r"\d{3} ?\d{2}",
        "SG": r"\d{6}",
        "US": r"\d{5}(-\d{4})?",
    }.items()
}


@cache
def _countries() -> frozenset[str]:
    codes = [str(code) for code in Locale("en").territories]
    return frozenset(code for code in codes if re.fullmatch("[A-Z]{2}", code))


def is_country(code: str) -> bool:
    """Say whether a code is an ISO 3166 country of two letters."""
    return code in _countries() and code not in {"ZZ", "EU", "UN", "EZ", "XA", "XB", "QO"}


def check_address(address: AddressDraft, *, is_country_only: bool = False) -> tuple[str, ...]:
    """Return what is wrong with an address, empty when a parcel can go there.

    Codes: COUNTRY_UNKNOWN, NAME_MISSING, STREET_MISSING, CITY_MISSING, POSTCODE_MISSING,
    POSTCODE_FORM. A channel that knows only countries needs nothing but the country.
    """
    if not is_country(address.country):
        return ("COUNTRY_UNKNOWN",)
    if is_country_only:
        return ()
    problems = [
        code
        for code, value in (
            ("NAME_MISSING", address.name or address.company),
            ("STREET_MISSING", address.line1),
            ("CITY_MISSING", address.city),
        )
        if not value.strip()
    ]
    form = POSTCODES.get(address.country)
    if form is not None:
        postcode = address.postcode.strip().upper()
        if not postcode:
            problems.append("POSTCODE_MISSING")
        elif not form.fullmatch(postcode):
            problems.append("POSTCODE_FORM")
    return tuple(problems)

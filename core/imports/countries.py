"""Country names in many spellings to their two-letter code."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from django.utils.translation import gettext as _

from core.imports.problems import CellRefused

# Names no list of territories has. Regions of several countries take the code of the one whose post
# serves them: the Channel Islands go by Jersey; "European Community" names none of its members.
ALIASES = {
    "eire": "IE",
    "channel islands": "JE",
    "rsa": "ZA",
    "west indies": "BB",
    "usa": "US",
    "u.s.a.": "US",
    "united states of america": "US",
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "korea": "KR",
    "republic of korea": "KR",
    "south korea": "KR",
    "uae": "AE",
    "holland": "NL",
    "the netherlands": "NL",
    "czech republic": "CZ",
    "turkey": "TR",
    "russian federation": "RU",
    "viet nam": "VN",
    "hong kong": "HK",
    "macau": "MO",
    "burma": "MM",
    "ivory coast": "CI",
    "中国大陆": "CN",
    "台灣": "TW",
}
# Written where the country is not known; the code stays empty and the text stays on the order.
UNKNOWN = frozenset({"", "unspecified", "unknown", "n/a", "european community", "none", "-"})
_LANGUAGES = ("en", "zh_Hans", "de", "fr", "es", "it", "nl", "pt", "ja")


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in reversed(_LANGUAGES):
        for code, name in Locale.parse(language).territories.items():
            if (
                len(code) == 2
                and code.isalpha()
                and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ"}
            ):
                names[name.casefold()] = code
                names[code.casefold()] = code
    return names | ALIASES


@lru_cache(maxsize=1024)
def to_country(text: str) -> str:
    """Return the two-letter code of a country written as code or name, "" where it is not known.

    English, Simplified Chinese and seven more languages are read, with the aliases above.
    """
    key = " ".join(text.casefold().split())
    if key in UNKNOWN:
        return ""
    code = _names().get(key)
    if code is None:
        raise CellRefused(
            "UNKNOWN_COUNTRY",
            _("No country has this name or code."),
            _("Write the two-letter code, such as GB."),
        )
    return code

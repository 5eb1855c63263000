"""Numbers, money and times as people read them, in the language of the page.

Everything here is text; HTML is made in `core.templatetags.ui`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, get_currency_precision
from django.utils import timezone, translation

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
_DAY_PATTERNS = {"zh": "M月d日 EEE", "en": "EEE d MMM"}
_DAY_YEAR_PATTERNS = {"zh": "y年M月d日", "en": "d MMM y"}
_SHORT_PATTERNS = {"zh": "M月d日", "en": "EEE d"}


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale.parse("zh_Hans_CN" if language.startswith("zh") else "en_GB")


def locale() -> Locale:
    """Return the Babel locale of the active language (day before month in English)."""
    return _locale(translation.get_language() or "en")


def _pattern(patterns: dict[str, str]) -> str:
    return patterns["zh" if locale().language == "zh" else "en"]


def number(value: Decimal | int | float, places: int | None = None) -> str:
    """Return a grouped number with a true minus; `places` fixes the digits after the mark."""
    digits = "0" if places is None else "0" * places
    tail = ".######" if places is None else (f".{digits}" if places else "")
    size = value.copy_abs() if isinstance(value, Decimal) else abs(value)
    text = _grouped(size, f"#,##0{tail}", locale())
    return f"{MINUS} {text}" if value < 0 else text


@lru_cache(maxsize=4096)
def _grouped(size: Decimal | int | float, pattern: str, where: Locale) -> str:
    """Return a number by a pattern. Long tables repeat figures; equal ones look the same."""
    return str(format_decimal(size, format=pattern, locale=where))


def places_of(currency: str) -> int:
    """Return how many digits follow the mark in a currency (JPY 0, EUR 2)."""
    return int(get_currency_precision(currency))


def amount(value: Decimal | int, currency: str) -> str:
    """Return an amount at the exponent of its currency, without the currency code."""
    return number(value, places_of(currency))


def unit_price(value: Decimal, currency: str) -> str:
    """Return the price of one unit: the currency's digits, or up to 6 where it has more."""
    exponent = value.normalize().as_tuple().exponent
    needed = -exponent if isinstance(exponent, int) else 0
    return number(value, min(6, max(places_of(currency), needed)))


def money(value: Decimal | int, currency: str) -> str:
    """Return `EUR 131.70`: ISO code first, then the amount."""
    return f"{currency} {amount(value, currency)}"


def day(value: dt.date, *, as_of: dt.date | None = None) -> str:
    """Return `Thu 23 Apr`; the weekday gives way to the year when the year is another one."""
    this_year = (as_of or timezone.localdate()).year
    patterns = _DAY_PATTERNS if value.year == this_year else _DAY_YEAR_PATTERNS
    return str(format_date(value, _pattern(patterns), locale=locale()))


def day_range(first: dt.date, last: dt.date, *, as_of: dt.date | None = None) -> str:
    """Return `Thu 23 - Sat 25 Apr` (with an en dash), or one day when both are the same."""
    if first == last:
        return day(last, as_of=as_of)
    same_month = (first.year, first.month) == (last.year, last.month)
    this_year = (as_of or timezone.localdate()).year
    if same_month and last.year == this_year and locale().language != "zh":
        start = str(format_date(first, _pattern(_SHORT_PATTERNS), locale=locale()))
        return f"{start} {DASH} {day(last, as_of=as_of)}"
    return f"{day(first, as_of=as_of)} {DASH} {day(last, as_of=as_of)}"


def in_zone(moment: dt.datetime, zone: str | dt.tzinfo | None = None) -> dt.datetime:
    """Return an aware moment in a zone, by default the zone of the reader."""
    if zone is None or zone == "":
        return timezone.localtime(moment)
    return moment.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)


def clock_time(moment: dt.datetime) -> str:
    """Return `14:18` of a moment that already stands in its zone."""
    return str(format_time(moment, "HH:mm", locale=locale()))


def moment_text(moment: dt.datetime, *, as_of: dt.datetime) -> str:
    """Return `14:18` for today in the zone of `moment`, else the day before it."""
    today = as_of.astimezone(moment.tzinfo).date()
    if moment.date() == today:
        return clock_time(moment)
    return f"{day(moment.date(), as_of=today)} {clock_time(moment)}"


def span(delta: dt.timedelta) -> str:
    """Return a length of time in its two largest units: `1 h 42 min`, `2 d 3 h`, `38 min`."""
    minutes = max(int(abs(delta.total_seconds()) // 60), 0)
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    gettext = translation.gettext
    if days:
        return gettext("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return gettext("%(minutes)d min") % {"minutes": minutes}


def weight(grams: int) -> tuple[str, str]:
    """Return a weight as (number, unit): grams below one kilogram, kilograms from there on."""
    if grams < 1000:
        return number(grams), "g"
    return number(Decimal(grams) / 1000, 2), "kg"

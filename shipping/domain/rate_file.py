"""Read a rate card file: one row per zone and weight break.

Columns: `service, currency, valid_from, valid_to, warehouse, zone, countries, transit_lo_days,
transit_hi_days, max_weight_g, amount, per_extra_kg`. `valid_to` is the first day out of force, or
empty. `countries` lists places divided by blanks or semicolons: `DE AT`, `US:9` (a postcode
prefix), `*` (the rest of the world). `warehouse` empty means any. A row without `max_weight_g`
carries `per_extra_kg`, added for each started kilogram above the last break of its zone.

Every fault of every row is reported, each with its line, field, value and what to write instead.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final

from babel import Locale

from core import money
from core.errors import gettext_noop as _
from shipping.domain.rating import ANY_COUNTRY, plain_postcode

COLUMNS: Final = (
    "service",
    "currency",
    "valid_from",
    "valid_to",
    "warehouse",
    "zone",
    "countries",
    "transit_lo_days",
    "transit_hi_days",
    "max_weight_g",
    "amount",
    "per_extra_kg",
)
REQUIRED: Final = COLUMNS[:3] + COLUMNS[5:11]
HEAVIEST_G: Final = 30_000_000
_COUNTRY: Final = re.compile(r"[A-Z]{2}\Z")
#: Two letters that CLDR lists beside countries: unions, tests, and "not known".
_NO_COUNTRIES: Final = frozenset({"ZZ", "EU", "UN", "EZ", "XA", "XB", "QO"})

Row = Mapping[str, str]
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class RateFault:
    """One value that can't be used. `fix` is a translatable sentence."""

    line: int
    field: str
    value: str
    fix: str


@dataclass(slots=True)
class ZoneDraft:
    """One zone as read: its places, days and breaks (grams -> amount)."""

    warehouse_code: str
    code: str
    transit: tuple[int, int]
    places: dict[Place, None] = field(default_factory=dict)
    breaks: dict[int, Decimal] = field(default_factory=dict)
    per_extra_kg: Decimal | None = None


@dataclass(slots=True)
class CardDraft:
    """One rate card as read: a service, a currency, a half-open range, its zones."""

    service_code: str
    currency: str
    valid_from: dt.date
    valid_to: dt.date | None
    first_line: int
    zones: dict[tuple[str, str], ZoneDraft] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """One row in types; a field that could not be read is missing from `values`."""

    line: int
    values: Mapping[str, object]


def read_cards(rows: Iterable[tuple[int, Row]]) -> tuple[list[CardDraft], list[RateFault]]:
    """Return the cards of numbered rows, and every fault; use the cards only without faults."""
    faults: list[RateFault] = []
    cards: dict[tuple[object, ...], CardDraft] = {}
    for line, raw in rows:
        row = {key: (raw.get(key) or "").strip() for key in COLUMNS}
        before = len(faults)
        parsed = _parse(line, row, faults)
        if len(faults) == before:
            _add(cards, parsed, row, faults)
    for card in cards.values():
        _check_zones(card, faults)
    if not cards and not faults:
        faults.append(RateFault(1, "service", "", _("The file has no rows. Add at least one.")))
    return list(cards.values()), faults


def _parse(line: int, row: Row, faults: list[RateFault]) -> _Parsed:
    """Read every field of a row; a fault for each that can't be read or is missing."""
    wanted = "amount" if row["max_weight_g"] else "per_extra_kg"
    values: dict[str, object] = {}
    for name, (reader, fix) in _READERS.items():
        values[name] = reader(row[name])
        is_needed = name in _ALWAYS or name == wanted
        if values[name] is None and (row[name] or is_needed):
            faults.append(RateFault(line, name, row[name][:80], fix))
    return _Parsed(line, values)


def _add(
    cards: dict[tuple[object, ...], CardDraft],
    parsed: _Parsed,
    row: Row,
    faults: list[RateFault],
) -> None:
    values = parsed.values
    valid_from, valid_to = values["valid_from"], values["valid_to"]
    assert isinstance(valid_from, dt.date)
    assert valid_to is None or isinstance(valid_to, dt.date)
    if valid_to is not None and valid_to <= valid_from:
        fix = _("The last day must come after the first.")
        faults.append(RateFault(parsed.line, "valid_to", row["valid_to"], fix))
        return
    identity = (row["service"], row["currency"], valid_from, valid_to)
    card = cards.setdefault(
        identity, CardDraft(row["service"], row["currency"], valid_from, valid_to, parsed.line)
    )
    lo, hi = values["transit_lo_days"], values["transit_hi_days"]
    assert isinstance(lo, int)
    assert isinstance(hi, int)
    if lo > hi:
        fix = _("The longest time must not be shorter than the shortest.")
        faults.append(RateFault(parsed.line, "transit_hi_days", row["transit_hi_days"], fix))
        return
    key = (row["warehouse"], row["zone"])
    zone = card.zones.setdefault(key, ZoneDraft(row["warehouse"], row["zone"], (lo, hi)))
    if zone.transit != (lo, hi):
        fix = _("All rows of a zone need the same days.")
        faults.append(RateFault(parsed.line, "transit_lo_days", row["transit_lo_days"], fix))
    _fill(zone, parsed, row, faults)


def _fill(zone: ZoneDraft, parsed: _Parsed, row: Row, faults: list[RateFault]) -> None:
    places = parsed.values["countries"]
    assert isinstance(places, tuple)
    zone.places |= dict.fromkeys(places)
    weight, amount = parsed.values["max_weight_g"], parsed.values["amount"]
    extra = parsed.values["per_extra_kg"]
    if weight is None:
        assert isinstance(extra, Decimal)
        if zone.per_extra_kg not in {None, extra}:
            fix = _("This zone has another amount per kilogram already. Keep one of the rows.")
            faults.append(RateFault(parsed.line, "per_extra_kg", row["per_extra_kg"], fix))
        zone.per_extra_kg = extra
        return
    assert isinstance(weight, int)
    assert isinstance(amount, Decimal)
    if weight in zone.breaks:
        fix = _("This zone has this weight already. Keep one of the rows.")
        faults.append(RateFault(parsed.line, "max_weight_g", row["max_weight_g"], fix))
    zone.breaks[weight] = amount


def _check_zones(card: CardDraft, faults: list[RateFault]) -> None:
    taken: dict[tuple[str, Place], str] = {}
    for zone in card.zones.values():
        if not zone.breaks:
            fix = _("A zone needs at least one row with a weight and an amount.")
            faults.append(RateFault(card.first_line, "max_weight_g", zone.code, fix))
        for place in zone.places:
            other = taken.setdefault((zone.warehouse_code, place), zone.code)
            if other != zone.code:
                fix = _("This place belongs to another zone of the card already.")
                faults.append(RateFault(card.first_line, "countries", ":".join(place), fix))


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _whole(text: str, lowest: int, highest: int) -> int | None:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    value = int(text)
    return value if lowest <= value <= highest else None


def _money(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    if not value.is_finite() or value < 0 or value >= Decimal(10_000_000_000):
        return None
    return value if value == round(value, 4) else None


def _places(text: str) -> tuple[Place, ...] | None:
    places: dict[Place, None] = {}
    for word in text.upper().replace(";", " ").replace("|", " ").split():
        country, _colon, prefix = word.partition(":")
        if country != ANY_COUNTRY and country not in _countries():
            return None
        plain = plain_postcode(prefix)
        if len(plain) > 12 or (plain and not plain.isalnum()):
            return None
        places[(country, plain)] = None
    return tuple(places) or None


@cache
def _countries() -> frozenset[str]:
    codes = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in codes if _COUNTRY.match(code)) - _NO_COUNTRIES


def _code(text: str) -> str | None:
    return text if 0 < len(text) <= 32 else None


def _currency(text: str) -> str | None:
    try:
        money.exponent(text)
    except money.UnknownCurrency:
        return None
    return text


def _days(text: str) -> int | None:
    return _whole(text, 0, 365)


def _weight(text: str) -> int | None:
    return _whole(text, 1, HEAVIEST_G)


_CODE_FIX: Final = _("Write a code of 1 to 32 characters.")
_DAYS_FIX: Final = _("Write whole business days from 0 to 365.")
_MONEY_FIX: Final = _("Write an amount such as 12.50, zero or more.")
_ALWAYS: Final = frozenset({*COLUMNS[:3], *COLUMNS[5:9]})
_READERS: Final[dict[str, tuple[Callable[[str], object], str]]] = {
    "service": (_code, _CODE_FIX),
    "currency": (_currency, _("Write an ISO currency code such as EUR.")),
    "valid_from": (_date, _("Write a date such as 2026-01-31.")),
    "valid_to": (_date, _("Write a date such as 2026-01-31, or nothing.")),
    "zone": (_code, _CODE_FIX),
    "countries": (_places, _("List country codes such as DE AT US:9, or * for all others.")),
    "transit_lo_days": (_days, _DAYS_FIX),
    "transit_hi_days": (_days, _DAYS_FIX),
    "max_weight_g": (_weight, _("Write whole grams from 1 to 30000000.")),
    "amount": (_money, _MONEY_FIX),
    "per_extra_kg": (_money, _MONEY_FIX),
}

"""The steps of a price, in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import formats

#: What the price of a line comes from, by the source of its quote.
SOURCE_WORDS: dict[str, Any] = {
    "LIST": gettext_lazy("List price"),
    "LIST_URGENT": gettext_lazy("List price, urgent"),
    "AGREEMENT": gettext_lazy("Agreed price"),
    "AGREEMENT_PERCENT": gettext_lazy("List price less the agreed share"),
    "AGREEMENT_STACKED": gettext_lazy("Agreed price, urgent"),
}

_SENTENCES: dict[str, Any] = {
    "LIST_BREAK": gettext_lazy("List: from %(min_qty)s units %(currency)s %(price)s apiece."),
    "LIST_BELOW": gettext_lazy("The list begins at %(min_qty)s units; %(qty)s are asked."),
    "LIST_NONE": gettext_lazy("No list price in %(currency)s on %(on)s."),
    "AGREEMENT_INACTIVE": gettext_lazy("Agreement %(number)s is suspended, so it is not applied."),
    "AGREEMENT_OVER": gettext_lazy(
        "Agreement %(number)s ended on %(until)s, so it is not applied."
    ),
    "AGREEMENT_EARLY": gettext_lazy(
        "Agreement %(number)s begins on %(begins)s, so it is not applied."
    ),
    "AGREEMENT_CURRENCY": gettext_lazy(
        "Agreement %(number)s is in %(currency)s, so it is not applied."
    ),
    "AGREEMENT_BELOW": gettext_lazy(
        "Agreement %(number)s begins at %(min_qty)s units; %(qty)s are asked."
    ),
    "AGREEMENT_NEEDS_LIST": gettext_lazy(
        "Agreement %(number)s takes a share off the list, and the list has no price."
    ),
    "AGREEMENT_CAP_QTY": gettext_lazy(
        "Agreement %(number)s has %(left)s units left and %(qty)s are asked, so it is not applied."
    ),
    "AGREEMENT_CAP_AMOUNT": gettext_lazy(
        "Agreement %(number)s has %(currency)s %(left)s left, less than this line costs, so it is "
        "not applied."
    ),
    "AGREEMENT_SHARE": gettext_lazy("Agreement %(number)s: list price times %(factor)s."),
    "AGREEMENT_PRICE": gettext_lazy(
        "Agreement %(number)s: from %(min_qty)s units %(currency)s %(price)s apiece."
    ),
    "NO_DATE": gettext_lazy("No day is named, so the goods are not urgent."),
    "STACKED": gettext_lazy("Agreement %(number)s keeps its price for urgent goods."),
    "NOT_STACKED": gettext_lazy(
        "Agreement %(number)s does not cover urgent goods: the surcharge is on the list price."
    ),
    "AGREED_RAISED": gettext_lazy("The surcharge is on the price of agreement %(number)s."),
    "NO_LIST_TO_RAISE": gettext_lazy(
        "There is no list price, so the surcharge is on agreement %(number)s."
    ),
    "RESULT": gettext_lazy("%(currency)s %(base)s times %(factor)s is %(currency)s %(price)s."),
}
_MONEY = ("price", "base", "left")
_COUNTS = ("qty", "min_qty")
_DAYS = ("on", "until", "begins")


def source_text(source: str) -> str:
    """Return where a price comes from, in words; an unknown source as it is."""
    return str(SOURCE_WORDS.get(source, source))


def words(trace: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the steps of a quote as sentences, in the language of the request."""
    return [sentence(step) for step in trace]


def sentence(step: Mapping[str, str]) -> str:
    """Return one step as a sentence."""
    if step["code"] in {"URGENT", "REGULAR"}:
        return _by_date(step)
    currency = step.get("currency", "USD")
    values = {name: _shown(name, value, currency) for name, value in step.items()}
    return str(_SENTENCES[step["code"]]) % values


def _by_date(step: Mapping[str, str]) -> str:
    days, limit = int(step["days"]), int(step["limit"])
    if days < 0:
        return _("The day it is needed is past: urgent, times %(factor)s.") % {
            "factor": step["factor"]
        }
    if step["code"] == "URGENT":
        return ngettext(
            "Needed in %(days)s day, within the %(limit)s of urgent goods: times %(factor)s.",
            "Needed in %(days)s days, within the %(limit)s of urgent goods: times %(factor)s.",
            days,
        ) % {"days": days, "limit": limit, "factor": step["factor"]}
    return ngettext(
        "Needed in %(days)s day, more than the %(limit)s of urgent goods: no surcharge.",
        "Needed in %(days)s days, more than the %(limit)s of urgent goods: no surcharge.",
        days,
    ) % {"days": days, "limit": limit}


def _shown(name: str, value: str, currency: str) -> str:
    if name in _COUNTS:
        return formats.number(int(value))
    if name in _MONEY:
        return formats.unit_price(Decimal(value), currency)
    if name in _DAYS:
        return formats.day(dt.date.fromisoformat(value))
    return value

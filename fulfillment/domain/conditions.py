"""What the conditions of packing rules may ask; `core.conditions` reads and answers them."""

from __future__ import annotations

from typing import Final

from core.conditions import (
    DEEPEST,
    LONGEST,
    MOST_TOKENS,
    BadCondition,
    Condition,
    Language,
    Name,
    Value,
)

__all__ = [
    "DEEPEST",
    "LONGEST",
    "MOST_TOKENS",
    "NAMES",
    "BadCondition",
    "Condition",
    "Name",
    "Value",
    "check",
]


def _(text: str) -> str:
    return text


#: Everything a condition can ask, in the order of the editor.
NAMES: Final[tuple[Name, ...]] = (
    Name("channel", "text", _("Code of the sales channel"), 'channel == "web-de"'),
    Name(
        "country", "text", _("Country the parcel goes to, two letters"), 'country in ["DE", "AT"]'
    ),
    Name(
        "segment", "text", _("Segment of the customer, as typed in or imported"), 'segment == "VIP"'
    ),
    Name("tags", "texts", _("Tags of the customer"), '"tea-club" in tags'),
    Name(
        "language", "text", _("Language of the customer, else of the channel"), 'language == "de"'
    ),
    Name("is_first_order", "yes_no", _("The customer has no earlier order"), "is_first_order"),
    Name(
        "order_count",
        "number",
        _("Orders of the customer so far, with this one"),
        "order_count >= 5",
    ),
    Name("total", "number", _("Total of the order in its currency"), "total >= 50"),
    Name("currency", "text", _("Currency of the order"), 'currency == "EUR"'),
    Name("items", "number", _("Units of goods in the order"), "items >= 3"),
    Name("skus", "texts", _("SKU codes in the order"), '"TEA-ROSE" in skus'),
    Name("categories", "texts", _("Categories of the goods in the order"), '"Tea" in categories'),
    Name("brands", "texts", _("Brands of the goods in the order"), '"Mingjian" in brands'),
    Name("is_gift", "yes_no", _("The order is a gift"), "not is_gift"),
    Name("has_gift_note", "yes_no", _("The order carries a gift message"), "has_gift_note"),
    Name("today", "day", _("Day of packing in the warehouse's zone"), 'today <= d"2026-05-31"'),
    Name("weekday", "number", _("Day of the week, Monday is 1"), "weekday == 5"),
    Name("campaigns", "texts", _("Codes of the campaigns that run today"), '"SPRING" in campaigns'),
    Name("warehouse", "text", _("Code of the warehouse that packs"), 'warehouse == "SZX"'),
)
_LANGUAGE: Final = Language(NAMES)


def check(text: str) -> Condition:
    """Return the condition a text stands for. An empty text is always true.

    Raises:
        BadCondition: too long, an unknown name, a part the language does not have, a comparison
            of unlike things, or no yes-or-no answer.
    """
    return _LANGUAGE.check(text)

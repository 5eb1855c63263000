"""The words of a refund's rows, of its ways and of the gateways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROWS: Final[Mapping[str, str | Promise]] = {
    "GOODS": _("Price paid"),
    "DISCOUNT": _("Its share of the discount"),
    "RESTOCKING": _("Restocking fee"),
    "RETURN_SHIPPING": _("Return label"),
    "SHIPPING": _("Shipping"),
    "BONUS": _("Bonus on store credit"),
    "LIMIT": _("More than is left of what was paid"),
    "GOODWILL": _("Agreed amount"),
}
SHIPPING_KEPT: Final = _("Shipping, not refunded")
GATEWAYS: Final[Mapping[str, str | Promise]] = {
    "manual": _("By hand"),
    "store_credit": _("Store credit"),
    "test": _("Test gateway"),
}


def row_word(code: str, *, is_nothing: bool = False) -> str | Promise:
    """Return what a row is called; `is_nothing`: its amount is zero."""
    if code == "SHIPPING" and is_nothing:
        return SHIPPING_KEPT
    return ROWS.get(code, code)


def gateway_word(name: str) -> str | Promise:
    """Return what people call a gateway; one of somebody else's keeps its name."""
    return GATEWAYS.get(name, name)

"""Why suppliers change or decline, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from suppliers.domain import answering

REASON_WORDS: dict[str, Any] = {
    answering.OUT_OF_STOCK: _("Out of stock"),
    answering.QTY: _("Other quantity"),
    answering.PRICE: _("Other price"),
    answering.DATE: _("Other date"),
    answering.DISCONTINUED: _("Discontinued"),
    answering.MOQ: _("Below our least order"),
    answering.CAPACITY: _("No capacity"),
    answering.OTHER: _("Other reason"),
}

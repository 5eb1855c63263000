"""How the topics of mails to customers are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES: dict[str, str | Promise] = {
    "orders": _("Orders"),
    "delivery": _("Delivery"),
    "returns": _("Returns and refunds"),
    "progress": _("Progress of returns"),
    "feedback": _("Questions after delivery"),
}
HINTS: dict[str, str | Promise] = {
    "orders": _("Confirmation, waiting for stock, questions about the order"),
    "delivery": _("On its way, late, arriving today, delivered"),
    "returns": _("Request, decision, label, inspection, refund"),
    "progress": _("Return on its way, received, exchange about to end"),
    "feedback": _("How it was, a few days after delivery"),
}

"""The words of a return's steps and of why it waits for a person."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from returns import policy_words
from returns.models import ReturnLine

#: Step code -> glyph and words of the timeline.
STEPS: dict[str, tuple[str, Any]] = {
    "requested": ("undo-2", _("Asked for")),
    "hold_for_review": ("eye", _("Waits for a person")),
    "approve": ("check", _("Approved")),
    "reject": ("circle-x", _("Declined")),
    "cancel": ("circle-slash", _("Called off")),
    "expire": ("timer-off", _("Expired: the goods were not handed over in time")),
    "issue_label": ("tag", _("Label issued")),
    "void_label": ("x", _("Label voided")),
    "hand_over": ("truck", _("Handed over to the carrier")),
    "arrive": ("warehouse", _("Arrived")),
    "inspect": ("search", _("Inspected")),
    "resolve": ("disc-check", _("Settled")),
    "reopen": ("rotate-ccw", _("Decision taken back")),
    "LINE_CHANGED": ("pencil", _("Line decided otherwise")),
    "LINE_ADDED": ("plus", _("Line added")),
    "LINES_REVIVED": ("rotate-ccw", _("Lines opened again: the goods came all the same")),
    "LABEL_NOT_ISSUED": ("triangle-alert", _("The label could not be made")),
    "LABEL_REFUSED": ("triangle-alert", _("The carrier refused the label")),
    "EXCHANGE_RESERVED": ("package", _("Exchange item kept")),
    "EXCHANGE_EXTENDED": ("package", _("Exchange item kept longer")),
    "EXCHANGE_EXPIRED": ("timer-off", _("Exchange item not available: the customer chooses")),
    "EXCHANGE_WAITS": ("package", _("Waits for the next exchange item")),
    "EXCHANGE_CONVERTED": ("undo-2", _("Exchange turned into money")),
    "EXCHANGE_RELEASED": ("undo-2", _("Exchange item given back")),
    "EXCHANGE_ORDERED": ("package", _("Exchange ordered")),
    "EXCHANGE_SENT": ("send", _("Exchange goes out")),
    "EXCHANGE_CANCELLED": ("circle-slash", _("Exchange cancelled")),
    "EXCHANGE_UNDECIDED": ("eye", _("Exchange waits for a person")),
    "CARD_HELD": ("banknote", _("Amount held on the card")),
    "CARD_REFUSED": ("circle-x", _("The card was refused")),
    "CARD_CAPTURED": ("banknote", _("Card charged: the return was not sent in time")),
    "CARD_RELEASED": ("undo-2", _("Amount on the card released")),
    "CARD_LAPSED": ("circle-alert", _("The card could not be charged")),
    "RESHIPPED": ("send", _("Sent again")),
    "PHOTO_ADDED": ("camera", _("Photo added")),
    "COUNTED": ("list-checks", _("Counted by the warehouse")),
    "UNITS_MISSING": ("package-x", _("Announced units did not come")),
    "MISSING_GIVEN_UP": ("x", _("Missing items closed")),
    "CAME_EMPTY": ("package-x", _("The parcel came empty")),
    "CAME_UNEXPECTED": ("triangle-alert", _("Another item of the order came")),
    "CAME_EXTRA": ("triangle-alert", _("More units came than announced")),
    "CAME_UNEXPECTED_OURS": ("triangle-alert", _("An item came that is not of this order")),
    "CAME_FOREIGN": ("triangle-alert", _("Something came that is not ours")),
    "REFUND_PAID": ("banknote", _("Refund paid")),
    "REFUND_FAILED": ("circle-alert", _("A payment of the refund was refused")),
    "REFUND_RETRIED": ("rotate-cw", _("Payment sent again")),
    "REFUND_REROUTED": ("undo-2", _("Refund paid another way")),
    "REFUND_REJECTED": ("circle-x", _("Refund declined")),
    "REFUND_CANCELLED": ("circle-slash", _("Refund cancelled")),
    "RECOVERABLE_FOUND": ("triangle-alert", _("More was paid than came back")),
}
#: Why a request waits for a person, beside the reasons of the policy.
REVIEWS: dict[str, Any] = {
    "MANY_IN_AN_HOUR": _("Very many returns are asked for at this time"),
    "UNUSED_LABELS": _("This customer left several labels unused"),
    "REPLACED_AGAIN": _("The order is itself a replacement of a replacement"),
    "UNANNOUNCED": _("The goods came without a request"),
    "UNDELIVERED": _("The parcel did not reach the customer"),
}
LINE_STATES: dict[str, Any] = {
    "open": pgettext_lazy("return line", "Open"),
    "closed": pgettext_lazy("return line", "Settled"),
    "rejected": pgettext_lazy("return line", "Declined"),
    "cancelled": pgettext_lazy("return line", "Cancelled"),
}
OUTCOMES: dict[str, Any] = dict(ReturnLine.Resolution.choices)


def step(code: str) -> tuple[str, str]:
    """Return glyph and words of a step; a step outside the list reads as its code."""
    glyph, text = STEPS.get(code, ("circle-dot", code.replace("_", " ").capitalize()))
    return glyph, str(text)


def review(code: str) -> str:
    """Return why a person decides, in words."""
    if code in REVIEWS:
        return str(REVIEWS[code])
    return policy_words.review_text(code)


def reason_name(reason: Any, language: str) -> str:
    """Return a reason in the reader's language; "" without one."""
    if reason is None:
        return ""
    is_chinese = language.startswith("zh")
    return str((reason.name_zh if is_chinese else "") or gettext(reason.name))

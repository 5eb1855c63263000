"""What customers read about their returns, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: State of a return -> the sentence of its timeline.
STATES: Mapping[str, Any] = {
    "requested": _("You asked for the return"),
    "review": _("We are looking at it"),
    "approved": _("We agreed"),
    "label_issued": _("Your way back is ready"),
    "in_transit": _("On its way to us"),
    "arrived": _("It arrived here"),
    "inspected": _("We have looked at the goods"),
    "resolved": _("Done"),
    "rejected": _("We can't take it back"),
    "expired": _("The time to send it is over"),
    "cancelled": pgettext_lazy("return", "You called it off"),
}

#: Outcome of a line -> how it is offered.
OUTCOMES: Mapping[str, Any] = {
    "refund": _("Refund"),
    "store_credit": _("Store credit"),
    "exchange": _("Exchange"),
    "replacement": _("Send it again"),
    "repair": _("Repair"),
    "returnless": _("Refund, keep the item"),
    "reject": _("Declined"),
    "none": _("Not decided"),
}

#: Outcome -> what happens, in a few words.
HINTS: Mapping[str, Any] = {
    "refund": _("To the way you paid."),
    "store_credit": _("For your next order."),
    "replacement": _("The same item, once more, free of charge."),
    "repair": _("We repair it and send it back, free of charge."),
}

#: When the money moves.
EVENTS: Mapping[str, Any] = {
    "label": _("as soon as the label is made"),
    "in_transit": _("as soon as the carrier has scanned it"),
    "received": _("when it has arrived here"),
    "validated": _("when we have looked at it"),
    "manual": _("when we have decided"),
}

#: State of a refund -> what it means for the customer.
REFUNDS: Mapping[str, Any] = {
    "paid": _("Paid"),
    "cancelled": pgettext_lazy("refund", "Cancelled"),
}
REFUND_COMING = _("Being paid")

#: Paper of the way back -> what its button says.
PAPERS: Mapping[str, Any] = {
    "label": _("Download the label"),
    "slip": _("Sheet for the parcel"),
    "customs": _("Customs statement"),
    "code": _("Code for the counter"),
    "code_card": _("Code as a PDF"),
}

#: State of an exchange -> what it means for the customer.
EXCHANGES: Mapping[str, Any] = {
    "waiting": _("We keep one for you as soon as it is there"),
    "reserved": _("Kept for you"),
    "ordered": _("Ordered for you; it leaves when your parcel has arrived"),
    "done": _("On its way to you"),
    "converted": _("Turned into money"),
    "expired": _("We could not keep it any longer"),
    "released": pgettext_lazy("exchange", "Not kept any more"),
}

#: Row of a breakdown -> what it says to the customer.
ROWS: Mapping[str, Any] = {
    "GOODS": _("Price"),
    "DISCOUNT": _("Its share of your discount"),
    "RESTOCKING": _("Restocking fee"),
    "RETURN_SHIPPING": _("The way back"),
    "SHIPPING": _("Shipping you paid"),
    "BONUS": _("Bonus on store credit"),
    "LIMIT": _("Paid back already"),
    "GOODWILL": _("From us"),
}

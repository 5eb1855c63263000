"""What people read about the ways back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

METHODS: Mapping[str, Any] = {
    "label": _("Print a label"),
    "qr": _("Code without printing"),
    "drop_off": _("Drop-off point"),
    "pickup": _("Home pick-up"),
    "own": _("Own parcel service"),
    "store": _("Bring it to the store"),
    "keep": _("Nothing to send"),
}

#: What the customer does, in order, by way back.
STEPS: Mapping[str, tuple[Any, ...]] = {
    "label": (
        _("Put the goods and this sheet into a box."),
        _("Stick the label on the outside and cover older labels."),
        _("Hand the parcel to the carrier and keep the receipt."),
    ),
    "qr": (
        _("Put the goods and this sheet into a box."),
        _("Show the code at the counter. The label is printed there."),
        _("Keep the receipt until the refund has arrived."),
    ),
    "drop_off": (
        _("Put the goods and this sheet into a box."),
        _("Bring it to a drop-off point and show the code."),
        _("Keep the receipt until the refund has arrived."),
    ),
    "pickup": (
        _("Put the goods and this sheet into a box."),
        _("Have it ready on the agreed day. The driver brings the label."),
        _("Keep the receipt until the refund has arrived."),
    ),
    "own": (
        _("Put the goods and this sheet into a box."),
        _("Send it with a service that gives you a tracking number."),
        _("Enter the tracking number on the page of your return."),
    ),
    "store": (
        _("Bring the goods and this sheet to the store."),
        _("Show the code at the counter."),
    ),
}

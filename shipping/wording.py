"""What customers and staff read about a parcel's way, in plain words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STEPS: dict[str, str | Promise] = {
    "ordered": pgettext_lazy("tracking step", "Ordered"),
    "packed": pgettext_lazy("tracking step", "Packed"),
    "on_the_way": pgettext_lazy("tracking step", "On the way"),
    "near_you": pgettext_lazy("tracking step", "Near you"),
    "delivered": pgettext_lazy("tracking step", "Delivered"),
}

MILESTONES: dict[str, str | Promise] = {
    "ordered": _("Order received"),
    "packed": _("Packed"),
    "ready": _("Label made, waiting for the carrier"),
    "handed_over": _("Handed to the carrier"),
    "on_the_way": _("On its way"),
    "near_you": _("Near you, being delivered"),
    "delivered": _("Delivered"),
}

STATUS: dict[str, str | Promise] = {
    "pre_transit": _("The label is made, the carrier is expected"),
    "in_transit": _("On its way"),
    "customs": _("At customs"),
    "out_for_delivery": _("Out for delivery today"),
    "available_for_pickup": _("Ready for you to pick up"),
    "delivered": _("Delivered"),
    "failed_attempt": _("Nobody was there, the carrier will try again"),
    "exception": _("Stopped on its way, the carrier is looking into it"),
    "return_to_sender": _("On its way back to the shop"),
    "lost": _("The carrier can't find it, the shop has been told"),
    "unknown": _("The carrier sent a report"),
}

STATE: dict[str, str | Promise] = {
    "open": _("Being packed"),
    "verified": _("Packed"),
    "labelled": _("Packed, waiting for the carrier"),
    "confirmed": _("Packed, waiting for the carrier"),
    "manifested": _("Handed to the carrier"),
    "in_transit": _("On its way"),
    "exception": _("Stopped on its way, the carrier is looking into it"),
    "delivered": _("Delivered"),
    "voided": _("Taken back"),
}


def sentence(state: str, tracking_status: str) -> str:
    """Return one sentence about where a parcel is."""
    found = STATUS.get(tracking_status) or STATE.get(state, state)
    return str(found)

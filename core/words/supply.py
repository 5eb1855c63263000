"""The words of states of what is bought: purchase orders, agreements, arrivals."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from core.words.state_word import StateWord


def _purchase_order() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("purchase order state", "Draft"), "idle", "ring-dashed"),
        StateWord("pending", pgettext_lazy("purchase order state", "To approve"), "warn", "stamp"),
        StateWord("approved", pgettext_lazy("purchase order state", "Approved"), "step", "ring-1"),
        StateWord("sent", pgettext_lazy("purchase order state", "Sent"), "step", "send"),
        StateWord(
            "confirmed", pgettext_lazy("purchase order state", "Confirmed"), "step", "ring-3"
        ),
        StateWord(
            "partly_received",
            pgettext_lazy("purchase order state", "Partly received"),
            "info",
            "ring-4",
        ),
        StateWord(
            "received", pgettext_lazy("purchase order state", "Received"), "ok", "disc-check"
        ),
        StateWord("closed", pgettext_lazy("purchase order state", "Closed"), "over", "archive"),
        StateWord(
            "rejected", pgettext_lazy("purchase order state", "Rejected"), "danger", "circle-x"
        ),
        StateWord(
            "cancelled", pgettext_lazy("purchase order state", "Cancelled"), "over", "circle-slash"
        ),
    )


def _asn() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("advance notice state", "Draft"), "idle", "ring-dashed"),
        StateWord(
            "announced", pgettext_lazy("advance notice state", "Announced"), "step", "ring-1"
        ),
        StateWord(
            "receiving", pgettext_lazy("advance notice state", "Receiving"), "step", "ring-4"
        ),
        StateWord(
            "closed_short",
            pgettext_lazy("advance notice state", "Closed short"),
            "warn",
            "triangle-alert",
        ),
        StateWord(
            "cancelled", pgettext_lazy("advance notice state", "Cancelled"), "over", "circle-slash"
        ),
        StateWord(
            "submitted", pgettext_lazy("advance notice state", "Submitted"), "step", "ring-1"
        ),
        StateWord(
            "in_transit", pgettext_lazy("advance notice state", "In transit"), "info", "truck"
        ),
        StateWord("arrived", pgettext_lazy("advance notice state", "Arrived"), "step", "ring-3"),
        StateWord(
            "received", pgettext_lazy("advance notice state", "Received"), "ok", "disc-check"
        ),
        StateWord(
            "variance", pgettext_lazy("advance notice state", "Variance"), "warn", "triangle-alert"
        ),
        StateWord("closed", pgettext_lazy("advance notice state", "Closed"), "over", "archive"),
    )


def _agreement() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("agreement state", "Draft"), "idle", "ring-dashed"),
        StateWord(
            "pending_approval", pgettext_lazy("agreement state", "To approve"), "warn", "stamp"
        ),
        StateWord("offered", pgettext_lazy("agreement state", "Offered"), "warn", "send"),
        StateWord("accepted", pgettext_lazy("agreement state", "Accepted"), "step", "ring-3"),
        StateWord("active", pgettext_lazy("agreement state", "Active"), "ok", "disc-check"),
        StateWord(
            "suspended", pgettext_lazy("agreement state", "Suspended"), "hold", "circle-pause"
        ),
        StateWord("expired", pgettext_lazy("agreement state", "Expired"), "over", "timer-off"),
        StateWord("terminated", pgettext_lazy("agreement state", "Ended"), "over", "archive"),
        StateWord("ended", pgettext_lazy("agreement state", "Ended"), "over", "archive"),
    )


def _unidentified() -> tuple[StateWord, ...]:
    return (
        StateWord("held", pgettext_lazy("unidentified goods", "On hold"), "hold", "circle-pause"),
        StateWord("linked", pgettext_lazy("unidentified goods", "Linked"), "ok", "disc-check"),
        StateWord("returned", pgettext_lazy("unidentified goods", "Returned"), "over", "undo-2"),
        StateWord("disposed", pgettext_lazy("unidentified goods", "Disposed"), "over", "archive"),
    )


def _landed_cost() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("landed cost state", "Draft"), "idle", "ring-dashed"),
        StateWord("posted", pgettext_lazy("landed cost state", "Posted"), "ok", "disc-check"),
        StateWord("reversed", pgettext_lazy("landed cost state", "Reversed"), "over", "undo-2"),
    )


def _claim() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("claim state", "Draft"), "idle", "ring-dashed"),
        StateWord("sent", pgettext_lazy("claim state", "Sent"), "step", "send"),
        StateWord("agreed", pgettext_lazy("claim state", "Agreed"), "step", "ring-3"),
        StateWord("refused", pgettext_lazy("claim state", "Refused"), "danger", "circle-x"),
        StateWord("settled", pgettext_lazy("claim state", "Settled"), "ok", "disc-check"),
        StateWord("dropped", pgettext_lazy("claim state", "Dropped"), "over", "archive"),
    )


def _invoice() -> tuple[StateWord, ...]:
    return (
        StateWord("matched", pgettext_lazy("invoice state", "Matched"), "ok", "disc-check"),
        StateWord("blocked", pgettext_lazy("invoice state", "Blocked"), "warn", "triangle-alert"),
        StateWord("released", pgettext_lazy("invoice state", "Released"), "ok", "disc-check"),
        StateWord("refused", pgettext_lazy("invoice state", "Refused"), "over", "circle-slash"),
    )


STATES = {
    "landed_cost": _landed_cost(),
    "claim": _claim(),
    "invoice": _invoice(),
    "purchase_order": _purchase_order(),
    "asn": _asn(),
    "unidentified": _unidentified(),
    "agreement": _agreement(),
}

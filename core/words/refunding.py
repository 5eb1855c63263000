"""The words of states of money that goes back."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from core.words.state_word import StateWord


def _refund() -> tuple[StateWord, ...]:
    return (
        StateWord("to_approve", pgettext_lazy("refund state", "To approve"), "warn", "stamp"),
        StateWord("paying", pgettext_lazy("refund state", "On its way"), "step", "send"),
        StateWord("paid", pgettext_lazy("refund state", "Paid"), "ok", "disc-check"),
        StateWord("rejected", pgettext_lazy("refund state", "Declined"), "over", "circle-x"),
        StateWord("cancelled", pgettext_lazy("refund state", "Cancelled"), "over", "circle-slash"),
    )


def _refund_payment() -> tuple[StateWord, ...]:
    return (
        StateWord("waiting", pgettext_lazy("refund state", "To approve"), "warn", "stamp"),
        StateWord("requested", pgettext_lazy("refund state", "Being sent"), "step", "send"),
        StateWord("by_hand", pgettext_lazy("refund state", "To pay by hand"), "warn", "ring-2"),
        StateWord("paid", pgettext_lazy("refund state", "Paid"), "ok", "disc-check"),
        StateWord("failed", pgettext_lazy("refund state", "Failed"), "danger", "circle-alert"),
        StateWord("replaced", pgettext_lazy("refund state", "Paid another way"), "over", "undo-2"),
        StateWord("dropped", pgettext_lazy("refund state", "Dropped"), "over", "archive"),
    )


def _recoverable() -> tuple[StateWord, ...]:
    return (
        StateWord("open", pgettext_lazy("recoverable state", "Open"), "warn", "circle-alert"),
        StateWord("recovered", pgettext_lazy("recoverable state", "Recovered"), "ok", "disc-check"),
        StateWord("waived", pgettext_lazy("recoverable state", "Let go"), "over", "archive"),
    )


STATES = {
    "refund": _refund(),
    "refund_payment": _refund_payment(),
    "recoverable": _recoverable(),
}

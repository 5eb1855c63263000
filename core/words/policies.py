"""The words of states of return policies, and of parcels that did not arrive."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from core.words.state_word import StateWord


def _policy_rule() -> tuple[StateWord, ...]:
    return (
        StateWord("draft", pgettext_lazy("rule state", "Draft"), "idle", "ring-dashed"),
        StateWord("active", pgettext_lazy("rule state", "Active"), "ok", "disc-check"),
        StateWord("paused", pgettext_lazy("rule state", "Paused"), "hold", "circle-pause"),
        StateWord("ended", pgettext_lazy("rule state", "Replaced"), "over", "archive"),
    )


def _delivery_case() -> tuple[StateWord, ...]:
    return (
        StateWord("watching", pgettext_lazy("case state", "Watching"), "info", "clock"),
        StateWord(
            "decide", pgettext_lazy("case state", "Needs decision"), "warn", "triangle-alert"
        ),
        StateWord("reshipped", pgettext_lazy("case state", "Sent again"), "ok", "truck"),
        StateWord("refunded", pgettext_lazy("case state", "Refunded"), "ok", "disc-check"),
        StateWord("found", pgettext_lazy("case state", "Turned up"), "ok", "disc-check"),
        StateWord("duplicate", pgettext_lazy("case state", "Arrived after all"), "danger", "copy"),
        StateWord("closed", pgettext_lazy("case state", "Closed"), "over", "archive"),
    )


def _carrier_claim() -> tuple[StateWord, ...]:
    return (
        StateWord("open", pgettext_lazy("claim state", "To send"), "warn", "triangle-alert"),
        StateWord("sent", pgettext_lazy("claim state", "Sent"), "step", "ring-2"),
        StateWord("paid", pgettext_lazy("claim state", "Paid"), "ok", "disc-check"),
        StateWord("refused", pgettext_lazy("claim state", "Refused"), "danger", "circle-alert"),
        StateWord("lapsed", pgettext_lazy("claim state", "Too late"), "over", "archive"),
        StateWord("withdrawn", pgettext_lazy("claim state", "Withdrawn"), "over", "undo-2"),
    )


STATES = {
    "policy_rule": _policy_rule(),
    "delivery_case": _delivery_case(),
    "carrier_claim": _carrier_claim(),
}

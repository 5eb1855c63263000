"""The words of states of labels and exchanges of returns."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from core.words.state_word import StateWord


def _return_label() -> tuple[StateWord, ...]:
    return (
        StateWord("asked", pgettext_lazy("return label state", "Being made"), "step", "ring-2"),
        StateWord("ready", pgettext_lazy("return label state", "Ready"), "ok", "disc-check"),
        StateWord("failed", pgettext_lazy("return label state", "Failed"), "danger", "circle-x"),
        StateWord("used", pgettext_lazy("return label state", "Used"), "ok", "truck"),
        StateWord("voided", pgettext_lazy("return label state", "Taken back"), "over", "undo-2"),
        StateWord("expired", pgettext_lazy("return label state", "Expired"), "over", "archive"),
    )


def _exchange() -> tuple[StateWord, ...]:
    return (
        StateWord("waiting", pgettext_lazy("exchange state", "Waits for stock"), "idle", "ring-2"),
        StateWord("reserved", pgettext_lazy("exchange state", "Reserved"), "step", "lock"),
        StateWord(
            "ordered", pgettext_lazy("exchange state", "Ordered, on hold"), "hold", "circle-pause"
        ),
        StateWord("done", pgettext_lazy("exchange state", "Goes out"), "ok", "disc-check"),
        StateWord(
            "expired", pgettext_lazy("exchange state", "Customer chooses"), "warn", "circle-alert"
        ),
        StateWord(
            "converted", pgettext_lazy("exchange state", "Turned into money"), "over", "undo-2"
        ),
        StateWord(
            "released", pgettext_lazy("exchange state", "Given back"), "over", "circle-slash"
        ),
    )


def _card_hold() -> tuple[StateWord, ...]:
    return (
        StateWord("asked", pgettext_lazy("card state", "Being asked"), "step", "ring-2"),
        StateWord("held", pgettext_lazy("card state", "Held"), "hold", "lock"),
        StateWord("refused", pgettext_lazy("card state", "Refused"), "danger", "circle-x"),
        StateWord("capture_asked", pgettext_lazy("card state", "Being charged"), "step", "send"),
        StateWord("captured", pgettext_lazy("card state", "Charged"), "warn", "stamp"),
        StateWord("release_asked", pgettext_lazy("card state", "Being released"), "step", "undo-2"),
        StateWord("released", pgettext_lazy("card state", "Released"), "ok", "disc-check"),
        StateWord("lapsed", pgettext_lazy("card state", "Lapsed"), "over", "archive"),
    )


STATES = {
    "return_label": _return_label(),
    "exchange": _exchange(),
    "card_hold": _card_hold(),
}

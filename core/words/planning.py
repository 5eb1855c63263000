"""The words of states in planning: bands of cover, proposals."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from core.words.state_word import StateWord


def _cover_band() -> tuple[StateWord, ...]:
    return (
        StateWord("red", pgettext_lazy("cover band", "Red"), "danger", "circle-alert"),
        StateWord("yellow", pgettext_lazy("cover band", "Yellow"), "warn", "triangle-alert"),
        StateWord("green", pgettext_lazy("cover band", "Green"), "ok", "circle-check"),
    )


def _proposal() -> tuple[StateWord, ...]:
    return (
        StateWord("open", pgettext_lazy("proposal state", "Open"), "idle", "ring-dashed"),
        StateWord("snoozed", pgettext_lazy("proposal state", "Snoozed"), "hold", "clock"),
        StateWord("accepted", pgettext_lazy("proposal state", "Accepted"), "ok", "disc-check"),
        StateWord("dismissed", pgettext_lazy("proposal state", "Dismissed"), "over", "circle-x"),
        StateWord("lapsed", pgettext_lazy("proposal state", "Lapsed"), "over", "circle-slash"),
    )


STATES = {
    "cover_band": _cover_band(),
    "proposal": _proposal(),
}

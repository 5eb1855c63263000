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


def _planning_mode() -> tuple[StateWord, ...]:
    return (
        StateWord("normal", pgettext_lazy("planning mode", "Normal"), "ok", "circle-check"),
        StateWord("conservative", pgettext_lazy("planning mode", "Conservative"), "warn", "shield"),
    )


def _risk_level() -> tuple[StateWord, ...]:
    return (
        StateWord("low", pgettext_lazy("risk level", "Low"), "idle", "ring-dashed"),
        StateWord("medium", pgettext_lazy("risk level", "Medium"), "warn", "triangle-alert"),
        StateWord("high", pgettext_lazy("risk level", "High"), "danger", "circle-alert"),
    )


def _risk_response() -> tuple[StateWord, ...]:
    return (
        StateWord("active", pgettext_lazy("risk response", "Active"), "warn", "shield"),
        StateWord("reversed", pgettext_lazy("risk response", "Taken back"), "over", "circle-slash"),
    )


def _risk_step() -> tuple[StateWord, ...]:
    return (
        StateWord("planned", pgettext_lazy("risk step", "Waiting"), "idle", "ring-dashed"),
        StateWord("done", pgettext_lazy("risk step", "Done"), "ok", "disc-check"),
        StateWord("undone", pgettext_lazy("risk step", "Taken back"), "over", "circle-slash"),
        StateWord("overtaken", pgettext_lazy("risk step", "Changed since"), "hold", "circle-alert"),
    )


STATES = {
    "planning_mode": _planning_mode(),
    "risk_level": _risk_level(),
    "risk_response": _risk_response(),
    "risk_step": _risk_step(),
    "cover_band": _cover_band(),
    "proposal": _proposal(),
}

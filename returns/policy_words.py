"""The words of return policies: refusals, effects, outcomes, ways back, reasons of a review."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from returns.domain.policy_effects import BY_NAME
from returns.models import ReturnLine, ReturnRequest

OUTCOMES: dict[str, Any] = dict(ReturnLine.Resolution.choices)
METHODS: dict[str, Any] = dict(ReturnRequest.Method.choices)
EVENTS: dict[str, Any] = dict(ReturnRequest.Event.choices)
PAYERS: dict[str, Any] = {"seller": _("us"), "customer": _("the customer")}
STARTS: dict[str, Any] = {
    "delivered": _("delivery"),
    "shipped": _("hand-over to the carrier"),
    "ordered": _("the order"),
}
KEEPS: dict[str, Any] = {
    "no": _("no, it comes back"),
    "keep": _("yes, to keep"),
    "donate": _("yes, to give away"),
}
CHOICES: dict[str, dict[str, Any]] = {
    "window_start": STARTS,
    "keep": KEEPS,
    "label_payer": PAYERS,
    "money_when": EVENTS,
    "outcomes": OUTCOMES,
    "with_outcomes": OUTCOMES,
    "without_outcomes": OUTCOMES,
    "methods": METHODS,
    "without_methods": METHODS,
}
REFUSALS: dict[str, Any] = {
    "": _("May come back"),
    "NOT_SHIPPED": _("Not sent yet"),
    "NOT_DELIVERED": _("Not delivered yet"),
    "OUT_OF_WINDOW": _("The window is over"),
    "FINAL_SALE": _("Final sale"),
    "REFUSED_BY_RULE": _("A rule takes nothing back"),
    "NO_OUTCOME_LEFT": _("No outcome is offered"),
    "OUTCOME_NOT_OFFERED": _("This outcome is not offered"),
    "METHOD_NOT_OFFERED": _("This way back is not offered"),
}
REVIEWS: dict[str, Any] = {
    "NO_EXCHANGE_RATE": _("The order's currency has no exchange rate"),
    "NO_DESTINATION": _("No warehouse takes the goods"),
    "DESTINATION_CLOSED": _("The rule's warehouse is closed"),
}


def effect_text(name: str, value: object) -> str:
    """Return one effect in words: "Days to return: 30"."""
    return f"{gettext(BY_NAME[name].text)}: {value_text(name, value)}"


def value_text(name: str, value: object) -> str:
    """Return the value of an effect in words."""
    words = CHOICES.get(name, {})
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, (list, tuple)):
        return ", ".join(str(words.get(code, code)) for code in value)
    if BY_NAME[name].kind == "percent":
        return f"{value} %"
    return str(words.get(str(value), value))


def effect_texts(effects: dict[str, Any]) -> list[str]:
    """Return the effects of a rule in words, in the order of the editor."""
    return [effect_text(name, effects[name]) for name in BY_NAME if name in effects]


def review_text(code: str) -> str:
    """Return why a person decides: a reason of ours, else the code of the rule that says so."""
    return str(REVIEWS[code]) if code in REVIEWS else gettext("rule %(code)s") % {"code": code}

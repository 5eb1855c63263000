"""What a rule of the return policy may set, and how a typed value is read.

Each effect is one question ("how long is the window?"). Of all rules that hold, the one with the
smallest priority number answers it; rules that answer other questions stand beside it. Four
effects gather instead: the legal minimum and the open-until day take the largest, added and
withdrawn outcomes and withdrawn methods are united.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

EffectValue = bool | int | str | Decimal | dt.date | tuple[str, ...]

OUTCOMES: Final = ("refund", "store_credit", "exchange", "replacement", "repair", "returnless")
METHODS: Final = ("label", "qr", "own", "drop_off", "store", "pickup")
EVENTS: Final = ("label", "in_transit", "received", "validated", "manual")
LONGEST_WINDOW: Final = 3_650


def _(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing a rule may set. `kind`: days, percent, amount, yes_no, choice, codes, day, text.

    `is_of_request`: it holds for the request as a whole, by the first rule that holds for a line.
    """

    name: str
    kind: str
    text: str
    choices: tuple[str, ...] = ()
    is_of_request: bool = False


EFFECTS: Final[tuple[Effect, ...]] = (
    Effect("window_days", "days", _("Days to return (-1: without end)")),
    Effect("window_start", "choice", _("Counted from"), ("delivered", "shipped", "ordered")),
    Effect("min_window_days", "days", _("Never fewer days than")),
    Effect("open_until", "day", _("Open at least until")),
    Effect("extends_to_workday", "yes_no", _("A last day off moves to the next working day")),
    Effect("reject", "yes_no", _("Take nothing back")),
    Effect("final_sale", "yes_no", _("Final sale")),
    Effect("keep", "choice", _("Customer keeps the item"), ("no", "keep", "donate")),
    Effect("outcomes", "codes", _("Outcomes on offer"), OUTCOMES[:-1]),
    Effect("with_outcomes", "codes", _("Also offer"), OUTCOMES[:-1]),
    Effect("without_outcomes", "codes", _("Do not offer"), OUTCOMES[:-1]),
    Effect("methods", "codes", _("Ways back on offer"), METHODS),
    Effect("without_methods", "codes", _("Ways back not offered"), METHODS),
    Effect("reason_groups", "text", _("Reason groups on offer, with commas")),
    Effect("restocking_percent", "percent", _("Restocking fee, percent of the line")),
    Effect("bonus_percent", "percent", _("Bonus on store credit, percent")),
    Effect("review", "yes_no", _("A person decides"), is_of_request=True),
    Effect(
        "return_shipping_amount",
        "amount",
        _("Fee for the way back, base currency"),
        is_of_request=True,
    ),
    Effect("label_payer", "choice", _("Label paid by"), ("seller", "customer"), is_of_request=True),
    Effect("refund_shipping", "yes_no", _("Refund the original shipping"), is_of_request=True),
    Effect("money_when", "choice", _("Money moves"), EVENTS, is_of_request=True),
    Effect("destination", "text", _("Goods go to warehouse"), is_of_request=True),
)
BY_NAME: Final = {effect.name: effect for effect in EFFECTS}
GATHERED: Final = frozenset(
    {"min_window_days", "open_until", "with_outcomes", "without_outcomes", "without_methods"}
)

#: What holds where no rule says otherwise. Source: behaviours.md part 6 (return window).
FALLBACK: Final[Mapping[str, EffectValue]] = {
    "window_days": 30,
    "window_start": "delivered",
    "extends_to_workday": True,
    "reject": False,
    "final_sale": False,
    "keep": "no",
    "outcomes": ("refund", "store_credit", "exchange"),
    "methods": METHODS,
    "reason_groups": "",
    "restocking_percent": Decimal(0),
    "bonus_percent": Decimal(0),
    "review": False,
    "return_shipping_amount": Decimal(0),
    "label_payer": "seller",
    "refund_shipping": False,
    "money_when": "validated",
    "destination": "",
}


class BadEffect(ValueError):
    """An effect that can't be stored; `name` is the effect, `why` a code."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name, self.why = name, why


def read(stored: Mapping[str, object]) -> dict[str, EffectValue]:
    """Return the typed effects of a stored (JSON) or typed mapping; empty values are left out.

    Raises:
        BadEffect: UNKNOWN_EFFECT, NOT_A_NUMBER, OUT_OF_BOUNDS, NOT_A_DAY, NOT_A_CHOICE.
    """
    typed: dict[str, EffectValue] = {}
    for name, raw in stored.items():
        effect = BY_NAME.get(name)
        if effect is None:
            raise BadEffect(name, "UNKNOWN_EFFECT")
        if raw is None or raw in ("", [], ()):
            continue
        typed[name] = _READERS[effect.kind](effect, raw)
    return typed


def as_json(effects: Mapping[str, EffectValue]) -> dict[str, object]:
    """Return effects as they are stored: amounts and days as text, codes as lists."""
    return {name: _plain(value) for name, value in effects.items()}


def _plain(value: EffectValue) -> object:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, dt.date) else value


def _number(effect: Effect, raw: object, low: Decimal, high: Decimal) -> Decimal:
    try:
        value = Decimal(str(raw))
    except InvalidOperation as error:
        raise BadEffect(effect.name, "NOT_A_NUMBER") from error
    if not value.is_finite():
        raise BadEffect(effect.name, "NOT_A_NUMBER")
    if not low <= value <= high:
        raise BadEffect(effect.name, "OUT_OF_BOUNDS")
    return value


def _days(effect: Effect, raw: object) -> int:
    low = Decimal(-1) if effect.name == "window_days" else Decimal(0)
    value = _number(effect, raw, low, Decimal(LONGEST_WINDOW))
    if value != int(value):
        raise BadEffect(effect.name, "NOT_A_NUMBER")
    return int(value)


def _percent(effect: Effect, raw: object) -> Decimal:
    return _number(effect, raw, Decimal(0), Decimal(100))


def _amount(effect: Effect, raw: object) -> Decimal:
    return _number(effect, raw, Decimal(0), Decimal(100_000))


def _yes_no(effect: Effect, raw: object) -> bool:
    answers = {True: True, False: False, "true": True, "false": False, "yes": True, "no": False}
    answer = answers.get(raw) if isinstance(raw, (bool, str)) else None
    if answer is None:
        raise BadEffect(effect.name, "NOT_A_CHOICE")
    return answer


def _choice(effect: Effect, raw: object) -> str:
    if raw not in effect.choices:
        raise BadEffect(effect.name, "NOT_A_CHOICE")
    return str(raw)


def _codes(effect: Effect, raw: object) -> tuple[str, ...]:
    parts = raw if isinstance(raw, (list, tuple)) else str(raw).split(",")
    codes = tuple(dict.fromkeys(str(part).strip() for part in parts))
    if any(code not in effect.choices for code in codes):
        raise BadEffect(effect.name, "NOT_A_CHOICE")
    return codes


def _day(effect: Effect, raw: object) -> dt.date:
    try:
        return raw if isinstance(raw, dt.date) else dt.date.fromisoformat(str(raw))
    except ValueError as error:
        raise BadEffect(effect.name, "NOT_A_DAY") from error


def _text(effect: Effect, raw: object) -> str:
    text = str(raw).strip()
    if len(text) > 200:
        raise BadEffect(effect.name, "OUT_OF_BOUNDS")
    return text


_READERS: Final[Mapping[str, Callable[[Effect, object], EffectValue]]] = {
    "days": _days,
    "percent": _percent,
    "amount": _amount,
    "yes_no": _yes_no,
    "choice": _choice,
    "codes": _codes,
    "day": _day,
    "text": _text,
}

"""How an app declares a setting: name, default, type and the sentence on the settings page.

Pure, so that `<app>/domain/defaults.py` can declare beside the code that uses the value. The
declarations are listed in `config/wiring.py:SETTINGS`; `core.settings_store` reads the rows.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

SettingKind = Literal["int", "decimal", "bool", "text", "choice", "words", "time"]
SettingValue = int | Decimal | bool | str | tuple[str, ...] | dt.time


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """One setting. `name` is `app.words`; `text` is an English sentence marked for translation.

    `unit` follows the value on screen (days, g, %). `minimum` and `maximum` bound numbers,
    `choices` lists the values of the kind `choice`. `source` names where the default comes from.
    """

    name: str
    default: SettingValue
    kind: SettingKind
    text: str
    unit: str = ""
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    choices: tuple[str, ...] = ()
    source: str = ""


def declare(
    name: str, default: SettingValue, kind: SettingKind, text: str, **more: Any
) -> SettingSpec:
    """Return a declaration whose default satisfies its own bounds.

    Raises:
        ValueError: the default is refused by the declaration.
    """
    spec = SettingSpec(name, default, kind, text, **more)
    check(spec, default)
    return spec


def parse(spec: SettingSpec, raw: str) -> SettingValue:
    """Return the typed value of a stored or typed text.

    Raises:
        ValueError: the text is no value of this kind, or out of bounds.
    """
    value = _parsed(spec, raw.strip())
    check(spec, value)
    return value


def _parsed(spec: SettingSpec, raw: str) -> SettingValue:
    match spec.kind:
        case "int":
            return int(raw)
        case "decimal":
            return _decimal(raw)
        case "bool":
            return _yes_or_no(raw)
        case "words":
            return tuple(word for word in raw.replace(",", " ").split() if word)
        case "time":
            return dt.time.fromisoformat(raw)
        case _:
            return raw


def _decimal(raw: str) -> Decimal:
    try:
        return Decimal(raw)
    except ArithmeticError as error:
        raise ValueError(f"{raw} is not a number") from error


def _yes_or_no(raw: str) -> bool:
    if raw.lower() not in {"true", "false"}:
        raise ValueError(f"{raw}: write true or false")
    return raw.lower() == "true"


def dump(value: SettingValue) -> str:
    """Return the text under which a value is stored; `parse` reads it back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return " ".join(value)
    return value.isoformat("minutes") if isinstance(value, dt.time) else str(value)


def check(spec: SettingSpec, value: SettingValue) -> None:
    """Refuse a value outside the bounds or choices of its declaration.

    Raises:
        ValueError: says the bound that was crossed.
    """
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if isinstance(value, Decimal) and not value.is_finite():
            raise ValueError(f"{value} is not a number")
        if spec.minimum is not None and value < spec.minimum:
            raise ValueError(f"{value} is below {spec.minimum}")
        if spec.maximum is not None and value > spec.maximum:
            raise ValueError(f"{value} is above {spec.maximum}")
    if spec.choices and value not in spec.choices:
        raise ValueError(f"{value} is none of {', '.join(spec.choices)}")

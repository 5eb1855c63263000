"""Personal data, declared: which field holds what, who may read it, and how it looks masked.

Every app declares its fields in `personal_data.py` (`core.pii.declare("customers.Customer",
"email", "contact")`), which is read at start. Export, erasure, masking and the log filter read
this list; a test fails on a model field named like personal data that stands nowhere in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from core.permissions import Principal

#: `name`: who and roughly where (name, city, country). `contact`: how to reach a person (street,
#: phone, e-mail). `free_text`: may contain either. `secret`: never shown to anybody.
#: `staff`: the company's own people. `none`: named like personal data, but is none.
DataClass = Literal["name", "contact", "free_text", "secret", "staff", "none"]

NEEDED: dict[str, str | None] = {
    "name": "customers.view_names",
    "contact": "customers.view_pii",
    "free_text": "customers.view_pii",
    "secret": None,
    "staff": None,
    "none": None,
}
MASK = "•••"
_SUSPICIOUS = re.compile(
    r"(^|_)(name|email|mail|phone|street|line1|line2|address|postcode|zip|city|birth|passport|"
    r"tax_id|iban|ip|user_agent|gift_message|password|pin|secret|token|badge)(_|$)"
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """One field of one model and what kind of personal data it holds."""

    model: str
    field: str
    data_class: DataClass


_declared: dict[tuple[str, str], Declaration] = {}


def declare(model_label: str, field: str, data_class: DataClass) -> None:
    """Note what `model_label` (`app.Model`) keeps in `field`. Repeatable with the same class.

    Raises:
        ValueError: it was declared as something else.
    """
    entry = Declaration(model_label, field, data_class)
    known = _declared.setdefault((model_label.lower(), field), entry)
    if known.data_class != data_class:
        raise ValueError(f"{model_label}.{field} is declared as {known.data_class}")


def declare_many(model_label: str, fields: dict[str, DataClass]) -> None:
    """Note several fields of one model."""
    for field, data_class in fields.items():
        declare(model_label, field, data_class)


def declarations() -> list[Declaration]:
    """Return every declared field, ordered by model and field."""
    return [_declared[key] for key in sorted(_declared)]


def looks_personal(field: str) -> bool:
    """Say whether a field's name suggests personal data, so that it must be declared."""
    return _SUSPICIOUS.search(field) is not None


def is_declared(model_label: str, field: str) -> bool:
    """Say whether the field stands in the list."""
    return (model_label.lower(), field) in _declared


def may_read(principal: Principal, data_class: DataClass) -> bool:
    """Say whether the principal may see this kind of personal data in clear."""
    needed = NEEDED[data_class]
    if data_class == "secret":
        return False
    return needed is None or principal.may(needed)


def show(principal: Principal, value: str | None, data_class: DataClass) -> str:
    """Return the value for those who may read it, its mask for everyone else; empty stays empty."""
    if not value:
        return ""
    return value if may_read(principal, data_class) else mask(value, data_class)


def mask(value: str, data_class: DataClass) -> str:
    """Return a text that shows that there is a value: the first letter of a name, else dots.

    `Anna Vos` becomes `A•••`; an e-mail, phone or street becomes `•••`.
    """
    return f"{value[0]}{MASK}" if value and data_class == "name" else MASK


def shown_fields(principal: Principal, model_label: str, fields: Iterable[str]) -> list[str]:
    """Return those of the fields that this principal may read in clear."""
    found = []
    for field in fields:
        entry = _declared.get((model_label.lower(), field))
        if entry is None or may_read(principal, entry.data_class):
            found.append(field)
    return found

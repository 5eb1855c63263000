"""What happens to each declared field when a customer is erased.

`of` says which rows belong to the person: a column and the kind of id it holds, such as
`{"order_id": "order"}`. A kind with a colon is a key (`{"order_key": "order:"}` matches
`order:17`); `"@email"` compares with the person's addresses, whatever their case. Several columns
mean any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from core import pii

Of = Mapping[str, str]
#: What a wiped field becomes: a value, or a function of the old one.
Fresh = str | int | None | Mapping[str, Any] | Callable[[Any], Any]
Act = Literal["part", "wipe", "remove", "files", "sweep", "keep"]
#: Ask the field: "" for text, its default for JSON, null where it may be.
EMPTY: Final = "\x00empty"
PERSONAL: Final = frozenset({"name", "contact", "free_text"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One act upon one model's rows of a person. `kind` names the ids that a part adds."""

    act: Act
    model: str
    of: Of = field(default_factory=dict)
    fields: Mapping[str, Fresh] = field(default_factory=dict)
    kind: str = ""
    why: str = ""

    @property
    def label(self) -> str:
        """Return the model's label in lower case, as it is compared."""
        return self.model.lower()


_rules: dict[tuple[str, str, tuple[str, ...], tuple[tuple[str, str], ...]], Rule] = {}


def _note(rule: Rule) -> None:
    identity = (rule.act, rule.label, tuple(rule.fields), tuple(sorted(rule.of.items())))
    _rules[identity] = rule


def part(kind: str, model: str, *, of: Of) -> None:
    """Say that these rows are of the person too: their ids count as `kind` in other rules."""
    _note(Rule("part", model, of, kind=kind))


def wipe(model: str, fields: Iterable[str] | Mapping[str, Fresh], *, of: Of) -> None:
    """Empty these fields of the person's rows, or set them to what the mapping says."""
    values = fields if isinstance(fields, Mapping) else dict.fromkeys(fields, EMPTY)
    _note(Rule("wipe", model, of, dict(values)))


def remove(model: str, *, of: Of) -> None:
    """Delete the person's rows of this model."""
    _note(Rule("remove", model, of))


def files(model: str, fields: Iterable[str], *, of: Of) -> None:
    """Take the content of the stored files that these columns of the person's rows name."""
    _note(Rule("files", model, of, dict.fromkeys(fields, EMPTY)))


def sweep(model: str, fields: Iterable[str]) -> None:
    """Take the person's values out of these fields wherever they stand, in rows of anybody."""
    _note(Rule("sweep", model, {}, dict.fromkeys(fields, EMPTY)))


def keep(model: str, fields: Iterable[str], *, why: str) -> None:
    """Leave these fields as they are, and say why that is right."""
    _note(Rule("keep", model, {}, dict.fromkeys(fields, EMPTY), why=why))


def rules(*acts: Act) -> list[Rule]:
    """Return the rules of these acts, all without any, in the order they were written."""
    return [rule for rule in _rules.values() if not acts or rule.act in acts]


def rows_of(kind: str) -> list[Rule]:
    """Return the rules by which rows become part of a person under this kind."""
    return [rule for rule in rules("part") if rule.kind == kind]


def uncovered() -> list[str]:
    """Return every declared personal field, as `app.Model.field`, that no rule covers."""
    removed = {rule.label for rule in rules("remove")}
    covered = {
        (rule.label, name) for rule in rules("wipe", "sweep", "keep") for name in rule.fields
    }
    return [
        f"{entry.model}.{entry.field}"
        for entry in pii.declarations()
        if entry.data_class in PERSONAL
        and entry.model.lower() not in removed
        and (entry.model.lower(), entry.field) not in covered
    ]

"""The words by which a person is known, and how they are taken out of other texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Model, Q

from core.erasing.rules import Rule, rules
from core.erasing.subject import Subject, model_of, rows

GONE: Final = "•••"
#: A shorter word stands in too many texts that mean something else.
SHORTEST: Final = 6
#: Two characters are a whole name in Chinese.
SHORTEST_HAN: Final = 2
#: Parts of an address that say nothing on their own, and stay where they are useful.
_VAGUE: Final = re.compile(r"(^|_)(city|region|country|language|brand)(_|$)")
#: Texts a person wrote: gone from their rows, too long to be searched for elsewhere.
_LONGEST: Final = 200
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


@dataclass(slots=True)
class Words:
    """Values of one person. `own` are nobody else's; `shared` are cut from own rows only."""

    own: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)


def words_of(subject: Subject) -> Words:
    """Read the person's values from the fields that are about to be wiped."""
    words = Words()
    wiping = rules("wipe", "remove")
    for rule in wiping:
        names = _columns(rule)
        if names:
            for row in rows(rule.model, rule.of, subject).values_list(*names).iterator():
                for name, value in zip(names, row, strict=True):
                    _collect(words, name, value)
    words.own |= subject.emails
    words.shared |= _also_of_others(words.own, subject, wiping)
    words.own -= words.shared
    return words


def _columns(rule: Rule) -> list[str]:
    model = model_of(rule.model)
    if rule.act == "wipe":
        return list(rule.fields)
    return [one.name for one in model._meta.concrete_fields if _is_text(one)]


def _is_text(column: Any) -> bool:
    return (
        column.get_internal_type() in ("CharField", "TextField", "EmailField", "JSONField")
        and not column.name.endswith(("_hash", "_key", "code"))
        and not column.choices
    )


def _collect(words: Words, name: str, value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _collect(words, str(key), inner)
    elif isinstance(value, list):
        for inner in value:
            _collect(words, name, inner)
    elif isinstance(value, str):
        text = value.strip()
        if not text or len(text) > _LONGEST:
            return
        least = SHORTEST_HAN if _HAN.search(text) else SHORTEST
        if len(text) < least or _VAGUE.search(name):
            if len(text) >= 3:
                words.shared.add(text)
        else:
            words.own.add(text)


def _also_of_others(values: set[str], subject: Subject, wiping: Iterable[Rule]) -> set[str]:
    """Return the values that rows of somebody else carry as well."""
    found: set[str] = set()
    asked = sorted(values)
    for rule in wiping:
        model = model_of(rule.model)
        for name in _plain_columns(model, rule):
            others = model._base_manager.filter(Q(**{f"{name}__in": asked}))
            others = others.exclude(subject.condition(rule.of))
            found |= set(others.values_list(name, flat=True).distinct())
    return found - subject.emails


def _plain_columns(model: type[Model], rule: Rule) -> list[str]:
    kinds = ("CharField", "TextField", "EmailField")
    return [
        name for name in _columns(rule) if model._meta.get_field(name).get_internal_type() in kinds
    ]


class Eraser:
    """Takes a set of values out of texts, JSON and bytes, whatever their case."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = sorted(set(values), key=lambda text: (-len(text), text))
        self._pattern = (
            re.compile("|".join(map(re.escape, self.values)), re.IGNORECASE)
            if self.values
            else None
        )
        coded = {form for text in self.values for form in _coded(text)}
        self._bytes = (
            re.compile(b"|".join(map(re.escape, sorted(coded, key=len, reverse=True))), re.I)
            if coded
            else None
        )

    def clean(self, value: Any) -> Any:
        """Return the value without the words; texts, lists, mappings and bytes are looked into."""
        if isinstance(value, str):
            return self._pattern.sub(GONE, value) if self._pattern else value
        if isinstance(value, dict):
            return {self.clean(key): self.clean(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.clean(inner) for inner in value]
        if isinstance(value, (bytes, memoryview)):
            raw = bytes(value)
            return self._bytes.sub(b"***", raw) if self._bytes else raw
        return value

    def needles(self) -> list[str]:
        """Return the forms in which the words may stand in a column, plain or as JSON."""
        return sorted({form for text in self.values for form in (text, json.dumps(text)[1:-1])})


def _coded(text: str) -> set[bytes]:
    return {text.encode(), json.dumps(text)[1:-1].encode()}

"""Take a person's values out of texts that no rule ties to the person: payloads, notes, logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db.models import BinaryField, Field, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from core import append_only, pii
from core.erasing.rules import rules
from core.erasing.subject import Subject, model_of
from core.erasing.values import Eraser

BATCH: Final = 500
#: The app of others whose rows may quote a customer: what was changed in the repair site. The
#: broker's rows hold ids of jobs only.
_FOREIGN: Final = ("admin",)
#: Comparisons of one statement; SQLite refuses trees of a thousand.
_TERMS: Final = 200
#: Sealed day by day: `core.audit.redacting` rewrites it and its proof together.
_SEALED: Final = frozenset({"core.auditentry", "core.auditseal"})
_ENDINGS: Final = ("_key", "_hash", "code", "path", "sha256")
#: Models whose rows name an object by key in these columns.
_TIED: Final = dict.fromkeys(("core.OutboxEvent", "core.OutboundMail", "core.Notice"), "target")


def sweep(subject: Subject, own: Eraser, all_words: Eraser) -> int:
    """Clean every free column of `own` words, and the person's rows of all; return rows changed."""
    changed = sum(_clean(model, names, own, None) for model, names in sweepable())
    for rule in rules("wipe", "part"):
        model = model_of(rule.model)
        names = [one.name for one in _texts(model)]
        if names:
            changed += _clean(model, names, all_words, subject.condition(rule.of))
    keys = sorted(subject.keys)
    for label, column in _TIED.items():
        model = model_of(label)
        names = [one.name for one in _texts(model)]
        changed += _clean(model, names, all_words, Q(**{f"{column}__in": keys}))
    return changed


def sweepable() -> Iterator[tuple[type[Model], list[str]]]:
    """Yield each model with the columns that may quote anybody."""
    asked = {(rule.label, name) for rule in rules("sweep") for name in rule.fields}
    for model in apps.get_models():
        label = model._meta.label_lower
        app = model._meta.app_label
        if label in _SEALED or model._meta.proxy or not model._meta.managed:
            continue
        if app not in settings.OUR_APPS and app not in _FOREIGN:
            continue
        names = [one.name for one in _texts(model)]
        names += [name for known, name in asked if known == label and name not in names]
        if names:
            yield model, names


def _texts(model: type[Model]) -> list[Field[Any, Any]]:
    """Return the columns of a model that hold free text, undeclared or declared as such."""
    label = model._meta.label_lower
    classes = {
        entry.field: entry.data_class
        for entry in pii.declarations()
        if entry.model.lower() == label
    }
    return [
        one
        for one in model._meta.concrete_fields
        if classes.get(one.name, "free_text") == "free_text" and _is_free(one)
    ]


def _is_free(column: Field[Any, Any]) -> bool:
    if column.choices or column.unique or column.name.endswith(_ENDINGS):
        return False
    kind = column.get_internal_type()
    if kind in ("TextField", "JSONField", "BinaryField"):
        return True
    return kind == "CharField" and (column.max_length or 0) >= 80


def _clean(model: type[Model], names: list[str], eraser: Eraser, only: Q | None) -> int:
    if not eraser.values:
        return 0
    changed: list[Any] = []
    for row in _rows(model, _holding(model, names, eraser, only)):
        before = {name: _raw(getattr(row, name)) for name in names}
        after = {name: eraser.clean(value) for name, value in before.items()}
        if before != after:
            for name, value in after.items():
                setattr(row, name, _fit(model, name, value))
            changed.append(row)
    if changed:
        with append_only.lifted(model._meta.db_table):
            model._base_manager.bulk_update(changed, names, batch_size=BATCH)
    return len(changed)


def _rows(model: type[Model], keys: list[Any]) -> Iterator[Any]:
    for start in range(0, len(keys), BATCH):
        part = model._base_manager.filter(pk__in=keys[start : start + BATCH])
        yield from part.order_by("pk")


def _raw(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _fit(model: type[Model], name: str, value: Any) -> Any:
    longest = getattr(model._meta.get_field(name), "max_length", None)
    return value[:longest] if isinstance(value, str) and longest else value


def _holding(model: type[Model], names: list[str], eraser: Eraser, only: Q | None) -> list[Any]:
    """Return the rows where a column contains one of the words; rows with bytes are all looked at.

    `only` narrows the rows down.
    """
    rows: QuerySet[Any] = model._base_manager.all()
    if only is not None:
        rows = rows.filter(only)
    columns = [model._meta.get_field(name) for name in names]
    if any(isinstance(column, BinaryField) for column in columns):
        return list(rows.values_list("pk", flat=True))
    aliases = []
    for column in columns:
        alias = column.name
        if column.get_internal_type() == "JSONField":
            alias = f"{column.name}_as_text"
            rows = rows.alias(**{alias: Cast(column.name, TextField())})
        aliases.append(alias)
    needles = eraser.needles()
    size = max(1, _TERMS // len(aliases))
    found: set[Any] = set()
    for start in range(0, len(needles), size):
        condition = Q()
        for needle in needles[start : start + size]:
            for alias in aliases:
                condition |= Q(**{f"{alias}__icontains": needle})
        found |= set(rows.filter(condition).values_list("pk", flat=True))
    return sorted(found)

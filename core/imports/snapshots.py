"""Every column of a row as text, to compare and restore it exactly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.db import models

from core.imports.kinds import Change, UndoReport


def snapshot(row: models.Model) -> dict[str, Any]:
    """Return column name -> text (None stays None, JSON stays JSON); `restored_values` reads it."""
    found: dict[str, Any] = {}
    for column in row._meta.concrete_fields:
        value = getattr(row, column.attname)
        if value is None or isinstance(column, models.JSONField):
            found[column.attname] = value
        else:
            found[column.attname] = column.value_to_string(row)
    return found


def restored_values(model: type[models.Model], kept: dict[str, Any]) -> dict[str, Any]:
    """Return column name -> typed value of a snapshot, without the primary key."""
    values: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        if column.primary_key:
            continue
        value = kept[column.attname]
        is_plain = value is None or isinstance(column, models.JSONField)
        values[column.attname] = value if is_plain else column.to_python(value)
    return values


def created(row: models.Model) -> Change:
    """Return the change that says `row` is new."""
    return Change(row._meta.label, row.pk, str(row)[:160], None, snapshot(row))


def changed(row: models.Model, before: dict[str, Any]) -> Change:
    """Return the change that says `row` was `before`."""
    return Change(row._meta.label, row.pk, str(row)[:160], before, snapshot(row))


def take_back(
    changes: Iterable[Change],
    model: type[models.Model],
    *,
    owned: tuple[type[models.Model], ...] = (),
    derived: frozenset[str] = frozenset(),
) -> UndoReport:
    """Restore or remove the rows of one model; rows changed since, or in use, stay and are listed.

    `owned` models belong to the row and are removed with it (their foreign key cascades). `derived`
    columns are caches: a difference there is no change by a person.
    Call it from a service of the app that owns `model`, inside a transaction.
    """
    report = UndoReport()
    mine = [change for change in changes if change.model == model._meta.label]
    current = model._base_manager.in_bulk([change.object_id for change in mine])
    removable: list[Change] = []
    for change in mine:
        row = current.get(change.object_id)
        if row is None or not _is_as_left(row, change.after, derived):
            report.touched.append(change.label)
        elif change.before is None:
            removable.append(change)
        else:
            values = restored_values(model, change.before)
            model._base_manager.filter(pk=change.object_id).update(**values)
            report.restored += 1
    _remove(removable, model, report, owned)
    return report


def _is_as_left(row: models.Model, after: dict[str, Any], derived: frozenset[str]) -> bool:
    """Say whether every column still has the value the import left; 3.5 equals 3.5000."""
    left = restored_values(type(row), after)
    return all(getattr(row, name) == left[name] for name in left.keys() - derived)


def _remove(
    removable: Sequence[Change],
    model: type[models.Model],
    report: UndoReport,
    owned: tuple[type[models.Model], ...],
) -> None:
    used = _in_use([change.object_id for change in removable], model, owned)
    report.in_use.extend(change.label for change in removable if change.object_id in used)
    free = [change.object_id for change in removable if change.object_id not in used]
    for start in range(0, len(free), 500):
        model._base_manager.filter(pk__in=free[start : start + 500]).delete()
    report.removed += len(free)


def _in_use(
    ids: list[int], model: type[models.Model], owned: tuple[type[models.Model], ...]
) -> set[int]:
    """Return the ids that any row of another model points at, `owned` ones aside."""
    used: set[int] = set()
    for other in apps.get_models():
        if other in owned:
            continue
        for column in other._meta.concrete_fields:
            if not isinstance(column, models.ForeignKey) or column.related_model is not model:
                continue
            for start in range(0, len(ids), 500):
                part = {f"{column.attname}__in": ids[start : start + 500]}
                pointing = other._base_manager.filter(**part)
                used.update(pointing.values_list(column.attname, flat=True).distinct())
    return used

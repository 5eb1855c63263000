"""Insert many rows of one model quickly: COPY on PostgreSQL, executemany on SQLite.

Measured on 510,000 order lines of 22 columns, beside building the rows: `bulk_create` spends most
of its time on model instances and on SQL text; this adapter sends values only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

PAGE = 5_000


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    fixed: Mapping[str, Any] | None = None,
) -> int:
    """Insert rows given as sequences of values for `columns` (attribute names, FKs with `_id`).

    `fixed` holds columns that have one value in all rows; every other column takes its default.
    Constraints of the database hold as always; nothing of the model's Python runs. Call it inside
    a transaction. Returns how many rows were inserted.
    """
    known = {field.attname: field for field in model._meta.concrete_fields}
    constants = _constants(known, set(columns), fixed or {})
    varying = [known[name] for name in columns]
    ordered = [*varying, *(known[name] for name in constants)]
    tail = tuple(constants.values())
    write = _copy if connection.vendor == "postgresql" else _executemany
    return write(model._meta.db_table, ordered, _prepared(varying, rows, tail))


def _constants(
    known: Mapping[str, models.Field[Any, Any]], given: set[str], fixed: Mapping[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in known.items():
        if name in given or field.primary_key:
            continue
        value = fixed[name] if name in fixed else field.get_default()
        found[name] = _preparer(field)(value)
    return found


def _same(value: Any) -> Any:
    return value


def _preparer(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """Return the function that turns a Python value into what the driver of this database takes."""
    if isinstance(field, models.JSONField):
        return lambda value: None if value is None else json.dumps(value, ensure_ascii=False)
    if connection.vendor == "postgresql":
        return _same
    if isinstance(field, models.DecimalField | models.DateTimeField | models.DateField):

        @lru_cache(maxsize=65_536)
        def prepare(value: Any) -> Any:
            return field.get_db_prep_save(value, connection)

        return prepare
    if isinstance(field, models.BooleanField):
        return lambda value: None if value is None else int(value)
    return _same


def _prepared(
    fields: Sequence[models.Field[Any, Any]],
    rows: Iterable[Sequence[Any]],
    tail: tuple[Any, ...],
) -> Iterable[tuple[Any, ...]]:
    """Yield the rows with the values of all columns; only those that need it are converted."""
    preparers = [
        (place, prepare)
        for place, field in enumerate(fields)
        if (prepare := _preparer(field)) is not _same
    ]
    for row in rows:
        if len(row) != len(fields):
            raise ValueError(f"a row has {len(row)} values for {len(fields)} columns")
        values = list(row)
        for place, prepare in preparers:
            values[place] = prepare(values[place])
        yield (*values, *tail)


def _copy(
    table: str, fields: Sequence[models.Field[Any, Any]], rows: Iterable[tuple[Any, ...]]
) -> int:
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    statement = f"COPY {connection.ops.quote_name(table)} ({names}) FROM STDIN"
    ready = list(rows)  # the connection can't answer a query that `rows` may make while it copies
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in ready:
            copy.write_row(row)
    return len(ready)


def _executemany(
    table: str, fields: Sequence[models.Field[Any, Any]], rows: Iterable[tuple[Any, ...]]
) -> int:
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    quoted = connection.ops.quote_name(table)
    statement = f"INSERT INTO {quoted} ({names}) VALUES ({marks})"  # noqa: S608  # names of our own models
    count = 0
    page: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for row in rows:
            page.append(row)
            count += 1
            if len(page) == PAGE:
                cursor.executemany(statement, page)
                page.clear()
        if page:
            cursor.executemany(statement, page)
    return count

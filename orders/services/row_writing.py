"""Insert a handful of rows with one plain INSERT each table.

`bulk_create` spends more on preparing one wide row than the database spends on storing it: about
0.5 ms for an order of 55 columns, three times what this takes. For many rows it is as good, so
they go through it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, TypeVar

from django.db import connection, models
from django.db.models.fields.json import JSONField

M = TypeVar("M", bound=models.Model)

#: Up to so many rows the plain INSERT is the cheaper one.
FEW_ROWS: Final = 20
BATCH: Final = 500
Convert = Callable[[Any], Any]


def insert_rows(rows: Sequence[M]) -> None:
    """Insert rows of one model and give them their ids; one statement for up to 20 rows.

    Fields with an automatic value on insert are not supported, as with `bulk_create`.
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql" or len(rows) > FEW_ROWS:
        model._default_manager.bulk_create(rows, batch_size=BATCH)
        return
    begin, marks, columns = _insert_of(model)
    values = [
        convert(value) if convert is not None and value is not None else value
        for row in rows
        for name, convert in columns
        for value in (getattr(row, name),)
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"{begin}{', '.join([marks] * len(rows))} RETURNING id", values)
        ids = cursor.fetchall()
    for row, (pk,) in zip(rows, ids, strict=True):
        row.pk = pk
        row._state.adding = False
        row._state.db = connection.alias


Column = tuple[str, Convert | None]


@cache
def _insert_of(model: type[models.Model]) -> tuple[str, str, tuple[Column, ...]]:
    """Return the head of the INSERT, the marks of one row, each column's name and conversion."""
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(quote(str(field.column)) for field in fields)
    begin = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES "  # noqa: S608  # names only
    marks = f"({', '.join(['%s'] * len(fields))})"
    return begin, marks, tuple((field.attname, _conversion(field)) for field in fields)


def _conversion(field: models.Field[Any, Any]) -> Convert | None:
    """Return what turns a value into the driver's; None where the driver takes it as it is."""
    if isinstance(field, JSONField):
        return lambda value: field.get_db_prep_save(value, connection)
    if isinstance(field, models.DecimalField):
        return lambda value: field.get_db_prep_save(value, connection)
    if isinstance(field, models.CharField) and field.choices:
        return str
    return None

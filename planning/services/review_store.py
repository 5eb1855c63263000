"""Write thousands of rows of one table over those that are there, in a few statements.

PostgreSQL takes a batch as one JSON parameter: adapting each value by itself costs more processor
time than the whole review computes. SQLite goes through `bulk_create`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

BATCH: Final = 2_000


def upsert(
    rows: Sequence[models.Model],
    *,
    unique: Sequence[str],
    update: Sequence[str],
    with_keys: bool = False,
) -> None:
    """Insert rows of one model; where `unique` fields are taken, set the `update` fields.

    Without `update` a taken key is an error. `with_keys` writes the rows' own primary keys. Keys
    of new rows are not filled in. Runs in the caller's transaction.
    """
    if not rows:
        return
    if connection.vendor != "postgresql":
        _through_django(rows, unique, update)
        return
    model = type(rows[0])
    fields = [one for one in model._meta.concrete_fields if with_keys or not one.primary_key]
    statement = _statement(model, fields, unique, update)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            batch = [
                {one.column: getattr(row, one.attname) for one in fields}
                for row in rows[start : start + BATCH]
            ]
            cursor.execute(statement, [json.dumps(batch, cls=_Encoder, ensure_ascii=False)])


class _Encoder(DjangoJSONEncoder):
    """Writes moments in full: JSON for people cuts them to milliseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _through_django(
    rows: Sequence[models.Model], unique: Sequence[str], update: Sequence[str]
) -> None:
    manager = type(rows[0])._base_manager
    if update:
        manager.bulk_create(
            rows,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=list(unique),
            update_fields=list(update),
        )
    else:
        manager.bulk_create(rows, batch_size=BATCH)


def _statement(
    model: type[models.Model],
    fields: Sequence[models.Field[Any, Any]],
    unique: Sequence[str],
    update: Sequence[str],
) -> str:
    """Return the statement: names come from our own models, values from one parameter."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = ", ".join(quote(str(one.column)) for one in fields)
    text = (
        f"INSERT INTO {table} ({names}) SELECT {names} "  # noqa: S608  # own names
        f"FROM json_populate_recordset(NULL::{table}, %s::json)"
    )
    if not update:
        return text
    columns = {one.name: quote(str(one.column)) for one in model._meta.concrete_fields}
    keys = ", ".join(columns[name] for name in unique)
    values = ", ".join(f"{columns[name]} = EXCLUDED.{columns[name]}" for name in update)
    return f"{text} ON CONFLICT ({keys}) DO UPDATE SET {values}"

"""Write thousands of rows of one table over those that are there, in a few statements.

PostgreSQL takes a batch as one JSON parameter: adapting each value by itself costs more processor
time than the whole review computes. It stores one batch while the next one is made. SQLite goes
through `bulk_create`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

BATCH: Final = 500


def upsert(
    model: type[models.Model],
    rows: Iterable[models.Model],
    *,
    unique: Sequence[str],
    update: Sequence[str],
    with_keys: bool = False,
) -> None:
    """Insert rows of a model; where `unique` fields are taken, set the `update` fields.

    Without `update` a taken key is an error. `with_keys` writes the rows' own primary keys. Keys
    of new rows are not filled in. Runs in the caller's transaction.
    """
    if connection.vendor != "postgresql":
        _through_django(model, rows, unique, update)
        return
    fields = [one for one in model._meta.concrete_fields if with_keys or not one.primary_key]
    statement = _statement(model, fields, unique, update)
    with connection.cursor() as cursor, _sent_ahead():
        for some in _batches(rows):
            batch = [{one.column: getattr(row, one.attname) for one in fields} for row in some]
            cursor.execute(statement, [json.dumps(batch, cls=_Encoder, ensure_ascii=False)])


def _batches(rows: Iterable[models.Model]) -> Iterator[list[models.Model]]:
    waiting = iter(rows)
    while some := list(islice(waiting, BATCH)):
        yield some


@contextmanager
def _sent_ahead() -> Iterator[None]:
    """Send statements without waiting for their answers; a fault shows at the end at the latest."""
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


class _Encoder(DjangoJSONEncoder):
    """Writes moments in full: JSON for people cuts them to milliseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _through_django(
    model: type[models.Model],
    rows: Iterable[models.Model],
    unique: Sequence[str],
    update: Sequence[str],
) -> None:
    manager = model._base_manager
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

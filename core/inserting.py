"""Insert many plain rows with one statement, for the tables that every write touches.

`bulk_create` costs about a millisecond of processor time per call, whatever the number of rows;
an audit entry and a fact with each order would make that the larger part of the work.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

BATCH = 500


def insert_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows in the caller's transaction, one statement per 500 (fewer on SQLite).

    Values are text, numbers, None, aware datetimes, and mappings for JSON columns. Table and
    columns are names from our own code, never input. Columns not named get the table's default.
    """
    most = connection.features.max_query_params
    size = min(BATCH, most // len(columns)) if most else BATCH
    names = ", ".join(f'"{column}"' for column in columns)
    group = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            batch = rows[start : start + size]
            groups = ", ".join([group] * len(batch))
            values = [_adapted(value) for row in batch for value in row]
            cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES {groups}', values)  # noqa: S608  # own names


def _adapted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return json.dumps(dict(value))
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value

"""Let a test database be emptied on SQLite although triggers refuse to delete from some tables.

Django empties tables with DELETE there; PostgreSQL truncates, which row triggers do not see. Only
the emptying between tests goes around the triggers: they are dropped and made again in the same
list of statements, from what the database itself says they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper

# Its own module can't be imported first: it and `base` import each other.
DatabaseOperations = DatabaseWrapper.ops_class
Statements = list[str]


def _triggers() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master "
            "WHERE type = 'trigger' AND name LIKE 'append_only_%' ORDER BY name"
        )
        return cursor.fetchall()


def let_sqlite_flush(patch: pytest.MonkeyPatch) -> None:
    """Wrap SQLite's emptying of tables for as long as `patch` lives."""
    plain: Callable[..., Statements] = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **kwargs: Any) -> Statements:
        triggers = _triggers()
        return [
            *(f'DROP TRIGGER "{name}"' for name, _ in triggers),
            *plain(self, *args, **kwargs),
            *(sql for _, sql in triggers),
        ]

    patch.setattr(DatabaseOperations, "sql_flush", sql_flush)

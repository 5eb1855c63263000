"""Empty the database between tests quickly, append-only tables included.

Django truncates every table on PostgreSQL, each a handful of new files, and makes all content
types and permissions anew: a second for every test that commits. Here only tables that hold rows
are emptied, with DELETE, and what migrations made for good stays. Triggers that refuse to delete
are out of force for that moment: on SQLite they are dropped and made again in the same list of
statements, from what the database itself says they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper as Postgres
from django.db.backends.sqlite3.base import DatabaseWrapper as Sqlite
from django.db.models.signals import post_migrate

#: Filled once by `migrate`, the same for every test.
KEPT = frozenset({"django_content_type", "auth_permission"})
PERMISSIONS = "django.contrib.auth.management.create_permissions"
Statements = list[str]


def empty_quickly(patch: pytest.MonkeyPatch) -> None:
    """Wrap the emptying of tables for as long as `patch` lives."""
    patch.setattr(Postgres.ops_class, "sql_flush", _delete_what_is_there)
    plain: Callable[..., Statements] = Sqlite.ops_class.sql_flush

    def sql_flush(self: Any, style: Any, tables: Sequence[str], **options: Any) -> Statements:
        _keep_catalogues()
        triggers = _triggers()
        return [
            *(f'DROP TRIGGER "{name}"' for name, _ in triggers),
            *plain(self, style, [name for name in tables if name not in KEPT], **options),
            *(sql for _, sql in triggers),
        ]

    patch.setattr(Sqlite.ops_class, "sql_flush", sql_flush)


def _delete_what_is_there(
    self: Any,
    style: Any,
    tables: Sequence[str],
    *,
    reset_sequences: bool = False,
    allow_cascade: bool = False,
) -> Statements:
    """Return what empties the tables that hold rows; keys go on counting, as Django has it."""
    assert not reset_sequences, "keys that begin at 1 again are not offered here"
    _keep_catalogues()
    looked_at = sorted(set(tables) - KEPT)
    asked = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in looked_at
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        filled = [name for (name,) in cursor.fetchall()]
    return [
        "SET LOCAL session_replication_role = replica",
        *(f'DELETE FROM "{name}"' for name in filled),
        "SET LOCAL session_replication_role = origin",
    ]


def _keep_catalogues() -> None:
    """Let nobody look for missing content types and permissions: none is ever deleted."""
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(create_permissions, dispatch_uid=PERMISSIONS)


def _triggers() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master "
            "WHERE type = 'trigger' AND name LIKE 'append_only_%' ORDER BY name"
        )
        return cursor.fetchall()

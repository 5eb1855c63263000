"""Tables whose rows are never changed: a trigger on both databases refuses UPDATE and DELETE.

A migration ends with `append_only("core_auditentry")`. The refusal reaches Python as
`IntegrityError` on both databases. TRUNCATE on PostgreSQL is the business of the table's owner;
the role of the application does not need it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, migrations

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import StateApps

#: Tables named by any migration loaded so far; the architecture test looks for their triggers.
TABLES: set[str] = set()

_FUNCTION = """
CREATE OR REPLACE FUNCTION quayside_append_only() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$ LANGUAGE plpgsql
"""


def trigger_names(table: str, vendor: str) -> list[str]:
    """Return the names of the triggers that guard a table."""
    if vendor == "postgresql":
        return [f"append_only_{table}"]
    return [f"append_only_{table}_{verb}" for verb in ("update", "delete")]


def _add_statements(table: str, vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [
            _FUNCTION,
            f'CREATE TRIGGER "append_only_{table}" BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION quayside_append_only()",
        ]
    return [
        f'CREATE TRIGGER "append_only_{table}_{verb}" BEFORE {verb.upper()} ON "{table}" '
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("update", "delete")
    ]


def _remove_statements(table: str, vendor: str) -> list[str]:
    on = f' ON "{table}"' if vendor == "postgresql" else ""
    return [f'DROP TRIGGER IF EXISTS "{name}"{on}' for name in trigger_names(table, vendor)]


def append_only(table: str) -> migrations.RunPython:
    """Return the migration step that guards `table`, reversible.

    On SQLite a later change of the table's columns rebuilds it without triggers: repeat the step
    at the end of such a migration. The step may run twice.
    """
    TABLES.add(table)

    def add(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        vendor = editor.connection.vendor
        for statement in _remove_statements(table, vendor) + _add_statements(table, vendor):
            editor.execute(statement, params=None)

    def remove(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _remove_statements(table, editor.connection.vendor):
            editor.execute(statement, params=None)

    return migrations.RunPython(add, remove)


@contextmanager
def lifted(table: str) -> Iterator[None]:
    """Let rows of a guarded table be changed inside the block, in the caller's transaction.

    Only the erasure of a person asks for it. The guard stands again when the block ends, and a
    rollback brings it back with the rows. A table without guard gets none.
    """
    if not is_guarded(table):
        yield
        return
    with connection.cursor() as cursor:
        for statement in _remove_statements(table, connection.vendor):
            cursor.execute(statement)
        yield
        for statement in _add_statements(table, connection.vendor):
            cursor.execute(statement)


def is_guarded(table: str) -> bool:
    """Say whether the triggers of a table stand in the database."""
    known = (
        "SELECT 1 FROM pg_trigger WHERE tgname = %s"
        if connection.vendor == "postgresql"
        else "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(known, [trigger_names(table, connection.vendor)[0]])
        return cursor.fetchone() is not None

"""Migrations hold every model, have names, and can be taken back."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL
from django.db.migrations.state import ModelState, ProjectState

from tests.helpers.sources import APPS

NAME = re.compile(r"^\d{4}_(?!auto)[a-z][a-z0-9_]+$")


def missing_migrations(known: ProjectState, wanted: ProjectState) -> list[str]:
    """Return the operations that would bring the migrations to the models."""
    changes = MigrationAutodetector(known, wanted).changes(graph=MigrationLoader(None).graph)
    return [
        f"{app}: {operation.describe()}"
        for app, migrations in changes.items()
        for migration in migrations
        for operation in migration.operations
    ]


def our_migrations() -> Iterator[Migration]:
    """Yield the migrations of our own apps."""
    for (app, _name), migration in MigrationLoader(None).disk_migrations.items():
        if app in APPS:
            yield migration


def one_way_operations(migration: Migration) -> list[str]:
    """Return the operations that can't be taken back."""
    return [
        f"{migration.app_label}.{migration.name}: {type(operation).__name__} without reverse"
        for operation in migration.operations
        if isinstance(operation, RunPython | RunSQL) and not operation.reversible
    ]


@pytest.mark.django_db
def test_no_model_waits_for_a_migration():
    out = io.StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=out)

    assert "No changes detected" in out.getvalue()


@pytest.mark.django_db
def test_every_migration_is_applied_to_the_test_database():
    executor_plan = MigrationLoader(connection)

    assert set(executor_plan.disk_migrations) <= set(executor_plan.applied_migrations)


def test_a_model_without_its_migration_is_found():
    known = MigrationLoader(None).project_state()
    wanted = ProjectState.from_apps(apps)
    wanted.add_model(
        ModelState("core", "Pallet", [("id", models.BigAutoField(primary_key=True))], bases=())
    )

    assert "core: Create model Pallet" in missing_migrations(known, wanted)


def test_migrations_have_telling_names():
    unnamed = [
        f"{migration.app_label}.{migration.name}"
        for migration in our_migrations()
        if not NAME.match(migration.name)
    ]

    assert unnamed == []


def test_every_migration_can_be_taken_back():
    assert [line for each in our_migrations() for line in one_way_operations(each)] == []


def test_a_migration_without_a_way_back_is_found():
    migration = Migration("0009_forget", "core")
    migration.operations = [RunSQL("SELECT 1"), RunSQL("SELECT 1", "SELECT 2")]

    assert one_way_operations(migration) == ["core.0009_forget: RunSQL without reverse"]

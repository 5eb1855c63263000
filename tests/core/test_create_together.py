"""Many tables made by one operation of a migration."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

from core.create_together import CreateTogether

pytestmark = pytest.mark.django_db(transaction=True)


def two_tables() -> CreateTogether:
    key = ("id", models.BigAutoField(primary_key=True))
    shelf = CreateModel("Shelf", [key])
    book = CreateModel("Book", [key, ("shelf", models.ForeignKey("library.Shelf", models.CASCADE))])
    return CreateTogether([shelf, book])


def tables() -> set[str]:
    return set(connection.introspection.table_names()) & {"library_shelf", "library_book"}


def test_the_tables_are_made_in_their_order_and_dropped_again():
    operation, before = two_tables(), ProjectState()
    after = before.clone()
    operation.state_forwards("library", after)
    assert sorted(after.models) == [("library", "book"), ("library", "shelf")]
    with connection.schema_editor() as editor:
        operation.database_forwards("library", editor, before, after)
    assert tables() == {"library_shelf", "library_book"}
    with connection.schema_editor() as editor:
        operation.database_backwards("library", editor, after, before)
    assert tables() == set()


def test_what_was_rendered_before_knows_the_new_models_afterwards():
    operation, state = two_tables(), ProjectState()
    assert list(state.apps.get_models()) == []
    operation.state_forwards("library", state)
    assert {model.__name__ for model in state.apps.get_models()} == {"Shelf", "Book"}
    assert operation.references_model("shelf", "library")
    assert operation.describe() == "Create 2 models together"

"""Between tests nothing stays but what migrations made, and the built-in roles come back."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from core.models import Role
from inventory.models import StockEvent
from tests.factories.inventory import make_sku, put_stock

pytestmark = pytest.mark.django_db(transaction=True)


def empty() -> None:
    """Empty the database as Django does after a test that commits."""
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


def rows() -> dict[str, int]:
    """Return how many rows each table holds."""
    return {model._meta.label: model.objects.count() for model in apps.get_models()}


def test_a_used_database_is_as_full_afterwards_as_an_unused_one():
    empty()
    before = rows()
    put_stock(make_sku("TEA"), 5)
    Role.objects.update(name="Nobody")
    assert StockEvent.objects.exists()

    empty()

    assert rows() == before
    assert not Role.objects.filter(name="Nobody").exists()
    assert before["inventory.StockEvent"] == 0
    assert (ContentType.objects.count(), Permission.objects.count()) == (
        before["contenttypes.ContentType"],
        before["auth.Permission"],
    )
    assert before["contenttypes.ContentType"] >= len(apps.get_models())

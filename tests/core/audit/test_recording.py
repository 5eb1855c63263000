from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from core import append_only, audit, request_ids
from core.actors import SYSTEM, Actor
from core.models import AuditEntry

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
ANNA = Actor("user", 3, "Anna")


def test_an_entry_says_who_did_what_to_which_object():
    with request_ids.running("a" * 32):
        audit.record(
            actor=ANNA,
            action="orders.held",
            target="order:17",
            before={"holds": []},
            after={"holds": ["FRAUD"]},
            reason="address differs",
            at=NOW,
        )

    entry = AuditEntry.objects.of("order:17").get()
    assert (entry.actor_kind, entry.actor_id, entry.actor_label) == ("user", 3, "Anna")
    assert (entry.action, entry.after, entry.reason) == (
        "orders.held",
        {"holds": ["FRAUD"]},
        "address differs",
    )
    assert (entry.request_id, entry.at) == ("a" * 32, NOW)
    assert entry.recorded_at is not None


def test_a_timeline_shows_one_object_newest_first():
    for target in ("order:17", "order:18", "order:17"):
        audit.record(actor=SYSTEM, action=f"x.{target}", target=target, at=NOW)

    assert [entry.target_id for entry in AuditEntry.objects.of("order:17")] == ["17", "17"]


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_an_entry_cannot_be_changed_or_removed(verb):
    audit.record(actor=SYSTEM, action="x.y", target="order:17", at=NOW)
    rows = AuditEntry.objects.all()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(reason="forged") if verb == "update" else rows.delete()

    assert AuditEntry.objects.get().reason == ""


def test_every_append_only_table_has_its_triggers():
    MigrationLoader(None)
    with connection.cursor() as cursor:
        catalogue = (
            "SELECT tgname FROM pg_trigger"
            if connection.vendor == "postgresql"
            else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        cursor.execute(catalogue)
        present = {row[0] for row in cursor.fetchall()}

    wanted = {
        name
        for table in append_only.TABLES
        for name in append_only.trigger_names(table, connection.vendor)
    }
    assert {"core_auditentry", "core_auditseal"} <= append_only.TABLES
    assert wanted - present == set()

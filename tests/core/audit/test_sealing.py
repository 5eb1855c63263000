from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core import append_only, audit
from core.actors import SYSTEM
from core.models import AuditEntry, AuditSeal

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
FIRST = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@contextmanager
def forger() -> Iterator[None]:
    """Someone who may change tables: the guards are off while he works."""
    guards = [append_only.append_only(f"core_{name}") for name in ("auditentry", "auditseal")]
    editor = connection.schema_editor(atomic=False)
    for guard in guards:
        guard.reverse_code(None, editor)
    yield
    for guard in guards:
        guard.code(None, editor)


@pytest.fixture
def sealed_log() -> None:
    """Three days of entries, the second of them without any, all sealed."""
    for day, count in ((0, 3), (2, 2)):
        for place in range(count):
            audit.record(actor=SYSTEM, action="x.y", target=f"order:{place}", at=FIRST)
            newest = AuditEntry.objects.order_by("-pk")[:1].get()
            with forger():
                AuditEntry.objects.filter(pk=newest.pk).update(recorded_at=FIRST + day * DAY)
    assert audit.seal_due(FIRST + 3 * DAY) == 3


def test_finished_days_are_sealed_once_and_in_order(sealed_log):
    seals = list(AuditSeal.objects.order_by("on"))

    assert [seal.entry_count for seal in seals] == [3, 0, 2]
    assert [seal.previous_digest for seal in seals[1:]] == [seal.digest for seal in seals[:-1]]
    assert audit.seal_due(FIRST + 3 * DAY) == 0
    assert audit.verify() == []


def test_a_day_is_sealed_an_hour_after_its_end(sealed_log):
    audit.record(actor=SYSTEM, action="x.y", target="order:1", at=FIRST)
    midnight = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)

    assert audit.seal_due(midnight + dt.timedelta(minutes=59)) == 0
    assert audit.seal_due(midnight + dt.timedelta(hours=1)) == 1


def breached_days() -> list[int]:
    return [breach.on.day for breach in audit.verify()]


def test_a_changed_entry_is_found(sealed_log):
    with forger():
        AuditEntry.objects.filter(target_id="1", recorded_at__lt=FIRST + DAY).update(reason="x")

    assert breached_days() == [1]


def test_a_removed_entry_is_found(sealed_log):
    with forger():
        AuditEntry.objects.order_by("-pk")[:1].get().delete()

    assert breached_days() == [3]


def test_an_added_entry_is_found(sealed_log):
    audit.record(actor=SYSTEM, action="x.forged", target="order:9", at=FIRST)
    with forger():
        AuditEntry.objects.filter(target_id="9").update(recorded_at=FIRST + DAY)

    assert breached_days() == [2]


def test_a_removed_seal_is_found(sealed_log):
    with forger():
        AuditSeal.objects.filter(on=FIRST + DAY).delete()

    assert [breach.on.day for breach in audit.verify()] == [2, 3]


def test_a_forged_seal_breaks_the_chain_behind_it(sealed_log):
    with forger():
        AuditSeal.objects.filter(on=FIRST.date()).update(digest="f" * 64)

    assert breached_days() == [1, 2]


def test_the_command_fails_on_a_forged_log(sealed_log, capsys):
    call_command("verify_audit")
    with forger():
        AuditEntry.objects.filter(target_id="1").update(reason="x")

    with pytest.raises(CommandError, match="2026-03-01"):
        call_command("verify_audit")

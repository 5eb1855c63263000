"""Seal each finished day of the audit log with a digest chained to the day before.

The digest of a day is SHA-256 over the previous digest and over each entry of the day as
canonical JSON, in id order. Who changes, adds or removes an entry of a sealed day must rewrite
every later seal; who keeps one digest outside of the database notices.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core.models.audit import AuditEntry, AuditSeal

GENESIS = "0" * 64
#: The act of taking a person's data out of sealed entries.
REDACTED = "audit.redacted"
#: A day is sealed this long after its end: no transaction that wrote into it is open any more.
SETTLING = dt.timedelta(hours=1)

_FIELDS = (
    "id",
    "action",
    "target_kind",
    "target_id",
    "actor_kind",
    "actor_id",
    "actor_label",
    "before",
    "after",
    "reason",
    "request_id",
    "at",
    "recorded_at",
)


@dataclass(frozen=True, slots=True)
class Breach:
    """A day whose entries or seal no longer match; `what` says how."""

    on: dt.date
    what: str


@dataclass(frozen=True, slots=True)
class Day:
    """The entries of one day, counted and digested."""

    count: int
    first_id: int | None
    last_id: int | None
    digest: str


def seal_due(now: dt.datetime) -> int:
    """Seal every finished day that has no seal yet, oldest first; return how many. Repeatable."""
    newest = AuditSeal.objects.order_by("-on").first()
    on = newest.on + dt.timedelta(days=1) if newest else _first_day()
    sealed = 0
    while on is not None and _start(on + dt.timedelta(days=1)) + SETTLING <= now:
        _seal(on, now)
        sealed += 1
        on += dt.timedelta(days=1)
    return sealed


def verify() -> list[Breach]:
    """Return every day that differs from its seal, oldest first; an empty list is a sound log."""
    breaches: list[Breach] = []
    expected_digest, expected_on = GENESIS, _first_day()
    for seal in AuditSeal.objects.order_by("on").iterator():
        if expected_on is not None and seal.on != expected_on:
            breaches.append(Breach(expected_on, "the seal of this day is missing"))
        breaches += _breaches_of(seal, expected_digest)
        expected_digest, expected_on = seal.digest, seal.on + dt.timedelta(days=1)
    return breaches


def _breaches_of(seal: AuditSeal, expected_previous: str) -> list[Breach]:
    found = []
    if seal.previous_digest != expected_previous:
        found.append(Breach(seal.on, "the seal does not follow from the seal before it"))
    day = digest_of(seal.on, seal.previous_digest)
    wanted, is_sound = answers_to(seal)
    if not is_sound:
        found.append(Breach(seal.on, "the day did not match its seal when data was taken out"))
    if day.count != seal.entry_count:
        found.append(Breach(seal.on, f"{seal.entry_count} entries were sealed, {day.count} stand"))
    elif day.digest != wanted:
        found.append(Breach(seal.on, "an entry or the seal was changed"))
    return found


def answers_to(seal: AuditSeal) -> tuple[str, bool]:
    """Return the digest a sealed day must have now, and whether each change of it is proven.

    A day that lost a person's data answers to the digest written with that act; the act itself
    must stand in the log with the same digests.
    """
    wanted, is_sound = seal.digest, True
    for step in seal.reseals.order_by("pk"):
        noted = AuditEntry.objects.of(f"audit_seal:{seal.pk}").filter(
            action=REDACTED, before__digest=step.before_digest, after__digest=step.after_digest
        )
        is_sound = is_sound and step.was_sound and step.before_digest == wanted and noted.exists()
        wanted = step.after_digest
    return wanted, is_sound


@transaction.atomic
def _seal(on: dt.date, now: dt.datetime) -> None:
    before = AuditSeal.objects.order_by("-on").first()
    previous = before.digest if before else GENESIS
    day = digest_of(on, previous)
    AuditSeal.objects.create(
        on=on,
        entry_count=day.count,
        first_entry_id=day.first_id,
        last_entry_id=day.last_id,
        previous_digest=previous,
        digest=day.digest,
        sealed_at=now,
    )


def digest_of(on: dt.date, previous: str) -> Day:
    """Return what a day's entries amount to, after the digest of the day before."""
    digest = hashlib.sha256(f"{previous} {on.isoformat()}\n".encode())
    count, first_id, last_id = 0, None, None
    for row in _rows(on):
        digest.update(_canonical(row))
        count += 1
        first_id = row["id"] if first_id is None else first_id
        last_id = row["id"]
    return Day(count, first_id, last_id, digest.hexdigest())


def _rows(on: dt.date) -> Iterator[dict[str, Any]]:
    entries = AuditEntry.objects.filter(
        recorded_at__gte=_start(on), recorded_at__lt=_start(on + dt.timedelta(days=1))
    )
    yield from entries.order_by("id").values(*_FIELDS).iterator(chunk_size=2000)


def _canonical(row: dict[str, Any]) -> bytes:
    facts = {
        name: value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value
        for name, value in row.items()
    }
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"


def _start(on: dt.date) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(), tzinfo=dt.UTC)


def _first_day() -> dt.date | None:
    first = AuditEntry.objects.order_by("recorded_at").values_list("recorded_at", flat=True).first()
    return first.astimezone(dt.UTC).date() if first else None

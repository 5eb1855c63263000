"""Take a person's values out of audit entries, and prove that nothing else was changed.

The entries stay: who did what to which object, and when. A sealed day answers to a new digest
afterwards, kept beside the old one, and the act is itself an entry of the log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any, Final, Protocol

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from core import append_only
from core.actors import Actor
from core.audit.recording import record
from core.audit.sealing import REDACTED, answers_to, digest_of
from core.models.audit import AuditEntry, AuditReseal, AuditSeal

BATCH: Final = 500
_FIELDS: Final = ("before", "after", "reason", "actor_label")
#: Keys of a filter per statement.
_MANY: Final = 200
#: Words per statement: SQLite refuses trees of a thousand comparisons.
_NEEDLES: Final = 50


class Cleaner(Protocol):
    """What takes words out of a value."""

    def clean(self, value: Any) -> Any:
        """Return the value without the words."""

    def needles(self) -> list[str]:
        """Return the forms in which the words may stand in a column."""


@transaction.atomic
def redact(
    own: Cleaner,
    all_words: Cleaner,
    keys: Collection[str],
    *,
    cause: str,
    actor: Actor,
    at: dt.datetime,
) -> int:
    """Clean every entry of `own` words and the entries about `keys` of all; return how many.

    `cause` is the key of the request, such as `privacy_request:4`.
    """
    changed: dict[int, AuditEntry] = {}
    for entries in _quoting(own):
        changed |= _changed(entries, own, changed)
    for entries in _about(keys):
        changed |= _changed(entries, all_words, changed)
    if not changed:
        return 0
    seals = {row.on: row for row in AuditSeal.objects.filter(on__in=_days(changed)).order_by("on")}
    before = {on: _stands(seal) for on, seal in seals.items()}
    with append_only.lifted(AuditEntry._meta.db_table):
        rows = [changed[number] for number in sorted(changed)]
        AuditEntry.objects.bulk_update(rows, list(_FIELDS), batch_size=BATCH)
    for on, seal in seals.items():
        count = sum(1 for row in rows if _day(row) == on)
        _reseal(seal, before[on], count, cause, actor, at)
    return len(rows)


def _quoting(words: Cleaner) -> Iterator[Any]:
    entries: Any = AuditEntry.objects.alias(
        before_text=Cast("before", TextField()), after_text=Cast("after", TextField())
    )
    needles = words.needles()
    for start in range(0, len(needles), _NEEDLES):
        condition = Q()
        for needle in needles[start : start + _NEEDLES]:
            for name in ("before_text", "after_text", "reason", "actor_label"):
                condition |= Q(**{f"{name}__icontains": needle})
        yield entries.filter(condition)


def _about(keys: Collection[str]) -> Iterator[Any]:
    by_kind: dict[str, list[str]] = {}
    for key in sorted(keys):
        kind, _, number = key.partition(":")
        by_kind.setdefault(kind, []).append(number)
    for kind, numbers in by_kind.items():
        for start in range(0, len(numbers), _MANY):
            part = numbers[start : start + _MANY]
            yield AuditEntry.objects.filter(target_kind=kind, target_id__in=part)


def _changed(entries: Any, words: Cleaner, known: dict[int, AuditEntry]) -> dict[int, AuditEntry]:
    found: dict[int, AuditEntry] = {}
    for entry in entries.order_by("pk").iterator(chunk_size=BATCH):
        row = known.get(entry.pk, entry)
        different = False
        for name in _FIELDS:
            old = getattr(row, name)
            new = words.clean(old)
            if new != old:
                setattr(row, name, new)
                different = True
        if different:
            found[row.pk] = row
    return found


def _day(entry: AuditEntry) -> dt.date:
    return entry.recorded_at.astimezone(dt.UTC).date()


def _days(changed: dict[int, AuditEntry]) -> set[dt.date]:
    return {_day(entry) for entry in changed.values()}


def _stands(seal: AuditSeal) -> tuple[str, bool]:
    """Return the digest a day answers to before the change, and whether it does."""
    wanted, is_sound = answers_to(seal)
    return wanted, is_sound and digest_of(seal.on, seal.previous_digest).digest == wanted


def _reseal(  # the facts of one act
    seal: AuditSeal,
    stood: tuple[str, bool],
    count: int,
    cause: str,
    actor: Actor,
    at: dt.datetime,
) -> None:
    before, was_sound = stood
    after = digest_of(seal.on, seal.previous_digest).digest
    AuditReseal.objects.create(
        seal=seal,
        before_digest=before,
        after_digest=after,
        was_sound=was_sound,
        entry_count=count,
        cause=cause,
        at=at,
    )
    record(
        actor=actor,
        action=REDACTED,
        target=f"audit_seal:{seal.pk}",
        at=at,
        before={"digest": before},
        after={"digest": after, "entries": count, "cause": cause},
    )

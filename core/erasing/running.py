"""Erase one person: rows by rule, words wherever they are quoted, the content of files."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Field, Model, QuerySet

from core import append_only, files
from core.actors import Actor
from core.audit.redacting import redact
from core.erasing.rules import EMPTY, Fresh, rules
from core.erasing.subject import Subject, model_of, rows
from core.erasing.sweeping import sweep
from core.erasing.values import Eraser, words_of
from core.models.documents import StoredFile

BATCH: Final = 500
_NOTICE: Final = b"The content of this file was erased on request of the person it was about.\n"
#: Files larger than this are no text that a person's name could be searched in.
_LARGEST: Final = 64 * 1024 * 1024
_SEARCHED: Final = ("text/", "application/json", "application/zip", "spreadsheet", "octet-stream")


@dataclass(slots=True)
class Erased:
    """What one erasure did. `paths` are the contents to be deleted once the rows are committed."""

    rows: dict[str, int] = field(default_factory=dict)
    quotes: int = 0
    audit_entries: int = 0
    files: int = 0
    paths: list[str] = field(default_factory=list)


@transaction.atomic
def erase(subject: Subject, *, cause: str, actor: Actor, at: dt.datetime) -> Erased:
    """Erase a person in one transaction; the caller deletes `paths` after it is committed.

    Rows that stand for money, stock and acts stay, without the person. Running it again for the
    same person finds nothing more.
    """
    words = words_of(subject)
    own, every = Eraser(words.own), Eraser(words.own | words.shared)
    done = Erased()
    named = _named_files(subject) | _named_after(subject)
    quoting = [row for row in _searchable_files() if row.pk not in named and _quotes(row, own)]
    done.quotes = sweep(subject, own, every)
    done.audit_entries = redact(own, every, subject.keys, cause=cause, actor=actor, at=at)
    for stored in [*StoredFile.objects.filter(pk__in=named).order_by("pk"), *quoting]:
        if stored.content_type != "text/x-erased":
            done.paths.append(_replace(stored, every))
            done.files += 1
    for rule in rules("wipe"):
        done.rows[rule.model] = done.rows.get(rule.model, 0) + _wipe(rule.model, rule, subject)
    for rule in rules("remove"):
        gone = rows(rule.model, rule.of, subject)
        count = gone.count()
        with append_only.lifted(model_of(rule.model)._meta.db_table):
            gone.delete()
        done.rows[rule.model] = done.rows.get(rule.model, 0) + count
    return done


def unlink(paths: list[str]) -> int:
    """Delete contents that no row names any more; return how many were there. Repeatable."""
    gone = 0
    for path in paths:
        if StoredFile.objects.filter(path=path).exists():
            continue
        whole = Path(settings.MEDIA_ROOT) / path
        if whole.exists():
            whole.unlink()
            gone += 1
    return gone


def _wipe(label: str, rule: Any, subject: Subject) -> int:
    model = model_of(label)
    found: QuerySet[Any] = rows(label, rule.of, subject)
    simple = {
        name: _value(model, name, fresh, None)
        for name, fresh in rule.fields.items()
        if not callable(fresh)
    }
    counted: int = found.count()
    with append_only.lifted(model._meta.db_table):
        computed = [name for name, fresh in rule.fields.items() if callable(fresh)]
        if computed:
            changed = list(found.order_by("pk"))
            for row in changed:
                for name in computed:
                    setattr(row, name, _value(model, name, rule.fields[name], getattr(row, name)))
            model._base_manager.bulk_update(changed, computed, batch_size=BATCH)
        if simple:
            found.update(**simple)
    return counted


def _value(model: type[Model], name: str, fresh: Fresh, old: Any) -> Any:
    if callable(fresh):
        return fresh(old)
    if fresh != EMPTY:
        return fresh
    column: Any = model._meta.get_field(name)
    if column.null and not isinstance(column.default, str):
        return None
    return _empty(column)


def _empty(column: Field[Any, Any]) -> Any:
    if column.get_internal_type() == "JSONField":
        made: Any = column.default() if callable(column.default) else {}
        return made
    return ""


def _named_files(subject: Subject) -> set[int]:
    found: set[int] = set()
    for rule in rules("files"):
        for name in rule.fields:
            ids = rows(rule.model, rule.of, subject).values_list(name, flat=True)
            found |= {number for number in ids if number is not None}
    return found


def _named_after(subject: Subject) -> set[int]:
    """Return the files drawn for one of the person's objects: `slip-shipment-17.pdf`."""
    tails = {"-" + key.replace(":", "-") for key in subject.keys}
    names = StoredFile.objects.filter(kind="document").values_list("pk", "name").iterator()
    return {number for number, name in names if any(_ends(name, tail) for tail in tails)}


def _ends(name: str, tail: str) -> bool:
    return name.rpartition(".")[0].endswith(tail)


def _searchable_files() -> Iterator[StoredFile]:
    for stored in StoredFile.objects.order_by("pk").iterator(chunk_size=BATCH):
        kind = stored.content_type
        if stored.size_bytes <= _LARGEST and any(part in kind for part in _SEARCHED):
            yield stored


def _quotes(stored: StoredFile, words: Eraser) -> bool:
    if words.clean(stored.name) != stored.name:
        return True
    try:
        content = files.read(stored)
    except files.FileDamaged:
        return False
    return any(words.clean(part) != part for part in _parts(content))


def _parts(content: bytes) -> Iterator[bytes]:
    """Yield the bytes of a file, or of each file inside a zip such as a workbook."""
    if not content.startswith(b"PK") or not zipfile.is_zipfile(io.BytesIO(content)):
        yield content
        return
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for one in packed.infolist():
            if one.file_size <= _LARGEST:
                yield packed.read(one)


def _replace(stored: StoredFile, words: Eraser) -> str:
    """Point the row at a notice in place of the content; return the path of what it held."""
    old = stored.path
    fresh = files.replacement(_NOTICE, stored.kind, stored.pk)
    StoredFile.objects.filter(pk=stored.pk).update(
        path=fresh.path,
        sha256=fresh.sha256,
        size_bytes=fresh.size_bytes,
        content_type="text/x-erased",
        name=words.clean(stored.name),
    )
    return old

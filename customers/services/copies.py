"""The copy of a customer's data: everything the rules tie to the person, as JSON and as tables."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import translation
from django.utils.translation import gettext as _

from core import erasing, files, pii
from core.actors import Actor
from core.erasing import Subject
from core.erasing.subject import rows
from core.errors import NotFound, StateConflict
from core.models.documents import StoredFile
from core.wiring import wired
from customers import configured
from customers.domain import account_settings, privacy_states
from customers.models import PrivacyRequest
from customers.services import privacy

KIND: Final = "privacy_copy"
#: Ours, not the customer's: who of our people did it, what is secret, how a row is kept.
_OURS: Final = ("_by", "_hash", "_by_key", "_key", "version", "_norm", "leftovers", "tally")


def make(request_id: int, *, actor: Actor, at: dt.datetime) -> PrivacyRequest:
    """Write the copy of an approved request to a file. Repeatable.

    Raises:
        StateConflict: the request is not approved.
    """
    row = PrivacyRequest.objects.get(pk=request_id)
    if row.state == privacy_states.DONE:
        return row
    if row.state not in (privacy_states.APPROVED, privacy_states.RUNNING):
        raise StateConflict
    privacy.start_copy(request_id, actor=actor, at=at)
    with translation.override(row.language or settings.LANGUAGE_CODE):
        content = packed(privacy.subject_of(row), at=at)
    stored = files.store(content, f"{row.number}.zip", KIND, content_type="application/zip")
    ends = at + dt.timedelta(days=configured.whole(account_settings.COPY_DAYS))
    return privacy.finish_copy(request_id, stored, ends_at=ends, actor=actor, at=at)


def packed(subject: Subject, *, at: dt.datetime) -> bytes:
    """Return a zip with `data.json`, one table per kind of row, and a note on how to read them."""
    data = dict(tables(subject))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        note = _("What we keep about you, as of %(day)s (UTC). data.json holds everything.")
        lines = [note % {"day": at.date().isoformat()}, ""]
        for label, found in data.items():
            lines.append(f"{label}.csv: {len(found)}")
            _put(archive, f"{label}.csv", _table(found))
        _put(archive, "data.json", json.dumps(data, ensure_ascii=False, indent=1))
        _put(archive, "README.txt", "\n".join(lines) + "\n")
    return held.getvalue()


def _put(archive: zipfile.ZipFile, name: str, text: str) -> None:
    """Write one file without the hour: a repeat makes the same bytes, so no second file."""
    archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)


def tables(subject: Subject) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each kind of row with the person's rows, in the order of the labels."""
    ways: dict[str, list[Mapping[str, str]]] = {}
    for rule in erasing.rules("part", "wipe", "remove"):
        ways.setdefault(rule.label, []).append(rule.of)
    for label, of in wired("PERSONAL_COPY").items():
        ways.setdefault(label.lower(), []).append(of)
    for label in sorted(ways):
        model = apps.get_model(label)
        found: dict[Any, dict[str, Any]] = {}
        for of in ways[label]:
            for row in rows(label, of, subject).order_by("pk").iterator():
                found[row.pk] = _facts(model, row)
        if found:
            yield model._meta.label, [found[key] for key in sorted(found)]


def _facts(model: type[Model], row: Model) -> dict[str, Any]:
    classes = {
        entry.field: entry.data_class
        for entry in pii.declarations()
        if entry.model.lower() == model._meta.label_lower
    }
    hidden = wired("PERSONAL_COPY_WITHOUT").get(model._meta.label, ())
    return {
        column.attname: _plain(getattr(row, column.attname))
        for column in model._meta.concrete_fields
        if classes.get(column.name) not in ("secret", "staff")
        and column.name not in hidden
        and not column.name.endswith(_OURS)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return len(bytes(value))
    return value


def _table(found: list[dict[str, Any]]) -> str:
    held = io.StringIO()
    writer = csv.DictWriter(held, fieldnames=list(found[0]))
    writer.writeheader()
    for row in found:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return held.getvalue()


def _cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
    shown = "" if text is None else str(text)
    # A spreadsheet would run what begins like a formula.
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@")) else shown


def fetch(request: PrivacyRequest, *, at: dt.datetime) -> StoredFile:
    """Return the file of a copy that may still be fetched.

    Raises:
        NotFound: there is none, or its days are over.
    """
    is_live = request.file_ends_at is not None and at < request.file_ends_at
    if request.file is None or request.state != privacy_states.DONE or not is_live:
        raise NotFound
    return request.file


def expire_due(*, actor: Actor, at: dt.datetime) -> int:
    """Delete the copies whose days are over; return how many. Repeatable."""
    due = PrivacyRequest.objects.filter(
        state=privacy_states.DONE, file__isnull=False, file_ends_at__lte=at
    )
    gone = 0
    for number in list(due.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            stored = privacy.expire_copy(number, actor=actor, at=at)
            if stored is None:
                continue
            path = stored.path
            stored.delete()
        (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)
        gone += 1
    return gone

"""Accept a file: check it, keep it under the hash of its content, and open a batch for it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core import files
from core.actors import Actor
from core.errors import NotFound
from core.imports.fields import (
    ColumnMapping,
    MappingRefused,
    check_mapping,
    mapping_from_json,
    suggest_mapping,
)
from core.imports.kinds import ImportKind, get_kind
from core.imports.reading import TableFile, open_table
from core.models.documents import StoredFile
from core.models.imports import ImportBatch, ImportMapping

FILE_KIND = "import"
MAX_NAME = 200


@dataclass(frozen=True)
class Upload:
    """A file someone sent: where it lies now, its name, and the kind and source chosen for it."""

    path: Path
    name: str
    kind_code: str
    source: str


def accept(upload: Upload, *, actor: Actor, now: dt.datetime) -> ImportBatch:
    """Store a file and open a batch whose mapping is the remembered or the suggested one.

    Raises:
        FileRefused: the file breaks a limit or is no table; nothing is stored.
        NotFound: no such kind.
    """
    kind = get_kind(upload.kind_code)
    table = open_table(upload.path, uploaded=True)
    mapping = remembered_or_suggested(kind, upload.source, table)
    return ImportBatch.objects.create(
        kind=kind.code,
        source=upload.source,
        file=store(upload.path, upload.name),
        file_name=upload.name[-MAX_NAME:],
        mapping=mapping.as_json(),
        facts=facts_of(table),
        started_by=actor.key,
        created_at=now,
    )


def facts_of(table: TableFile) -> dict[str, Any]:
    """Return what a screen shows about a file: container, encoding, delimiter, columns."""
    return {
        "container": table.facts.container,
        "encoding": table.facts.encoding,
        "delimiter": table.delimiter,
        "columns": list(table.columns),
    }


def store(path: Path, name: str) -> StoredFile:
    """Keep the file as it came; the same name and content is kept once."""
    return files.store(path.read_bytes(), name[-MAX_NAME:], FILE_KIND)


def mapping_for_file(kind: ImportKind, source: str, path: Path) -> dict[str, Any]:
    """Return the remembered or suggested mapping of a file, in its flat form."""
    return remembered_or_suggested(kind, source, open_table(path)).as_json()


def remembered_or_suggested(kind: ImportKind, source: str, table: TableFile) -> ColumnMapping:
    """Return the mapping last used for this source if it fits the file, else one from the header.

    A mapping the kind brings along is taken when all its columns are in the file.
    """
    kept = ImportMapping.objects.filter(kind=kind.code, name=source or kind.code).first()
    candidates: list[Any] = [kept.mapping] if kept else []
    candidates.extend(kind.builtin.values())
    for candidate in candidates:
        mapping = mapping_from_json(dict(candidate), kind.fields, kind.options)
        try:
            check_mapping(mapping, table.columns, kind.fields)
        except MappingRefused:
            continue
        return mapping
    return suggest_mapping(table.columns, kind.fields, kind.options)


def remember(batch: ImportBatch, *, actor: Actor, now: dt.datetime) -> None:
    """Keep the mapping of a batch for the next file of the same source."""
    ImportMapping.objects.update_or_create(
        kind=batch.kind,
        name=batch.source or batch.kind,
        defaults={"mapping": batch.mapping, "updated_at": now, "updated_by": actor.key},
    )


def named_mapping(kind: ImportKind, name_or_path: str) -> dict[str, Any]:
    """Return a mapping by the name it is saved under, or from a JSON file.

    Raises:
        NotFound: neither a saved name nor a file.
        MappingRefused: the file is not JSON.
    """
    saved = ImportMapping.objects.filter(kind=kind.code, name=name_or_path).first()
    if saved is not None:
        return dict(saved.mapping)
    if name_or_path in kind.builtin:
        return dict(kind.builtin[name_or_path])
    path = Path(name_or_path)
    if not path.is_file():
        names = sorted(
            {*kind.builtin}
            | set(ImportMapping.objects.filter(kind=kind.code).values_list("name", flat=True))
        )
        text = _("%(name)s is neither a saved mapping (%(names)s) nor a JSON file.")
        raise NotFound(text % {"name": name_or_path, "names": ", ".join(names) or "-"})
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        text = _("%(name)s is not JSON: %(error)s")
        raise MappingRefused(text % {"name": name_or_path, "error": error}) from error
    mapping = mapping_from_json(data, kind.fields, kind.options)
    return mapping.as_json()

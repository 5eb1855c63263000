"""Files under MEDIA_ROOT: random names, known by their content, never served inline.

Writing a file is not part of a database transaction: store first, then name the row in one.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.http import FileResponse

from core import clock
from core.models.documents import StoredFile

_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")


class FileDamaged(RuntimeError):
    """The file on disk is missing, or its content is not what was stored."""


def store(
    content: bytes, name: str, kind: str, *, content_type: str = "application/octet-stream"
) -> StoredFile:
    """Keep `content`; the same kind, name and content is one row and one file. Repeatable.

    The file is on disk, synced, before its row exists.
    """
    name = safe_name(name)
    sha256 = hashlib.sha256(content).hexdigest()
    identity = {"kind": kind, "sha256": sha256, "name": name}
    known = StoredFile.objects.filter(**identity).first()
    if known:
        return known
    path = f"{kind}/{secrets.token_hex(1)}/{secrets.token_hex(16)}"
    _write(Path(settings.MEDIA_ROOT) / path, content)
    draft = StoredFile(
        **identity,
        content_type=content_type,
        size_bytes=len(content),
        path=path,
        created_at=clock.now(),
    )
    StoredFile.objects.bulk_create([draft], ignore_conflicts=True)
    return StoredFile.objects.get(**identity)


@dataclass(frozen=True, slots=True)
class Replacement:
    """Where a new content stands, and what it is known by."""

    path: str
    sha256: str
    size_bytes: int


def replacement(content: bytes, kind: str, number: int) -> Replacement:
    """Write what takes the place of an erased file, unlike any other by the row's number."""
    own = content + f"file {number}\n".encode()
    path = f"{kind}/{secrets.token_hex(1)}/{secrets.token_hex(16)}"
    _write(Path(settings.MEDIA_ROOT) / path, own)
    return Replacement(path, hashlib.sha256(own).hexdigest(), len(own))


def safe_name(name: str) -> str:
    """Return a file name for downloads: no path, no control characters, at most 150 characters."""
    clean = _UNSAFE.sub("_", name).strip(". ") or "file"
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending) > 10:
        return clean[:150]
    return f"{stem[: 149 - len(ending)]}.{ending}"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_stored(stored: StoredFile) -> BinaryIO:
    """Return the open file of a row.

    Raises:
        FileDamaged: the file is gone.
    """
    try:
        return (Path(settings.MEDIA_ROOT) / stored.path).open("rb")
    except FileNotFoundError as error:
        raise FileDamaged(f"file {stored.pk} is missing") from error


def read(stored: StoredFile) -> bytes:
    """Return the content of a stored file, checked against its hash.

    Raises:
        FileDamaged: the file is gone or its content has changed.
    """
    with open_stored(stored) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise FileDamaged(f"file {stored.pk} has changed")
    return content


def download(stored: StoredFile) -> FileResponse:
    """Return the file as a download that no browser shows inside the site's own pages.

    Raises:
        FileDamaged: the file is gone.
    """
    response = FileResponse(
        open_stored(stored),
        as_attachment=True,
        filename=stored.name,
        content_type=stored.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response

"""The list of who was erased, outside of the database: a restored backup is erased again.

One line of JSON per erasure in `ERASURE_LIST`, holding ids only. Keep the file out of the backups
of the database, and beside them.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One erasure: its request's number, when, and the ids of the person by kind."""

    request: str
    at: str
    ids: dict[str, list[int]]


def path() -> Path:
    """Return where the list stands."""
    return Path(settings.ERASURE_LIST)


def add(stone: Tombstone) -> None:
    """Append one erasure, on disk before this returns. A request that stands there adds nothing."""
    if any(known.request == stone.request for known in read()):
        return
    path().parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"request": stone.request, "at": stone.at, "ids": stone.ids}, sort_keys=True)
    with path().open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def read() -> list[Tombstone]:
    """Return every erasure, oldest first; none where the file does not exist yet."""
    if not path().exists():
        return []
    lines = path().read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines if line.strip()]
    return [Tombstone(one["request"], one["at"], one["ids"]) for one in found]

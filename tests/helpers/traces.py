"""Look for words in everything an installation keeps: every table, every file."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from re import DOTALL, findall

from django.db import connection


def found_in_database(words: Iterable[str]) -> dict[str, list[str]]:
    """Return each word that stands in a table, and its `table.column` places."""
    needles = {word: _forms(word) for word in words}
    places: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    text = _text(value)
                    for word, forms in needles.items():
                        if any(form in text for form in forms):
                            places.setdefault(word, []).append(f"{table}.{column}")
    return places


def found_in_files(folder: Path, words: Iterable[str]) -> dict[str, list[str]]:
    """Return each word that stands in a file below a folder, inside of archives and PDFs too."""
    needles = {word: _forms(word) for word in words}
    places: dict[str, list[str]] = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        for part in _contents(path.read_bytes()):
            text = part.decode("utf-8", "ignore").lower()
            for word, forms in needles.items():
                if any(form in text for form in forms):
                    places.setdefault(word, []).append(str(path.relative_to(folder)))
    return places


def _forms(word: str) -> set[str]:
    return {word.lower(), json.dumps(word)[1:-1].lower()}


def _text(value: object) -> str:
    if isinstance(value, memoryview):
        value = bytes(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "ignore").lower()
    return str(value).lower()


def _contents(content: bytes) -> Iterator[bytes]:
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield archive.read(name)
    for stream in findall(rb"stream\r?\n(.*?)endstream", content, DOTALL):
        try:
            yield zlib.decompress(stream)
        except zlib.error:
            continue

"""Builders of files that nobody should have to fear; each returns the path it wrote."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

from openpyxl import Workbook

MEBIBYTE = 1024 * 1024


def gzip_bomb(path: Path, *, megabytes: int) -> Path:
    """A small gzip that unpacks to lines of zeros; `megabytes` of them."""
    line = b"0," * 511 + b"0\n"
    with gzip.open(path, "wb", compresslevel=9) as target:
        target.write(b"order_id,sku\n")
        piece = line * 1024
        for _ in range(megabytes):
            target.write(piece)
    return path


def workbook(path: Path, rows: list[list[object]]) -> Path:
    """A workbook whose first sheet holds these rows."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def with_part(path: Path, name: str, content: bytes) -> Path:
    """Replace one part inside a workbook."""
    with zipfile.ZipFile(path) as source:
        parts = {part: source.read(part) for part in source.namelist()}
    parts[name] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for part, data in parts.items():
            target.writestr(part, data)
    return path


def workbook_bomb(path: Path, *, megabytes: int) -> Path:
    """A workbook whose sheet unpacks to this many megabytes of blanks."""
    workbook(path, [["order_id", "sku"]])
    blanks = b" " * MEBIBYTE * megabytes
    return with_part(path, "xl/worksheets/sheet1.xml", b"<worksheet>" + blanks + b"</worksheet>")

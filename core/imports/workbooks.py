"""Stream the first sheet of an XLSX workbook as text, after a check that it is no bomb.

A workbook is a zip of XML parts. Every part is unpacked once and counted before openpyxl sees it,
because the sizes in a zip's directory may lie. Document types and entities are refused: no export
writes them.
"""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from core.imports.limits import FileRefused, Limits, unpacks_too_large
from core.imports.scanning import PIECE_BYTES

MAX_PARTS = 1_000
SHARED_TEXTS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"


def workbook_rows(path: Path, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells) of the first sheet; dates in ISO form, formulas as their text.

    Raises:
        FileRefused: the file is no workbook, is damaged, or unpacks beyond the limits.
    """
    check_workbook(path, limits)
    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except (KeyError, ValueError, OSError, ParseError, InvalidFileException) as error:
        raise _unreadable() from error
    try:
        if not book.worksheets:
            raise FileRefused(_("The workbook has no sheet with cells."), reason="FILE_EMPTY")
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        # One beyond the limits, so that the reader above sees the excess and refuses it.
        width = _header_width(sheet, limits) + 1
        bounds = {"max_row": limits.rows + 2, "max_col": width}
        for number, cells in enumerate(sheet.iter_rows(values_only=True, **bounds), start=1):
            yield number, _trimmed([cell_text(value) for value in cells])
    except (KeyError, ValueError, ParseError, zipfile.BadZipFile, zlib.error) as error:
        raise _unreadable() from error
    finally:
        book.close()


def _header_width(sheet: Any, limits: Limits) -> int:
    """Return the width of the first row with text: openpyxl pads every row to what it is told."""
    for cells in sheet.iter_rows(values_only=True, max_row=50, max_col=limits.columns + 1):
        width = len(_trimmed([cell_text(value) for value in cells]))
        if width:
            return width
    return 1


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def cell_text(value: object) -> str:
    """Return a cell's value as the text a CSV would hold: whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def check_workbook(path: Path, limits: Limits) -> None:
    """Unpack every part once, keeping nothing, and refuse what is too large or not a workbook.

    Raises:
        FileRefused: a bomb, a damaged zip, encrypted parts, or a zip that is no workbook.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_names(archive)
            left = limits.unpacked_bytes
            for part in archive.infolist():
                capped = part.filename in {SHARED_TEXTS, STYLES}
                allowed = min(left, limits.text_table_bytes) if capped else left
                left -= _unpacked_size(archive, part, allowed, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise _unreadable() from error


def _check_names(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        text = _("This zip holds no Excel workbook. Upload CSV, TSV, XLSX, or one table as .gz.")
        raise FileRefused(text, reason="NOT_A_TABLE")
    if len(archive.infolist()) > MAX_PARTS or len(names) != len(archive.infolist()):
        raise _unreadable()
    if any(part.flag_bits & 0x1 for part in archive.infolist()):
        text = _("The workbook is protected by a password. Save it without one.")
        raise FileRefused(text, reason="ENCRYPTED")


def _unpacked_size(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, allowed: int, limits: Limits
) -> int:
    size = 0
    with archive.open(part) as source:
        while piece := source.read(PIECE_BYTES):
            if size == 0 and (b"<!DOCTYPE" in piece or b"<!ENTITY" in piece):
                raise _unreadable()
            size += len(piece)
            if size > allowed:
                raise unpacks_too_large(min(limits.unpacked_bytes, allowed))
    return size


def _unreadable() -> FileRefused:
    text = _("The workbook can't be read: it is damaged or was not made by a spreadsheet program.")
    hint = _("Open it, save it again as .xlsx or CSV, and upload that.")
    return FileRefused(f"{text} {hint}", reason="DAMAGED")

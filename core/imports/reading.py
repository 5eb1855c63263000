"""Turn a scanned file into a header and numbered rows of text, one at a time.

Cells are text always. A formula stays the text it is written as and is never computed; the guard
that exports put before `=`, `+`, `-` and `@` is taken off again.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from core.imports.limits import FileRefused, Limits
from core.imports.scanning import FileFacts, packed_pieces, scan, unpacked_pieces
from core.imports.workbooks import workbook_rows

DELIMITERS = (",", ";", "\t", "|")
SNIFFED_LINES = 30
GUARD = "'"
# As in core.tables.cells, which needs all of Django; the last four are full-width.
FORMULA_SIGNS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@dataclass(frozen=True)
class TableFile:
    """An accepted file: where it lies, its facts, its delimiter and its column names."""

    path: Path
    facts: FileFacts
    delimiter: str
    columns: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class RawRow:
    """One record: the line it begins on (the header is line 1) and its cells as text."""

    line: int
    cells: list[str]


def open_table(path: Path, *, limits: Limits | None = None, uploaded: bool = False) -> TableFile:
    """Scan a file, find its delimiter and header, and return it ready for `rows`.

    Raises:
        FileRefused: the file breaks a limit, is damaged, or has no header.
    """
    bounds = limits or Limits()
    facts = scan(path, bounds, uploaded=uploaded)
    delimiter = "" if facts.container == "xlsx" else sniff_delimiter(path, facts, bounds)
    table = TableFile(path, facts, delimiter, (), bounds)
    header = next(_records(table), None)
    if header is None:
        raise FileRefused(_("The file holds no rows. Choose another one."), reason="FILE_EMPTY")
    columns = tuple(unguarded(cell) for cell in header.cells)
    while columns and not columns[-1]:
        columns = columns[:-1]
    _check_header(columns, bounds)
    return TableFile(path, facts, delimiter, columns, bounds)


def _check_header(columns: tuple[str, ...], limits: Limits) -> None:
    if not any(columns):
        text = _("The first line names no columns. Put the column names there.")
        raise FileRefused(text, reason="NO_HEADER")
    if any("\x00" in name for name in columns):
        text = _("The first line holds NUL characters: this is no table of text.")
        raise FileRefused(text, reason="NOT_A_TABLE")
    if len(columns) > limits.columns:
        text = _("The file has more than %(limit)s columns. Keep the ones that matter.")
        raise FileRefused(text % {"limit": limits.columns}, reason="TOO_MANY_COLUMNS")
    twice = [name for name, count in Counter(filter(None, columns)).items() if count > 1]
    if twice:
        text = _("Two columns are named %(name)s. Rename one of them.")
        raise FileRefused(text % {"name": twice[0]}, reason="COLUMN_TWICE")


def rows(table: TableFile) -> Iterator[RawRow]:
    """Yield the records after the header, in order; blank lines are left out.

    Raises:
        FileRefused: more rows than the limit, or text that is not in the file's encoding.
    """
    records = _records(table)
    next(records, None)
    for count, record in enumerate(records, start=1):
        if count > table.limits.rows:
            text = _("The file has more than %(limit)s rows. Split it.")
            raise FileRefused(text % {"limit": table.limits.rows}, reason="TOO_MANY_ROWS")
        yield record


def unguarded(cell: str) -> str:
    """Return the cell without outer blanks and without the guard of an export."""
    return (
        cell[1:] if cell[:1] == GUARD and cell[1:].lstrip()[:1] in FORMULA_SIGNS else cell
    ).strip()


def _records(table: TableFile) -> Iterator[RawRow]:
    if table.facts.container == "xlsx":
        for line, cells in workbook_rows(table.path, table.limits):
            if any(cells):
                yield RawRow(line, cells)
        return
    with _text_of(table.path, table.facts, table.limits) as source:
        reader = csv.reader(source, delimiter=table.delimiter, strict=False)
        line = 1
        try:
            for cells in reader:
                if any(cells):
                    yield RawRow(line, cells)
                line = reader.line_num + 1
        except csv.Error as error:
            text = _(
                "The quote opened on line %(line)s is not closed. Close it, or remove the quote."
            )
            raise FileRefused(text % {"line": line}, reason="OPEN_QUOTE", line=line) from error


class _Pieces(io.RawIOBase):
    """A readable stream over an iterator of pieces, for the text decoder."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        """Say that this stream can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # typeshed asks for a wider buffer
        """Fill the buffer with the next bytes; 0 at the end."""
        if not self._rest:
            self._rest = next((piece for piece in self._pieces if piece), b"")
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


@contextmanager
def _text_of(path: Path, facts: FileFacts, limits: Limits) -> Iterator[TextIO]:
    with path.open("rb") as packed:
        pieces = (
            unpacked_pieces(packed, limits) if facts.container == "gzip" else packed_pieces(packed)
        )
        stream = io.BufferedReader(_Pieces(pieces), buffer_size=64 * 1024)
        try:
            with io.TextIOWrapper(stream, encoding=facts.encoding, newline="") as source:
                yield source
        except UnicodeDecodeError as error:
            text = _("Part of the file is not %(encoding)s text. Save it as UTF-8 and try again.")
            message = text % {"encoding": facts.encoding.upper()}
            raise FileRefused(message, reason="MIXED_ENCODING") from error


def sniff_delimiter(path: Path, facts: FileFacts, limits: Limits) -> str:
    """Return the delimiter that splits the first lines into the most even columns; a comma if none.

    The score is (lines with the same number of cells as the first, cells); ties go to the order of
    `DELIMITERS`.
    """
    lines: list[str] = []
    with _text_of(path, facts, limits) as source:
        for line in source:
            lines.append(line)
            if len(lines) == SNIFFED_LINES:
                break
    best, best_score = DELIMITERS[0], (0, 0)
    for delimiter in DELIMITERS:
        try:
            widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        score = (widths.count(widths[0]), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best

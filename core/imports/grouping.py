"""From rows to groups of rows, in chunks, with no more than the open groups in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from core.imports.fields import ColumnMapping, RowReader, SourceRow
from core.imports.kinds import Group, TablePass
from core.imports.reading import TableFile, rows, unguarded

CHUNK_GROUPS = 500
MAX_TEXTS_PER_KEY = 200


def first_pass(
    table: TableFile, mapping: ColumnMapping, *, group_field: str, texts: tuple[str, str] | None
) -> TablePass:
    """Read the file once and note where each group ends, so that the second pass can stream.

    `texts` names two fields: for each value of the first, the values of the second are counted. The
    whole file is decoded here, so a damaged one is refused before anything is written.
    """
    found = TablePass()
    group_at = _position(table, mapping, group_field)
    text_at = [_position(table, mapping, name) for name in texts] if texts else []
    for raw in rows(table):
        found.rows += 1
        cells = raw.cells
        if group_at is not None and group_at < len(cells):
            found.last_line[unguarded(cells[group_at])] = raw.line
        if len(text_at) == 2 and None not in text_at:
            _note_text(found, cells, text_at[0] or 0, text_at[1] or 0)
    return found


def _note_text(found: TablePass, cells: list[str], key_at: int, text_at: int) -> None:
    if max(key_at, text_at) >= len(cells):
        return
    text = unguarded(cells[text_at])
    if not text or "\x00" in text:
        return
    counted = found.texts.setdefault(unguarded(cells[key_at]), Counter())
    if text in counted or len(counted) < MAX_TEXTS_PER_KEY:
        counted[text] += 1


def _position(table: TableFile, mapping: ColumnMapping, name: str) -> int | None:
    column = mapping.columns.get(name)
    return table.columns.index(column) if column in table.columns else None


def groups(
    table: TableFile, reader: RowReader, found: TablePass, *, group_field: str
) -> Iterator[Group]:
    """Yield each group when its last row has been read; rows without a key stand alone."""
    held: dict[str, list[SourceRow]] = {}
    for raw in rows(table):
        row = reader.read(raw)
        key = str(row.values.get(group_field) or "") if group_field else ""
        if not key or key not in found.last_line:
            yield Group(key or str(row.line), (row,))
            continue
        held.setdefault(key, []).append(row)
        if found.last_line[key] == row.line:
            yield Group(key, tuple(held.pop(key)))
    for key, rest in held.items():
        yield Group(key, tuple(rest))


def chunked(stream: Iterator[Group], size: int = CHUNK_GROUPS) -> Iterator[list[Group]]:
    """Yield lists of `size` groups; a chunk ends early when it holds forty times as many rows."""
    chunk: list[Group] = []
    lines = 0
    for group in stream:
        chunk.append(group)
        lines += len(group.rows)
        if len(chunk) == size or lines >= size * 40:
            yield chunk
            chunk, lines = [], 0
    if chunk:
        yield chunk

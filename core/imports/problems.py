"""One thing wrong with one cell: where, what stands there, why it is refused and what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace

SHOWN_CHARS = 120


@dataclass(frozen=True, slots=True)
class Problem:
    """A refused cell or row. `line` is the line of the file, the header being line 1."""

    line: int
    field: str
    value: str
    code: str
    message: str
    fix: str

    def at(self, line: int) -> Problem:
        """Return the same problem on another line."""
        return replace(self, line=line)


class CellRefused(Exception):
    """A cell's text can't become the value its field needs; the row reader adds line and field."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix


def shown(value: str) -> str:
    """Return a value short enough, and without control characters, to be shown in a list."""
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in value)
    return text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + "…"

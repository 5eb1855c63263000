"""What an importable kind has to offer, and the registry that finds it by its code."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, Protocol

from django.utils.translation import gettext as _

from core.actors import Actor
from core.errors import NotFound
from core.imports.fields import ColumnMapping, FieldSpec, OptionSpec, SourceRow
from core.imports.problems import Problem
from core.wiring import resolve, wired

Outcome = Literal["new", "changed", "same", "set_aside", "error"]


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one object, such as the lines of one order; most kinds have one row each."""

    key: str
    rows: tuple[SourceRow, ...]

    @property
    def line(self) -> int:
        """Return the line of the first row."""
        return self.rows[0].line

    @property
    def problems(self) -> list[Problem]:
        """Return what the reading of its cells refused."""
        return [problem for row in self.rows for problem in row.problems]


@dataclass(frozen=True)
class Verdict:
    """What a file does, or would do, with one object.

    `tally` counts lines: `lines_imported`, `set_aside:REASON` and what else the kind reports; every
    line of the group is in one of its line counts. `diff` maps a field to [before, after].
    """

    line: int
    key: str
    outcome: Outcome
    lines: int = 1
    reason: str = ""
    diff: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    tally: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One row created or changed: snapshots of every column; `before` is None for a new row."""

    model: str
    object_id: int
    label: str
    before: dict[str, Any] | None
    after: dict[str, Any]


@dataclass(frozen=True)
class Applied:
    """The verdicts and row changes of one chunk that was written."""

    verdicts: list[Verdict]
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class ImportContext:
    """Whom an import session works for: the batch, its source, mapping, columns, actor and time."""

    batch_id: int
    source: str
    file_sha256: str
    mapping: ColumnMapping
    columns: tuple[str, ...]
    actor: Actor
    at: dt.datetime

    def option(self, name: str) -> Any:
        """Return an option of the mapping."""
        return self.mapping.options.get(name)


@dataclass
class UndoReport:
    """How many rows went back, and which stay: changed by someone since, or in use."""

    restored: int = 0
    removed: int = 0
    touched: list[str] = field(default_factory=list)
    in_use: list[str] = field(default_factory=list)

    def add(self, part: UndoReport) -> None:
        """Take over what another part of the undo did."""
        self.restored += part.restored
        self.removed += part.removed
        self.touched.extend(part.touched)
        self.in_use.extend(part.in_use)


class ImportSession(Protocol):
    """One run over one file. `check` writes nothing; `apply` runs inside a transaction."""

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say what each group would do."""

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Write the groups; a group that was written before is `same`."""

    def finish(self) -> None:
        """Do what needs the whole file, in a transaction of its own. Repeatable."""


class ImportKind(Protocol):
    """A kind of table that can be imported. `group_field` joins rows to one object, "" for none.

    `text_fields` names a code field and a text field whose pairs the first pass counts.
    """

    code: str
    title: Any
    capability: str
    group_field: str
    text_fields: tuple[str, str] | None
    fields: tuple[FieldSpec, ...]
    options: tuple[OptionSpec, ...]
    builtin: Mapping[str, Mapping[str, Any]]

    def sources(self) -> list[tuple[str, str]]:
        """List (code, name) of the sources a file can come from; empty when there is one only."""

    def open(self, context: ImportContext, found: TablePass) -> ImportSession:
        """Begin a run.

        Raises:
            InputRefused: the source or an option can't be used.
        """

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Take the run back, within the caller's transaction; rows touched since stay."""


class PlainKind:
    """What most kinds have in common: rows stand alone, one source, no options of their own."""

    group_field: str = ""
    text_fields: tuple[str, str] | None = None
    options: tuple[OptionSpec, ...] = ()
    builtin: Mapping[str, Mapping[str, Any]] = {}

    def sources(self) -> list[tuple[str, str]]:
        """List nothing: what tells sources apart, if anything, is a column."""
        return []


@dataclass
class TablePass:
    """What the first pass over a file found: rows, the last line of each group, texts per key."""

    rows: int = 0
    last_line: dict[str, int] = field(default_factory=dict)
    texts: dict[str, Counter[str]] = field(default_factory=dict)

    def text_of(self, key: str) -> str:
        """Return the text most often written beside `key`; the first one among equals."""
        counted = self.texts.get(key)
        return counted.most_common(1)[0][0] if counted else ""


@lru_cache(maxsize=1)
def _registry() -> dict[str, ImportKind]:
    return {code: resolve(path)() for code, path in wired("IMPORT_KINDS").items()}


def list_kinds() -> list[ImportKind]:
    """Return the kinds of the wiring, in its order."""
    return list(_registry().values())


def get_kind(code: str) -> ImportKind:
    """Return the kind with this code.

    Raises:
        NotFound: the wiring lists no such kind.
    """
    try:
        return _registry()[code]
    except KeyError as error:
        text = _("%(code)s can't be imported. Kinds are: %(codes)s.")
        codes = ", ".join(_registry())
        raise NotFound(text % {"code": code, "codes": codes}) from error

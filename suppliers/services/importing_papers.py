"""What tables of papers share: the rows of one reference make one paper, whole or not at all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError
from core.imports import snapshots
from core.imports.fields import FieldSpec, OptionSpec, SourceRow
from core.imports.kinds import (
    Applied,
    Change,
    Group,
    ImportContext,
    PlainKind,
    UndoReport,
    Verdict,
)
from core.imports.problems import Problem, shown


def text_field(
    name: str, label: str | Promise, *aliases: str, chars: int = 64, required: bool = False
) -> FieldSpec:
    """Return a column of text that is "" when it is left empty."""
    return FieldSpec(name, label, required=required, max_chars=chars, aliases=aliases, default="")


def wrong(row: SourceRow, name: str, code: str, message: str, fix: str) -> Problem:
    """Return what is wrong with one cell."""
    value = row.values[name]
    return Problem(row.line, name, shown("" if value is None else str(value)), code, message, fix)


def unknown_codes(
    row: SourceRow, suppliers: Iterable[str], skus: Iterable[str], *, sku_code: str
) -> list[Problem]:
    """Name the supplier and the SKU of a row that nobody knows; `sku_code` is the SKU's problem."""
    found = []
    if row.values["supplier"] not in suppliers:
        message = _("No supplier in use has this code.")
        fix = _("Create the supplier, or correct the code.")
        found.append(wrong(row, "supplier", "SUPPLIER_MISSING", message, fix))
    if row.values["sku"] not in skus:
        message = _("No SKU has this code.")
        fix = _("Create the product, or correct the code.")
        found.append(wrong(row, "sku", sku_code, message, fix))
    return found


class PaperKind(PlainKind, ABC):
    """A kind whose rows are joined by `reference`; undo takes back what nobody went on with."""

    group_field = "reference"
    options: tuple[OptionSpec, ...] = (
        OptionSpec("date_format", gettext_lazy("date format"), "texts", ()),
    )
    paper: ClassVar[type[models.Model]]

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Take the papers of a run back; those that went on stay and are named."""
        report = UndoReport()
        for change in changes:
            if change.model != self.paper._meta.label:
                continue
            if self.take_back(change.object_id, context):
                report.removed += 1
            else:
                report.in_use.append(change.label)
        return report

    @abstractmethod
    def take_back(self, paper_id: int, context: ImportContext) -> bool:
        """Cancel one paper and free its reference; False when it went on meanwhile."""


class PaperSession(ABC):
    """One run over one file: a subclass reads what is known, judges a group and makes its paper."""

    #: The name under which made papers are counted, and what to do about a refused one.
    counted: ClassVar[str]
    refused_fix: ClassVar[str | Promise]

    def __init__(self, context: ImportContext) -> None:
        self.context = context

    @abstractmethod
    def load(self, groups: Sequence[Group]) -> None:
        """Look up what the rows of these groups name."""

    @abstractmethod
    def is_known(self, group: Group) -> bool:
        """Say whether the paper was made by an earlier run."""

    @abstractmethod
    def problems(self, group: Group) -> list[Problem]:
        """Return what is wrong with the rows of a group."""

    @abstractmethod
    def make(self, group: Group) -> models.Model:
        """Make the paper of a group without a fault."""

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say for each paper whether it is new, known, or which cells are wrong."""
        self.load([group for group in groups if not group.problems])
        return [self._verdict(group) for group in groups]

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Make the papers that have no fault; a refused one leaves the others."""
        verdicts: list[Verdict] = []
        changes: list[Change] = []
        for group, seen in zip(groups, self.check(groups), strict=True):
            verdict = seen
            if seen.outcome == "new":
                try:
                    with transaction.atomic():
                        changes.append(snapshots.created(self.make(group)))
                except DomainError as error:
                    verdict = _error(group, [self._refusal(group, error)])
            verdicts.append(verdict)
        return Applied(verdicts, changes)

    def finish(self) -> None:  # noqa: B027  # a step of the run that papers do not need
        """Nothing is left to do at the end of the file."""

    def _verdict(self, group: Group) -> Verdict:
        problems = list(group.problems) or self.problems(group)
        if problems:
            return _error(group, problems)
        lines = len(group.rows)
        if self.is_known(group):
            tally = {"set_aside:ALREADY_IMPORTED": lines}
            return Verdict(group.line, group.key, "same", lines, tally=tally)
        units = sum(row.values["qty"] for row in group.rows)
        tally = {"lines_imported": lines, self.counted: 1, "units": units}
        diff = {"units": ["", str(units)]}
        return Verdict(group.line, group.key, "new", lines, diff=diff, tally=tally)

    def _refusal(self, group: Group, error: DomainError) -> Problem:
        fix = str(self.refused_fix)
        return Problem(group.line, "reference", shown(group.key), error.code, str(error), fix)


def rows_that_differ(
    group: Group, shared: Sequence[str], *, code: str, message: Any, fix: Any
) -> list[Problem]:
    """Name the cells of fields that one paper has once; `message` takes the field's name."""
    first = group.rows[0].values
    return [
        wrong(row, name, code, str(message) % {"field": name}, str(fix))
        for row in group.rows
        for name in shared
        if row.values[name] != first[name]
    ]


def _error(group: Group, problems: Sequence[Problem]) -> Verdict:
    tally = {"set_aside:UNREADABLE": len(group.rows)}
    lines = len(group.rows)
    return Verdict(group.line, group.key, "error", lines, problems=problems, tally=tally)

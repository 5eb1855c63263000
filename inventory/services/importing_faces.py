"""Pick faces from a table: a row per bin and SKU; an undo ends those that were new.

Rows stand alone: one that is refused leaves the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError
from core.imports.fields import FieldSpec
from core.imports.kinds import (
    Applied,
    Change,
    Group,
    ImportContext,
    PlainKind,
    TablePass,
    UndoReport,
    Verdict,
)
from core.imports.problems import Problem
from inventory.models import Bin, PickFace, Sku
from inventory.services import replenishing
from inventory.services.replenishing import FaceDraft

TARGET = "inventory.PickFace"
MOST = 1_000_000


def _code(name: str, label: Any, most: int, *aliases: str) -> FieldSpec:
    return FieldSpec(name, label, required=True, max_chars=most, aliases=aliases, default="")


def _units(name: str, label: Any, low: int, *aliases: str) -> FieldSpec:
    return FieldSpec(
        name, label, "whole", required=True, low=low, high=MOST, aliases=aliases, default=0
    )


FIELDS: tuple[FieldSpec, ...] = (
    _code("warehouse", gettext_lazy("warehouse"), 32, "warehouse code", "仓库"),
    _code("bin", gettext_lazy("bin"), 40, "pick face", "库位"),
    _code("sku", gettext_lazy("SKU"), 64, "code", "sku code", "商品编码"),
    _units("min_qty", gettext_lazy("refill below"), 0, "min", "least", "最低数量"),
    _units("max_qty", gettext_lazy("refill up to"), 1, "max", "most", "最高数量"),
)


class FaceImport(PlainKind):
    """The kind `pick-faces`: one row per pick bin and SKU."""

    code = "pick-faces"
    title = gettext_lazy("Pick faces")
    capability = "inventory.manage_places"
    fields: tuple[FieldSpec, ...] = FIELDS

    def open(self, context: ImportContext, found: TablePass) -> FaceImportSession:
        """Begin a run."""
        del found
        return FaceImportSession(context)

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Give changed faces their figures back and end the new ones."""
        report = UndoReport()
        for change in changes:
            face = PickFace.objects.get(pk=change.object_id)
            if _figures(face) != change.after:
                report.touched.append(change.label)
            elif change.before:
                draft = FaceDraft(face.bin_id, face.sku_id, *_least_most(change.before))
                replenishing.save_faces([draft], actor=context.actor, at=context.at)
                report.restored += 1
            else:
                replenishing.end_face(face.pk, actor=context.actor, at=context.at)
                report.removed += 1
        return report


class FaceImportSession:
    """One run over one file of pick faces."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say for each row what it would do; writes nothing."""
        return [self._verdict(group)[0] for group in groups]

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Write the rows without a fault."""
        verdicts: list[Verdict] = []
        changes: list[Change] = []
        for group in groups:
            verdict, draft, before = self._verdict(group)
            if draft is not None and verdict.outcome in {"new", "changed"}:
                try:
                    changes.append(self._put(group, draft, before))
                except DomainError as error:
                    verdict = _error(group, [_problem(group, error.code, str(error), "bin")])
            verdicts.append(verdict)
        return Applied(verdicts, changes)

    def finish(self) -> None:
        """Nothing is left to do at the end of the file."""

    def _put(self, group: Group, draft: FaceDraft, before: dict[str, Any] | None) -> Change:
        context = self.context
        face = replenishing.save_faces([draft], actor=context.actor, at=context.at)[0]
        return Change(TARGET, face.pk, _key(group), before, _figures(face))

    def _verdict(self, group: Group) -> tuple[Verdict, FaceDraft | None, dict[str, Any] | None]:
        if group.problems:
            return _error(group, group.problems), None, None
        values = group.rows[0].values
        bins = Bin.objects.pickable().filter(warehouse__code=values["warehouse"])
        place = bins.filter(code=values["bin"]).first()
        sku = Sku.objects.filter(code=values["sku"]).first()
        for found, name, fix in (
            (place, "bin", _("Name a bin of this warehouse that is picked from.")),
            (sku, "sku", _("Create the product first, or correct its code.")),
        ):
            if found is None:
                text = _("Nothing is called %(code)s here.") % {"code": values[name]}
                return _error(group, [_problem(group, "UNKNOWN_CODE", text, name, fix)]), None, None
        least, most = values["min_qty"], values["max_qty"]
        if least >= most:
            text = str(replenishing.BadFace())
            return _error(group, [_problem(group, "BAD_FACE", text, "max_qty")]), None, None
        assert place is not None
        assert sku is not None
        known = PickFace.objects.filter(bin=place, sku=sku).first()
        before = _figures(known) if known is not None and known.is_active else None
        draft = FaceDraft(place.pk, sku.pk, least, most)
        after = {"min_qty": least, "max_qty": most, "is_active": True}
        if before == after:
            return _done(group, "same", {}), None, None
        old = before or {}
        diff = {
            name: [str(old.get(name, "")), str(after[name])]
            for name in ("min_qty", "max_qty")
            if old.get(name) != after[name]
        }
        return _done(group, "changed" if before else "new", diff), draft, before


def _key(group: Group) -> str:
    values = group.rows[0].values if group.rows else {}
    return f"{values.get('bin', '')} {values.get('sku', '')}".strip()


def _figures(face: PickFace) -> dict[str, Any]:
    return {"min_qty": face.min_qty, "max_qty": face.max_qty, "is_active": face.is_active}


def _least_most(figures: dict[str, Any]) -> tuple[int, int]:
    return figures["min_qty"], figures["max_qty"]


def _done(group: Group, outcome: Any, diff: dict[str, list[str]]) -> Verdict:
    tally = {"set_aside:ALREADY_IMPORTED": 1} if outcome == "same" else {"lines_imported": 1}
    return Verdict(group.line, _key(group), outcome, 1, diff=diff, tally=tally)


def _error(group: Group, problems: Sequence[Problem]) -> Verdict:
    tally = {"set_aside:UNREADABLE": 1}
    return Verdict(group.line, _key(group), "error", 1, problems=problems, tally=tally)


def _problem(group: Group, code: str, text: str, name: str, fix: str = "") -> Problem:
    value = str(group.rows[0].values.get(name, "")) if group.rows else ""
    return Problem(group.line, name, value, code, text, fix or _("Correct the row."))

"""Rate cards from a table: all rows of a service are one object, put in whole or not at all.

The cells stay text here: `shipping.domain.rate_file` reads them, as it does for the command and
the settings page. docs/import-mapping.md tells the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
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
from shipping.domain.rate_file import CardDraft, RateFault, read_cards
from shipping.services import rates

VALUE_REFUSED = "RATE_VALUE_REFUSED"


def _text(name: str, label: Any, *aliases: str, required: bool = False) -> FieldSpec:
    return FieldSpec(name, label, required=required, max_chars=2000, aliases=aliases, default="")


FIELDS: tuple[FieldSpec, ...] = (
    _text("service", gettext_lazy("shipping service"), "service code", "物流服务", required=True),
    _text("currency", gettext_lazy("currency"), "币种", required=True),
    _text("valid_from", gettext_lazy("valid from"), "from", "生效日期", required=True),
    _text("valid_to", gettext_lazy("first day out of force"), "until", "失效日期"),
    _text("warehouse", gettext_lazy("warehouse"), "warehouse code", "仓库"),
    _text("zone", gettext_lazy("rate zone"), "分区", required=True),
    _text("countries", gettext_lazy("countries"), "places", "国家", required=True),
    _text("transit_lo_days", gettext_lazy("shortest transit, days"), "最短时效", required=True),
    _text("transit_hi_days", gettext_lazy("longest transit, days"), "最长时效", required=True),
    _text(
        "max_weight_g", gettext_lazy("weight up to, grams"), "weight", "最大重量克", required=False
    ),
    _text("amount", gettext_lazy("price"), "rate", "价格"),
    _text("per_extra_kg", gettext_lazy("price of each kilogram above"), "续重每公斤"),
)


class RateImport(PlainKind):
    """The kind `rates`: one row per zone and weight break, joined by service."""

    code = "rates"
    title = gettext_lazy("Rate cards")
    capability = "shipping.manage"
    group_field = "service"
    fields: tuple[FieldSpec, ...] = FIELDS

    def open(self, context: ImportContext, found: TablePass) -> RateImportSession:
        """Begin a run."""
        del found
        return RateImportSession(context)

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Remove the cards; the ones they ended run on. Cards ended since then stay."""
        del context
        return rates.take_back(list(changes))


class RateImportSession:
    """One run over one file of rate cards."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say for each service how many cards would be new; writes nothing."""
        return [self._verdict(group)[0] for group in groups]

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Put in the cards of each service that has no fault; a refused one leaves the others."""
        verdicts: list[Verdict] = []
        changes: list[Change] = []
        for group in groups:
            verdict, cards = self._verdict(group)
            if verdict.outcome == "new":
                try:
                    with transaction.atomic():
                        changes += self._put(cards)
                except DomainError as error:
                    verdict = _error(group, [_refusal(group, error)])
            verdicts.append(verdict)
        return Applied(verdicts, changes)

    def finish(self) -> None:
        """Nothing is left to do at the end of the file."""

    def _put(self, cards: Sequence[CardDraft]) -> list[Change]:
        context = self.context
        name = f"import {context.batch_id}"
        done = rates.put_cards(cards, source_name=name, actor=context.actor, at=context.at)
        return list(done.changes)

    def _verdict(self, group: Group) -> tuple[Verdict, list[CardDraft]]:
        if group.problems:
            return _error(group, group.problems), []
        cards, faults = read_cards((row.line, row.values) for row in group.rows)
        faults += rates.find_unknown(cards)
        if faults:
            return _error(group, [_problem(fault) for fault in faults]), []
        try:
            new, known = rates.foresee(cards)
        except DomainError as error:
            return _error(group, [_refusal(group, error)]), []
        lines = len(group.rows)
        if not new:
            tally = {"set_aside:ALREADY_IMPORTED": lines}
            return Verdict(group.line, group.key, "same", lines, tally=tally), []
        tally = {"lines_imported": lines, "rate_cards": new}
        diff = {"rate cards": [str(known), str(known + new)]}
        return Verdict(group.line, group.key, "new", lines, diff=diff, tally=tally), cards


def _error(group: Group, problems: Sequence[Problem]) -> Verdict:
    tally = {"set_aside:UNREADABLE": len(group.rows)}
    lines = len(group.rows)
    return Verdict(group.line, group.key, "error", lines, problems=problems, tally=tally)


def _problem(fault: RateFault) -> Problem:
    message = _("This value can't be used.")
    return Problem(fault.line, fault.field, fault.value, VALUE_REFUSED, message, _(fault.fix))


def _refusal(group: Group, error: DomainError) -> Problem:
    fix = _("Correct the rows of this service and import again.")
    return Problem(group.line, "service", group.key, error.code, str(error), fix)

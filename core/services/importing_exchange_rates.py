"""Exchange rates from a file: one row per currency and day; the same rate again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy

from core.errors import DomainError
from core.imports.fields import FieldSpec, OptionSpec
from core.imports.kinds import (
    Applied,
    Change,
    Group,
    ImportContext,
    Outcome,
    PlainKind,
    TablePass,
    UndoReport,
    Verdict,
)
from core.imports.problems import Problem
from core.models import ExchangeRate
from core.services import rates
from core.services.rates import RateDraft

FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(
        "currency",
        gettext_lazy("currency"),
        required=True,
        max_chars=3,
        aliases=("currency code", "币种"),
        default="",
    ),
    FieldSpec(
        "on",
        gettext_lazy("from day"),
        "date",
        required=True,
        aliases=("date", "valid from", "日期"),
    ),
    FieldSpec(
        "rate",
        gettext_lazy("worth of one unit"),
        "decimal",
        required=True,
        high=1_000_000_000,
        aliases=("exchange rate", "rate to base", "汇率"),
    ),
)


class ExchangeRateImport(PlainKind):
    """The kind `exchange_rates`: what one unit of a currency is worth from a day on."""

    code = "exchange_rates"
    title = gettext_lazy("Exchange rates")
    capability = "settings.manage"
    fields: tuple[FieldSpec, ...] = FIELDS
    options: tuple[OptionSpec, ...] = (
        OptionSpec("date_format", gettext_lazy("date format"), "texts", ()),
    )

    def open(self, context: ImportContext, found: TablePass) -> ExchangeRateSession:
        """Begin a run."""
        del found
        return ExchangeRateSession(context)

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Restore what was there before; rates corrected since then stay."""
        del context
        return rates.take_back(list(changes))


class ExchangeRateSession:
    """One run over one file of exchange rates."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say for each row whether it is new, changes a rate or is there; writes nothing."""
        return [self._judge(group)[0] for group in groups]

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Write the rows that have no fault; a refused one leaves the others."""
        verdicts, changes = [], []
        for group in groups:
            verdict, draft = self._judge(group)
            if draft is not None and verdict.outcome in {"new", "changed"}:
                made = rates.import_rates([draft], actor=self.context.actor, at=self.context.at)
                changes += [change for change in made if change is not None]
            verdicts.append(verdict)
        return Applied(verdicts, changes)

    def finish(self) -> None:
        """Nothing is left to do at the end of the file."""

    def _judge(self, group: Group) -> tuple[Verdict, RateDraft | None]:
        problems: Sequence[Problem] = group.problems
        if problems:
            return _error(group, problems), None
        row = group.rows[0]
        try:
            draft = rates.check(
                RateDraft(row.values["currency"], row.values["on"], row.values["rate"])
            )
        except DomainError as error:
            text = str(error)
            problem = Problem(row.line, "rate", str(row.values["rate"]), error.code, text, text)
            return _error(group, [problem]), None
        known = ExchangeRate.objects.filter(currency=draft.currency, on=draft.on).first()
        key = f"{draft.currency} {draft.on.isoformat()}"
        if known is not None and known.rate_to_base == draft.rate:
            tally = {"set_aside:ALREADY_IMPORTED": 1}
            return Verdict(group.line, key, "same", tally=tally), draft
        before = "" if known is None else str(known.rate_to_base)
        outcome: Outcome = "new" if known is None else "changed"
        diff = {"rate": [before, str(draft.rate)]}
        return Verdict(group.line, key, outcome, diff=diff, tally={"lines_imported": 1}), draft


def _error(group: Group, problems: Sequence[Problem]) -> Verdict:
    tally = {"set_aside:UNREADABLE": len(group.rows)}
    return Verdict(group.line, group.key, "error", problems=problems, tally=tally)

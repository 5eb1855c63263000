"""Counts of a day from outside the orders: visitors, marketing, searches. Three kinds of file.

One row is one day and subject (a SKU, a customer, a search term). A row for a day that is known
replaces its count; undo brings the former one back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
from core.imports.snapshots import changed, created, snapshot, take_back
from customers.models import Customer
from inventory.services.importing import find_skus
from planning.models import DemandSignal

DAY = FieldSpec("on", gettext_lazy("day"), "date", required=True, aliases=("date", "day", "日期"))
COUNT = FieldSpec(
    "count",
    gettext_lazy("count"),
    "decimal",
    required=True,
    high=1_000_000_000,
    aliases=("value", "events", "index", "次数"),
)
KIND = FieldSpec(
    "kind", gettext_lazy("kind"), required=True, max_chars=16, aliases=("event", "类型"), default=""
)
SKU = FieldSpec(
    "sku", gettext_lazy("SKU"), max_chars=64, aliases=("sku code", "商品编码"), default=""
)
CUSTOMER = FieldSpec(
    "customer",
    gettext_lazy("customer number"),
    max_chars=24,
    aliases=("customer number", "客户编号"),
    default="",
)
TERM = FieldSpec(
    "term",
    gettext_lazy("search term"),
    max_chars=120,
    aliases=("keyword", "query", "关键词"),
    default="",
)


@dataclass(frozen=True, slots=True)
class _Draft:
    kind: str
    subject_key: str
    sku_id: int | None
    customer_id: int | None
    term: str
    on: dt.date
    count: float

    @property
    def key(self) -> tuple[str, str, dt.date]:
        return self.kind, self.subject_key, self.on


class _SignalImport(PlainKind):
    """What the three kinds have in common."""

    source: ClassVar[str] = ""
    kinds: ClassVar[tuple[str, ...]] = ()
    capability = "planning.manage"
    options: tuple[OptionSpec, ...] = (
        OptionSpec("date_format", gettext_lazy("date format"), "texts", ()),
    )

    def open(self, context: ImportContext, found: TablePass) -> SignalSession:
        """Begin a run."""
        del found
        return SignalSession(context, self.source, self.kinds)

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Restore the counts that were there before; those replaced since stay."""
        del context
        return take_back(changes, DemandSignal)


class BehaviorImport(_SignalImport):
    """The kind `visitor_behavior`: views, carts and favorites by day."""

    code = "visitor_behavior"
    title = gettext_lazy("Visitor behavior")
    source = DemandSignal.Source.BEHAVIOR
    kinds = ("view", "cart", "favorite")
    fields: tuple[FieldSpec, ...] = (DAY, KIND, SKU, CUSTOMER, COUNT)


class MarketingImport(_SignalImport):
    """The kind `marketing`: mails opened and coupons used by day."""

    code = "marketing"
    title = gettext_lazy("Marketing results")
    source = DemandSignal.Source.MARKETING
    kinds = ("open", "coupon")
    fields: tuple[FieldSpec, ...] = (DAY, KIND, SKU, CUSTOMER, COUNT)


class SearchTrendImport(_SignalImport):
    """The kind `search_trends`: how often people search, by day and term."""

    code = "search_trends"
    title = gettext_lazy("Search trends")
    source = DemandSignal.Source.SEARCH
    kinds = ("trend",)
    fields: tuple[FieldSpec, ...] = (DAY, TERM, SKU, COUNT)


class SignalSession:
    """One run over one file."""

    def __init__(self, context: ImportContext, source: str, kinds: Sequence[str]) -> None:
        self.context = context
        self.source = source
        self.kinds = kinds

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say for each row whether it is new, changes a count or is there; writes nothing."""
        drafts = self._drafts(groups)
        known = self._known(drafts)
        return [self._verdict(group, draft, known) for group, draft in drafts]

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Write the rows without a fault; a chunk costs a fixed number of statements."""
        drafts = self._drafts(groups)
        known = self._known(drafts)
        before = {key: snapshot(row) for key, row in known.items()}
        verdicts: list[Verdict] = []
        fresh: dict[Any, DemandSignal] = {}
        for group, draft in drafts:
            verdict = self._verdict(group, draft, known)
            verdicts.append(verdict)
            if isinstance(draft, _Draft) and verdict.outcome in {"new", "changed"}:
                row = known.get(draft.key)
                if row is None:
                    row = known[draft.key] = fresh[draft.key] = self._row(draft)
                row.count_value, row.import_batch_id = draft.count, self.context.batch_id
        DemandSignal.objects.bulk_create(fresh.values())
        replaced = [
            row
            for key, row in known.items()
            if key not in fresh and row.import_batch_id == self.context.batch_id
        ]
        DemandSignal.objects.bulk_update(replaced, ["count_value", "import_batch_id"])
        changes = [created(row) for row in fresh.values()]
        return Applied(verdicts, changes + [changed(row, before[_key(row)]) for row in replaced])

    def finish(self) -> None:
        """Nothing is left to do at the end of the file."""

    def _drafts(self, groups: Sequence[Group]) -> list[tuple[Group, _Draft | list[Problem]]]:
        values = [group.rows[0].values for group in groups if not group.problems]
        skus = find_skus(row["sku"] for row in values if row.get("sku"))
        numbers = {row["customer"] for row in values if row.get("customer")}
        people = Customer.objects.filter(number__in=numbers).order_by("pk")
        customers = dict(people.values_list("number", "pk"))
        return [
            (group, list(group.problems) or self._draft(group, skus, customers)) for group in groups
        ]

    def _draft(
        self, group: Group, skus: dict[str, Any], customers: dict[str, int]
    ) -> _Draft | list[Problem]:
        row = group.rows[0].values
        sku, customer = row.get("sku", ""), row.get("customer", "")
        kind = row["kind"].casefold() if "kind" in row else self.kinds[0]
        term = row.get("term", "").strip().casefold()
        problem = ""
        field = "sku"
        if kind not in self.kinds:
            field, problem = "kind", _("Kinds are: %(kinds)s.") % {"kinds": ", ".join(self.kinds)}
        elif sku and sku not in skus:
            problem = _("Create the product first, or correct its code.")
        elif customer and customer not in customers:
            field, problem = "customer", _("Correct the customer number, or leave it empty.")
        elif not (sku or customer or term):
            problem = _("Say what the count is about: a SKU, a customer or a search term.")
        if problem:
            value = str(row.get(field, ""))
            return [Problem(group.line, field, value, "SIGNAL_REFUSED", problem, problem)]
        about = ((name, text) for name, text in (("sku", sku), ("customer", customer)) if text)
        subject = "|".join(f"{name}:{text}" for name, text in (*about, *_named("term", term)))
        return _Draft(
            kind=kind,
            subject_key=subject,
            sku_id=skus[sku].pk if sku else None,
            customer_id=customers.get(customer),
            term=term,
            on=row["on"],
            count=float(row["count"]),
        )

    def _known(
        self, drafts: Sequence[tuple[Group, _Draft | list[Problem]]]
    ) -> dict[tuple[str, str, dt.date], DemandSignal]:
        asked = [draft for _group, draft in drafts if isinstance(draft, _Draft)]
        rows = DemandSignal.objects.filter(
            source=self.source,
            subject_key__in={draft.subject_key for draft in asked},
            on__in={draft.on for draft in asked},
        )
        return {_key(row): row for row in rows.order_by("pk")}

    def _row(self, draft: _Draft) -> DemandSignal:
        return DemandSignal(
            source=self.source,
            kind=draft.kind,
            subject_key=draft.subject_key,
            sku_id=draft.sku_id,
            customer_id=draft.customer_id,
            term=draft.term,
            on=draft.on,
            count_value=draft.count,
        )

    def _verdict(
        self,
        group: Group,
        draft: _Draft | list[Problem],
        known: dict[tuple[str, str, dt.date], DemandSignal],
    ) -> Verdict:
        if not isinstance(draft, _Draft):
            tally = {"set_aside:UNREADABLE": 1}
            return Verdict(group.line, group.key, "error", problems=draft, tally=tally)
        key = f"{draft.kind} {draft.subject_key} {draft.on.isoformat()}"
        row = known.get(draft.key)
        if row is not None and row.count_value == draft.count:
            tally = {"set_aside:ALREADY_IMPORTED": 1}
            return Verdict(group.line, key, "same", tally=tally)
        outcome: Outcome = "new" if row is None else "changed"
        diff = {"count": ["" if row is None else f"{row.count_value:g}", f"{draft.count:g}"]}
        return Verdict(group.line, key, outcome, diff=diff, tally={"lines_imported": 1})


def _named(name: str, text: str) -> tuple[tuple[str, str], ...]:
    return ((name, text),) if text else ()


def _key(row: DemandSignal) -> tuple[str, str, dt.date]:
    return row.kind, row.subject_key, row.on

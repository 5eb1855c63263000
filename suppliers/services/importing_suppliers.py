"""Suppliers and their list prices from tables.

Suppliers: one row each; an empty cell leaves what is known. Prices: the rows of a SKU belong
together, so that the breaks of a list are judged as a whole; a list of the same day is added to.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError
from core.imports import snapshots
from core.imports.fields import FieldSpec, SourceRow
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
from inventory.models import MOST_UNITS, Sku
from suppliers.domain.pricing import BreaksRefused, PriceBreak, check_breaks
from suppliers.domain.terms import MOST_LEAD_DAYS, MOST_PAYMENT_DAYS
from suppliers.models import ListPrice, Supplier, SupplierSku
from suppliers.services import supplier_records
from suppliers.services.agreement_errors import BadPriceBreak
from suppliers.services.errors import SupplierMissing
from suppliers.services.supplier_records import GoodsDraft, SupplierDraft

_TOP = Decimal(10) ** 12


def _code(name: str, label: Any, chars: int, *aliases: str) -> FieldSpec:
    return FieldSpec(name, label, required=True, max_chars=chars, aliases=aliases, default="")


def _text(name: str, label: Any, chars: int, *aliases: str) -> FieldSpec:
    return FieldSpec(name, label, max_chars=chars, aliases=aliases)


def _whole(name: str, label: Any, low: int, high: int, *aliases: str) -> FieldSpec:
    return FieldSpec(name, label, "whole", low=low, high=high, aliases=aliases)


SUPPLIER_FIELDS: tuple[FieldSpec, ...] = (
    _code("supplier", gettext_lazy("supplier"), 32, "code", "supplier code", "vendor", "供应商"),
    _text("name", gettext_lazy("name"), 120, "supplier name", "vendor name", "名称"),
    _text("name_zh", gettext_lazy("Chinese name"), 120, "中文名称"),
    FieldSpec("country", gettext_lazy("country"), "country", aliases=("国家",)),
    _text("currency", gettext_lazy("currency"), 3, "币种"),
    _text("incoterm", gettext_lazy("incoterm"), 3, "terms of delivery", "贸易术语"),
    _whole("payment_days", gettext_lazy("payment (days)"), 0, MOST_PAYMENT_DAYS, "payment terms"),
    FieldSpec("deposit_pct", gettext_lazy("deposit (%)"), "decimal", high=Decimal(100)),
    _text("risk", gettext_lazy("risk"), 8, "风险"),
)

PRICE_FIELDS: tuple[FieldSpec, ...] = (
    _code("sku", gettext_lazy("SKU"), 64, "code", "sku code", "商品编码"),
    _code("supplier", gettext_lazy("supplier"), 32, "supplier code", "vendor", "供应商"),
    _text("supplier_code", gettext_lazy("supplier's code"), 64, "vendor sku", "供应商编码"),
    _text("currency", gettext_lazy("currency"), 3, "币种"),
    _whole("moq_qty", gettext_lazy("least order (units)"), 1, MOST_UNITS, "moq", "起订量"),
    _whole("multiple_qty", gettext_lazy("pack (units)"), 1, MOST_UNITS, "pack", "装箱数"),
    _whole("lead_days", gettext_lazy("lead time (days)"), 1, MOST_LEAD_DAYS, "lead time", "交期"),
    FieldSpec("valid_from", gettext_lazy("valid from"), "date", aliases=("from", "生效日期")),
    FieldSpec("valid_until", gettext_lazy("valid until"), "date", aliases=("until", "截止日期")),
    _whole("min_qty", gettext_lazy("from units"), 1, MOST_UNITS, "quantity", "起订数量"),
    FieldSpec(
        "unit_price", gettext_lazy("unit price"), "decimal", high=_TOP, aliases=("price", "单价")
    ),
)


#: What a row of prices says about the goods themselves.
GIVEN = ("supplier_code", "currency", "moq_qty", "multiple_qty", "lead_days")


class _Kind(PlainKind):
    """What both kinds share: who may, and how a run is taken back."""

    capability = "suppliers.buy"

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Restore changed rows and remove new ones, unless touched or used since."""
        del context
        rows = list(changes)
        report = UndoReport()
        for model in (ListPrice, SupplierSku, Supplier):
            report.add(snapshots.take_back(rows, model))
        return report


class SupplierImport(_Kind):
    """The kind `suppliers`: one row per supplier."""

    code = "suppliers"
    title = gettext_lazy("Suppliers")
    fields: tuple[FieldSpec, ...] = SUPPLIER_FIELDS

    def open(self, context: ImportContext, found: TablePass) -> _Session:
        """Begin a run."""
        del found
        return _SupplierSession(context)


class SupplierPriceImport(_Kind):
    """The kind `supplier_prices`: one row per supplier, SKU and quantity break."""

    code = "supplier_prices"
    title = gettext_lazy("Supplier prices")
    group_field = "sku"
    fields: tuple[FieldSpec, ...] = PRICE_FIELDS

    def open(self, context: ImportContext, found: TablePass) -> _Session:
        """Begin a run."""
        del found
        return _PriceSession(context)


class _Session:
    """One run: a group is tried in a savepoint; a refused one leaves the others alone."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say for each group what it would do; what it wrote is rolled back."""
        verdicts = []
        with transaction.atomic():
            verdicts = [self._try(group)[0] for group in groups]
            transaction.set_rollback(True)
        return verdicts

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Write the groups without a fault."""
        tried = [self._try(group) for group in groups]
        return Applied(
            [verdict for verdict, _changes in tried],
            [change for _verdict, changes in tried for change in changes],
        )

    def finish(self) -> None:
        """Nothing is left to do at the end of the file."""

    def rows_of(self, group: Group) -> list[models.Model]:
        """Return the rows the group may change, as they are now."""
        raise LookupError(f"{type(self).__name__} names no rows")

    def write(self, group: Group) -> None:
        """Write the group through the services."""
        raise LookupError(f"{type(self).__name__} writes nothing")

    def _try(self, group: Group) -> tuple[Verdict, list[Change]]:
        if group.problems:
            return _error(group, group.problems), []
        before = _kept(self.rows_of(group))
        try:
            with transaction.atomic():
                self.write(group)
        except DomainError as error:
            return _error(group, [_problem(group, error.code, str(error))]), []
        rows = self.rows_of(group)
        changes = _changes(before, rows)
        outcome: Outcome = "same" if not changes else "changed" if before else "new"
        count = len(group.rows)
        tally = {"lines_imported": count} if changes else {"set_aside:ALREADY_IMPORTED": count}
        diff = _diff(changes)
        return Verdict(group.line, group.key, outcome, count, diff=diff, tally=tally), changes


class _SupplierSession(_Session):
    def rows_of(self, group: Group) -> list[models.Model]:
        return list(Supplier.objects.filter(code=group.rows[0].values["supplier"]))

    def write(self, group: Group) -> None:
        values = group.rows[0].values
        actor, at = self.context.actor, self.context.at
        known = Supplier.objects.filter(code=values["supplier"]).first()
        given = {
            name: value
            for name, value in values.items()
            if name != "supplier" and value not in (None, "")
        }
        for name in ("currency", "incoterm"):
            if name in given:
                given[name] = given[name].upper()
        if "risk" in given:
            given["risk"] = given["risk"].lower()
        if known is None:
            draft = SupplierDraft(
                **{"name": values["supplier"], **given, "code": values["supplier"]}
            )
            supplier_records.create(draft, actor=actor, at=at)
            return
        current = SupplierDraft(
            **{name: getattr(known, name) for name in SupplierDraft.__dataclass_fields__}
        )
        draft = replace(current, **given)
        if draft != current:
            supplier_records.edit(known.pk, draft, actor=actor, at=at)


class _PriceSession(_Session):
    def rows_of(self, group: Group) -> list[models.Model]:
        suppliers = {row.values["supplier"] for row in group.rows}
        goods = SupplierSku.objects.filter(
            sku__code=group.rows[0].values["sku"], supplier__code__in=suppliers
        ).order_by("pk")
        prices = ListPrice.objects.filter(supplier_sku__in=goods).order_by("pk")
        return [*goods, *prices]

    def write(self, group: Group) -> None:
        by_supplier: dict[str, list[SourceRow]] = defaultdict(list)
        for row in group.rows:
            by_supplier[str(row.values["supplier"])].append(row)
        for code, rows in by_supplier.items():
            goods = self._put_goods(code, rows)
            lists: dict[dt.date, list[SourceRow]] = defaultdict(list)
            for row in rows:
                if row.values["unit_price"] is not None:
                    lists[row.values["valid_from"] or self.context.at.date()].append(row)
            for day, found in sorted(lists.items()):
                self._put_list(goods, day, found)

    def _put_goods(self, code: str, rows: Sequence[SourceRow]) -> SupplierSku:
        supplier = Supplier.objects.filter(code=code).first()
        if supplier is None:
            raise SupplierMissing(supplier=code)
        sku_code = str(rows[0].values["sku"])
        known = SupplierSku.objects.filter(supplier=supplier, sku__code=sku_code).first()
        draft = GoodsDraft(sku_code=sku_code, currency=supplier.currency)
        if known is not None:
            names = [name for name in asdict(draft) if name not in ("sku_code", "rank")]
            draft = replace(draft, **{name: getattr(known, name) for name in names})
        current = draft
        for row in rows:
            given = {n: row.values[n] for n in GIVEN if row.values[n] not in (None, "")}
            if "currency" in given:
                given["currency"] = str(given["currency"]).upper()
            draft = replace(draft, **given)
        if known is not None and draft == current:
            return known
        actor, at = self.context.actor, self.context.at
        return supplier_records.put_goods(supplier.pk, draft, actor=actor, at=at)

    def _put_list(self, goods: SupplierSku, day: dt.date, rows: Sequence[SourceRow]) -> None:
        old = ListPrice.objects.filter(supplier_sku=goods, valid_from=day)
        known = dict(old.values_list("min_qty", "unit_price"))
        ends = [row.values["valid_until"] for row in rows if row.values["valid_until"]]
        until = ends[0] if ends else old.values_list("valid_until", flat=True).first()
        given = [(row.values["min_qty"] or 1, row.values["unit_price"]) for row in rows]
        _check_twice(goods, given)
        breaks = {**known, **dict(given)}
        same_end = not old.exclude(valid_until=until).exists() if until else True
        if breaks == known and same_end:
            return
        supplier_records.set_list(
            goods.pk,
            breaks,
            valid_from=day,
            valid_until=until,
            actor=self.context.actor,
            at=self.context.at,
        )


def _check_twice(goods: SupplierSku, given: Sequence[tuple[int, Decimal]]) -> None:
    try:
        check_breaks([PriceBreak(qty, price) for qty, price in given])
    except BreaksRefused as error:
        sku = Sku.objects.get(pk=goods.sku_id).code
        raise BadPriceBreak(sku=sku, min_qty=error.min_qty, why=error.why) from error


Kept = dict[tuple[str, int], dict[str, Any]]


def _kept(rows: Iterable[models.Model]) -> Kept:
    return {(row._meta.label, row.pk): snapshots.snapshot(row) for row in rows}


def _changes(before: Kept, rows: Iterable[models.Model]) -> list[Change]:
    found = []
    for row in rows:
        old = before.get((row._meta.label, row.pk))
        if old is None:
            found.append(snapshots.created(row))
        elif old != snapshots.snapshot(row):
            found.append(snapshots.changed(row, old))
    return found


def _diff(changes: Sequence[Change]) -> Mapping[str, list[str]]:
    diff: dict[str, list[str]] = {}
    for change in changes:
        old = change.before or {}
        place = f" {change.after['min_qty']}" if "unit_price" in change.after else ""
        for name, value in change.after.items():
            is_told = name != "id" and not name.endswith("_id") and value not in (None, "")
            if is_told and old.get(name) != value:
                diff[name + place] = [str(old.get(name) or ""), str(value)]
    return diff


def _error(group: Group, problems: Sequence[Problem]) -> Verdict:
    count = len(group.rows)
    tally = {"set_aside:UNREADABLE": count}
    return Verdict(group.line, group.key, "error", count, problems=problems, tally=tally)


def _problem(group: Group, code: str, text: str) -> Problem:
    row = group.rows[0]
    value = str(row.values.get("supplier") or "")
    return Problem(row.line, "supplier", value, code, text, _("Correct the row."))

"""Purchase orders from a table: the rows of one reference are one draft, whole or not at all.

A file drafts and never approves: units are needs that least orders and packs round up, prices are
quoted unless a row says one with its reason. docs/import-mapping.md tells the columns;
docs/templates/purchase_orders.csv is a file to begin with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
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
    TablePass,
    UndoReport,
    Verdict,
)
from core.imports.problems import Problem, shown
from inventory.models import MOST_UNITS, Sku, Warehouse
from inventory.services.importing import find_skus
from suppliers.models import PurchaseOrder, Supplier
from suppliers.services import purchase_closing, purchase_drafting, purchase_rows
from suppliers.services.purchase_drafts import LineAsk, OrderDraft

UNDONE: Final = "ENTERED_WRONG"
#: What every row of one order must say alike.
SHARED: Final = ("supplier", "warehouse", "currency", "mode", "required_by", "reason", "note")
MODES: Final = frozenset(PurchaseOrder.Mode.values)


def _text(name: str, label: Any, *aliases: str, chars: int = 64, required: bool = False) -> Any:
    return FieldSpec(name, label, required=required, max_chars=chars, aliases=aliases, default="")


FIELDS: tuple[FieldSpec, ...] = (
    _text("reference", gettext_lazy("reference"), "order", "po", "采购单", required=True),
    _text("supplier", gettext_lazy("supplier"), "supplier code", "供应商", chars=32, required=True),
    _text("warehouse", gettext_lazy("warehouse"), "warehouse code", "仓库", required=True),
    _text("sku", gettext_lazy("SKU"), "code", "sku code", "商品编码", required=True),
    FieldSpec(
        "qty",
        gettext_lazy("quantity"),
        "whole",
        required=True,
        low=1,
        high=MOST_UNITS,
        aliases=("quantity", "units", "need", "数量"),
        default=0,
    ),
    FieldSpec(
        "price",
        gettext_lazy("unit price"),
        "decimal",
        high=1_000_000_000,
        aliases=("unit price", "单价"),
    ),
    _text("price_reason", gettext_lazy("reason for the price"), "价格原因", chars=200),
    FieldSpec(
        "required_by",
        gettext_lazy("wanted by"),
        "date",
        aliases=("required by", "due", "需求日期"),
    ),
    _text("currency", gettext_lazy("currency"), "币种", chars=3),
    _text("mode", gettext_lazy("transport"), "transport", "运输方式", chars=8),
    _text("reason", gettext_lazy("why it is needed"), "why", "原因", chars=400),
    _text("note", gettext_lazy("note to the supplier"), "备注", chars=400),
)


class PurchaseImport(PlainKind):
    """The kind `purchase_orders`: one row per SKU, joined by the order's reference."""

    code = "purchase_orders"
    title = gettext_lazy("Purchase orders")
    capability = "suppliers.buy"
    group_field = "reference"
    fields: tuple[FieldSpec, ...] = FIELDS
    options: tuple[OptionSpec, ...] = (
        OptionSpec("date_format", gettext_lazy("date format"), "texts", ()),
    )

    def open(self, context: ImportContext, found: TablePass) -> PurchaseImportSession:
        """Begin a run."""
        del found
        return PurchaseImportSession(context)

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Cancel the orders that are drafts still; those somebody submitted stay."""
        report = UndoReport()
        for change in changes:
            if change.model == PurchaseOrder._meta.label:
                _take_back(change, context, report)
        return report


def _take_back(change: Change, context: ImportContext, report: UndoReport) -> None:
    order = purchase_rows.lock(change.object_id)
    if order.state != PurchaseOrder.State.DRAFT:
        report.in_use.append(change.label)
        return
    purchase_closing.cancel(order.pk, reason=UNDONE, actor=context.actor, at=context.at)
    # The reference may come again with the next file; a cancelled draft must not hold it.
    PurchaseOrder.objects.filter(pk=order.pk).update(source_key="")
    report.removed += 1


@dataclass
class _Known:
    """Suppliers, warehouses and SKUs by code, and references that were drafted before."""

    suppliers: dict[str, int] = field(default_factory=dict)
    warehouses: dict[str, int] = field(default_factory=dict)
    skus: dict[str, Sku] = field(default_factory=dict)
    drafted: set[str] = field(default_factory=set)

    def load(self, groups: Sequence[Group]) -> None:
        """Look up what these rows name, in four queries."""
        rows = [row for group in groups for row in group.rows]
        said = {
            name: sorted({str(row.values[name]) for row in rows})
            for name in ("supplier", "warehouse")
        }
        suppliers = Supplier.objects.active().filter(code__in=said["supplier"])
        self.suppliers = dict(suppliers.values_list("code", "pk"))
        places = Warehouse.objects.active().filter(code__in=said["warehouse"])
        self.warehouses = dict(places.values_list("code", "pk"))
        self.skus = find_skus(str(row.values["sku"]) for row in rows)
        known = PurchaseOrder.objects.filter(source_key__in=[_key(group) for group in groups])
        self.drafted = set(known.values_list("source_key", flat=True))


class PurchaseImportSession:
    """One run over one file of purchase orders."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say for each order whether it is new, known, or which cells are wrong."""
        return [verdict for verdict, _known in self._judged(groups)]

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Draft the orders that have no fault; a refused one leaves the others."""
        verdicts: list[Verdict] = []
        changes: list[Change] = []
        for group, (seen, known) in zip(groups, self._judged(groups), strict=True):
            verdict = seen
            if seen.outcome == "new":
                try:
                    with transaction.atomic():
                        changes.append(snapshots.created(self._draft(group, known)))
                except DomainError as error:
                    verdict = _error(group, [_refusal(group, error)])
            verdicts.append(verdict)
        return Applied(verdicts, changes)

    def finish(self) -> None:
        """Nothing is left to do at the end of the file."""

    def _judged(self, groups: Sequence[Group]) -> list[tuple[Verdict, _Known]]:
        known = _Known()
        known.load([group for group in groups if not group.problems])
        return [(_verdict(group, known), known) for group in groups]

    def _draft(self, group: Group, known: _Known) -> PurchaseOrder:
        first = group.rows[0].values
        draft = OrderDraft(
            supplier_id=known.suppliers[first["supplier"]],
            warehouse_id=known.warehouses[first["warehouse"]],
            lines=[_ask(row, known) for row in group.rows],
            currency=first["currency"],
            mode=first["mode"].lower() or PurchaseOrder.Mode.SEA,
            required_by=first["required_by"],
            reason=first["reason"],
            note=first["note"],
        )
        return purchase_drafting.create_draft(
            draft, source_key=_key(group), actor=self.context.actor, at=self.context.at
        )


def _ask(row: SourceRow, known: _Known) -> LineAsk:
    said = row.values
    price: Decimal | None = said["price"]
    return LineAsk(known.skus[said["sku"]].pk, said["qty"], price, said["price_reason"])


def _key(group: Group) -> str:
    return f"import:{group.rows[0].values['supplier']}:{group.key}" if group.rows else ""


def _verdict(group: Group, known: _Known) -> Verdict:
    problems = list(group.problems) or _problems(group, known)
    if problems:
        return _error(group, problems)
    lines = len(group.rows)
    if _key(group) in known.drafted:
        tally = {"set_aside:ALREADY_IMPORTED": lines}
        return Verdict(group.line, group.key, "same", lines, tally=tally)
    units = sum(row.values["qty"] for row in group.rows)
    tally = {"lines_imported": lines, "purchase_orders": 1, "units": units}
    diff = {"units": ["", str(units)]}
    return Verdict(group.line, group.key, "new", lines, diff=diff, tally=tally)


def _problems(group: Group, known: _Known) -> list[Problem]:
    first = group.rows[0].values
    found: list[Problem] = []
    seen: set[int] = set()
    for row in group.rows:
        for name in SHARED:
            if row.values[name] != first[name]:
                message = _("One order has one %(field)s; its first row says another.")
                fix = _("Give these rows a reference of their own, or the same value.")
                found.append(
                    _wrong(row, name, "PURCHASE_ROWS_DIFFER", message % {"field": name}, fix)
                )
        found += _unknown(row, known)
        sku = known.skus.get(row.values["sku"])
        if sku is not None and sku.pk in seen:
            message = _("This SKU stands on the order already.")
            fix = _("Put its units on one row.")
            found.append(_wrong(row, "sku", "PURCHASE_SKU_TWICE", message, fix))
        if sku is not None:
            seen.add(sku.pk)
    return found


def _unknown(row: SourceRow, known: _Known) -> list[Problem]:
    said = row.values
    found = []
    if said["supplier"] not in known.suppliers:
        message = _("No supplier in use has this code.")
        fix = _("Create the supplier, or correct the code.")
        found.append(_wrong(row, "supplier", "SUPPLIER_MISSING", message, fix))
    if said["warehouse"] not in known.warehouses:
        message = _("No warehouse in use has this code.")
        fix = _("Create the warehouse, or correct the code.")
        found.append(_wrong(row, "warehouse", "PURCHASE_WAREHOUSE_MISSING", message, fix))
    if said["sku"] not in known.skus:
        message = _("No SKU has this code.")
        fix = _("Create the product, or correct the code.")
        found.append(_wrong(row, "sku", "PURCHASE_SKU_MISSING", message, fix))
    if said["mode"] and said["mode"].lower() not in MODES:
        message = _("This is no way of transport.")
        fix = _("Write air, sea, rail or express.")
        found.append(_wrong(row, "mode", "PURCHASE_MODE_UNKNOWN", message, fix))
    if said["price"] is not None and not said["price_reason"]:
        message = _("A price of its own needs its reason.")
        fix = _("Fill in the reason, or leave the price empty to take the agreed one.")
        found.append(_wrong(row, "price_reason", "PRICE_REASON_NEEDED", message, fix))
    return found


def _wrong(row: SourceRow, name: str, code: str, message: str, fix: str) -> Problem:
    value = row.values[name]
    return Problem(row.line, name, shown("" if value is None else str(value)), code, message, fix)


def _error(group: Group, problems: Sequence[Problem]) -> Verdict:
    tally = {"set_aside:UNREADABLE": len(group.rows)}
    lines = len(group.rows)
    return Verdict(group.line, group.key, "error", lines, problems=problems, tally=tally)


def _refusal(group: Group, error: DomainError) -> Problem:
    fix = _("Correct the rows of this order and import again.")
    return Problem(group.line, "reference", shown(group.key), error.code, str(error), fix)

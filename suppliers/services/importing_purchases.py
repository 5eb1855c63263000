"""Purchase orders from a table: the rows of one reference are one draft, whole or not at all.

A file drafts and never approves: units are needs that least orders and packs round up, prices are
quoted unless a row says one with its reason. docs/import-mapping.md tells the columns;
docs/templates/purchase_orders.csv is a file to begin with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.imports.fields import FieldSpec, SourceRow
from core.imports.kinds import Group, ImportContext, TablePass
from core.imports.problems import Problem
from inventory.models import MOST_UNITS, Sku, Warehouse
from inventory.services.importing import find_skus
from suppliers.models import PurchaseOrder, Supplier
from suppliers.services import purchase_closing, purchase_drafting, purchase_rows
from suppliers.services.importing_papers import (
    PaperKind,
    PaperSession,
    rows_that_differ,
    text_field,
    unknown_codes,
    wrong,
)
from suppliers.services.purchase_drafts import LineAsk, OrderDraft

UNDONE: Final = "ENTERED_WRONG"
#: What every row of one order must say alike.
SHARED: Final = ("supplier", "warehouse", "currency", "mode", "required_by", "reason", "note")
MODES: Final = frozenset(PurchaseOrder.Mode.values)


FIELDS: tuple[FieldSpec, ...] = (
    text_field("reference", gettext_lazy("reference"), "order", "po", "采购单", required=True),
    text_field(
        "supplier", gettext_lazy("supplier"), "supplier code", "供应商", chars=32, required=True
    ),
    text_field("warehouse", gettext_lazy("warehouse"), "warehouse code", "仓库", required=True),
    text_field("sku", gettext_lazy("SKU"), "code", "sku code", "商品编码", required=True),
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
    text_field("price_reason", gettext_lazy("reason for the price"), "价格原因", chars=200),
    FieldSpec(
        "required_by",
        gettext_lazy("wanted by"),
        "date",
        aliases=("required by", "due", "需求日期"),
    ),
    text_field("currency", gettext_lazy("currency"), "币种", chars=3),
    text_field("mode", gettext_lazy("transport"), "transport", "运输方式", chars=8),
    text_field("reason", gettext_lazy("why it is needed"), "why", "原因", chars=400),
    text_field("note", gettext_lazy("note to the supplier"), "备注", chars=400),
)


class PurchaseImport(PaperKind):
    """The kind `purchase_orders`: one row per SKU, joined by the order's reference."""

    code = "purchase_orders"
    title = gettext_lazy("Purchase orders")
    capability = "suppliers.buy"
    fields: tuple[FieldSpec, ...] = FIELDS
    paper = PurchaseOrder

    def open(self, context: ImportContext, found: TablePass) -> PurchaseImportSession:
        """Begin a run."""
        del found
        return PurchaseImportSession(context)

    def take_back(self, paper_id: int, context: ImportContext) -> bool:
        """Cancel an order that is a draft still; one that somebody submitted stays."""
        order = purchase_rows.lock(paper_id)
        if order.state != PurchaseOrder.State.DRAFT:
            return False
        purchase_closing.cancel(order.pk, reason=UNDONE, actor=context.actor, at=context.at)
        # The reference may come again with the next file; a cancelled draft must not hold it.
        PurchaseOrder.objects.filter(pk=order.pk).update(source_key="")
        return True


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


class PurchaseImportSession(PaperSession):
    """One run over one file of purchase orders."""

    counted = "purchase_orders"
    refused_fix = gettext_lazy("Correct the rows of this order and import again.")

    def load(self, groups: Sequence[Group]) -> None:
        """Look up suppliers, warehouses, SKUs and references drafted before."""
        self.known = _Known()
        self.known.load(groups)

    def is_known(self, group: Group) -> bool:
        """Say whether the supplier's reference was drafted before."""
        return _key(group) in self.known.drafted

    def problems(self, group: Group) -> list[Problem]:
        """Return the cells that differ, name nothing we know, or stand twice."""
        return _problems(group, self.known)

    def make(self, group: Group) -> PurchaseOrder:
        """Draft the order."""
        first = group.rows[0].values
        draft = OrderDraft(
            supplier_id=self.known.suppliers[first["supplier"]],
            warehouse_id=self.known.warehouses[first["warehouse"]],
            lines=[_ask(row, self.known) for row in group.rows],
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


def _problems(group: Group, known: _Known) -> list[Problem]:
    found = rows_that_differ(
        group,
        SHARED,
        code="PURCHASE_ROWS_DIFFER",
        message=gettext_lazy("One order has one %(field)s; its first row says another."),
        fix=gettext_lazy("Give these rows a reference of their own, or the same value."),
    )
    seen: set[int] = set()
    for row in group.rows:
        found += _unknown(row, known)
        sku = known.skus.get(row.values["sku"])
        if sku is not None and sku.pk in seen:
            message = _("This SKU stands on the order already.")
            fix = _("Put its units on one row.")
            found.append(wrong(row, "sku", "PURCHASE_SKU_TWICE", message, fix))
        if sku is not None:
            seen.add(sku.pk)
    return found


def _unknown(row: SourceRow, known: _Known) -> list[Problem]:
    said = row.values
    found = unknown_codes(row, known.suppliers, known.skus, sku_code="PURCHASE_SKU_MISSING")
    if said["warehouse"] not in known.warehouses:
        message = _("No warehouse in use has this code.")
        fix = _("Create the warehouse, or correct the code.")
        found.append(wrong(row, "warehouse", "PURCHASE_WAREHOUSE_MISSING", message, fix))
    if said["mode"] and said["mode"].lower() not in MODES:
        message = _("This is no way of transport.")
        fix = _("Write air, sea, rail or express.")
        found.append(wrong(row, "mode", "PURCHASE_MODE_UNKNOWN", message, fix))
    if said["price"] is not None and not said["price_reason"]:
        message = _("A price of its own needs its reason.")
        fix = _("Fill in the reason, or leave the price empty to take the agreed one.")
        found.append(wrong(row, "price_reason", "PRICE_REASON_NEEDED", message, fix))
    return found

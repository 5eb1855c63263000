"""Products from a file: one row per SKU; new ones are created, known ones get what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.imports import snapshots
from core.imports.fields import FieldSpec, SourceRow
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
from inventory.domain.catalog import BarcodeDraft, PackagingDraft, SkuDraft
from inventory.models import Climate, PackagingSpec, Product, Sku, SkuBarcode
from inventory.services import catalog
from inventory.services.importing import find_skus

MAX_AMOUNT = Decimal(10_000_000)
#: Columns of a SKU that a file may fill; an empty cell leaves the SKU as it is.
COLUMNS = (
    "name",
    "name_zh",
    "kind",
    "weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
    "hs_code",
    "origin_country",
    "customs_text",
    "customs_value",
    "hazard",
    "climate",
    "battery",
    "this_side_up",
    "no_stack",
    "own_box",
    "fragile",
    "lot_tracked",
    "shelf_life_days",
    "default_cost",
    "currency",
    "list_price",
    "archived",
)


def _text(name: str, label: Any, chars: int, *aliases: str) -> FieldSpec:
    return FieldSpec(name, label, max_chars=chars, aliases=aliases)


def _amount(name: str, label: Any, *aliases: str) -> FieldSpec:
    return FieldSpec(name, label, "decimal", high=MAX_AMOUNT, aliases=aliases)


def _whole(name: str, label: Any, *aliases: str) -> FieldSpec:
    return FieldSpec(name, label, "whole", high=100_000_000, aliases=aliases)


FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(
        "sku",
        gettext_lazy("SKU"),
        required=True,
        max_chars=64,
        aliases=("code", "sku code", "variant sku", "商品编码"),
        default="",
    ),
    _text("name", gettext_lazy("name"), 255, "title", "product name", "description", "名称"),
    _text("name_zh", gettext_lazy("Chinese name"), 255, "中文名称"),
    _text("kind", gettext_lazy("kind"), 16, "类型"),
    _text("product", gettext_lazy("product"), 64, "handle", "parent sku", "款号"),
    _text("category", gettext_lazy("category"), 120, "type", "product category", "类别"),
    _text("brand", gettext_lazy("brand"), 120, "vendor", "品牌"),
    _text("barcode", gettext_lazy("barcode"), 64, "ean", "gtin", "upc", "variant barcode", "条码"),
    _whole("weight_g", gettext_lazy("weight (g)"), "weight", "grams", "variant grams", "重量"),
    _whole("length_mm", gettext_lazy("length (mm)"), "length", "长"),
    _whole("width_mm", gettext_lazy("width (mm)"), "width", "宽"),
    _whole("height_mm", gettext_lazy("height (mm)"), "height", "高"),
    _text("hs_code", gettext_lazy("HS code"), 16, "hs", "commodity code", "海关编码"),
    FieldSpec(
        "origin_country",
        gettext_lazy("country of origin"),
        "country",
        aliases=("origin", "made in", "原产国"),
    ),
    _text("customs_text", gettext_lazy("customs text"), 255, "customs description", "报关品名"),
    _amount("customs_value", gettext_lazy("customs value"), "申报价值"),
    _text("hazard", gettext_lazy("hazard class"), 32, "un number"),
    _text("climate", gettext_lazy("temperature"), 8, "storage temperature", "温度"),
    _text("battery", gettext_lazy("battery"), 32, "电池"),
    FieldSpec("this_side_up", gettext_lazy("this side up"), "flag", aliases=("朝上",)),
    FieldSpec("no_stack", gettext_lazy("nothing on top"), "flag", aliases=("不可堆放",)),
    FieldSpec("own_box", gettext_lazy("ships in its own box"), "flag", aliases=("原箱发货",)),
    FieldSpec("fragile", gettext_lazy("fragile"), "flag", aliases=("易碎",)),
    _text("packaging", gettext_lazy("packaging kind"), 10, "packaging kind", "包装类型"),
    _whole("inner_length_mm", gettext_lazy("inner length (mm)"), "内长"),
    _whole("inner_width_mm", gettext_lazy("inner width (mm)"), "内宽"),
    _whole("inner_height_mm", gettext_lazy("inner height (mm)"), "内高"),
    _whole("padding_mm", gettext_lazy("padding on each side (mm)"), "缓冲"),
    _whole("max_weight_g", gettext_lazy("carries at most (g)"), "承重"),
    FieldSpec("lot_tracked", gettext_lazy("tracked by lot"), "flag", aliases=("lots", "批次管理")),
    _whole("shelf_life_days", gettext_lazy("shelf life (days)"), "shelf life", "保质期"),
    _amount("default_cost", gettext_lazy("default unit cost"), "cost", "unit cost", "成本"),
    _text("currency", gettext_lazy("currency"), 3, "币种"),
    _amount("list_price", gettext_lazy("list price"), "price", "variant price", "售价"),
    FieldSpec("archived", gettext_lazy("archived"), "flag"),
)


class ProductImport(PlainKind):
    """The kind `products`: one row per SKU."""

    code = "products"
    title = gettext_lazy("Products")
    capability = "inventory.manage_products"
    fields: tuple[FieldSpec, ...] = FIELDS

    def open(self, context: ImportContext, found: TablePass) -> ProductImportSession:
        """Begin a run."""
        del found
        return ProductImportSession(context)

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Restore changed products and remove new ones, unless touched or used since."""
        del context
        return take_back(list(changes))


class ProductImportSession:
    """One run over one file of products."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context
        self.seen: dict[str, int] = {}
        self.specs: dict[str, PackagingSpec] = {}

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say which SKUs are new, differ (with each cell), or are the same."""
        rows = [group.rows[0] for group in groups]
        known = find_skus(row.values["sku"] for row in rows if row.values["sku"])
        barcodes = _barcode_owners(rows)
        self.specs = _specs_of(rows)
        return [self._verdict(row, known, barcodes) for row in rows]

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Create and change the SKUs of a chunk; a refused row leaves the others alone."""
        verdicts = self.check(groups)
        drafts = [
            _draft(group.rows[0])
            for group, verdict in zip(groups, verdicts, strict=True)
            if verdict.outcome in {"new", "changed"}
        ]
        before = _rows_of(drafts)
        catalog.save_skus(drafts, actor=self.context.actor, at=self.context.at)
        after = _rows_of(drafts)
        return Applied(verdicts, _changes(before, after))

    def finish(self) -> None:
        """Nothing is left to do at the end of the file."""

    def _verdict(
        self, row: SourceRow, known: Mapping[str, Sku], barcodes: Mapping[str, str]
    ) -> Verdict:
        code = str(row.values["sku"])
        problems = [*row.problems, *self._row_problems(row, known.get(code), barcodes)]
        if problems:
            tally = {"set_aside:UNREADABLE": 1}
            return Verdict(row.line, code or str(row.line), "error", problems=problems, tally=tally)
        sku = known.get(code)
        if sku is None:
            diff = {name: ["", str(value)] for name, value in _given(row).items()}
            tally = {"lines_imported": 1, "skus_created": 1}
            return Verdict(row.line, code, "new", diff=diff, tally=tally)
        diff = _difference(sku, row, self.specs.get(code))
        if not diff:
            return Verdict(row.line, code, "same", tally={"lines_same": 1})
        tally = {"lines_imported": 1, "skus_changed": 1}
        return Verdict(row.line, code, "changed", diff=diff, tally=tally)

    def _row_problems(
        self, row: SourceRow, sku: Sku | None, barcodes: Mapping[str, str]
    ) -> list[Problem]:
        code, kind = str(row.values["sku"]), row.values["kind"]
        found = []
        first = self.seen.setdefault(code, row.line)
        if code and first != row.line:
            message = _("The SKU stands on line %(line)s already.") % {"line": first}
            found.append(_problem(row, "sku", "TWICE", message, _("Keep one of the two lines.")))
        if kind and kind not in Sku.Kind.values:
            kinds = ", ".join(Sku.Kind.values)
            message = _("This is no kind of SKU.")
            fix = _("Write one of: %(kinds)s.") % {"kinds": kinds}
            found.append(_problem(row, "kind", "UNKNOWN_KIND", message, fix))
        climate = row.values["climate"]
        if climate and climate not in Climate.values:
            message = _("This is no storage temperature.")
            fix = _("Write one of: %(kinds)s.") % {"kinds": ", ".join(Climate.values)}
            found.append(_problem(row, "climate", "UNKNOWN_CLIMATE", message, fix))
        barcode = row.values["barcode"]
        if barcode and barcodes.get(barcode, code) != code:
            message = _("The barcode belongs to %(sku)s.") % {"sku": barcodes[barcode]}
            found.append(
                _problem(row, "barcode", "BARCODE_TAKEN", message, _("Remove it there first."))
            )
        why = _packaging_problem(self.specs.get(code), row)
        if why:
            fix = _("Fill in inner sides and the weight it carries.")
            found.append(_problem(row, "packaging", "PACKAGING_INCOMPLETE", _(why), fix))
        if sku is not None and _changes_nature(sku, row) and sku.bin_stock.present().exists():
            message = _("A SKU with stock keeps its kind and lot tracking.")
            field = "lot_tracked" if row.values["lot_tracked"] is not None else "kind"
            found.append(_problem(row, field, "SKU_HAS_STOCK", message, _("Use a new SKU.")))
        return found


def _changes_nature(sku: Sku, row: SourceRow) -> bool:
    return any(
        row.values[name] is not None and row.values[name] != getattr(sku, name)
        for name in catalog.FROZEN
    )


def _problem(row: SourceRow, field: str, code: str, message: str, fix: str) -> Problem:
    return Problem(row.line, field, str(row.values[field] or ""), code, message, fix)


def _barcode_owners(rows: Sequence[SourceRow]) -> dict[str, str]:
    codes = sorted({str(row.values["barcode"]) for row in rows if row.values["barcode"]})
    found = SkuBarcode.objects.filter(code__in=codes).values_list("code", "sku__code")
    return dict(found)


def _packaging_of(row: SourceRow) -> PackagingDraft | None:
    values = {name: row.values[name] for name in catalog.PACKAGING[1:]}
    draft = PackagingDraft(kind=row.values["packaging"], **values)
    return draft if draft.values() else None


def _packaging_problem(known: PackagingSpec | None, row: SourceRow) -> str:
    draft = _packaging_of(row)
    if draft is None:
        return ""
    spec = PackagingSpec()
    for name in catalog.PACKAGING if known else ():
        setattr(spec, name, getattr(known, name))
    for name, value in draft.values().items():
        setattr(spec, name, value)
    return catalog.packaging_problem(spec)


def _specs_of(rows: Sequence[SourceRow]) -> dict[str, PackagingSpec]:
    codes = sorted({str(row.values["sku"]) for row in rows if _packaging_of(row) is not None})
    if not codes:
        return {}
    found = PackagingSpec.objects.filter(sku__code__in=codes).select_related("sku")
    return {spec.sku.code: spec for spec in found}


def _given(row: SourceRow) -> dict[str, Any]:
    return {name: row.values[name] for name in COLUMNS if row.values[name] is not None}


def _difference(sku: Sku, row: SourceRow, spec: PackagingSpec | None) -> dict[str, list[str]]:
    diff = {
        name: [_shown(getattr(sku, name)), _shown(value)]
        for name, value in _given(row).items()
        if getattr(sku, name) != value
    }
    values = row.values
    owned = {barcode.code for barcode in sku.barcodes.all()} if values["barcode"] else set()
    if values["barcode"] and values["barcode"] not in owned:
        diff["barcode"] = ["", values["barcode"]]
    draft = _packaging_of(row)
    if draft is not None:
        for column, value in draft.values().items():
            before = getattr(spec, column) if spec else None
            if before != value:
                diff["packaging" if column == "kind" else column] = [_shown(before), _shown(value)]
    product = sku.product
    for name, column in (("product", "code"), ("category", "category"), ("brand", "brand")):
        if values[name] is None or (name != "product" and values["product"] is None):
            continue
        current = getattr(product, column) if product else ""
        if current != values[name]:
            diff[name] = [current, values[name]]
    return diff


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _draft(row: SourceRow) -> SkuDraft:
    values = row.values
    return SkuDraft(
        code=values["sku"],
        product_code=values["product"],
        category=values["category"],
        brand=values["brand"],
        barcodes=(BarcodeDraft(values["barcode"]),) if values["barcode"] else (),
        packaging=_packaging_of(row),
        **_given(row),
    )


Rows = dict[tuple[str, int], models.Model]


def _rows_of(drafts: Sequence[SkuDraft]) -> Rows:
    """Read every row that saving these drafts may create or change."""
    codes = [draft.code for draft in drafts]
    products = [draft.product_code for draft in drafts if draft.product_code]
    barcodes = [row.code for draft in drafts for row in draft.barcodes]
    querysets: list[models.QuerySet[Any]] = [
        SkuBarcode.objects.filter(code__in=barcodes),
        PackagingSpec.objects.filter(sku__code__in=codes),
        Sku.objects.filter(code__in=codes),
        Product.objects.filter(code__in=products),
    ]
    return {(row._meta.label, row.pk): row for rows in querysets for row in rows.order_by("pk")}


def _changes(before: Rows, after: Rows) -> list[Change]:
    found = []
    for key, row in after.items():
        if key not in before:
            found.append(snapshots.created(row))
            continue
        old = snapshots.snapshot(before[key])
        if old != snapshots.snapshot(row):
            found.append(snapshots.changed(row, old))
    return found


def take_back(changes: Sequence[Change]) -> UndoReport:
    """Undo the changes of barcodes, packaging, SKUs and products among `changes`, in that order.

    A row that someone changed since, or that anything points at, stays and is listed.
    """
    report = UndoReport()
    for model in (SkuBarcode, PackagingSpec, Sku, Product):
        owned = (SkuBarcode, PackagingSpec) if model is Sku else ()
        report.add(snapshots.take_back(changes, model, owned=owned))
    return report

"""Products, SKUs, barcodes: created and changed by code, in batches, the same for one and many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from inventory.domain.catalog import BarcodeDraft, BomLineDraft, PackagingDraft, SkuDraft
from inventory.models import BinStock, PackagingSpec, Product, Sku, SkuBarcode
from inventory.services.kits import save_bom

__all__ = ["BarcodeDraft", "BomLineDraft", "PackagingDraft", "SkuDraft", "save_bom", "save_skus"]

BATCH = 500
PACKAGING = (
    "kind",
    "inner_length_mm",
    "inner_width_mm",
    "inner_height_mm",
    "padding_mm",
    "max_weight_g",
)
FROZEN = frozenset({"lot_tracked", "kind"})


class SkuCodeMissing(InputRefused):
    """A SKU without a code."""

    code = "SKU_CODE_MISSING"
    text = gettext_noop("A SKU needs a code. Fill it in.")


class SkuHasStock(StateConflict):
    """What lies in bins can't change its nature."""

    code = "SKU_HAS_STOCK"
    text = gettext_noop(
        "%(sku)s has stock, so its kind and lot tracking stay. Make a new SKU instead."
    )


class BarcodeTaken(StateConflict):
    """A barcode stands for another SKU already."""

    code = "BARCODE_TAKEN"
    text = gettext_noop("Barcode %(barcode)s stands for %(sku)s. Remove it there first.")


class PackagingIncomplete(InputRefused):
    """A box needs its room and what it carries; `why` says what is missing or can't be."""

    code = "PACKAGING_INCOMPLETE"
    text = gettext_noop("%(sku)s can't be saved. %(why)s")


@transaction.atomic
def save_skus(drafts: Sequence[SkuDraft], *, actor: Actor, at: dt.datetime) -> dict[str, Sku]:
    """Create or change SKUs by code, with products and barcodes; return them by code.

    Safe to repeat: a SKU that already is as drafted is not written. The last draft of a code wins.
    About ten statements per 500 drafts. Locks the SKUs in pk order.

    Raises:
        SkuCodeMissing, SkuHasStock, BarcodeTaken, PackagingIncomplete: nothing is written.
    """
    wanted = {draft.code: draft for draft in drafts}
    if "" in wanted:
        raise SkuCodeMissing
    codes = list(wanted)
    saved: dict[str, Sku] = {}
    for start in range(0, len(codes), BATCH):
        part = [wanted[code] for code in codes[start : start + BATCH]]
        saved |= _save(part, actor, at)
    return saved


def _save(drafts: Sequence[SkuDraft], actor: Actor, at: dt.datetime) -> dict[str, Sku]:
    products = _save_products(drafts)
    known = {
        sku.code: sku
        for sku in Sku.objects.filter(code__in=[draft.code for draft in drafts])
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    }
    notes: list[audit.AuditDraft] = []
    changed: list[Sku] = []
    columns: set[str] = set()
    for draft in drafts:
        values = draft.values()
        if draft.product_code:
            values["product_id"] = products[draft.product_code].pk
        sku = known.get(draft.code)
        if sku is None:
            continue
        diff = _differences(sku, values)
        if diff:
            changed.append(sku)
            columns |= diff.keys()
            notes.append(_note(sku, diff, actor, at))
    _refuse_frozen(changed, notes)
    if changed:
        Sku.objects.bulk_update(changed, sorted(columns), batch_size=BATCH)
    fresh = Sku.objects.bulk_create(
        [_new(draft, products) for draft in drafts if draft.code not in known], batch_size=BATCH
    )
    notes += [
        audit.AuditDraft(actor, "inventory.sku_created", f"sku:{sku.pk}", at) for sku in fresh
    ]
    audit.record_many(notes)
    saved = known | {sku.code: sku for sku in fresh}
    _save_barcodes({saved[draft.code].pk: draft.barcodes for draft in drafts})
    _save_packaging({saved[d.code]: d.packaging for d in drafts if d.packaging is not None})
    return saved


def _save_products(drafts: Sequence[SkuDraft]) -> dict[str, Product]:
    named = {draft.product_code: draft for draft in drafts if draft.product_code}
    if not named:
        return {}
    known = {row.code: row for row in Product.objects.filter(code__in=named)}
    Product.objects.bulk_create(
        [
            Product(
                code=code,
                name=draft.name or code,
                name_zh=draft.name_zh or "",
                category=draft.category or "",
                brand=draft.brand or "",
            )
            for code, draft in named.items()
            if code not in known
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    changed = []
    for code, product in known.items():
        values = {"category": named[code].category, "brand": named[code].brand}
        if _differences(product, {key: text for key, text in values.items() if text is not None}):
            changed.append(product)
    if changed:
        Product.objects.bulk_update(changed, ["category", "brand"], batch_size=BATCH)
    return {row.code: row for row in Product.objects.filter(code__in=named)}


def _differences(row: Sku | Product, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Set what differs on the row and return column -> (before, after)."""
    diff = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            diff[name] = (before, value)
            setattr(row, name, value)
    return diff


def _note(
    sku: Sku, diff: Mapping[str, tuple[Any, Any]], actor: Actor, at: dt.datetime
) -> audit.AuditDraft:
    before = {name: _plain(pair[0]) for name, pair in diff.items()}
    after = {name: _plain(pair[1]) for name, pair in diff.items()}
    return audit.AuditDraft(actor, "inventory.sku_changed", f"sku:{sku.pk}", at, before, after)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _refuse_frozen(changed: Sequence[Sku], notes: Sequence[audit.AuditDraft]) -> None:
    touched = [
        sku for sku, note in zip(changed, notes, strict=True) if FROZEN & set(note.after or {})
    ]
    if not touched:
        return
    stocked = BinStock.objects.present().filter(sku__in=touched).order_by("sku_id")
    for code in stocked.values_list("sku__code", flat=True)[:1]:
        raise SkuHasStock(sku=code)


def _new(draft: SkuDraft, products: Mapping[str, Product]) -> Sku:
    product = products.get(draft.product_code or "")
    values = {"name": draft.code, **draft.values()}
    return Sku(code=draft.code, product=product, **values)


def _save_barcodes(wanted: Mapping[int, Sequence[BarcodeDraft]]) -> None:
    owner = {row.code: sku_id for sku_id, rows in wanted.items() for row in rows}
    if not owner:
        return
    known = SkuBarcode.objects.filter(code__in=owner).select_related("sku")
    taken = {row.code: row for row in known}
    for code, row in taken.items():
        if row.sku_id != owner[code]:
            raise BarcodeTaken(barcode=code, sku=row.sku.code)
    SkuBarcode.objects.bulk_create(
        [
            SkuBarcode(
                sku_id=sku_id, code=row.code, kind=row.kind, units_per_scan=row.units_per_scan
            )
            for sku_id, rows in wanted.items()
            for row in {draft.code: draft for draft in rows}.values()
            if row.code not in taken and owner[row.code] == sku_id
        ],
        batch_size=BATCH,
    )


def packaging_problem(spec: PackagingSpec) -> str:
    """Return what a packaging size lacks before it can be stored, "" when nothing."""
    given: list[int | None] = [
        spec.inner_length_mm,
        spec.inner_width_mm,
        spec.inner_height_mm,
    ]
    sides = [side for side in given if side is not None]
    if spec.kind not in PackagingSpec.Kind.values:
        return str(gettext_noop("The packaging kind is none of box, mailer, tissue, bag."))
    if len(sides) < len(given) or not spec.max_weight_g:
        return str(gettext_noop("Packaging needs three inner sides and the weight it carries."))
    if min(sides) <= 2 * spec.padding_mm:
        return str(gettext_noop("The padding leaves no room inside."))
    return ""


def _save_packaging(wanted: Mapping[Sku, PackagingDraft]) -> None:
    if not wanted:
        return
    known = {row.sku_id: row for row in PackagingSpec.objects.filter(sku__in=list(wanted))}
    fresh: list[PackagingSpec] = []
    changed: list[PackagingSpec] = []
    for sku, draft in wanted.items():
        spec = known.get(sku.pk) or PackagingSpec(sku=sku)
        before = [getattr(spec, name) for name in PACKAGING]
        for name, value in draft.values().items():
            setattr(spec, name, value)
        why = packaging_problem(spec)
        if why:
            raise PackagingIncomplete(sku=sku.code, why=why)
        if sku.pk not in known:
            fresh.append(spec)
        elif before != [getattr(spec, name) for name in PACKAGING]:
            changed.append(spec)
    PackagingSpec.objects.bulk_create(fresh, batch_size=BATCH)
    PackagingSpec.objects.bulk_update(changed, PACKAGING, batch_size=BATCH)

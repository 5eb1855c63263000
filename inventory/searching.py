"""What the palette, the search page and the look-up find in inventory: SKUs, bins, lots."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.permissions import Principal
from core.scanning import parse_scan
from core.searching import Group, Hit
from inventory.models import Bin, CycleCount, Lot, Sku, Transfer, WorkOrder


def search_skus(principal: Principal, text: str, limit: int) -> Group:
    """Return SKUs by code, barcode or name. One query."""
    heading = _("Products")
    if not principal.may_any(("inventory.view", "inventory.view_totals")):
        return Group(heading, [])
    gtin = parse_scan(text).gtin
    codes = {text, gtin, gtin.lstrip("0")} - {""}
    rows = (
        Sku.objects.visible_to(principal)
        .filter(
            Q(code__istartswith=text)
            | Q(barcodes__code__in=codes)
            | Q(name__icontains=text)
            | Q(name_zh__contains=text)
        )
        .distinct()
        .order_by("code")[:limit]
    )
    return Group(
        heading,
        [
            Hit(
                "sku",
                row.code,
                f"{row.name} {row.name_zh}".strip(),
                reverse("sku", args=[row.pk]),
                "package",
                is_exact=row.code.lower() == text.lower(),
            )
            for row in rows
        ],
    )


def search_places(principal: Principal, text: str, limit: int) -> Group:
    """Return bins and lots by code. Two queries."""
    heading = _("Bins and lots")
    if not principal.may("inventory.view"):
        return Group(heading, [])
    bins = (
        Bin.objects.visible_to(principal)
        .exclude(warehouse=None)
        .filter(code__istartswith=text)
        .select_related("warehouse")
        .order_by("code", "pk")[:limit]
    )
    lots = (
        Lot.objects.visible_to(principal)
        .filter(code__istartswith=text)
        .select_related("sku")
        .order_by("code", "pk")[:limit]
    )
    hits = [
        Hit(
            "bin",
            row.code,
            row.warehouse.code if row.warehouse else "",
            reverse("bin", args=[row.pk]),
            "map-pin",
            is_exact=row.code.lower() == text.lower(),
        )
        for row in bins
    ]
    hits += [
        Hit(
            "lot",
            row.code,
            row.sku.code,
            reverse("lot", args=[row.pk]),
            "tag",
            is_exact=row.code.lower() == text.lower(),
        )
        for row in lots
    ]
    return Group(heading, hits)


def search_documents(principal: Principal, text: str, limit: int) -> Group:
    """Return transfers, work orders and counts by number. At most three queries."""
    heading = _("Transfers, kits and counts")
    number = text.strip().upper()
    if not principal.may("inventory.view") or not any(sign.isdigit() for sign in number):
        return Group(heading, [])
    kinds = (
        (Transfer, _("Transfer"), "transfer", "truck"),
        (WorkOrder, _("Work order"), "work-order", "package"),
        (CycleCount, _("Count"), "count", "list-checks"),
    )
    hits = [
        Hit(
            name,
            row.number,
            f"{name} · {row.get_state_display()}",
            reverse(page, args=[row.pk]),
            glyph,
            is_exact=row.number == number,
        )
        for model, name, page, glyph in kinds
        for row in model.objects.visible_to(principal)
        .filter(number__startswith=number)
        .order_by("number", "pk")[:limit]
    ]
    return Group(heading, hits)

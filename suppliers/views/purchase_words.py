"""What the pages of purchase orders say: sources of prices, differences, the timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.models import AuditEntry
from suppliers.domain.purchase_reapproval import (
    AMOUNT,
    APPROVER,
    CURRENCY,
    PRICE,
    SHARE,
    SUPPLIER,
    WAREHOUSE,
)
from suppliers.models import PurchaseLine, PurchaseOrder
from suppliers.queries.price_words import SOURCE_WORDS
from suppliers.services.purchase_lines import NONE, TYPED

SOURCES: dict[str, Any] = {
    **SOURCE_WORDS,
    TYPED: _("Typed price"),
    NONE: _("No price"),
}
FIELDS: dict[str, Any] = {
    "supplier": _("Supplier"),
    "warehouse": _("Warehouse"),
    "agreement": _("Agreement"),
    "mode": _("Transport"),
    "currency": _("Currency"),
    "required_by": _("Wanted by"),
    "note": _("Note to the supplier"),
    "total": _("Total"),
    "qty": _("Units"),
    "unit_price": _("Unit price"),
}
CAUSES: dict[str, Any] = {
    SUPPLIER: _("another supplier"),
    CURRENCY: _("another currency"),
    WAREHOUSE: _("another warehouse"),
    PRICE: _("a price that was not approved"),
    SHARE: _("the total changed by more percent than allowed"),
    AMOUNT: _("the total changed by more money than allowed"),
    APPROVER: _("changed by the person who approved it"),
}
#: Differences that tell prices.
PRICED = frozenset({"unit_price", "total"})
ACTIONS: dict[str, Any] = {
    "drafted": _("Drafted"),
    "edited": _("Draft saved"),
    "submitted": _("Submitted for approval"),
    "approved": _("Approved"),
    "approved_itself": _("Approved by rule"),
    "rejected": _("Rejected"),
    "withdrawn": _("Withdrawn"),
    "approval_expired": _("Approval expired"),
    "revised": _("Revised, to be approved again"),
    "carried_over": _("Revised, approval carried over"),
    "sent": _("Sent to the supplier"),
    "chased": _("Reminder sent to the supplier"),
    "confirmed": _("Confirmed by the supplier"),
    "change_proposed": _("Change proposed by the supplier"),
    "declined": _("Declined by the supplier"),
    "received": _("Units received"),
    "cancelled": _("Cancelled"),
    "closed_short": _("Closed short"),
    "closed": _("Closed"),
}


def source_word(line: PurchaseLine) -> Any:
    """Return where the price of a line comes from."""
    return SOURCES.get(line.price_source, line.price_source)


def difference_rows(
    found: Iterable[Sequence[Any]], *, with_prices: bool = True
) -> list[dict[str, Any]]:
    """Return (SKU, field, saved, wanted) as rows of a comparison."""
    rows = []
    for sku, name, before, after in found:
        if name in PRICED and not with_prices:
            continue
        label = FIELDS.get(name, name)
        rows.append(
            {
                "label": f"{sku} · {label}" if sku else label,
                "theirs": _value(name, before),
                "mine": _value(name, after),
            }
        )
    return rows


def timeline(order: PurchaseOrder) -> list[dict[str, Any]]:
    """Return what happened to an order, newest first. One query."""
    entries = AuditEntry.objects.filter(
        target_kind="purchase_order",
        target_id=str(order.pk),
        action__startswith="suppliers.purchase_",
    )
    return [_entry(entry) for entry in entries.order_by("-at", "-pk")[:60]]


def _entry(entry: AuditEntry) -> dict[str, Any]:
    what = entry.action.removeprefix("suppliers.purchase_")
    after = entry.after or {}
    units = after.get("units")
    parts = (f"v{after['revision']}" if "revision" in after else "", units, entry.reason)
    return {
        "person": entry.actor_label if entry.actor_kind == "user" else "",
        "glyph": "circle-dot",
        "text": ACTIONS.get(what, what),
        "at": entry.at,
        "meta": " · ".join(str(part) for part in parts if part),
    }


def _value(name: str, value: Any) -> Any:
    if value is None or value == "":
        return "\N{EM DASH}"
    if name == "mode":
        return PurchaseOrder.Mode(value).label
    if isinstance(value, dt.date | Decimal):
        return str(value)
    return value

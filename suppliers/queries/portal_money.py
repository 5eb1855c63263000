"""What a supplier may read of its own invoices, claims and figures.

Prices are the supplier's own. What the goods cost after freight and duty, and what staff noted,
stays inside.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from suppliers.models import (
    ClaimLine,
    InvoiceLine,
    SupplierClaim,
    SupplierInvoice,
    SupplierLink,
)
from suppliers.queries import scorecard

#: A draft claim is not said yet, a dropped one not any more.
SHOWN_CLAIMS = ("sent", "agreed", "refused", "settled")
MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the supplier: `percent` of `n` cases, None where nothing was seen."""

    percent: Decimal | None
    n: int


def invoices_of(link: SupplierLink) -> list[tuple[SupplierInvoice, list[InvoiceLine]]]:
    """Return the newest invoices of the supplier, each with its lines: 2 queries."""
    rows = SupplierInvoice.objects.filter(supplier_id=link.supplier_id)
    if link.order_id is not None:
        rows = rows.filter(order_id=link.order_id)
    found = list(rows.select_related("order").order_by("-pk")[:MOST_ROWS])
    lines: dict[int, list[InvoiceLine]] = {row.pk: [] for row in found}
    billed = InvoiceLine.objects.filter(invoice__in=found).select_related("purchase_line__sku")
    for line in billed.order_by("pk"):
        lines[line.invoice_id].append(line)
    return [(row, lines[row.pk]) for row in found]


def claims_of(link: SupplierLink) -> QuerySet[SupplierClaim]:
    """Return the claims that were sent to the supplier, newest first."""
    rows = SupplierClaim.objects.filter(supplier_id=link.supplier_id, state__in=SHOWN_CLAIMS)
    return rows.select_related("asn").order_by("-pk")


def claim_lines(claim: SupplierClaim) -> list[ClaimLine]:
    """Return the lines of a claim with goods and photos: 1 query."""
    rows = claim.lines.select_related("receipt_line__sku", "receipt_line__photo")
    return list(rows.order_by("pk"))


def figures_of(supplier_id: int, *, now: dt.datetime) -> dict[str, Figure]:
    """Return what the buyer's books say of this supplier: on time, in full, defects."""
    card = scorecard.scorecard(supplier_id, scorecard.window_start(now))
    shares = {"on_time": card.on_time, "in_full": card.in_full, "defects": card.defects}
    return {
        name: Figure(None if share.ratio is None else (share.ratio * 100).normalize(), share.n)
        for name, share in shares.items()
    }

"""Customers send defective goods back: the supplier of their lot is asked to make them good."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from core.actors import Actor
from core.money import quantize
from core.services.rates import base_currency
from suppliers.models import ClaimLine, ReceiptLine, SupplierClaim
from suppliers.queries.arrival_costs import landed_unit_costs
from suppliers.services import arrivals, claims, journal
from suppliers.services.cost_errors import NothingToClaim


def origin_of(sku_id: int, lot_id: int | None) -> ReceiptLine | None:
    """Return the receipt with which such units came last; None when they came from nobody known."""
    rows = ReceiptLine.objects.filter(sku_id=sku_id, kind="good", is_undone=False)
    if lot_id is not None:
        rows = rows.filter(lot_id=lot_id)
    return rows.select_related("receipt__asn").order_by("-pk").first()


@transaction.atomic
def claim_returned(
    sku_id: int, lot_id: int | None, qty: int, *, actor: Actor, at: dt.datetime
) -> SupplierClaim:
    """Put returned units on the draft claim of the arrival they came with, at their landed cost.

    Locks the arrival. Never more units than were received.

    Raises:
        NothingToClaim: nobody knows the receipt or its costs, or all its units are claimed.
    """
    row = origin_of(sku_id, lot_id)
    if row is None:
        raise NothingToClaim(number="")
    asn = arrivals.lock(row.receipt.asn_id)
    cost, currency = landed_unit_costs(asn.pk).get(sku_id, (None, ""))
    unit = currency or base_currency()
    draft = SupplierClaim.objects.filter(asn=asn, state="draft").first()
    claimed = ClaimLine.objects.filter(receipt_line=row).exclude(claim__state="dropped")
    held = claimed.aggregate(units=Sum("qty"))["units"] or 0
    has_room = held + qty <= row.qty
    if cost is None or not has_room or (draft is not None and draft.currency != unit):
        raise NothingToClaim(number=asn.number)
    claim = draft or claims.open_draft(asn, unit, actor, at)
    claim.save()
    line = ClaimLine.objects.filter(claim=claim, receipt_line=row).first()
    if line is None:
        line = ClaimLine(claim=claim, receipt_line=row, qty=0, unit_cost=cost)
    line.qty += qty
    line.amount = quantize(line.unit_cost * line.qty, claim.currency)
    line.save()
    total = ClaimLine.objects.filter(claim=claim).aggregate(amount=Sum("amount"))["amount"]
    claim.amount = total or Decimal(0)
    claim.save(update_fields=["amount"])
    facts = {"units": qty, "sku": row.sku_id, "amount": str(line.amount)}
    journal.note(claim, "returned_units_added", facts, actor, at)
    return claim

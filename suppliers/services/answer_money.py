"""Invoices and answers to claims that suppliers send by themselves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.urls import reverse

from core.actors import Actor
from core.errors import gettext_noop
from core.notices import NoticeDraft, notify_role
from suppliers.models import SupplierClaim, SupplierInvoice
from suppliers.services import answer_mails, claims, matching, purchase_rows
from suppliers.services.answer_errors import InvoiceLimit
from suppliers.services.matching import InvoiceDraft

#: Invoices one supplier may enter by link in a day (H-14).
INVOICES_PER_DAY: Final = 100


@transaction.atomic
def enter_invoice(draft: InvoiceDraft, *, actor: Actor, at: dt.datetime) -> SupplierInvoice:
    """Enter an invoice as the supplier and match it; the order's buyer is told how it came out.

    Raises:
        InvoiceLimit: the supplier entered as many today as a day may have.
        InvoiceKnown, InvoiceRefused, RateUnknown: see `matching.enter`.
    """
    order = purchase_rows.lock(draft.order_id)
    today = SupplierInvoice.objects.filter(
        supplier_id=order.supplier_id,
        entered_by__startswith="supplier:",
        entered_at__gt=at - dt.timedelta(days=1),
    )
    if today.count() >= INVOICES_PER_DAY:
        raise InvoiceLimit(n=INVOICES_PER_DAY)
    invoice = matching.enter(draft, actor=actor, at=at)
    word = answer_mails.Word(
        text=gettext_noop("%(supplier)s sent invoice %(invoice)s for order %(number)s."),
        kind="order_invoiced",
        key=str(invoice.pk),
        data={"invoice": invoice.number},
    )
    answer_mails.tell_buyer(order, word, at=at)
    return invoice


@transaction.atomic
def agree_claim(claim_id: int, amount: Decimal, *, actor: Actor, at: dt.datetime) -> SupplierClaim:
    """Agree to a claim, or to a part of it, as the supplier.

    Raises:
        ClaimAmountRefused, CostState: see `claims.agree`.
    """
    claim = claims.agree(claim_id, amount, actor=actor, at=at)
    _tell(claim, gettext_noop("%(supplier)s agreed to claim %(number)s."), at)
    return claim


@transaction.atomic
def refuse_claim(claim_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> SupplierClaim:
    """Refuse a claim with a reason, as the supplier.

    Raises:
        ReasonMissingHere, CostState: see `claims.refuse`.
    """
    claim = claims.refuse(claim_id, reason=reason, actor=actor, at=at)
    _tell(claim, gettext_noop("%(supplier)s refused claim %(number)s. Read why."), at)
    return claim


def _tell(claim: SupplierClaim, text: str, at: dt.datetime) -> None:
    draft = NoticeDraft(
        kind="claim_answered",
        text=text,
        at=at,
        data={"supplier": claim.supplier.name, "number": claim.number},
        target=f"supplier_claim:{claim.pk}",
        url=reverse("claim", args=[claim.pk]),
        dedupe_key=f"claim-answered:{claim.pk}:{claim.state}",
    )
    notify_role("buyer", draft)

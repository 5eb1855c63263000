"""What a supplier owes for goods that came damaged or wrong: drawn up, sent, answered (X17)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from core import mail, numbers
from core.actors import Actor
from core.money import quantize
from core.services.rates import base_currency
from suppliers.domain import cost_states
from suppliers.domain.states import IllegalMove
from suppliers.models import Asn, ClaimLine, ReceiptLine, SupplierClaim, SupplierContact
from suppliers.queries.arrival_costs import landed_unit_costs
from suppliers.services import arrivals, journal
from suppliers.services.cost_errors import (
    ClaimAmountRefused,
    CostState,
    NothingToClaim,
    ReasonMissingHere,
)

#: Kinds of received goods that a supplier answers for.
FAULTS = ("damaged", "unlabelled", "short_life", "quality")


@transaction.atomic
def draw_up(asn_id: int, *, actor: Actor, at: dt.datetime) -> SupplierClaim:
    """Draft a claim for all faulty units of an arrival that no claim holds yet.

    Units count at what they have cost until here: price, freight, duty. An open draft is drawn up
    anew, so costs that landed since are in it.

    Raises:
        NothingToClaim: no faulty unit is left, or none whose cost is known.
    """
    asn = arrivals.lock(asn_id)
    draft = SupplierClaim.objects.filter(asn=asn, state="draft").first()
    if draft is not None:
        # Units that customers sent back are claimed by `return_claims` and stay.
        ClaimLine.objects.filter(claim=draft, receipt_line__kind__in=FAULTS).delete()
    costs = landed_unit_costs(asn.pk)
    lines = []
    currency = ""
    for row in faulty(asn):
        cost, layer_currency = costs.get(row.sku_id, (None, ""))
        unit = layer_currency or base_currency()
        if cost is None or (currency and unit != currency):
            continue
        currency = unit
        qty = row.qty - row.withdrawn_qty
        lines.append(
            ClaimLine(
                receipt_line=row, qty=qty, unit_cost=cost, amount=quantize(cost * qty, currency)
            )
        )
    if not lines:
        raise NothingToClaim(number=asn.number)
    claim = draft or open_draft(asn, currency, actor, at)
    returned = ClaimLine.objects.filter(claim_id=claim.pk).aggregate(amount=Sum("amount"))
    claim.currency = currency
    claim.amount = sum((line.amount for line in lines), returned["amount"] or Decimal(0))
    claim.save()
    for line in lines:
        line.claim = claim
    ClaimLine.objects.bulk_create(lines, batch_size=500)
    journal.note(claim, "drawn_up", {"amount": str(claim.amount), "lines": len(lines)}, actor, at)
    return claim


def draft_for(asn: Asn, *, actor: Actor, at: dt.datetime) -> SupplierClaim | None:
    """Draft a claim when a receipt ends, where something came that may be claimed; else None."""
    if not faulty(asn).exists():
        return None
    try:
        return draw_up(asn.pk, actor=actor, at=at)
    except NothingToClaim:
        return None


def faulty(asn: Asn) -> QuerySet[ReceiptLine]:
    """Return the arrival's damaged, unlabelled, short-dated and failed units not claimed yet."""
    claimed = ClaimLine.objects.filter(receipt_line=OuterRef("pk")).exclude(claim__state="dropped")
    rows = ReceiptLine.objects.filter(
        receipt__asn=asn, kind__in=FAULTS, is_undone=False, qty__gt=F("withdrawn_qty")
    )
    return rows.filter(~Exists(claimed)).select_related("sku").order_by("pk")


@transaction.atomic
def send(claim_id: int, *, actor: Actor, at: dt.datetime) -> SupplierClaim:
    """Write the claim to every contact of the supplier.

    Raises:
        CostState: it is not a draft.
    """
    claim = _lock(claim_id)
    _go(claim, "send")
    claim.sent_at = at
    claim.save()
    contacts = SupplierContact.objects.filter(supplier_id=claim.supplier_id, is_active=True)
    told = list(contacts.exclude(email="").order_by("pk"))
    for contact in told:
        mail.queue(
            to=contact.email,
            template="suppliers/claim_sent",
            language=contact.language,
            context={
                "contact": contact.name,
                "claim": claim.number,
                "arrival": claim.asn.number,
                "units": sum(line.qty for line in claim.lines.all()),
                "amount": f"{claim.currency} {quantize(claim.amount, claim.currency)}",
                "note": claim.note,
            },
            target=f"supplier_claim:{claim.pk}",
            dedupe_key=f"claim:{claim.pk}:{contact.pk}",
        )
    journal.note(claim, "sent", {"contacts": len(told)}, actor, at)
    return claim


@transaction.atomic
def agree(claim_id: int, amount: Decimal, *, actor: Actor, at: dt.datetime) -> SupplierClaim:
    """Write down what the supplier will make good.

    Raises:
        ClaimAmountRefused: not above zero, or above the claim.
        CostState: the claim was not sent.
    """
    claim = _lock(claim_id)
    _go(claim, "agree")
    exact = amount == quantize(amount, claim.currency)
    if not 0 < amount <= claim.amount or not exact:
        raise ClaimAmountRefused(most=str(claim.amount), currency=claim.currency)
    claim.agreed_amount, claim.answered_at = amount, at
    claim.save()
    journal.note(claim, "agreed", {"amount": str(amount)}, actor, at)
    return claim


@transaction.atomic
def refuse(claim_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> SupplierClaim:
    """Write down that the supplier refuses.

    Raises:
        ReasonMissingHere: without what the supplier said.
        CostState: the claim was not sent.
    """
    if not reason.strip():
        raise ReasonMissingHere
    claim = _lock(claim_id)
    _go(claim, "refuse")
    claim.answered_at = at
    claim.save()
    journal.note(claim, "refused", {}, actor, at, reason)
    return claim


@transaction.atomic
def settle(claim_id: int, *, reference: str, actor: Actor, at: dt.datetime) -> SupplierClaim:
    """Write down the credit note or payment that settles an agreed claim.

    Raises:
        ReasonMissingHere: without its number.
        CostState: nothing is agreed.
    """
    if not reference.strip():
        raise ReasonMissingHere
    claim = _lock(claim_id)
    _go(claim, "settle")
    claim.settled_at, claim.reference = at, reference.strip()[:64]
    claim.save()
    journal.note(claim, "settled", {"reference": claim.reference}, actor, at)
    return claim


@transaction.atomic
def drop(claim_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> SupplierClaim:
    """Give a draft or refused claim up; its units may be claimed again.

    Raises:
        ReasonMissingHere, CostState: nothing is written.
    """
    if not reason.strip():
        raise ReasonMissingHere
    claim = _lock(claim_id)
    _go(claim, "drop")
    claim.save()
    journal.note(claim, "dropped", {}, actor, at, reason)
    return claim


def open_draft(asn: Asn, currency: str, actor: Actor, at: dt.datetime) -> SupplierClaim:
    """Return a new, unsaved draft for an arrival, with its number."""
    return SupplierClaim(
        number=numbers.take("claim")[0],
        supplier=asn.supplier,
        asn=asn,
        currency=currency,
        amount=Decimal(0),
        created_at=at,
        created_by=actor.key,
    )


def _lock(claim_id: int) -> SupplierClaim:
    rows = SupplierClaim.objects.select_for_update(of=("self",))
    return rows.select_related("asn", "supplier").get(pk=claim_id)


def _go(claim: SupplierClaim, move: str) -> None:
    try:
        claim.state = cost_states.after("claim", claim.state, move)
    except IllegalMove as error:
        raise CostState(number=claim.number, state=claim.get_state_display()) from error

"""Approve agreements: the supplier is locked first, then the agreement, then its request.

The terms are fixed while a version waits. An approval counts for exactly the terms that were
shown: their fingerprint comes back with the decision and is worked out again.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction

from core import approvals
from core.actors import SYSTEM, Actor
from core.approvals.authors import authors
from core.approvals.errors import ApprovalOver, ApprovalStale
from core.models import ApprovalNote, ApprovalRequest
from core.services.rates import to_base
from suppliers.models import Agreement, AgreementLine, CallOff
from suppliers.queries.agreement_terms import fingerprint
from suppliers.services import agreements
from suppliers.services.agreement_drafts import as_draft, check_terms, lock, move, note
from suppliers.services.errors import SupplierMissing
from suppliers.services.purchase_approving import Shown

KIND = "agreement"
State = ApprovalRequest.State
#: Audit entries of acts that change what is agreed.
EDITS = tuple(f"suppliers.agreement_{name}" for name in ("created", "edited", "versioned"))


def key_of(agreement_id: int) -> str:
    """Return the key under which approvals know an agreement."""
    return f"{KIND}:{agreement_id}"


@transaction.atomic
def submit(agreement_id: int, *, actor: Actor, at: dt.datetime) -> Agreement:
    """Ask for approval; the terms are fixed from now on. Locks the agreement.

    Raises:
        AgreementState: it is no draft.
        SupplierMissing: the supplier is not in use.
        NothingAgreed, BadPriceBreak: the draft can't be approved as it is.
        RateUnknown: its value can't be told in the base currency.
        NobodyApproves: no person other than the authors may decide.
    """
    agreement = lock(agreement_id)
    state = move(agreement, "submit")
    if not agreement.supplier.is_active:
        raise SupplierMissing(supplier=agreement.supplier.code)
    check_terms(as_draft(agreement))
    agreements.go(agreement, state, submitted_at=at, submitted_by=actor.key)
    note(agreement, "submitted", actor=actor, at=at)
    _open_request(agreement, actor, at)
    return agreement


def value_of(agreement: Agreement, *, on: dt.date) -> Decimal | None:
    """Return what an agreement is worth at most, in the base currency; None: nothing limits it.

    The cap in money, else the cap in units or else the planned batches at the highest agreed
    price. A share off the list names no price, so such an agreement is limited by money alone.

    Raises:
        RateUnknown: its currency has no rate.
    """
    if agreement.cap_amount is not None:
        return to_base(agreement.cap_amount, agreement.currency, on)
    prices = AgreementLine.objects.filter(agreement=agreement).values_list("unit_price", flat=True)
    known = [price for price in prices.order_by("pk") if price is not None]
    batches = CallOff.objects.filter(agreement=agreement).order_by("pk")
    units = agreement.cap_qty or sum(batches.values_list("qty", flat=True))
    if not units or not known or len(known) < len(prices):
        return None
    return to_base(max(known) * units, agreement.currency, on)


def _open_request(agreement: Agreement, actor: Actor, at: dt.datetime) -> ApprovalRequest:
    worth = value_of(agreement, on=at.date())
    categories = agreement.lines.values_list("sku__product__category", flat=True)
    ask = approvals.Ask(
        kind=KIND,
        document_key=key_of(agreement.pk),
        label=agreement.number,
        revision=agreement.version,
        content_hash=fingerprint(agreement),
        amount_base=worth or Decimal(0),
        facts={
            "supplier": [agreement.supplier.code],
            "risk": [agreement.supplier.risk],
            "category": sorted({name for name in categories if name}),
        },
        author_ids=authors_of(agreement),
        is_unbounded=worth is None,
    )
    return approvals.request(ask, actor=actor, at=at)


def authors_of(agreement: Agreement) -> frozenset[int]:
    """Return the people who wrote, edited or submitted a version."""
    return authors(KIND, agreement.pk, {agreement.created_by, agreement.submitted_by}, EDITS)


@transaction.atomic
def approve(agreement_id: int, shown: Shown, *, actor: Actor, at: dt.datetime) -> ApprovalRequest:
    """Approve one step; after the last one the agreement is in force.

    Locks the supplier, then the agreement, so that no two come in force for one SKU and day.

    Raises:
        ApprovalStale: the terms are not those that were shown.
        AgreementOverlap: another agreement of the supplier covers one of its SKUs meanwhile.
        ApprovalOver, ApprovalExpired, OwnRequest, NotYourStep, PeopleDecide: see `core.approvals`.
    """
    agreements.lock_supplier(agreement_id)
    agreement, found = _locked(agreement_id)
    if fingerprint(agreement) != shown.content_hash:
        raise ApprovalStale(label=agreement.number, revision=agreement.version)
    verdict = approvals.Verdict("approved", shown.revision, shown.content_hash)
    found = approvals.decide(found.pk, verdict, actor=actor, at=at)
    if found.state == State.APPROVED:
        agreements.put_in_force(agreement, move(agreement, "approve"), actor=actor, at=at)
    return found


@transaction.atomic
def reject(
    agreement_id: int, shown: Shown, *, reason: str, actor: Actor, at: dt.datetime
) -> ApprovalRequest:
    """Send an agreement back to its author with a reason: a draft again. Locks the agreement.

    Raises:
        ReasonMissing: no reason.
        ApprovalStale: the terms are not those that were shown.
        ApprovalOver, ApprovalExpired, OwnRequest, NotYourStep, PeopleDecide: see `core.approvals`.
    """
    agreement, found = _locked(agreement_id)
    verdict = approvals.Verdict("rejected", shown.revision, shown.content_hash, reason.strip())
    found = approvals.decide(found.pk, verdict, actor=actor, at=at)
    _reopen(agreement, "reject", "rejected", actor, at, reason.strip())
    return found


@transaction.atomic
def ask(agreement_id: int, *, question: str, actor: Actor, at: dt.datetime) -> ApprovalNote:
    """Put a question to the author; the agreement goes on waiting. Locks the agreement.

    Raises:
        ReasonMissing: no question.
        ApprovalOver, OwnRequest, NotYourStep, PeopleDecide: see `core.approvals`.
    """
    _agreement, found = _locked(agreement_id)
    return approvals.ask(found.pk, question, actor=actor, at=at)


@transaction.atomic
def answer(agreement_id: int, *, text: str, actor: Actor, at: dt.datetime) -> ApprovalNote:
    """Answer a question as an author. Locks the agreement.

    Raises:
        ReasonMissing: no answer.
        ApprovalOver: it no longer waits.
        NotYourRequest: the actor is no author.
    """
    _agreement, found = _locked(agreement_id)
    return approvals.answer(found.pk, text, actor=actor, at=at)


@transaction.atomic
def withdraw(agreement_id: int, *, actor: Actor, at: dt.datetime) -> Agreement:
    """Take a submitted agreement back to edit it. Locks the agreement.

    Raises:
        AgreementState: it does not wait for approval.
        NotYourRequest: the actor is no author.
    """
    agreement = lock(agreement_id)
    move(agreement, "withdraw")
    approvals.withdraw(key_of(agreement_id), actor=actor, at=at)
    _reopen(agreement, "withdraw", "withdrawn", actor, at)
    return agreement


@transaction.atomic
def expire(request_id: int, *, at: dt.datetime) -> bool:
    """End a request whose time is over: a draft again; say whether it was due. Repeatable."""
    key = ApprovalRequest.objects.values_list("document_key", flat=True).get(pk=request_id)
    agreement = lock(int(key.removeprefix(f"{KIND}:")))
    if approvals.expire(request_id, at=at) is None:
        return False
    _reopen(agreement, "withdraw", "approval_expired", SYSTEM, at)
    return True


def _locked(agreement_id: int) -> tuple[Agreement, ApprovalRequest]:
    """Lock an agreement, then return the request that waits for it."""
    agreement = lock(agreement_id)
    asked = ApprovalRequest.objects.filter(document_key=key_of(agreement_id))
    found = asked.waiting().first()
    if found is not None:
        return agreement, found
    last = asked.order_by("pk").last()
    outcome = last.get_state_display() if last is not None else agreement.get_state_display()
    raise ApprovalOver(label=agreement.number, outcome=outcome)


def _reopen(  # an entry of the timeline has this many parts
    agreement: Agreement, step: str, what: str, actor: Actor, at: dt.datetime, reason: str = ""
) -> None:
    agreements.go(agreement, move(agreement, step), submitted_at=None, submitted_by="")
    note(agreement, what, actor=actor, at=at, reason=reason)

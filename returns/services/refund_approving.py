"""Approve refunds above a limit: the refund is locked first, then its request for approval.

Small refunds are released at once. The people who made the refund, or decided the return it pays
for, never approve it. An approval counts for exactly the content that was shown.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction

from core import approvals, settings_store
from core.actors import SYSTEM, Actor
from core.approvals.authors import authors
from core.approvals.errors import ApprovalOver, NobodyApproves
from core.models import ApprovalRequest
from core.services import rates
from core.services.rates import RateUnknown
from returns.domain.money_settings import APPROVAL_ABOVE, GOODWILL_ABOVE
from returns.models import Refund
from returns.services import paying_back
from returns.services.money_errors import RefundReasonMissing

KIND = "refund"


def open_or_release(refund: Refund, *, actor: Actor, at: dt.datetime) -> None:
    """Release a refund within the limit; ask for approval of one above it. Repeatable.

    The caller holds the locks of `paying_back.lock`. Where nobody may approve, the refund waits
    and says so; `ask_again` asks when somebody may.
    """
    if refund.state != Refund.State.TO_APPROVE:
        return
    amount = _in_base(refund, at)
    if amount is not None and amount <= _limit(refund):
        paying_back.release(refund, actor=actor, at=at)
        return
    _ask(refund, amount, actor, at)


def _limit(refund: Refund) -> Decimal:
    is_goodwill = refund.reason == Refund.Reason.GOODWILL
    return Decimal(str(settings_store.get(GOODWILL_ABOVE if is_goodwill else APPROVAL_ABOVE)))


def _in_base(refund: Refund, at: dt.datetime) -> Decimal | None:
    """Return the amount in the base currency, None where no rate is known: nothing limits it."""
    total = refund.amount + refund.bonus_amount
    try:
        return rates.to_base(total, refund.currency, at.date())
    except RateUnknown:
        return None


def _ask(refund: Refund, amount: Decimal | None, actor: Actor, at: dt.datetime) -> None:
    ask = approvals.Ask(
        kind=KIND,
        document_key=refund.key,
        label=refund.number,
        revision=refund.revision,
        content_hash=refund.content_hash,
        amount_base=refund.amount + refund.bonus_amount if amount is None else amount,
        facts={"reason": [refund.reason], "way": [refund.way]},
        author_ids=_authors(refund),
        is_unbounded=amount is None,
    )
    try:
        with transaction.atomic():
            found = approvals.request(ask, actor=actor, at=at)
    except NobodyApproves as error:
        Refund.objects.filter(pk=refund.pk).update(problem=str(error)[:300])
        return
    Refund.objects.filter(pk=refund.pk).update(problem="")
    if found.state == ApprovalRequest.State.APPROVED:
        paying_back.release(refund, actor=SYSTEM, at=at)


def _authors(refund: Refund) -> frozenset[int]:
    keys = {refund.created_by}
    if refund.request is not None:
        keys |= {refund.request.decided_by, refund.request.created_by}
    return authors(KIND, refund.pk, keys, ("returns.refund_made",))


@transaction.atomic
def ask_again(*, at: dt.datetime, limit: int = 50) -> int:
    """Ask for refunds that wait without a request, as nobody could approve; return how many."""
    waiting = ApprovalRequest.objects.waiting().filter(kind=KIND)
    asked = {int(key.partition(":")[2]) for key in waiting.values_list("document_key", flat=True)}
    rows = Refund.objects.filter(state=Refund.State.TO_APPROVE).exclude(pk__in=asked)
    found = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
    for refund_id in found:
        open_or_release(paying_back.lock(refund_id), actor=SYSTEM, at=at)
    return len(found)


@transaction.atomic
def approve(refund_id: int, *, content_hash: str, actor: Actor, at: dt.datetime) -> ApprovalRequest:
    """Approve one step of a refund as it was shown; after the last one it is paid.

    Raises:
        RefundNotFound: no such refund.
        ApprovalStale: it is not what was shown.
        ApprovalOver, ApprovalExpired, OwnRequest, NotYourStep, PeopleDecide: see `core.approvals`.
    """
    refund, found = _locked(refund_id)
    verdict = approvals.Verdict("approved", refund.revision, content_hash)
    found = approvals.decide(found.pk, verdict, actor=actor, at=at)
    if found.state == ApprovalRequest.State.APPROVED:
        Refund.objects.filter(pk=refund.pk).update(decided_at=at, decided_by=actor.key)
        paying_back.release(refund, actor=actor, at=at)
    return found


@transaction.atomic
def reject(
    refund_id: int, *, content_hash: str, reason: str, actor: Actor, at: dt.datetime
) -> ApprovalRequest:
    """Decline a refund with a reason: it is owed no more, and can be asked for anew.

    Raises:
        ReasonMissing: no reason.
        ApprovalOver, ApprovalStale, OwnRequest, NotYourStep, PeopleDecide: see `core.approvals`.
    """
    refund, found = _locked(refund_id)
    verdict = approvals.Verdict("rejected", refund.revision, content_hash, reason.strip())
    found = approvals.decide(found.pk, verdict, actor=actor, at=at)
    paying_back.withdraw(refund, "reject", reason=reason, actor=actor, at=at)
    return found


@transaction.atomic
def cancel(refund_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> Refund:
    """Cancel a refund of which nothing went out, with a reason: it is owed no more.

    Raises:
        RefundReasonMissing: no reason.
        RefundMoved: some of it was paid, or may have been.
    """
    if not reason.strip():
        raise RefundReasonMissing
    refund = paying_back.lock(refund_id)
    approvals.supersede(refund.key, actor=actor, at=at, reason=reason)
    paying_back.withdraw(refund, "cancel", reason=reason, actor=actor, at=at)
    return refund


@transaction.atomic
def expire(request_id: int, *, at: dt.datetime) -> bool:
    """End a request whose time is over and ask anew; say whether it was due. Repeatable."""
    key = ApprovalRequest.objects.values_list("document_key", flat=True).get(pk=request_id)
    refund = paying_back.lock(int(key.removeprefix(f"{KIND}:")))
    if approvals.expire(request_id, at=at) is None:
        return False
    open_or_release(refund, actor=SYSTEM, at=at)
    return True


def waiting_for(refund: Refund) -> ApprovalRequest | None:
    """Return the request that waits for a refund."""
    return ApprovalRequest.objects.filter(document_key=refund.key).waiting().first()


def _locked(refund_id: int) -> tuple[Refund, ApprovalRequest]:
    refund = paying_back.lock(refund_id)
    found = waiting_for(refund)
    if found is None:
        raise ApprovalOver(label=refund.number, outcome=refund.get_state_display())
    return refund, found

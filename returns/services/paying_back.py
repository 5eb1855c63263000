"""Pay refunds: intended in one transaction, paid outside of any, recorded in another.

1. `release` writes the intent of each payment and queues a job.
2. `pay_many` claims intents, asks the gateway (no transaction is open), records answers. A payment
   that was sent before is looked up at the gateway first: an answer that was lost on its way, or a
   worker that died before it wrote it down, never leads to a second payment.
3. What a person pays is confirmed with its reference; store credit is booked in our own books.

Lock order: order, then refund, then payment.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F

from core import audit, events, jobs
from core.actors import SYSTEM, Actor
from core.crashpoints import crashpoint
from orders.models import Order
from orders.services import refunding
from returns.domain import refund_states as states
from returns.gateways.base import (
    GatewayError,
    GatewayRefused,
    Handling,
    PaidBack,
    RefundOrder,
)
from returns.models import Refund, RefundPayment
from returns.services import credit, progress
from returns.services.credit import EntryDraft
from returns.services.money_errors import (
    CreditNeedsCustomer,
    GatewayUnknown,
    ReferenceMissing,
    ReferenceUsed,
    RefundMoved,
    RefundNotFound,
)
from returns.services.progress import Why
from returns.services.refund_closing import close_paid_lines
from returns.services.refund_rows import STORE_CREDIT, gateway_of

#: How long a claim keeps other workers away: more than the time limit of any job.
CLAIM: Final = dt.timedelta(minutes=2)
PAY_JOB: Final = "returns.pay_refunds"
PER_JOB: Final = 20
State = RefundPayment.State


@dataclass(frozen=True, slots=True)
class PayReport:
    """What became of the payments: paid, refused for good, still without an answer."""

    paid: int
    refused: int
    waiting: int


@dataclass(frozen=True, slots=True)
class _Answer:
    payment: RefundPayment
    paid: PaidBack | None = None
    error: GatewayError | None = None


def lock(refund_id: int) -> Refund:
    """Return the refund, its order and itself locked until the caller's transaction ends.

    Raises:
        RefundNotFound: no such refund.
    """
    order_id = Refund.objects.filter(pk=refund_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise RefundNotFound
    Order.objects.filter(pk=order_id).lock().get()
    return Refund.objects.filter(pk=refund_id).lock().select_related("order", "due").get()


@transaction.atomic
def release(refund: Refund, *, actor: Actor, at: dt.datetime) -> None:
    """Let a refund be paid: store credit at once, the rest by a job or by a person.

    The caller holds the locks of `lock`. Only the first call of a refund does anything.
    """
    if not _move_refund(refund, "approve"):
        return
    waiting = refund.payments.filter(state=State.WAITING).order_by("position")
    sent = [payment.pk for payment in waiting if _start(refund, payment, actor, at)]
    _queue(sent, actor)
    _settle_if_paid(refund, actor, at)


def _start(refund: Refund, payment: RefundPayment, actor: Actor, at: dt.datetime) -> bool:
    """Take a payment on its way; say whether a job has to send it."""
    handling = gateway_of(payment.gateway).handling
    if handling == Handling.OWN_BOOKS:
        _book_credit(refund, payment, actor, at)
        return False
    event = "hand_over" if handling == Handling.BY_HAND else "request"
    _move_payment(payment, event)
    return event == "request"


def _book_credit(refund: Refund, payment: RefundPayment, actor: Actor, at: dt.datetime) -> None:
    customer_id = refund.order.customer_id
    if customer_id is None:
        raise CreditNeedsCustomer
    key = f"refund:{payment.refund_key}"
    draft = EntryDraft("refund", payment.amount, key, refund_id=refund.pk)
    credit.book(customer_id, refund.currency, draft, actor=actor, at=at)
    if refund.bonus_amount:
        bonus = EntryDraft("bonus", refund.bonus_amount, f"{key}:bonus", refund_id=refund.pk)
        credit.book(customer_id, refund.currency, bonus, actor=actor, at=at)
    _mark_paid(payment, payment.refund_key, actor, at)


def _queue(payment_ids: Sequence[int], actor: Actor) -> None:
    for start in range(0, len(payment_ids), PER_JOB):
        ids = ",".join(str(pk) for pk in payment_ids[start : start + PER_JOB])
        jobs.enqueue(PAY_JOB, args={"payments": ids}, started_by=actor.key)


def pay_many(payment_ids: Iterable[int], *, now: dt.datetime) -> PayReport:
    """Pay these payments through their gateways. Call it outside of a transaction.

    Repeatable and safe under several workers: each payment is claimed by a conditional UPDATE,
    counted before the gateway is asked, and looked up there when it was sent before.
    """
    ids = list(payment_ids)
    paid = refused = 0
    for payment in _claim(ids, now):
        answer = _ask(payment)
        crashpoint("refund_answered_not_recorded")
        _record(answer, now)
        paid += answer.paid is not None
        refused += isinstance(answer.error, GatewayRefused)
    waiting = RefundPayment.objects.filter(pk__in=ids, state=State.REQUESTED).count()
    return PayReport(paid, refused, waiting)


def _claim(payment_ids: Sequence[int], now: dt.datetime) -> list[RefundPayment]:
    mark = secrets.token_hex(16)
    RefundPayment.objects.claimable(payment_ids, now).update(
        claimed_by=mark, claimed_until=now + CLAIM, attempts=F("attempts") + 1
    )
    mine = RefundPayment.objects.filter(pk__in=payment_ids, claimed_by=mark)
    return list(mine.select_related("payment").order_by("pk"))


def _ask(payment: RefundPayment) -> _Answer:
    gateway = gateway_of(payment.gateway)
    order = RefundOrder(
        reference=payment.refund_key,
        amount=payment.amount,
        currency=payment.currency,
        payment_reference=payment.payment.gateway_reference if payment.payment else "",
        attempt=payment.attempts,
    )
    try:
        found = gateway.find(order) if payment.attempts > 1 else None
        return _Answer(payment, paid=found or gateway.refund(order))
    except GatewayError as error:
        return _Answer(payment, error=error)


@transaction.atomic
def _record(answer: _Answer, now: dt.datetime) -> None:
    """Write down what the gateway said. Locks order, refund and payment."""
    refund = lock(answer.payment.refund_id)
    payment = RefundPayment.objects.filter(pk=answer.payment.pk).lock().get()
    if payment.state != State.REQUESTED:
        return
    free = {"claimed_by": "", "claimed_until": None}
    if answer.paid is not None:
        RefundPayment.objects.filter(pk=payment.pk).update(**free)
        _mark_paid(payment, answer.paid.reference, SYSTEM, now)
        _settle_if_paid(refund, SYSTEM, now)
        return
    said = {"error_code": "", "error": ""}
    if answer.error is not None:
        said = {"error_code": answer.error.reason[:40], "error": answer.error.text[:300]}
    RefundPayment.objects.filter(pk=payment.pk).update(**free, **said)
    if isinstance(answer.error, GatewayRefused):
        _move_payment(payment, "refuse")
        _note(refund, "refund_failed", said, SYSTEM, now)


@transaction.atomic
def confirm_by_hand(
    payment_id: int, *, reference: str, actor: Actor, at: dt.datetime
) -> RefundPayment:
    """Write down that a person paid, under the transfer's reference.

    Locks order, refund and payment.

    Raises:
        ReferenceMissing: no reference, or one that is too long.
        ReferenceUsed: another refund was paid under it.
        RefundMoved: it is not to be paid by hand (any more).
    """
    refund, payment = _locked_payment(payment_id)
    reference = reference.strip()
    if not 0 < len(reference) <= 120:
        raise ReferenceMissing
    if payment.state != State.BY_HAND:
        raise RefundMoved(number=refund.number)
    try:
        with transaction.atomic():
            _mark_paid(payment, reference, actor, at)
    except IntegrityError as error:
        rows = RefundPayment.objects.filter(gateway=payment.gateway, gateway_reference=reference)
        holder = rows.values_list("refund__number", flat=True).first()
        raise ReferenceUsed(reference=reference, holder=holder or "?") from error
    _settle_if_paid(refund, actor, at)
    return payment


@transaction.atomic
def retry(payment_id: int, *, actor: Actor, at: dt.datetime) -> RefundPayment:
    """Send a refused payment again, under its key: the gateway is asked first what it knows.

    Raises:
        RefundMoved: it was not refused.
    """
    refund, payment = _locked_payment(payment_id)
    if payment.state != State.FAILED:
        raise RefundMoved(number=refund.number)
    _move_payment(payment, "request")
    _note(refund, "refund_retried", {"payment": payment.refund_key}, actor, at)
    _queue([payment.pk], actor)
    return payment


@transaction.atomic
def pay_another_way(
    payment_id: int, gateway: str, *, actor: Actor, at: dt.datetime
) -> RefundPayment:
    """Pay by another gateway what one refused or a person has not paid; return the new payment.

    A payment that was sent and not answered is never replaced: it may have gone out.

    Raises:
        GatewayUnknown: no such gateway, or it is the same one.
        CreditNeedsCustomer: store credit without a customer.
        RefundMoved: it was paid, or may have been.
    """
    refund, payment = _locked_payment(payment_id)
    gateway_of(gateway)
    if gateway == payment.gateway:
        raise GatewayUnknown(gateway=gateway)
    if payment.state not in (State.FAILED, State.BY_HAND):
        raise RefundMoved(number=refund.number)
    if gateway == STORE_CREDIT and refund.order.customer_id is None:
        raise CreditNeedsCustomer
    _move_payment(payment, "replace")
    position = refund.payments.count() + 1
    other = RefundPayment.objects.create(
        refund=refund,
        payment_id=payment.payment_id,
        position=position,
        gateway=gateway,
        refund_key=f"{refund.number}-{position}",
        amount=payment.amount,
        currency=payment.currency,
        created_at=at,
    )
    said = {"from": payment.gateway, "to": gateway}
    _note(refund, "refund_rerouted", said, actor, at)
    if _start(refund, other, actor, at):
        _queue([other.pk], actor)
    _settle_if_paid(refund, actor, at)
    return other


@transaction.atomic
def withdraw(refund: Refund, event: str, *, reason: str, actor: Actor, at: dt.datetime) -> None:
    """End a refund that is not to be paid (`reject`, `cancel`): its debt is owed no more.

    The caller holds the locks of `lock`.

    Raises:
        RefundMoved: some of it was paid, or may have been.
    """
    payments = list(RefundPayment.objects.filter(refund=refund).lock())
    open_ones = [one for one in payments if one.state not in (State.REPLACED, State.DROPPED)]
    if any(one.state not in states.UNSENT for one in open_ones):
        raise RefundMoved(number=refund.number)
    if any(one.attempts and one.state != State.FAILED for one in open_ones):
        raise RefundMoved(number=refund.number)
    if not _move_refund(refund, event, decided_at=at, decided_by=actor.key):
        raise RefundMoved(number=refund.number)
    for one in open_ones:
        _move_payment(one, "drop")
    refund.lines.update(is_live=False)
    refunding.drop(refund.due, reason=reason, actor=actor, at=at)
    _note(refund, f"refund_{refund.state}", {"reason": reason[:200]}, actor, at, reason)


def stranded(now: dt.datetime) -> list[int]:
    """Return the payments to be sent that no worker is at."""
    waiting = RefundPayment.objects.filter(state=State.REQUESTED)
    rows = RefundPayment.objects.claimable(waiting.values_list("pk", flat=True), now)
    return list(rows.order_by("pk").values_list("pk", flat=True)[: PER_JOB * 10])


def _locked_payment(payment_id: int) -> tuple[Refund, RefundPayment]:
    refund_id = (
        RefundPayment.objects.filter(pk=payment_id).values_list("refund_id", flat=True).first()
    )
    refund = lock(refund_id or 0)
    payment = RefundPayment.objects.filter(pk=payment_id).lock().select_related("payment").get()
    return refund, payment


def _move_payment(payment: RefundPayment, event: str, **values: object) -> None:
    after = states.next_state(states.PAYMENT_MOVES, event, payment.state)
    rows = RefundPayment.objects.filter(pk=payment.pk, state=payment.state)
    if not rows.update(state=after, **values):
        raise RefundMoved(number=payment.refund.number)
    payment.state = after


def _mark_paid(payment: RefundPayment, reference: str, actor: Actor, at: dt.datetime) -> None:
    said = {"gateway_reference": reference, "settled_at": at, "settled_by": actor.key}
    _move_payment(payment, "pay", **said, error_code="", error="")
    payment.gateway_reference, payment.settled_at = reference, at


def _move_refund(refund: Refund, event: str, **values: object) -> bool:
    """Move a refund where the table allows it and nobody else did; say whether it moved."""
    after = states.REFUND_MOVES[event].get(refund.state)
    if after is None:
        return False
    rows = Refund.objects.filter(pk=refund.pk, state=refund.state)
    if not rows.update(state=after, problem="", **values):
        return False
    refund.state = after
    return True


def _settle_if_paid(refund: Refund, actor: Actor, at: dt.datetime) -> None:
    """Close the refund, its debt and the lines it pays for as soon as every part is paid."""
    open_ones = refund.payments.exclude(state__in=(State.PAID, State.REPLACED, State.DROPPED))
    if open_ones.exists() or not _move_refund(refund, "settle", paid_at=at):
        return
    refund.paid_at = at
    refunding.settle(refund.due_id)
    said = {"refund": refund.number, "amount": str(refund.amount), "currency": refund.currency}
    _note(refund, "refund_paid", said, actor, at)
    facts: dict[str, int | str] = {"refund_id": refund.pk, "order_id": refund.order_id}
    if refund.request_id is not None:
        facts |= {"request_id": refund.request_id}
    events.publish("returns.refunded", target=refund.key, at=at, **facts)
    close_paid_lines(refund, actor=actor, at=at)


def _note(  # one entry has this many facts
    refund: Refund,
    action: str,
    said: dict[str, str],
    actor: Actor,
    at: dt.datetime,
    reason: str = "",
) -> None:
    """Write what happened into the audit and onto the return's timeline."""
    audit.record(
        actor=actor,
        action=f"returns.{action}",
        target=refund.key,
        after={"state": refund.state, **said},
        reason=reason,
        at=at,
    )
    if refund.request is not None:
        is_public = action == "refund_paid"
        facts = {"refund": refund.number, "way": refund.way, **said}
        progress.note(
            refund.request,
            action.upper(),
            actor=actor,
            at=at,
            why=Why(data=facts, is_public=is_public),
        )

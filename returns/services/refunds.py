"""What a return pays back: shown before it is asked for, planned when the policy's event comes.

Every unit is paid back once: a refund's rows name the units, under the order's lock, and a unique
constraint stands behind them. Lock order: order, return, refund, payment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction

from core import money
from core.actors import SYSTEM, Actor
from core.events import EventFact
from orders.models import Order, OrderLine, RefundDue
from orders.services import refunding
from orders.services.errors import OrderNotFound
from returns.domain.refund_math import (
    WAY_OF,
    Breakdown,
    Code,
    RefundItem,
    RefundTerms,
    Row,
    Way,
    breakdown,
)
from returns.domain.refund_units import REACHED_BY
from returns.models import Refund, ReturnRequest
from returns.queries import refund_facts
from returns.services import paying_back, progress, recoverables, refund_approving, refund_rows
from returns.services.money_errors import (
    CreditNeedsCustomer,
    RefundAboveLeft,
    RefundAmountRefused,
    RefundReasonMissing,
)
from returns.services.refund_closing import close_done
from returns.services.refund_rows import RefundDraft, Units

ZERO: Final = Decimal(0)
#: Event at which the policy pays -> days until a customer has the money, as told beforehand.
DAYS_UNTIL_PAID: Final = {
    "label": 3,
    "in_transit": 7,
    "received": 12,
    "validated": 14,
    "manual": 14,
}


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """Units that may come back. `value_amount` is what was paid for exactly these units."""

    order_line_id: int
    qty: int
    value_amount: Decimal
    resolution: str
    restocking_share: Decimal = ZERO
    bonus_share: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Giving:
    """Money given back beside any line: goodwill, a price difference. `key` is unique for ever."""

    reason: str
    key: str
    note: str = ""
    way: Way = Way.REFUND
    request_id: int | None = None


def preview(
    order_id: int,
    lines: Sequence[PreviewLine],
    *,
    return_shipping_amount: Decimal = ZERO,
    refunds_original_shipping: bool = False,
) -> Breakdown:
    """Return what the customer would get back for these units, row by row; writes nothing.

    Row keys are order line ids. Capped by what was paid and has not gone back.

    Raises:
        OrderNotFound: no such order.
    """
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound(order_id=order_id)
    rows = OrderLine.objects.filter(order=order).order_by("position")
    by_id = {row.pk: row for row in rows}
    items = [
        RefundItem(
            key=line.order_line_id,
            qty=line.qty,
            value_amount=line.value_amount,
            gross_amount=refund_facts.gross_of(by_id.get(line.order_line_id), line.qty, order),
            way=_way(line.resolution, order),
            restocking_share=line.restocking_share,
            bonus_share=line.bonus_share,
        )
        for line in lines
        if line.resolution in WAY_OF
    ]
    return breakdown(
        items,
        RefundTerms(
            order.currency,
            fee_amount=return_shipping_amount,
            shipping_amount=refund_facts.shipping_back(
                order, list(by_id.values()), items, is_refunded=refunds_original_shipping
            ),
            shipping_paid_amount=money.quantize(order.shipping_amount, order.currency),
            limit_amount=left_of(order),
        ),
    )


def _way(resolution: str, order: Order) -> Way:
    """Return the way of an outcome; without a customer nobody could hold store credit."""
    return WAY_OF[resolution] if order.customer_id is not None else Way.REFUND


def expected_on(processing_event: str, *, at: dt.datetime) -> dt.date:
    """Return the day by which a return asked for at `at` is paid back, if all goes well."""
    return (at + dt.timedelta(days=DAYS_UNTIL_PAID[processing_event])).date()


@transaction.atomic
def plan_for(
    request_id: int, event: str, *, at: dt.datetime, actor: Actor = SYSTEM
) -> list[Refund]:
    """Write the refunds that an event of a return makes due, and let them be paid.

    `event` is a return's event without its app (`approved`, `label_issued`, `in_transit`,
    `arrived`, `inspected`), or `manual` when a person decides. Idempotent: a unit that is paid
    for, or about to be, is not planned again. Locks order and return.

    Raises:
        ReturnNotFound: no such return.
    """
    order = _locked_order(request_id)
    request = progress.lock(request_id)
    if order is None or request.status in ("requested", "review", "rejected", "cancelled"):
        return []
    plan = refund_facts.due_for(request, order, reached=REACHED_BY[event])
    if not plan.items:
        close_done(request, actor=actor, at=at)
        return []
    found = breakdown(plan.items, plan.terms)
    written = [
        refund
        for way in Way
        if (refund := _write_way(request, order, way, plan, found, actor=actor, at=at))
    ]
    ways = {refund.way for refund in written}
    worthless = [item.key for item in plan.items if item.way not in ways]
    started = [_start(refund, actor, at) for refund in written]
    close_done(request, worthless=worthless, actor=actor, at=at)
    return started


def _start(refund: Refund, actor: Actor, at: dt.datetime) -> Refund:
    """Release a refund or ask for its approval; return it as it stands then."""
    locked = paying_back.lock(refund.pk)
    refund_approving.open_or_release(locked, actor=actor, at=at)
    return locked


def _locked_order(request_id: int) -> Order | None:
    """Lock the order of a return before the return itself."""
    rows = ReturnRequest.objects.filter(pk=request_id)
    order_id = rows.values_list("order_id", flat=True).first()
    return Order.objects.filter(pk=order_id).lock().first() if order_id is not None else None


def _write_way(  # noqa: PLR0913  # keyword-only time and actor beside what is written
    request: ReturnRequest,
    order: Order,
    way: Way,
    plan: refund_facts.Plan,
    found: Breakdown,
    *,
    actor: Actor,
    at: dt.datetime,
) -> Refund | None:
    items = [item for item in plan.items if item.way == way]
    if not items:
        return None
    first = items[0]
    dead = request.refunds.exclude(state__in=("to_approve", "paying", "paid")).count()
    draft = RefundDraft(
        order=order,
        way=way,
        reason=Refund.Reason.RETURNED,
        event_key=f"{request.key}:{first.key}:{plan.from_unit[first.key]}:{way}:{dead}",
        breakdown=found,
        request=request,
        units=tuple(
            (item.key, Units(item.key, plan.order_line[item.key], plan.from_unit[item.key]))
            for item in items
        ),
    )
    return refund_rows.write(draft, actor=actor, at=at)


@transaction.atomic
def give(
    order_id: int, amount: Decimal, giving: Giving, *, actor: Actor, at: dt.datetime
) -> Refund:
    """Give money back beside any line; a repeat of the key returns the first refund.

    Locks the order. Above the limit it waits for somebody else's approval.

    Raises:
        OrderNotFound: no such order.
        RefundReasonMissing: goodwill without a note.
        RefundAmountRefused: no amount in the order's currency.
        RefundAboveLeft: more than was paid and has not gone back.
        CreditNeedsCustomer: store credit for an order without a customer.
    """
    order = Order.objects.filter(pk=order_id).lock().first()
    if order is None:
        raise OrderNotFound(order_id=order_id)
    key = f"give:{giving.key}"
    known = Refund.objects.filter(due__event_key=key).first()
    if known is not None:
        return known
    _check_giving(order, amount, giving)
    request = ReturnRequest.objects.filter(pk=giving.request_id or 0).first()
    is_credit = giving.way == Way.CREDIT
    found = Breakdown(
        order.currency,
        (Row(Code.GOODWILL, giving.way, amount),),
        refund_amount=ZERO if is_credit else amount,
        credit_amount=amount if is_credit else ZERO,
    )
    draft = RefundDraft(order, giving.way, giving.reason, key, found, request, (), giving.note)
    refund = refund_rows.write(draft, actor=actor, at=at)
    if refund is None:
        raise _above(order, amount)
    return _start(refund, actor, at)


def _check_giving(order: Order, amount: Decimal, giving: Giving) -> None:
    if not giving.note.strip() and giving.reason == Refund.Reason.GOODWILL:
        raise RefundReasonMissing
    if not amount.is_finite() or amount <= 0 or amount != money.quantize(amount, order.currency):
        raise RefundAmountRefused(currency=order.currency)
    if giving.way == Way.CREDIT and order.customer_id is None:
        raise CreditNeedsCustomer
    if amount > refunding.left_of(order):
        raise _above(order, amount)


def left_of(order: Order) -> Decimal:
    """Return what was paid for an order and has not gone back, at the currency's exponent."""
    return money.quantize(refunding.left_of(order), order.currency)


def _above(order: Order, amount: Decimal) -> RefundAboveLeft:
    return RefundAboveLeft(amount=amount, left=left_of(order), currency=order.currency)


@transaction.atomic
def pay_due(due_id: int, *, actor: Actor, at: dt.datetime) -> Refund | None:
    """Make a refund of what an order was left owing, and let it be paid; None if it is dropped.

    Repeatable: one refund per debt. Locks the order.
    """
    order_id = RefundDue.objects.filter(pk=due_id).values_list("order_id", flat=True).first()
    order = Order.objects.filter(pk=order_id or 0).lock().first()
    due = RefundDue.objects.filter(pk=due_id).first()
    if order is None or due is None:
        raise OrderNotFound(order_id=order_id or 0)
    known = Refund.objects.filter(due=due).first()
    if known is not None or due.state != "open":
        return known
    amount = money.quantize(due.amount, due.currency)
    found = Breakdown(due.currency, (Row(Code.GOODS, Way.REFUND, amount),), refund_amount=amount)
    reasons = Refund.Reason
    reason = due.reason if due.reason in reasons.values else reasons.OTHER
    draft = RefundDraft(order, Way.REFUND, reason, due.event_key, found)
    refund = refund_rows.write_for_due(due, draft, actor=actor, at=at)
    return _start(refund, actor, at)


def on_return(facts: Sequence[EventFact]) -> None:
    """Plan what events of returns make due; an event heard twice plans nothing twice."""
    for fact in facts:
        request_id, event = int(fact.payload["request_id"]), fact.name.partition(".")[2]
        plan_for(request_id, event, at=fact.at)
        recoverables.look_at(request_id, at=fact.at)


def on_over(facts: Sequence[EventFact]) -> None:
    """Look for money paid on returns that ended without goods."""
    for fact in facts:
        recoverables.look_at(int(fact.payload["request_id"]), at=fact.at)

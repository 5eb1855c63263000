"""From a kept unit to the order that sends it: handed over without a gap, held until the return."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction

from core.actors import SYSTEM, Actor
from core.money import quantize
from inventory.services import releasing
from orders.domain.drafts import AddressDraft, HoldDraft, LineDraft, OrderDraft
from orders.models import Order, OrderLine, Shipment
from orders.models.orders import HoldKind, OrderStatus
from orders.services import holds, lifecycle, placing
from returns.domain import exchange_states
from returns.models import Exchange, ReturnRequest
from returns.services import closing, progress, refunds
from returns.services.exchange_offers import VariantGone
from returns.services.exchanges import ExchangeMoved, change, keep_repaired, lock
from returns.services.refunds import Giving

SOURCE = "return"
UNDECIDED = "EXCHANGE_UNDECIDED"


@transaction.atomic
def order_now(exchange_id: int, *, actor: Actor, at: dt.datetime, is_held: bool = True) -> Exchange:
    """Place the order that sends what was kept; it takes the units over in the same transaction.

    With `is_held` it waits for the inspection (AWAITING_RETURN); a price difference the customer
    pays holds it until it is paid (PAYMENT), nobody is charged by itself. Repeatable. Locks the
    return, then the stock levels.

    Raises:
        ExchangeNotFound: no such exchange.
        ExchangeMoved: nothing is kept for it.
        VariantGone: the units went elsewhere; nothing is written.
    """
    request, row = lock(exchange_id)
    if row.state in {exchange_states.ORDERED, exchange_states.DONE}:
        return row
    if row.state != exchange_states.RESERVED or request.order is None:
        raise ExchangeMoved(state=row.state)
    # Nobody else sees the units free: what we release is locked until we commit.
    releasing.release(
        [row.line.key],
        event_key=f"{row.key}:hand-over:{row.version}",
        reason="exchange ordered",
        actor=actor,
        at=at,
    )
    draft = _draft(row, request, request.order, at, is_held=is_held)
    result = placing.place([draft], actor=actor, as_of=at, source=SOURCE)
    order_id = result.orders[0].order_id
    if OrderLine.objects.filter(order_id=order_id, backorder_qty__gt=0).exists():
        raise VariantGone(sku=row.sku.code)
    change(row, "order", order_id=order_id, expires_at=None)
    facts = {"exchange": row.pk, "order": result.orders[0].number, "held": int(is_held)}
    progress.note(request, "EXCHANGE_ORDERED", actor=actor, at=at, why=progress.Why(data=facts))
    return row


def _draft(  # what the new order says
    row: Exchange, request: ReturnRequest, order: Order, at: dt.datetime, *, is_held: bool
) -> OrderDraft:
    to_pay = max(Decimal(0), row.difference_amount)
    planned = []
    if is_held:
        planned.append(HoldDraft(HoldKind.AWAITING_RETURN, request.number))
    if to_pay:
        planned.append(HoldDraft(HoldKind.PAYMENT, request.number))
    fields = ("name", "company", "line1", "line2", "city", "region", "postcode", "country", "phone")
    return OrderDraft(
        channel=order.channel.code,
        external_id=f"{request.number}-{row.line.position}-{row.pk}",
        lines=(_line(row, to_pay, order.currency),),
        placed_at=at,
        ship_to=AddressDraft(**{name: getattr(order, f"ship_{name}") for name in fields}),
        currency=order.currency,
        email=order.email,
        customer_id=order.customer_id,
        paid_amount=Decimal(0),
        holds=tuple(planned),
        replaces_id=order.pk,
        note=request.number,
    )


def _line(row: Exchange, to_pay: Decimal, currency: str) -> LineDraft:
    """Return the line of the new order: worth the difference in price, nothing else."""
    unit = quantize(to_pay / row.qty, currency)
    rest = to_pay - unit * row.qty
    # A difference is a whole number of units' differences, so nothing is left over.
    if rest:
        raise ValueError(f"{to_pay} is not {row.qty} times an amount")
    return LineDraft(row.sku.code, row.qty, unit)


@transaction.atomic
def complete(exchange_id: int, *, actor: Actor, at: dt.datetime) -> Exchange:
    """Let the order go out, because the return is in order; refund what the new unit costs less.

    Repeatable. Locks the first order, the return, then the new order.

    Raises:
        ExchangeNotFound: no such exchange.
        ExchangeMoved: nothing is ordered.
    """
    request, row = _lock_all(exchange_id)
    if row.state != exchange_states.DONE:
        _finish(row, request, actor=actor, at=at)
    return row


def _lock_all(exchange_id: int) -> tuple[ReturnRequest, Exchange]:
    """Lock both orders and what the new one sends, then the return and its exchange."""
    known = Exchange.objects.filter(pk=exchange_id)
    for ids in known.values_list("order_id", "line__request__order_id"):
        owners = sorted(pk or 0 for pk in ids)
        list(Order.objects.filter(pk__in=owners).lock())
        list(Shipment.objects.filter(order_id__in=owners).lock())
    return lock(exchange_id)


def _finish(row: Exchange, request: ReturnRequest, *, actor: Actor, at: dt.datetime) -> None:
    change(row, "complete", ended_at=at)
    order_id = row.order_id or 0
    _release_hold(order_id, request.number, actor, at)
    if row.difference_amount < 0 and request.order_id is not None:
        giving = Giving("PRICE_DIFFERENCE", f"{row.key}:difference", request_id=request.pk)
        refunds.give(request.order_id, -row.difference_amount, giving, actor=actor, at=at)
    facts = {"exchange": row.pk, "order_id": order_id}
    progress.note(request, "EXCHANGE_SENT", actor=actor, at=at, why=progress.Why(data=facts))
    if is_earned(row, request):
        closing.close_line(row.line_id, actor=actor, at=at)


def is_earned(row: Exchange, request: ReturnRequest) -> bool:
    """Say whether nothing is awaited any more: it was accepted, or nothing has to come back."""
    line = row.line
    nothing_comes = line.is_kept or request.kind == ReturnRequest.Kind.CLAIM
    return nothing_comes or line.accepted_qty >= row.qty


def _release_hold(order_id: int, number: str, actor: Actor, at: dt.datetime) -> None:
    try:
        holds.release_hold(
            order_id, HoldKind.AWAITING_RETURN, reason=f"{number} inspected", actor=actor, at=at
        )
    except holds.HoldNotOpen:
        # Somebody released it by hand, or it was never held: the order goes out either way.
        return


@transaction.atomic
def cancel(exchange_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> Exchange:
    """Take the order back that nobody deserves any more: the goods were not accepted.

    Repeatable. Locks the first order, the return, then the new order.

    Raises:
        ExchangeNotFound: no such exchange.
        ExchangeMoved: it has gone out, or nothing is ordered.
    """
    request, row = _lock_all(exchange_id)
    if row.state == exchange_states.RELEASED:
        return row
    if row.state != exchange_states.ORDERED:
        raise ExchangeMoved(state=row.state)
    change(row, "release", ended_at=at)
    order = Order.objects.get(pk=row.order_id or 0)
    if order.status != OrderStatus.CANCELLED:
        lifecycle.cancel(order.pk, reason=reason, actor=actor, at=at)
    facts = {"exchange": row.pk, "order": order.number}
    progress.note(
        request, "EXCHANGE_CANCELLED", actor=actor, at=at, why=progress.Why(reason, facts)
    )
    return row


@transaction.atomic
def settle(exchange_id: int, *, at: dt.datetime) -> Exchange:
    """Do what an inspection means for an order: let it go, take it back, or ask a person.

    All units accepted let it go; none take it back; some of them leave it held, with a step that
    the desk sees, as does what was sent early and is not accepted now. Repeatable.

    Raises:
        ExchangeNotFound: no such exchange.
    """
    request, row = _lock_all(exchange_id)
    if row.state == exchange_states.ORDERED and is_earned(row, request):
        _finish(row, request, actor=SYSTEM, at=at)
    elif row.state == exchange_states.ORDERED and row.line.accepted_qty == 0:
        cancel(row.pk, reason="goods not accepted", actor=SYSTEM, at=at)
        row.refresh_from_db()
    elif row.state == exchange_states.DONE and is_earned(row, request):
        closing.close_line(row.line_id, actor=SYSTEM, at=at)
    elif not request.steps.filter(code=UNDECIDED, data__exchange=row.pk).exists():
        facts = {"exchange": row.pk, "accepted": row.line.accepted_qty, "qty": row.qty}
        why = progress.Why(data=facts, is_public=False)
        progress.note(request, UNDECIDED, actor=SYSTEM, at=at, why=why)
    return row


def send_repaired(exchange_id: int, *, actor: Actor, at: dt.datetime) -> Exchange:
    """Send a repaired unit back: it is kept, ordered without a price, and goes out. Repeatable.

    Raises:
        ExchangeNotFound: no such exchange.
        ExchangeMoved: it is no repair that waits.
        VariantGone: the repaired unit is not back in stock yet; nothing is written.
    """
    keep_repaired(exchange_id, actor=actor, at=at)
    order_now(exchange_id, actor=actor, at=at, is_held=False)
    return complete(exchange_id, actor=actor, at=at)

"""Money received: recorded once per gateway reference, whichever way it comes in.

The unique reference decides. A look before the write names the order that has it; when a rival
stored it between look and write, the constraint refuses, and the second look finds the rival.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import IntegrityError, transaction

from core import audit, money
from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from orders.domain.drafts import PaymentDraft
from orders.models import Order, OrderHold, Payment
from orders.models.orders import HoldKind
from orders.services import holds
from orders.services.errors import OrderNotFound
from orders.services.order_rows import Built

PART = 500


class PaymentRefused(InputRefused):
    """The payment can't be recorded; `why` says what is wrong with it."""

    code = "PAYMENT_REFUSED"
    text = gettext_noop("The payment can't be recorded: %(why)s")


class PaymentReferenceUsed(StateConflict):
    """Another order has a payment with this gateway reference; `holder` names it."""

    code = "PAYMENT_REFERENCE_USED"
    text = gettext_noop(
        "Payment reference %(reference)s belongs to order %(holder)s. Check the reference, or "
        "open that order."
    )


def find_holders(references: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Return reference -> (order id, order number) of the payments recorded already."""
    wanted = sorted(set(references))
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(wanted), PART):
        rows = Payment.objects.filter(gateway_reference__in=wanted[start : start + PART])
        columns = rows.values_list("gateway_reference", "order_id", "order__number").order_by()
        found.update((reference, (pk, number)) for reference, pk, number in columns)
    return found


def check_references(built: Iterable[Built]) -> None:
    """Refuse new orders whose payment is another's: one statement, none without payments.

    Raises:
        PaymentReferenceUsed: `external_id` names the refused order, `holder` the other one.
    """
    firsts: dict[str, str] = {}
    for one in built:
        for payment in one.payments:
            reference, own = payment.gateway_reference, one.draft.external_id
            if reference in firsts:
                raise PaymentReferenceUsed(
                    reference=reference, holder=firsts[reference], external_id=own
                )
            firsts[reference] = own
    if not firsts:
        return
    for reference, (_pk, number) in sorted(find_holders(firsts).items()):
        raise PaymentReferenceUsed(
            reference=reference, holder=number, external_id=firsts[reference]
        )


def record_payment(
    order_id: int, payment: PaymentDraft, *, actor: Actor, at: dt.datetime
) -> Payment:
    """Record money received, once per gateway reference; a repeat returns the first row.

    Locks the order. When the order is paid in full, its PAYMENT hold is released.

    Raises:
        OrderNotFound: no such order.
        PaymentRefused: the amount or the reference can't be one, or the currency is not the
            order's.
        PaymentReferenceUsed: the reference belongs to another order.
    """
    _check(payment)
    try:
        with transaction.atomic():
            row, is_paid = _store(order_id, payment, actor, at)
    except IntegrityError:
        rows = Payment.objects.select_related("order")
        row = rows.get(gateway_reference=payment.gateway_reference)
        is_paid = False
    if row.order_id != order_id:
        raise PaymentReferenceUsed(reference=row.gateway_reference, holder=row.order.number)
    if is_paid:
        holds.release_hold(order_id, HoldKind.PAYMENT, reason="paid in full", actor=actor, at=at)
    return row


def _check(payment: PaymentDraft) -> None:
    if not payment.amount.is_finite() or not 0 < payment.amount < 10**10:
        why = gettext_noop("the amount must be above zero and below 10,000,000,000.")
        raise PaymentRefused(why=why)
    if not 0 < len(payment.gateway_reference) <= 120:
        raise PaymentRefused(why=gettext_noop("its reference must have 1 to 120 characters."))


def _store(
    order_id: int, payment: PaymentDraft, actor: Actor, at: dt.datetime
) -> tuple[Payment, bool]:
    order = Order.objects.filter(pk=order_id).lock().first()
    if order is None:
        raise OrderNotFound(order_id=order_id)
    if payment.currency != order.currency:
        raise PaymentRefused(why=gettext_noop("its currency is not the order's."))
    rows = Payment.objects.select_related("order")
    known = rows.filter(gateway_reference=payment.gateway_reference).first()
    if known is not None:
        return known, False
    row = Payment.objects.create(
        order=order,
        amount=payment.amount,
        currency=payment.currency,
        method=payment.method,
        gateway_reference=payment.gateway_reference,
        at=payment.at or at,
    )
    order.paid_amount += payment.amount
    order.paid_at = order.paid_at or row.at
    order.save(update_fields=["paid_amount", "paid_at"])
    audit.record(
        actor=actor,
        action="orders.payment_recorded",
        target=order.key,
        after={"amount": str(payment.amount), "reference": payment.gateway_reference},
        at=at,
    )
    waits = OrderHold.objects.filter(
        order=order, kind=HoldKind.PAYMENT, released_at__isnull=True
    ).exists()
    return row, waits and order.paid_amount >= order.total_amount


def still_due(order: Order) -> Decimal:
    """Return what is not paid yet, at the currency's exponent; zero when paid in full."""
    due: Decimal = max(Decimal(0), order.total_amount - order.paid_amount)
    return money.quantize(due, order.currency)

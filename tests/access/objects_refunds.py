"""Refunds, their payments and approvals, recoverable balances and customers with credit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from core.actors import SYSTEM
from core.models import ApprovalRequest
from customers.models import Customer
from orders.models import Order, RefundDue
from returns.models import Recoverable, Refund, RefundPayment, ReturnLine
from returns.services import refunds
from tests.access.objects import Objects, kind
from tests.access.objects_orders import Side, each
from tests.access.objects_returns import return_of
from tests.factories.core import NOW

if TYPE_CHECKING:
    from tests.access.world import World


def refund_of(where: Side) -> Refund:
    """Return a refund to be paid by hand."""
    order = where.order()
    due = RefundDue.objects.create(
        order=order,
        amount=Decimal("1.00"),
        currency=order.currency,
        reason="ORDER_EDITED",
        event_key=f"access:{order.pk}",
        created_at=NOW,
    )
    found = refunds.pay_due(due.pk, actor=SYSTEM, at=NOW)
    assert found is not None
    return found


def payment_of(where: Side) -> RefundPayment:
    """Return the payment of a refund."""
    return refund_of(where).payments.get()


def approval_of(where: Side) -> ApprovalRequest:
    """Return a request for approval of a refund."""
    refund = refund_of(where)
    return ApprovalRequest.objects.create(
        kind="refund",
        document_key=refund.key,
        label=refund.number,
        revision=1,
        content_hash=refund.content_hash,
        amount_base=refund.amount,
        requested_by_key="system",
        requested_at=NOW,
        expires_at=NOW + dt.timedelta(days=7),
        tier_since=NOW,
    )


def recoverable_of(where: Side) -> Recoverable:
    """Return money paid for a unit that did not come back."""
    line = ReturnLine.objects.get(request=return_of(where))
    return Recoverable.objects.create(
        return_line=line,
        order_id=line.request.order_id or 0,
        qty=1,
        amount=Decimal("1.00"),
        currency="USD",
        created_at=NOW,
    )


def customer_of(where: Side) -> Customer:
    """Return the customer of an order."""
    order = where.order()
    customer = Customer.objects.create(number=f"CC{order.pk}", created_at=NOW, updated_at=NOW)
    Order.objects.filter(pk=order.pk).update(customer=customer)
    return customer


@kind("refund")
def _refund(world: World) -> Objects:
    return each(world, refund_of)


@kind("refund-payment")
def _payment(world: World) -> Objects:
    return each(world, payment_of)


@kind("refund-approval")
def _approval(world: World) -> Objects:
    return each(world, approval_of)


@kind("recoverable")
def _recoverable(world: World) -> Objects:
    return each(world, recoverable_of)


@kind("credit-customer")
def _customer(world: World) -> Objects:
    return each(world, customer_of)

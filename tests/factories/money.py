"""Paid orders, returns that are inspected, and gateways that misbehave: for tests of refunds."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.actors import SYSTEM
from customers.models import Customer
from orders.domain.drafts import LineDraft, PaymentDraft
from orders.models import Order
from returns.gateways.base import GatewayRefused, GatewayUnavailable, Handling, PaidBack
from returns.models import ReturnLine, ReturnRequest
from returns.services import progress
from tests.factories import returns

NOW = returns.ASKED
LATER = NOW + dt.timedelta(days=6)
_numbers = itertools.count(1)


def paid_order(
    *lines: LineDraft, method: str = "test", payments: tuple[str, ...] = (), **more: Any
) -> Order:
    """Return a delivered order with a customer, paid in one or more payments of a method."""
    returns.stocked(*sorted({line.sku for line in lines}))
    number = next(_numbers)
    customer = Customer.objects.create(
        number=f"CM{number}", name="Ada Brook", created_at=NOW, updated_at=NOW
    )
    total = more.get("shipping_amount", Decimal(0)) - more.get("discount_amount", Decimal(0))
    for line in lines:
        total += line.unit_price * line.qty - line.discount_amount + line.tax_amount
    drafts = tuple(
        PaymentDraft(Decimal(amount), "USD", f"{method}-{number}-{position}", method)
        for position, amount in enumerate(payments or (str(total),), start=1)
    )
    facts = {
        "paid_amount": None,
        "payments": drafts,
        "customer_id": customer.pk,
        "email": f"ada{number}@example.org",
    }
    return returns.delivered_order(*lines, **{**facts, **more})


def set_policy(rma: ReturnRequest, **policy: Any) -> None:
    """Write terms into the snapshot of a return, as its policy would have."""
    event = policy.pop("processing_event", rma.processing_event)
    rma.policy = {**rma.policy, **policy}
    ReturnRequest.objects.filter(pk=rma.pk).update(policy=rma.policy, processing_event=event)


def bring_back(rma: ReturnRequest, *accepted: int, at: dt.datetime = LATER) -> None:
    """Let the goods arrive and be inspected: accepted units per line, the rest is refused."""
    lines = list(ReturnLine.objects.filter(request=rma).order_by("position"))
    progress.move_if(rma.pk, "arrive", actor=SYSTEM, at=at)
    for line, units in zip(lines, accepted or [one.qty for one in lines], strict=True):
        ReturnLine.objects.filter(pk=line.pk).update(
            received_qty=line.qty, accepted_qty=units, refused_qty=line.qty - units
        )
    progress.move(rma.pk, "inspect", actor=SYSTEM, at=at)


class Bank:
    """A gateway that charges for each call, remembers what it paid and fails as it is told."""

    handling = Handling.REMOTE
    paid: dict[str, list[str]] = {}
    calls: list[str] = []
    down = False
    refuses = ""
    loses_answers = False

    @classmethod
    def reset(cls) -> None:
        cls.paid, cls.calls = {}, []
        cls.down, cls.refuses, cls.loses_answers = False, "", False

    def refund(self, order: Any) -> PaidBack:
        self.calls.append("refund")
        if self.down:
            raise GatewayUnavailable("No answer within 10 seconds.")
        if self.refuses:
            raise GatewayRefused(self.refuses, "CARD_CLOSED")
        reference = f"B{len(self.calls):06d}{timezone.now().timestamp()}"
        self.paid.setdefault(order.reference, []).append(reference)
        if self.loses_answers:
            raise GatewayUnavailable("The connection broke.")
        return PaidBack(reference)

    def find(self, order: Any) -> PaidBack | None:
        self.calls.append("find")
        known = self.paid.get(order.reference)
        return PaidBack(known[0]) if known else None


class ForgetfulBank(Bank):
    """The same, without a memory that could save a caller."""

    def find(self, order: Any) -> PaidBack | None:
        self.calls.append("find")
        return None

"""What of a customer's returns keeps their data from being erased."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core import formats
from core.erasing import Subject
from customers.services.privacy import Block
from returns.domain import states
from returns.models import Refund, ReturnRequest, StoreCreditAccount


def blocks(subject: Subject) -> list[Block]:
    """Return the customer's returns that are not settled."""
    own = ReturnRequest.objects.filter(pk__in=sorted(subject.ids.get("rma", ())))
    return [
        Block("OPEN_RETURN", _("return %(n)s is open") % {"n": row.number})
        for row in own.filter(status__in=states.OPEN_STATES).order_by("pk")
    ]


def money_blocks(subject: Subject) -> list[Block]:
    """Return what the customer would lose: refunds on their way, and store credit that is left."""
    refunds = Refund.objects.filter(order__in=sorted(subject.ids.get("order", ())))
    accounts = StoreCreditAccount.objects.filter(
        customer__in=sorted(subject.ids.get("customer", ())), balance_amount__gt=0
    )
    return [
        Block("OPEN_REFUND", _("refund %(n)s is not paid") % {"n": row.number})
        for row in refunds.filter(state__in=("to_approve", "paying")).order_by("pk")
    ] + [
        Block(
            "STORE_CREDIT_LEFT",
            _("%(amount)s of store credit is left")
            % {"amount": formats.money(row.balance_amount, row.currency)},
        )
        for row in accounts.order_by("pk")
    ]

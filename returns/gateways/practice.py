"""A payment company to practise with: it keeps books of its own and fails on demand.

The last two digits of the amount say how it behaves: 91 refuses for good, 92 does not answer and
pays nothing at the first attempt, 93 pays but loses the answer of the first attempt. It has no
idempotency of its own: each call that pays is another row in its books.
"""

from __future__ import annotations

import secrets
from typing import ClassVar, Final

from core import clock, money
from core.crashpoints import crashpoint
from returns.gateways.base import (
    GatewayRefused,
    GatewayUnavailable,
    Handling,
    PaidBack,
    RefundOrder,
)
from returns.models import GatewayBooking

REFUSES: Final = 91
SILENT: Final = 92
LOSES_ANSWER: Final = 93


class PracticeGateway:
    """Pays into `GatewayBooking`; meant for tests, demos and a first look."""

    handling: ClassVar[Handling] = Handling.REMOTE

    def refund(self, order: RefundOrder) -> PaidBack:
        """Write one booking, or fail as the amount says.

        Raises:
            GatewayRefused, GatewayUnavailable: the amount asks for it.
        """
        ending = int(order.amount / money.unit(order.currency)) % 100
        is_first = order.attempt == 1
        if ending == REFUSES:
            raise GatewayRefused("The card of this payment was closed.", "CARD_CLOSED")
        if ending == SILENT and is_first:
            raise GatewayUnavailable("No answer within 10 seconds.")
        booking = GatewayBooking.objects.create(
            refund_key=order.reference,
            amount=order.amount,
            currency=order.currency,
            reference=f"tg_{secrets.token_hex(8)}",
            at=clock.now(),
        )
        crashpoint("refund_paid_not_recorded")
        if ending == LOSES_ANSWER and is_first:
            raise GatewayUnavailable("The connection broke before the answer came.")
        return PaidBack(booking.reference)

    def find(self, order: RefundOrder) -> PaidBack | None:
        """Return the first booking under the key."""
        rows = GatewayBooking.objects.filter(refund_key=order.reference).order_by("pk")
        reference = rows.values_list("reference", flat=True).first()
        return PaidBack(reference) if reference else None

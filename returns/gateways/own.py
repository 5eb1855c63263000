"""Ways that no company is asked for: a person pays, or the customer's store credit grows."""

from __future__ import annotations

from typing import ClassVar

from returns.gateways.base import GatewayRefused, Handling, PaidBack, RefundOrder


class ByHand:
    """A person pays, such as by bank transfer, and types the transfer's reference."""

    handling: ClassVar[Handling] = Handling.BY_HAND

    def refund(self, order: RefundOrder) -> PaidBack:
        """Refuse: no program pays."""
        raise GatewayRefused(f"{order.reference} is paid by a person.")

    def find(self, order: RefundOrder) -> PaidBack | None:
        """Refuse: only the person who pays knows."""
        raise GatewayRefused(f"{order.reference} is paid by a person.")


class StoreCredit(ByHand):
    """Our own books: `services.credit` writes the entry in the transaction that settles it."""

    handling: ClassVar[Handling] = Handling.OWN_BOOKS

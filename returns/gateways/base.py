"""What every payment gateway must be able to do, and the errors it may answer with.

A gateway is called outside of any transaction, with a timeout of its own. It is given our refund
key as the reference, so that `find` can tell after a lost answer whether the money went out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Protocol


class Handling(StrEnum):
    """Who pays: a program of the company, a person, or our own books."""

    REMOTE = "remote"
    BY_HAND = "by_hand"
    OWN_BOOKS = "own_books"


class GatewayError(Exception):
    """A gateway did not do what was asked. `text` is for the desk, in the gateway's words."""

    code: ClassVar[str] = "GATEWAY_ERROR"

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.reason = code or self.code


class GatewayUnavailable(GatewayError):
    """No answer or a broken one: nothing is known about the payment. Look, then ask again."""

    code = "GATEWAY_UNAVAILABLE"


class GatewayRefused(GatewayError):
    """A final no: nothing was paid, and the same call gives the same answer."""

    code = "GATEWAY_REFUSED"


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """One payment. `reference` is our refund key, `payment_reference` the payment it gives back.

    `attempt` counts our calls for the key from 1.
    """

    reference: str
    amount: Decimal
    currency: str
    payment_reference: str = ""
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class PaidBack:
    """A gateway's answer: its own reference, unique among its payments."""

    reference: str


class PaymentGateway(Protocol):
    """A way for money to go back, as the payment services see it."""

    handling: ClassVar[Handling]

    def refund(self, order: RefundOrder) -> PaidBack:
        """Pay back.

        Raises:
            GatewayUnavailable: the outcome is unknown; look with `find` before paying again.
            GatewayRefused: final, nothing was paid.
        """
        ...

    def find(self, order: RefundOrder) -> PaidBack | None:
        """Return what was paid under `order.reference`, or None when nothing was.

        Raises:
            GatewayUnavailable: it can't be told now.
        """
        ...

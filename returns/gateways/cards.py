"""Cards: what a company that authorizes them must be able to do, and one to practise with.

A gateway is called outside of any transaction, with a timeout of its own. Our request key is its
reference, so that `find` can tell after a lost answer whether the card was authorized.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from core import money
from returns.gateways.base import GatewayRefused


@dataclass(frozen=True, slots=True)
class CardOrder:
    """One authorization. `payment_reference` is the payment whose card is asked again."""

    reference: str
    amount: Decimal
    currency: str
    payment_reference: str


@dataclass(frozen=True, slots=True)
class Authorized:
    """A gateway's answer: its reference, and when the authorization lapses (aware UTC)."""

    reference: str
    expires_at: dt.datetime


class CardGateway(Protocol):
    """A company that authorizes cards, as the services see it. `CARD_GATEWAYS` lists them."""

    def authorize(self, order: CardOrder, now: dt.datetime) -> Authorized:
        """Hold an amount on the card.

        Raises:
            GatewayUnavailable: the outcome is unknown; look with `find` before asking again.
            GatewayRefused: final, nothing is held.
        """
        ...

    def find(self, order: CardOrder, now: dt.datetime) -> Authorized | None:
        """Return what is held under `order.reference`, or None.

        Raises:
            GatewayUnavailable: it can't be told now.
        """
        ...

    def capture(self, order: CardOrder, reference: str) -> None:
        """Take the held amount.

        Raises:
            GatewayUnavailable: the outcome is unknown; look with `is_captured` first.
            GatewayRefused: final, nothing is taken.
        """
        ...

    def is_captured(self, order: CardOrder, reference: str) -> bool:
        """Say whether the held amount was taken.

        Raises:
            GatewayUnavailable: it can't be told now.
        """
        ...

    def release(self, reference: str) -> None:
        """Let a hold go. Repeatable.

        Raises:
            GatewayUnavailable: ask again.
        """
        ...


#: Card companies keep a hold for about a week.
HELD_FOR: Final = dt.timedelta(days=7)
REFUSES: Final = 91


class PracticeCards:
    """Holds every amount for a week, but refuses those that end in 91; keeps nothing."""

    def authorize(self, order: CardOrder, now: dt.datetime) -> Authorized:
        """Return the hold of this order.

        Raises:
            GatewayRefused: the amount asks for it.
        """
        if int(order.amount / money.unit(order.currency)) % 100 == REFUSES:
            raise GatewayRefused("The card of this payment was closed.", "CARD_CLOSED")
        digest = hashlib.sha256(order.reference.encode()).hexdigest()
        return Authorized(f"auth_{digest[:16]}", now + HELD_FOR)

    def find(self, order: CardOrder, now: dt.datetime) -> Authorized | None:
        """Return nothing: it follows from the order alone, so asking again is harmless."""
        return None

    def capture(self, order: CardOrder, reference: str) -> None:
        """Take the amount; a repeat takes nothing more, as nothing is kept."""

    def is_captured(self, order: CardOrder, reference: str) -> bool:
        """Say no: taking again is harmless here."""
        return False

    def release(self, reference: str) -> None:
        """Let it go."""

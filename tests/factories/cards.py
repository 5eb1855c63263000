"""A card company with books of its own, that fails on demand."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from returns.gateways.base import GatewayRefused, GatewayUnavailable
from returns.gateways.cards import Authorized, CardOrder

HELD_FOR = dt.timedelta(days=7)


class CardBooks:
    """Each authorization and each charge is a row; `trouble` says how the next call fails.

    LOST works and loses the answer, DOWN does not work, NO refuses.
    """

    held: ClassVar[list[str]] = []
    charged: ClassVar[list[str]] = []
    released: ClassVar[list[str]] = []
    trouble: ClassVar[list[str]] = []

    @classmethod
    def open(cls) -> None:
        """Begin with empty books."""
        for book in (cls.held, cls.charged, cls.released, cls.trouble):
            book.clear()

    def _fail(self) -> str:
        how = self.trouble.pop(0) if self.trouble else ""
        if how == "DOWN":
            raise GatewayUnavailable("No answer within 10 seconds.")
        if how == "NO":
            raise GatewayRefused("The card was closed.")
        return how

    def authorize(self, order: CardOrder, now: dt.datetime) -> Authorized:
        how = self._fail()
        self.held.append(order.reference)
        if how == "LOST":
            raise GatewayUnavailable("The connection broke before the answer came.")
        return Authorized(f"a:{order.reference}", now + HELD_FOR)

    def find(self, order: CardOrder, now: dt.datetime) -> Authorized | None:
        if order.reference not in self.held:
            return None
        return Authorized(f"a:{order.reference}", now + HELD_FOR)

    def capture(self, order: CardOrder, reference: str) -> None:
        how = self._fail()
        self.charged.append(reference)
        if how == "LOST":
            raise GatewayUnavailable("The connection broke before the answer came.")

    def is_captured(self, order: CardOrder, reference: str) -> bool:
        return reference in self.charged

    def release(self, reference: str) -> None:
        self._fail()
        self.released.append(reference)

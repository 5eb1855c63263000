"""Carriers that misbehave the way real ones do. They keep books like a company of their own."""

from __future__ import annotations

import random

from shipping.carriers.base import BoughtLabel, CarrierRefused, CarrierUnavailable, LabelOrder

PDF = b"%PDF-1.4 label"


class Books:
    """What all instances of a carrier share: its sales, and how it behaves today."""

    def __init__(self) -> None:
        self.sold: dict[str, list[str]] = {}
        self.calls: list[str] = []
        self.voided: list[str] = []
        self.lose_answers = 0.0
        self.down = False
        self.refuses = ""
        self.void_answer = True
        self.chance = random.Random(7)

    def sell(self, reference: str) -> str:
        """Sell a label and charge for it, every time anew: this carrier has no idempotency."""
        number = f"FX{len(self.calls):010d}"
        self.sold.setdefault(reference, []).append(number)
        return number


BOOKS = Books()


class ForgetfulCarrier:
    """Charges for each call and sometimes loses the answer on the way."""

    def _check(self, what: str) -> None:
        BOOKS.calls.append(what)
        if BOOKS.down:
            raise CarrierUnavailable("No answer within 10 seconds.")

    def buy(self, order: LabelOrder) -> BoughtLabel:
        self._check("buy")
        if BOOKS.refuses:
            raise CarrierRefused(BOOKS.refuses, "ADDRESS_UNKNOWN")
        number = BOOKS.sell(order.reference)
        if BOOKS.chance.random() < BOOKS.lose_answers:
            raise CarrierUnavailable("The connection broke.")
        return self._answer(number, order)

    def find(self, order: LabelOrder) -> BoughtLabel | None:
        self._check("find")
        numbers = BOOKS.sold.get(order.reference)
        return self._answer(numbers[0], order) if numbers else None

    def void(self, tracking_number: str, reference: str) -> bool:
        self._check("void")
        if BOOKS.void_answer:
            BOOKS.voided.append(tracking_number)
        return BOOKS.void_answer

    def _answer(self, number: str, order: LabelOrder) -> BoughtLabel:
        return BoughtLabel(number, order.reference, "hash", {"pdf": PDF + number.encode()})

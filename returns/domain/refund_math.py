"""What goes back to a customer, row by row: the rows of each way sum to its amount exactly.

Pure. Every amount is a Decimal at the currency's exponent; deductions are negative. A way is where
the money goes: back to where it was paid from, or into store credit. What a row takes away is never
more than what its way holds, and a row shows every cent by which a rule was cut short.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core import money

ZERO = Decimal(0)


class Way(StrEnum):
    """Where the money goes."""

    REFUND = "refund"
    CREDIT = "store_credit"


class Code(StrEnum):
    """What a row of a breakdown stands for."""

    GOODS = "GOODS"
    DISCOUNT = "DISCOUNT"
    RESTOCKING = "RESTOCKING"
    RETURN_SHIPPING = "RETURN_SHIPPING"
    SHIPPING = "SHIPPING"
    BONUS = "BONUS"
    LIMIT = "LIMIT"
    GOODWILL = "GOODWILL"


#: Outcome of a line -> the way its money takes; the other outcomes move no money.
WAY_OF: Mapping[str, Way] = {
    "refund": Way.REFUND,
    "returnless": Way.REFUND,
    "store_credit": Way.CREDIT,
}


@dataclass(frozen=True, slots=True)
class RefundItem:
    """Units of one line that are paid back.

    `value_amount` is what was paid for exactly these units, discounts off and tax included (see
    `paid_values`); `gross_amount` the same before discounts, for showing. Shares are 0 to 1.
    """

    key: int
    qty: int
    value_amount: Decimal
    gross_amount: Decimal
    way: Way = Way.REFUND
    restocking_share: Decimal = ZERO
    bonus_share: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class RefundTerms:
    """What counts for all items of one refund.

    `fee_amount` is what the way back still costs the customer; it is taken from refunds, never
    from store credit. `shipping_amount` of `shipping_paid_amount` goes back. `limit_amount` is
    what was paid and has not gone back yet; None where nothing limits, as in a first estimate.
    """

    currency: str
    fee_amount: Decimal = ZERO
    shipping_amount: Decimal = ZERO
    shipping_paid_amount: Decimal = ZERO
    limit_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `key` and `qty` name the units it is about, where it is about some."""

    code: Code
    way: Way
    amount: Decimal
    key: int | None = None
    qty: int = 0


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The rows of a refund and its sums.

    `refund_amount` goes back to where it was paid from, `credit_amount` becomes store credit, to
    which `bonus_amount` is added. `fee_amount` is what was really taken for the way back.
    """

    currency: str
    rows: tuple[Row, ...] = ()
    refund_amount: Decimal = ZERO
    credit_amount: Decimal = ZERO
    bonus_amount: Decimal = ZERO
    fee_amount: Decimal = ZERO

    @property
    def paid_back_amount(self) -> Decimal:
        """Return what counts against what was paid: all but the bonus."""
        return self.refund_amount + self.credit_amount

    @property
    def total_amount(self) -> Decimal:
        """Return what the customer gets altogether."""
        return self.paid_back_amount + self.bonus_amount

    def of_way(self, way: Way) -> tuple[Row, ...]:
        """Return the rows of one way, in order; they sum to what goes that way."""
        return tuple(row for row in self.rows if row.way == way)

    def amount_of(self, way: Way) -> Decimal:
        """Return what goes one way, the bonus included."""
        if way == Way.REFUND:
            return self.refund_amount
        return self.credit_amount + self.bonus_amount

    def as_json(self) -> dict[str, Any]:
        """Return the breakdown for a JSON column; amounts are texts."""
        return {
            "currency": self.currency,
            "refund": str(self.refund_amount),
            "credit": str(self.credit_amount),
            "bonus": str(self.bonus_amount),
            "fee": str(self.fee_amount),
            "rows": [
                {
                    "code": row.code.value,
                    "way": row.way.value,
                    "amount": str(row.amount),
                    "key": row.key,
                    "qty": row.qty,
                }
                for row in self.rows
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Breakdown:
        """Return the breakdown that `as_json` wrote."""
        rows = tuple(
            Row(
                Code(row["code"]),
                Way(row["way"]),
                Decimal(row["amount"]),
                row["key"],
                row["qty"],
            )
            for row in stored["rows"]
        )
        return cls(
            stored["currency"],
            rows,
            Decimal(stored["refund"]),
            Decimal(stored["credit"]),
            Decimal(stored["bonus"]),
            Decimal(stored["fee"]),
        )


@dataclass(slots=True)
class _Sums:
    """The rows so far and what each way holds."""

    rows: list[Row] = field(default_factory=list)
    held: dict[Way, Decimal] = field(default_factory=lambda: dict.fromkeys(Way, ZERO))
    bonus: Decimal = ZERO

    def add(self, code: Code, way: Way, amount: Decimal, item: RefundItem | None = None) -> None:
        key, qty = (item.key, item.qty) if item is not None else (None, 0)
        self.rows.append(Row(code, way, amount, key, qty))
        self.held[way] += amount

    def take(self, code: Code, way: Way, amount: Decimal) -> Decimal:
        """Deduct at most what the way holds; return what was taken."""
        taken = min(amount, self.held[way])
        if taken > 0:
            self.add(code, way, -taken)
        return max(taken, ZERO)


def breakdown(items: Sequence[RefundItem], terms: RefundTerms) -> Breakdown:
    """Return what these units give back under these terms.

    Per line: price, share of the discount, restocking fee. Then the outbound shipping that goes
    back, the fee for the way back, the limit of what is left of the payment (refunds first), and
    the bonus on store credit. No way goes below zero.

    Raises:
        ValueError: a share outside 0 to 1, a negative amount or an amount finer than the currency.
    """
    _check(items, terms)
    sums = _Sums()
    for item in items:
        _add_item(sums, item, terms.currency)
    _add_shipping(sums, items, terms)
    fee = sums.take(Code.RETURN_SHIPPING, Way.REFUND, terms.fee_amount)
    _limit(sums, terms)
    credit = sums.held[Way.CREDIT]
    if sums.bonus > 0 and credit > 0:
        sums.add(Code.BONUS, Way.CREDIT, sums.bonus)
    return Breakdown(
        terms.currency,
        tuple(sums.rows),
        sums.held[Way.REFUND],
        credit,
        sums.held[Way.CREDIT] - credit,
        fee,
    )


def _check(items: Iterable[RefundItem], terms: RefundTerms) -> None:
    amounts = [terms.fee_amount, terms.shipping_amount, terms.shipping_paid_amount]
    amounts.append(terms.limit_amount or ZERO)
    for item in items:
        amounts += [item.value_amount, item.gross_amount]
        for share in (item.restocking_share, item.bonus_share):
            if not 0 <= share <= 1:
                raise ValueError(f"a share of {share}")
    step = money.unit(terms.currency)
    for amount in amounts:
        if amount < 0 or amount != amount.quantize(step):
            raise ValueError(f"{amount} is no amount in {terms.currency}")


def _add_item(sums: _Sums, item: RefundItem, currency: str) -> None:
    gross = max(item.gross_amount, item.value_amount)
    sums.add(Code.GOODS, item.way, gross, item)
    if gross != item.value_amount:
        sums.add(Code.DISCOUNT, item.way, item.value_amount - gross, item)
    fee = money.quantize(item.value_amount * item.restocking_share, currency)
    if fee:
        sums.add(Code.RESTOCKING, item.way, -fee, item)
    if item.way == Way.CREDIT:
        sums.bonus += money.quantize((item.value_amount - fee) * item.bonus_share, currency)


def _add_shipping(sums: _Sums, items: Sequence[RefundItem], terms: RefundTerms) -> None:
    """Show the outbound shipping: what goes back of it, or that nothing does."""
    if not items or not terms.shipping_paid_amount:
        return
    way = Way.REFUND if any(item.way == Way.REFUND for item in items) else Way.CREDIT
    sums.add(Code.SHIPPING, way, terms.shipping_amount)


def _limit(sums: _Sums, terms: RefundTerms) -> None:
    """Cut what goes back to what is left of the payment, and the bonus with the credit."""
    if terms.limit_amount is None:
        return
    refund, credit = sums.held[Way.REFUND], sums.held[Way.CREDIT]
    sums.take(Code.LIMIT, Way.REFUND, max(ZERO, refund - terms.limit_amount))
    left = terms.limit_amount - sums.held[Way.REFUND]
    cut = sums.take(Code.LIMIT, Way.CREDIT, max(ZERO, credit - left))
    if cut:
        sums.bonus = money.quantize(sums.bonus * (credit - cut) / credit, terms.currency)


def split_over_payments(
    amount: Decimal, payments: Sequence[tuple[int, Decimal]]
) -> list[tuple[int | None, Decimal]]:
    """Return how an amount goes back over payments: (payment id, part), the oldest first.

    `payments` are (id, what is left of it), oldest first. What no payment covers, as when only the
    sum was imported, comes last with None. The parts sum to the amount.
    """
    parts: list[tuple[int | None, Decimal]] = []
    rest = amount
    for key, left in payments:
        part = min(rest, left)
        if part > 0:
            parts.append((key, part))
            rest -= part
    if rest > 0:
        parts.append((None, rest))
    return parts

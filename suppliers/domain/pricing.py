"""What one unit costs: the agreed price, else the break of the list, times one urgency factor.

Pure: dates and figures come in. Prices are Decimal per unit in the currency of the order, rounded
to 6 decimals, halves away from zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Final

from suppliers.domain.price_trace import Step, step

UNIT: Final = Decimal("0.000001")

LIST: Final = "LIST"
LIST_URGENT: Final = "LIST_URGENT"
AGREEMENT: Final = "AGREEMENT"
AGREEMENT_PERCENT: Final = "AGREEMENT_PERCENT"
AGREEMENT_STACKED: Final = "AGREEMENT_STACKED"
SOURCES: Final = (LIST, LIST_URGENT, AGREEMENT, AGREEMENT_PERCENT, AGREEMENT_STACKED)

URGENT: Final = "urgent"
REGULAR: Final = "regular"
ONE: Final = Decimal(1)


class BreaksRefused(ValueError):
    """Quantity breaks that contradict each other; `why` is a code, `min_qty` where."""

    def __init__(self, why: str, min_qty: int) -> None:
        super().__init__(f"{why} at {min_qty}")
        self.why = why
        self.min_qty = min_qty


class NoBase(ValueError):
    """Neither an agreement nor a list has a price; `trace` says what was looked at."""

    def __init__(self, trace: tuple[Step, ...]) -> None:
        super().__init__("no price")
        self.trace = trace


@dataclass(frozen=True, slots=True)
class Factors:
    """The figures of urgency: an order needed within `urgent_days` costs `urgent` times more."""

    urgent_days: int
    urgent: Decimal
    agreement: Decimal


@dataclass(frozen=True, slots=True)
class PriceBreak:
    """From `min_qty` units on, one unit costs `unit_price`; None is the list's share off.

    `line_id` is the agreement line the break stands on; None for a list.
    """

    min_qty: int
    unit_price: Decimal | None
    line_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedTerms:
    """One agreement as it covers one SKU: validity (both days included), breaks, what is left.

    `left_qty` and `left_amount` are what the caps still allow; None: no cap.
    """

    number: str
    valid_from: dt.date
    valid_until: dt.date
    currency: str
    stacks: bool
    breaks: Sequence[PriceBreak]
    is_active: bool = True
    left_qty: int | None = None
    left_amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked: `qty` units, ordered `on`, needed by `required_by`, in `currency`."""

    qty: int
    on: dt.date
    required_by: dt.date | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceQuote:
    """The price of one unit, and how it came about.

    `list_price` and `agreement_price` are the bases before any factor; None where there is none.
    `source` is one of `SOURCES`. `agreement_line_id` is set when the units count as called off,
    also when an urgent order pays the list's price. `trace` holds the steps in words to be said.
    """

    unit_price: Decimal
    list_price: Decimal | None
    agreement_price: Decimal | None
    urgency: str
    factor: Decimal
    source: str
    agreement_line_id: int | None
    trace: tuple[Step, ...]


def urgency_of(on: dt.date, required_by: dt.date | None, urgent_days: int) -> str:
    """Return whether units ordered `on` and needed by `required_by` are urgent.

    Day `urgent_days` itself is urgent (B-19). Without a date nobody is in a hurry.
    """
    if required_by is not None and (required_by - on).days <= urgent_days:
        return URGENT
    return REGULAR


def check_breaks(breaks: Sequence[PriceBreak]) -> None:
    """Refuse breaks that a buyer could game: more units must never cost more apiece.

    Raises:
        BreaksRefused: TWICE (one quantity on two breaks), NOT_POSITIVE, MIXED (a share off beside
            a price), or RISES (a larger quantity costs more apiece).
    """
    ordered = sorted(breaks, key=lambda one: one.min_qty)
    for one in ordered:
        if one.min_qty < 1 or (one.unit_price is not None and one.unit_price <= 0):
            raise BreaksRefused("NOT_POSITIVE", one.min_qty)
    for lower, upper in pairwise(ordered):
        if lower.min_qty == upper.min_qty:
            raise BreaksRefused("TWICE", upper.min_qty)
        if lower.unit_price is None or upper.unit_price is None:
            raise BreaksRefused("MIXED", upper.min_qty)
        if upper.unit_price > lower.unit_price:
            raise BreaksRefused("RISES", upper.min_qty)


def break_for(breaks: Sequence[PriceBreak], qty: int) -> PriceBreak | None:
    """Return the break with the largest `min_qty` that `qty` reaches, or None below all."""
    reached = [one for one in breaks if one.min_qty <= qty]
    return max(reached, key=lambda one: one.min_qty) if reached else None


def quote(
    ask: Ask,
    list_breaks: Sequence[PriceBreak],
    agreements: Sequence[AgreedTerms],
    factors: Factors,
) -> PriceQuote:
    """Return the price of one unit.

    Base: the agreement's absolute price, else the list's break for the quantity. Then one factor
    on that base: `urgent` within `urgent_days`, else `agreement` where the agreement names no
    price of its own; a price of its own is paid as agreed. Only an agreement that stacks takes
    both factors off and on the list's price.

    Raises:
        NoBase: nothing names a price in this currency for this quantity.

    Source: B-19, B-20, B-21.
    """
    listed = break_for(list_breaks, ask.qty)
    asked = _Asked(ask, listed.unit_price if listed else None, factors)
    trace = [_list_step(listed, list_breaks, ask)]
    for terms in agreements:
        found = _basis(asked, terms)
        if isinstance(found, _Basis):
            offer = _under_agreement(asked, found, trace)
            over = _over_cap(ask, terms, offer.unit_price)
            if over is None:
                return offer
            found = over
        trace.append(found)
    return _from_list(asked, trace)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked, with what the list says to it."""

    ask: Ask
    list_price: Decimal | None
    factors: Factors

    @property
    def urgency(self) -> str:
        return urgency_of(self.ask.on, self.ask.required_by, self.factors.urgent_days)


@dataclass(frozen=True, slots=True)
class _Basis:
    """The break of an agreement that counts, and the amount its factor is applied to."""

    terms: AgreedTerms
    at: PriceBreak
    base: Decimal
    share: Decimal


def _list_step(listed: PriceBreak | None, breaks: Sequence[PriceBreak], ask: Ask) -> Step:
    if listed is not None:
        return step(
            "LIST_BREAK",
            qty=ask.qty,
            min_qty=listed.min_qty,
            price=listed.unit_price,
            currency=ask.currency,
        )
    if breaks:
        return step("LIST_BELOW", qty=ask.qty, min_qty=min(one.min_qty for one in breaks))
    return step("LIST_NONE", on=ask.on, currency=ask.currency)


def _basis(asked: _Asked, terms: AgreedTerms) -> _Basis | Step:
    outside = _outside(asked.ask, terms)
    at = break_for(terms.breaks, asked.ask.qty)
    if outside is not None:
        return outside
    if at is None:
        least = min((one.min_qty for one in terms.breaks), default=1)
        return step("AGREEMENT_BELOW", number=terms.number, qty=asked.ask.qty, min_qty=least)
    if at.unit_price is not None:
        return _Basis(terms, at, at.unit_price, ONE)
    if asked.list_price is not None:
        return _Basis(terms, at, asked.list_price, asked.factors.agreement)
    return step("AGREEMENT_NEEDS_LIST", number=terms.number)


def _outside(ask: Ask, terms: AgreedTerms) -> Step | None:
    if ask.on > terms.valid_until:
        return step("AGREEMENT_OVER", number=terms.number, until=terms.valid_until)
    if ask.on < terms.valid_from:
        return step("AGREEMENT_EARLY", number=terms.number, begins=terms.valid_from)
    if not terms.is_active:
        return step("AGREEMENT_INACTIVE", number=terms.number)
    if terms.currency != ask.currency:
        return step("AGREEMENT_CURRENCY", number=terms.number, currency=terms.currency)
    return None


def _over_cap(ask: Ask, terms: AgreedTerms, unit_price: Decimal) -> Step | None:
    number = terms.number
    if terms.left_qty is not None and ask.qty > terms.left_qty:
        return step("AGREEMENT_CAP_QTY", number=number, qty=ask.qty, left=max(terms.left_qty, 0))
    if terms.left_amount is not None and unit_price * ask.qty > terms.left_amount:
        left = max(terms.left_amount, Decimal(0))
        return step("AGREEMENT_CAP_AMOUNT", number=number, left=left, currency=terms.currency)
    return None


def _from_list(asked: _Asked, trace: Sequence[Step]) -> PriceQuote:
    if asked.list_price is None:
        raise NoBase(tuple(trace))
    is_urgent = asked.urgency == URGENT
    return _quoted(
        asked,
        asked.list_price,
        asked.factors.urgent if is_urgent else ONE,
        LIST_URGENT if is_urgent else LIST,
        (*trace, _urgency_step(asked)),
    )


def _under_agreement(asked: _Asked, found: _Basis, trace: Sequence[Step]) -> PriceQuote:
    terms, fixed = found.terms, found.at.unit_price
    base, factor = found.base, found.share
    source = AGREEMENT_PERCENT if fixed is None else AGREEMENT
    steps = [*trace, _agreed_step(found, asked), _urgency_step(asked)]
    if asked.urgency == URGENT:
        if fixed is not None or terms.stacks:
            factor, source = factor * asked.factors.urgent, AGREEMENT_STACKED
            code = "STACKED" if fixed is None else "AGREED_RAISED"
        else:
            factor, source, code = asked.factors.urgent, LIST_URGENT, "NOT_STACKED"
        steps.append(step(code, number=terms.number))
    quoted = _quoted(asked, base, factor, source, tuple(steps))
    return replace(quoted, agreement_price=fixed, agreement_line_id=found.at.line_id)


def _agreed_step(found: _Basis, asked: _Asked) -> Step:
    number = found.terms.number
    if found.at.unit_price is None:
        return step("AGREEMENT_SHARE", number=number, factor=asked.factors.agreement)
    return step(
        "AGREEMENT_PRICE",
        number=number,
        min_qty=found.at.min_qty,
        price=found.at.unit_price,
        currency=asked.ask.currency,
    )


def _urgency_step(asked: _Asked) -> Step:
    ask, factors = asked.ask, asked.factors
    if ask.required_by is None:
        return step("NO_DATE")
    days = (ask.required_by - ask.on).days
    if asked.urgency == URGENT:
        return step("URGENT", days=days, limit=factors.urgent_days, factor=factors.urgent)
    return step("REGULAR", days=days, limit=factors.urgent_days)


def _quoted(
    asked: _Asked, base: Decimal, factor: Decimal, source: str, trace: tuple[Step, ...]
) -> PriceQuote:
    price = (base * factor).quantize(UNIT, rounding=ROUND_HALF_UP)
    result = step("RESULT", base=base, factor=factor, price=price, currency=asked.ask.currency)
    return PriceQuote(
        unit_price=price,
        list_price=asked.list_price,
        agreement_price=None,
        urgency=asked.urgency,
        factor=factor,
        source=source,
        agreement_line_id=None,
        trace=(*trace, result),
    )

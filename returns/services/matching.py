"""Tie the returns of imported history to the orders they came from, a customer at a time.

A match is final. Returns that found nothing, or too much, are asked again at each run: history is
often imported in several files, and customers are merged.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.db import transaction

from orders.models import OrderLine, ReturnFact
from orders.models.orders import LineKind, OrderStatus
from returns.domain.matching import (
    MATCHED,
    NO_CUSTOMER,
    OUTCOMES,
    PastLine,
    PastReturn,
    Verdict,
    match,
)
from returns.models import ReturnMatch

CUSTOMERS_AT_ONCE = 200
_FACT = ("pk", "external_id", "sku_code", "at", "qty", "unit_price", "customer_id")
_LINE = (
    "pk",
    "order_id",
    "sku_code",
    "order__placed_at",
    "qty",
    "unit_price",
    "order__customer_id",
    "matched_return",
)


def match_history(*, now: dt.datetime) -> dict[str, int]:
    """Look for the orders of all unmatched returns; return how many stand at each outcome.

    The figures count every return ever matched, not only this run's. Repeatable: a second run
    without new history changes nothing. `now` is aware UTC. One transaction per 200 customers.
    """
    _write([Verdict(pk, NO_CUSTOMER) for pk in _nameless()], now)
    for customers in _batches(_customers()):
        with transaction.atomic():
            _match_customers(customers, now)
    return figures()


def figures() -> dict[str, int]:
    """Return the returns of history by outcome, every outcome named."""
    found: Counter[str] = Counter(ReturnMatch.objects.values_list("outcome", flat=True))
    return {outcome: found[outcome] for outcome in OUTCOMES}


def _nameless() -> list[int]:
    rows = ReturnFact.objects.filter(customer__isnull=True, match__isnull=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _customers() -> list[int]:
    rows = ReturnFact.objects.filter(customer__isnull=False).exclude(match__outcome=MATCHED)
    return list(rows.order_by("customer_id").values_list("customer_id", flat=True).distinct())


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CUSTOMERS_AT_ONCE):
        yield ids[start : start + CUSTOMERS_AT_ONCE]


def _match_customers(customers: Sequence[int], now: dt.datetime) -> None:
    returns = _returns(customers)
    codes = {back.code for rows in returns.values() for back in rows}
    lines, taken = _lines(customers, codes)
    verdicts = [
        verdict
        for customer in customers
        for verdict in match(returns.get(customer, ()), lines.get(customer, ()), taken)
    ]
    _write(verdicts, now)


def _returns(customers: Sequence[int]) -> Mapping[int, list[PastReturn]]:
    found: dict[int, list[PastReturn]] = defaultdict(list)
    rows = ReturnFact.objects.filter(customer_id__in=customers).exclude(match__outcome=MATCHED)
    for pk, document, code, at, qty, price, customer in rows.order_by("pk").values_list(*_FACT):
        found[customer or 0].append(PastReturn(pk, document, code, at, qty, price))
    return found


def _lines(
    customers: Sequence[int], codes: set[str]
) -> tuple[Mapping[int, list[PastLine]], set[int]]:
    """Return the goods that the customers bought, and the lines that a return took back before."""
    found: dict[int, list[PastLine]] = defaultdict(list)
    taken = set()
    rows = (
        OrderLine.objects.filter(order__customer_id__in=customers, order__is_history=True)
        .exclude(order__status=OrderStatus.CANCELLED)
        .exclude(kind__in=(LineKind.FEE, LineKind.COMPONENT, LineKind.SUBSTITUTE))
    )
    for pk, order, code, at, qty, price, customer, match_id in rows.order_by("pk").values_list(
        *_LINE
    ):
        if code in codes:
            found[customer or 0].append(PastLine(pk, order, code, at, qty, price))
        if match_id is not None:
            taken.add(pk)
    return found, taken


def _write(verdicts: Sequence[Verdict], now: dt.datetime) -> None:
    ReturnMatch.objects.bulk_create(
        [
            ReturnMatch(
                fact_id=verdict.return_id,
                outcome=verdict.outcome,
                order_line_id=verdict.line_id,
                candidates=verdict.candidates,
                looked_at=now,
            )
            for verdict in verdicts
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["fact"],
        update_fields=["outcome", "order_line", "candidates", "looked_at"],
    )

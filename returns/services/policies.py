"""Ask the return policy about an order or about a return that exists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from inventory.models import Warehouse
from returns.domain.policy import Book, PolicyDecision, RequestFacts, decide
from returns.models import ReturnRequest
from returns.services import policy_facts, policy_rules
from returns.services.errors import ReturnNotFound
from returns.services.policy_facts import Asking, LineWant
from returns.services.policy_rules import ensure_defaults

__all__ = [
    "LineWant",
    "asking_of",
    "decide_again",
    "decide_facts",
    "decide_order",
    "ensure_defaults",
]


def decide_order(
    order_id: int,
    wants: Sequence[LineWant],
    *,
    at: dt.datetime,
    method: str = "",
    book: Book | None = None,
) -> PolicyDecision:
    """Return what the rulebook says of lines of an order; the answer keeps their order.

    Reason, outcome and method may be "": the verdict then says what may be chosen. `book` stands
    in for the rulebook of now. Writes nothing; at most twelve queries. `at` is aware UTC.

    Raises:
        OrderNotFound: no such order, or a line is not of it.
    """
    asking = Asking(order_id, tuple(wants), method, at)
    return decide_facts(policy_facts.facts_of(asking), book)


def decide_again(request_id: int, *, at: dt.datetime, book: Book | None = None) -> PolicyDecision:
    """Return what the rulebook says of a return's announced lines, were they asked for at `at`.

    Raises:
        ReturnNotFound: no such return, or it has no order.
    """
    request = ReturnRequest.objects.filter(pk=request_id, order__isnull=False).first()
    if request is None:
        raise ReturnNotFound
    return decide_facts(policy_facts.facts_of(asking_of(request, at)), book)


def asking_of(request: ReturnRequest, at: dt.datetime) -> Asking:
    """Return the question that a return of an order asks the rulebook."""
    rows = request.lines.filter(kind="expected", order_line__isnull=False)
    wants = tuple(
        LineWant(
            order_line_id=row.order_line_id or 0,
            qty=row.qty,
            reason_code=row.reason.code if row.reason else "",
            outcome=row.resolution if row.resolution not in {"none", "reject"} else "",
        )
        for row in rows.select_related("reason").order_by("position", "pk")
    )
    return Asking(request.order_id or 0, wants, request.method, at, request.pk)


def decide_facts(facts: RequestFacts, book: Book | None = None) -> PolicyDecision:
    """Return the answer to known facts; a destination that is closed asks for a person."""
    decision = decide(book or policy_rules.book(), facts)
    code = decision.destination_code or facts.warehouse
    if decision.destination_code and not _is_open(decision.destination_code):
        return _reviewed(decision, "DESTINATION_CLOSED")
    return decision if code else _reviewed(decision, "NO_DESTINATION")


def _is_open(code: str) -> bool:
    return Warehouse.objects.filter(code=code, is_active=True).exists()


def _reviewed(decision: PolicyDecision, reason: str) -> PolicyDecision:
    return replace(decision, needs_review=True, review_reasons=(*decision.review_reasons, reason))

"""Money paid back for units that then did not come back as agreed (X20): flagged, never taken."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from core import audit, money
from core.actors import SYSTEM, Actor
from returns.domain.states import ARRIVED
from returns.models import Recoverable, RefundLine, ReturnLine, ReturnRequest
from returns.services import progress
from returns.services.money_errors import RecoverableSettled, RefundReasonMissing
from returns.services.progress import Why

ZERO = Decimal(0)
#: States in which it is known what came back.
OVER = ("inspected", "resolved", "cancelled", "expired", "rejected")


def open_for(customer_id: int) -> QuerySet[Recoverable]:
    """Return what a customer still owes for units paid back and not returned, newest first."""
    rows = Recoverable.objects.open().filter(customer=customer_id)
    return rows.select_related("return_line__request", "order").order_by("-created_at", "-pk")


@transaction.atomic
def look_at(request_id: int, *, at: dt.datetime) -> list[Recoverable]:
    """Flag every line of a return that was paid for more units than were accepted. Repeatable.

    Says nothing before it is known what came back. Locks the return.
    """
    request = progress.lock(request_id)
    if request.order_id is None or request.status not in (*OVER, ARRIVED):
        return []
    lines = ReturnLine.objects.filter(request=request).exclude(resolution="returnless")
    paid = _paid([line.pk for line in lines])
    return [
        row
        for line in lines.order_by("position")
        if (row := _flag(request, line, paid.get(line.pk, []), at)) is not None
    ]


def _paid(line_ids: list[int]) -> dict[int, list[tuple[int, Decimal]]]:
    """Return by line the (units, net amount) of each refund that was paid."""
    rows = RefundLine.objects.filter(
        return_line__in=line_ids, is_live=True, refund__state="paid"
    ).order_by("refund", "position")
    sums: dict[tuple[int, int], tuple[int, Decimal]] = defaultdict(lambda: (0, ZERO))
    for line, refund, code, qty, amount in rows.values_list(
        "return_line", "refund", "code", "qty", "amount"
    ):
        units, value = sums[line, refund]
        sums[line, refund] = (units + (qty if code == "GOODS" else 0), value + amount)
    found: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for (line, _refund), part in sums.items():
        found[line].append(part)
    return found


def _flag(
    request: ReturnRequest,
    line: ReturnLine,
    paid: list[tuple[int, Decimal]],
    at: dt.datetime,
) -> Recoverable | None:
    units = sum(qty for qty, _amount in paid)
    is_known = request.status in OVER or line.accepted_qty + line.refused_qty >= line.qty
    excess = units - line.accepted_qty
    if not is_known or excess <= 0 or request.order_id is None:
        return None
    value = sum((amount for _qty, amount in paid), ZERO)
    amount = money.quantize(value * excess / units, request.currency)
    if amount <= 0:
        return None
    row, is_new = Recoverable.objects.get_or_create(
        return_line=line,
        defaults={
            "order_id": request.order_id,
            "customer_id": request.customer_id,
            "qty": excess,
            "amount": amount,
            "currency": request.currency,
            "created_at": at,
        },
    )
    if is_new:
        _say(request, row, at)
    return row


def _say(request: ReturnRequest, row: Recoverable, at: dt.datetime) -> None:
    said = {"units": row.qty, "amount": str(row.amount), "currency": row.currency}
    audit.record(
        actor=SYSTEM, action="returns.recoverable_found", target=request.key, after=said, at=at
    )
    why = Why(data=said, is_public=False)
    progress.note(request, "RECOVERABLE_FOUND", actor=SYSTEM, at=at, why=why)


@transaction.atomic
def settle(
    row_id: int, *, is_recovered: bool, reason: str, actor: Actor, at: dt.datetime
) -> Recoverable:
    """Say that the money came back, or that it is let go, with a reason.

    Raises:
        RefundReasonMissing: no reason.
        RecoverableSettled: somebody settled it.
    """
    if not reason.strip():
        raise RefundReasonMissing
    state = Recoverable.State.RECOVERED if is_recovered else Recoverable.State.WAIVED
    rows = Recoverable.objects.open().filter(pk=row_id)
    if not rows.update(
        state=state, settled_at=at, settled_by=actor.key, settled_reason=reason[:500]
    ):
        raise RecoverableSettled
    row = Recoverable.objects.select_related("return_line__request").get(pk=row_id)
    audit.record(
        actor=actor,
        action=f"returns.recoverable_{state}",
        target=row.return_line.request.key,
        after={"amount": str(row.amount), "currency": row.currency},
        reason=reason,
        at=at,
    )
    return row

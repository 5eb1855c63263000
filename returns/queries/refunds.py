"""Refunds as pages, mails and the customer's status show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from core.permissions import Principal
from returns.domain.refund_math import Breakdown, Way
from returns.models import Refund, RefundPayment, ReturnLine, ReturnRequest
from returns.refund_words import row_word


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of a breakdown in words: `name` is the item it is about, "" for none."""

    code: str
    word: str | Promise
    name: str
    qty: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RefundView:
    """One refund as others see it; `amount` is what the customer gets, bonus included."""

    id: int
    number: str
    state: str
    way: str
    reason: str
    amount: Decimal
    currency: str
    created_at: dt.datetime
    paid_at: dt.datetime | None
    rows: tuple[RowView, ...]
    breakdown: Breakdown


def rows_of(found: Breakdown, way: str, names: Mapping[int, str]) -> tuple[RowView, ...]:
    """Return the rows of one way in words; `names` maps their keys to items."""
    return tuple(
        RowView(
            row.code,
            row_word(row.code, is_nothing=not row.amount),
            names.get(row.key, "") if row.key is not None else "",
            row.qty,
            row.amount,
        )
        for row in found.of_way(Way(way))
    )


def view_of(refund: Refund, names: Mapping[int, str]) -> RefundView:
    """Return one refund for showing; asks the database nothing."""
    found = Breakdown.from_json(refund.breakdown)
    return RefundView(
        refund.pk,
        refund.number,
        refund.state,
        refund.way,
        refund.get_reason_display(),
        refund.amount + refund.bonus_amount,
        refund.currency,
        refund.created_at,
        refund.paid_at,
        rows_of(found, refund.way, names),
        found,
    )


def for_request(request_id: int) -> list[RefundView]:
    """Return the refunds of a return, oldest first; those that no longer count left out."""
    rows = Refund.objects.live().filter(request=request_id).order_by("created_at", "pk")
    names = names_of(ReturnLine.objects.filter(request=request_id).select_related("sku"))
    return [view_of(row, names) for row in rows]


def names_of(lines: Any) -> dict[int, str]:
    """Return the names of returned items by line."""
    return {line.pk: line.sku.name if line.sku else line.description for line in lines}


def payments_of(refund: Refund) -> Sequence[RefundPayment]:
    """Return the payments of a refund in order."""
    return list(refund.payments.select_related("payment").order_by("position"))


def part_of(rma: ReturnRequest, principal: Principal, now: dt.datetime) -> dict[str, Any] | None:
    """Return what the page of a return shows of its money; None where none can move."""
    if rma.order_id is None:
        return None
    lines = list(
        ReturnLine.objects.filter(request=rma)
        .select_related("sku", "recoverable")
        .order_by("position")
    )
    names = names_of(lines)
    refunds = [
        view_of(row, names)
        for row in Refund.objects.filter(request=rma).order_by("created_at", "pk")
    ]
    found = Breakdown.from_json(rma.preview) if rma.preview.get("rows") else None
    by_order_line = {line.order_line_id or 0: names[line.pk] for line in lines}
    expected = [
        {"way": way.value, "amount": found.amount_of(way), "rows": rows}
        for way in Way
        if found and (rows := rows_of(found, way, by_order_line))
    ]
    is_open = rma.status not in ("requested", "review", "rejected", "cancelled", "resolved")
    return {
        "refunds": refunds,
        "expected": expected if not refunds else [],
        "recoverables": [line.recoverable for line in lines if hasattr(line, "recoverable")],
        "may_pay_now": is_open and principal.may("returns.manage"),
        "currency": rma.currency,
    }


def waiting_count(principal: Principal) -> int | None:
    """Return how many refunds wait for a person: an approver's, or the desk's. None for zero."""
    rows = Refund.objects.visible_to(principal)
    count = 0
    if principal.may("returns.approve_refunds"):
        count += rows.filter(state="to_approve").count()
    if principal.may("returns.manage"):
        waits = rows.with_waits().filter(state="paying")
        count += waits.filter(Q(waits_by_hand=True) | Q(has_failed=True)).count()
    return count or None

"""Close the lines of a return whose money is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Sum

from core.actors import Actor
from returns.domain.refund_math import WAY_OF
from returns.domain.states import INSPECTED
from returns.models import Refund, RefundLine, ReturnLine, ReturnRequest
from returns.services import closing


def close_paid_lines(refund: Refund, *, actor: Actor, at: dt.datetime) -> None:
    """Close the lines a paid refund was the last money for. The caller holds the order's lock."""
    if refund.request is not None:
        close_done(refund.request, actor=actor, at=at)


def close_done(
    request: ReturnRequest,
    *,
    worthless: Collection[int] = (),
    actor: Actor,
    at: dt.datetime,
) -> None:
    """Close every open line whose accepted units are all paid; repeatable.

    `worthless` are lines of which nothing is left to pay back, such as of an unpaid order.
    """
    lines = ReturnLine.objects.filter(request=request, state="open", resolution__in=list(WAY_OF))
    found = list(lines.order_by("position"))
    paid = _paid_units(line.pk for line in found)
    for line in found:
        final = _final_units(request, line)
        if final and (paid.get(line.pk, 0) >= final or line.pk in worthless):
            closing.close_line(line.pk, actor=actor, at=at)


def _final_units(request: ReturnRequest, line: ReturnLine) -> int:
    """Return the units that stay accepted, 0 while more of the line may follow."""
    if line.resolution == "returnless":
        return line.accepted_qty or line.qty
    is_checked = line.accepted_qty + line.refused_qty >= line.qty
    return line.accepted_qty if is_checked or request.status == INSPECTED else 0


def _paid_units(line_ids: Iterable[int]) -> dict[int, int]:
    rows = RefundLine.objects.units().filter(return_line__in=list(line_ids), refund__state="paid")
    return dict(
        rows.values("return_line").annotate(n=Sum("qty")).order_by().values_list("return_line", "n")
    )

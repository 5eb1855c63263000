"""What the index and the page of returns show."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from core.permissions import Principal
from orders.models import Order
from returns.domain.policy import PolicyDecision
from returns.models import ReturnLine, ReturnPhoto, ReturnRequest, ReturnStep


def index_rows(principal: Principal) -> QuerySet[ReturnRequest]:
    """Return the returns of the index with what its cells need: two queries a page."""
    lines = ReturnLine.objects.select_related("reason", "sku").order_by("position")
    return (
        ReturnRequest.objects.visible_to(principal)
        .select_related("order", "channel", "warehouse")
        .prefetch_related(Prefetch("lines", lines))
    )


def search(rows: QuerySet[ReturnRequest], text: str) -> QuerySet[ReturnRequest]:
    """Find by number of the return or its order, the order's e-mail or the recipient's name."""
    words = text.strip()
    return rows.filter(
        Q(number__startswith=words.upper())
        | Q(order__number=words.upper())
        | Q(order__external_id=words)
        | Q(order__email=words.lower())
        | Q(order__name_norm__startswith=words.casefold())
    )


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the page with its photos and its verdict as it was decided."""

    line: ReturnLine
    photos: tuple[ReturnPhoto, ...]


@dataclass(frozen=True, slots=True)
class RequestPage:
    """What the page of one return shows beside its parts."""

    lines: tuple[LineView, ...]
    photos: tuple[ReturnPhoto, ...]
    steps: tuple[ReturnStep, ...]
    decision: PolicyDecision | None
    replacements: tuple[Order, ...]


def page_of(row: ReturnRequest) -> RequestPage:
    """Return lines, photos, steps, decision and follow-up orders of a return: four queries."""
    lines = list(
        ReturnLine.objects.filter(request=row)
        .select_related("reason__parent", "sku", "exchange_sku", "lot", "order_line")
        .order_by("position")
    )
    photos = list(ReturnPhoto.objects.filter(request=row).order_by("taken_at", "pk"))
    steps = ReturnStep.objects.filter(request=row).order_by("-at", "-pk")[:100]
    follow_ups: tuple[Order, ...] = ()
    if row.order_id is not None:
        follow_ups = tuple(Order.objects.filter(replaces_id=row.order_id).order_by("pk")[:20])
    return RequestPage(
        lines=tuple(
            LineView(line, tuple(one for one in photos if one.line_id == line.pk)) for line in lines
        ),
        photos=tuple(one for one in photos if one.line_id is None),
        steps=tuple(steps),
        decision=PolicyDecision.from_json(row.policy) if row.policy.get("lines") else None,
        replacements=follow_ups,
    )

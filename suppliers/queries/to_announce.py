"""What of a purchase order nobody has announced yet."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from suppliers.domain import purchase_states
from suppliers.models import AsnLine, PurchaseLine, PurchaseOrder

#: The supplier holds it, or held it before it was changed.
ANNOUNCEABLE = (
    purchase_states.PENDING,
    purchase_states.APPROVED,
    purchase_states.SENT,
    purchase_states.CONFIRMED,
    purchase_states.PARTLY_RECEIVED,
)


def may_come(order: PurchaseOrder) -> bool:
    """Say whether goods of the order may come: it was sent once, and has not ended."""
    return order.sent_at is not None and order.state in ANNOUNCEABLE


def with_units_left(rows: QuerySet[PurchaseLine]) -> QuerySet[Any]:
    """Annotate purchase lines with `left_qty`: units that no arrival announces or brought.

    An arrival takes what it announces less what was given up of it, or what was counted where
    that is more. Never negative.
    """
    coming = (
        AsnLine.objects.filter(purchase_line=OuterRef("pk"))
        .exclude(asn__state="cancelled")
        .order_by()
        .values("purchase_line")
        .annotate(
            units=Sum(
                Greatest(
                    whole(Coalesce(F("announced_qty"), 0) - F("short_qty")),
                    whole(F("received_qty") + F("damaged_qty") + F("held_qty")),
                )
            )
        )
        .values("units")
    )
    taken = Coalesce(Subquery(coming, output_field=IntegerField()), 0)
    left: QuerySet[Any] = rows.annotate(
        left_qty=Greatest(whole(F("qty") - F("short_qty") - taken), Value(0))
    )
    return left


def units_left(order: PurchaseOrder) -> dict[int, int]:
    """Return purchase line id -> units no arrival stands for, in the order of the lines."""
    rows = with_units_left(PurchaseLine.objects.filter(order=order)).order_by("position", "pk")
    return dict(rows.values_list("pk", "left_qty"))


def whole(expression: Any) -> Any:
    """Return sums of counts as whole numbers; the databases' kinds of numbers differ."""
    return ExpressionWrapper(expression, output_field=IntegerField())

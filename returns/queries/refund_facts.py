"""What a refund is worked out from: units due, their value, fees and shipping that are left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from core import money
from orders.models import Order, OrderLine
from orders.services import refunding
from returns.domain.paid_values import value_of_units
from returns.domain.refund_math import WAY_OF, RefundItem, RefundTerms, Way
from returns.domain.refund_units import LineUnits, due_units
from returns.models import Refund, RefundLine, ReturnLine, ReturnRequest

ZERO: Final = Decimal(0)
#: Lines that a customer gets and sends back; a kit's price stands on its components.
COUNTED: Final = ("goods", "component", "substitute")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is due now. Keys are ids of return lines; `from_unit` counts from 1."""

    items: tuple[RefundItem, ...]
    terms: RefundTerms
    from_unit: Mapping[int, int]
    order_line: Mapping[int, int | None]


def due_for(request: ReturnRequest, order: Order, *, reached: str) -> Plan:
    """Return the units of a return that are due and not planned yet, with the terms they have.

    The caller holds the locks of order and return.
    """
    lines = list(ReturnLine.objects.filter(request=request).order_by("position"))
    rows = {row.pk: row for row in OrderLine.objects.filter(order=order).order_by("position")}
    taken = _taken([line.pk for line in lines])
    items, first, of = [], {}, {}
    for line in lines:
        paid_units, paid_value = taken.get(line.pk, (0, ZERO))
        qty = _due(line, request, reached) - paid_units
        if qty <= 0:
            continue
        base = max(line.qty, line.accepted_qty)
        value = value_of_units(
            line.value_amount,
            units=base,
            taken=[(paid_units, paid_value)],
            qty=qty,
            currency=order.currency,
        )
        items.append(_item(line, rows.get(line.order_line_id or 0), qty, value, order))
        first[line.pk], of[line.pk] = paid_units + 1, line.order_line_id
    return Plan(tuple(items), _terms(request, order, list(rows.values()), items), first, of)


def _due(line: ReturnLine, request: ReturnRequest, reached: str) -> int:
    units = LineUnits(
        line.qty,
        line.received_qty,
        line.accepted_qty,
        line.refused_qty,
        line.resolution,
        line.state,
    )
    return due_units(units, pays_at=request.processing_event, reached=reached)


def _item(
    line: ReturnLine, row: OrderLine | None, qty: int, value: Decimal, order: Order
) -> RefundItem:
    way = WAY_OF[line.resolution] if order.customer_id is not None else Way.REFUND
    return RefundItem(
        key=line.pk,
        qty=qty,
        value_amount=value,
        gross_amount=gross_of(row, qty, order),
        way=way,
        restocking_share=line.restocking_share,
        bonus_share=line.bonus_share,
    )


def _taken(line_ids: Sequence[int]) -> dict[int, tuple[int, Decimal]]:
    """Return by return line the units and the value that refunds stand for already."""
    rows = RefundLine.objects.filter(
        return_line__in=line_ids, is_live=True, code__in=("GOODS", "DISCOUNT")
    )
    found: dict[int, tuple[int, Decimal]] = defaultdict(lambda: (0, ZERO))
    for key, code, qty, amount in rows.values_list("return_line", "code", "qty", "amount"):
        units, value = found[key]
        found[key] = (units + (qty if code == "GOODS" else 0), value + amount)
    return found


def gross_of(line: OrderLine | None, qty: int, order: Order) -> Decimal:
    """Return the price of units before discounts, with the line's own tax, for showing.

    Zero where nothing was taken off: the value is the price then.
    """
    if line is None or not (line.discount_amount or order.discount_amount):
        return ZERO
    whole = line.unit_price * line.qty + line.tax_amount
    return money.quantize(whole * qty / line.qty, order.currency)


def _terms(
    request: ReturnRequest,
    order: Order,
    lines: Sequence[OrderLine],
    items: Sequence[RefundItem],
) -> RefundTerms:
    policy = request.policy
    fee = money.quantize(Decimal(str(policy.get("return_shipping_amount") or 0)), order.currency)
    charged = Refund.objects.live().filter(request=request).aggregate(sum=Sum("fee_amount"))["sum"]
    return RefundTerms(
        order.currency,
        fee_amount=max(ZERO, fee - (charged or ZERO)),
        shipping_amount=shipping_back(
            order, lines, items, is_refunded=bool(policy.get("refunds_original_shipping"))
        ),
        shipping_paid_amount=money.quantize(order.shipping_amount, order.currency),
        limit_amount=money.quantize(refunding.left_of(order), order.currency),
    )


def shipping_back(
    order: Order, lines: Sequence[OrderLine], items: Sequence[RefundItem], *, is_refunded: bool
) -> Decimal:
    """Return the outbound shipping that goes back with these units.

    Its share by units of the order, and with the last unit all that is left of it: however an
    order comes back, the parts sum to what was paid for its shipping.
    """
    paid = money.quantize(order.shipping_amount, order.currency)
    units = sum(line.qty - line.cancelled_qty for line in lines if line.kind in COUNTED)
    now = sum(item.qty for item in items)
    if not is_refunded or not paid or not units or not now:
        return ZERO
    rows = RefundLine.objects.filter(refund__order=order, is_live=True)
    gone = rows.filter(code="SHIPPING").aggregate(sum=Sum("amount"))["sum"] or ZERO
    before = rows.filter(code="GOODS").aggregate(sum=Sum("qty"))["sum"] or 0
    left = max(ZERO, paid - gone)
    if before + now >= units:
        return left
    return min(left, money.quantize(paid * now / units, order.currency))


def unplanned(limit: int) -> list[int]:
    """Return inspected returns with accepted units that no refund stands for, oldest first.

    Such as after a line was given another outcome. Returns with a refund that was declined or
    cancelled wait for a person.
    """
    units = Sum(
        "refund_lines__qty", filter=Q(refund_lines__code="GOODS", refund_lines__is_live=True)
    )
    rows = ReturnLine.objects.filter(
        state="open",
        resolution__in=list(WAY_OF),
        accepted_qty__gt=0,
        request__status="inspected",
        request__order__isnull=False,
    ).exclude(request__refunds__state__in=("rejected", "cancelled"))
    open_ones = rows.annotate(planned=Coalesce(units, 0)).filter(planned__lt=F("accepted_qty"))
    found = open_ones.order_by("request_id").values_list("request_id", flat=True)
    return sorted(set(found[:limit]))

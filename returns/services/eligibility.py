"""What of an order may come back now: units that are left, what was paid for them, the policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.errors import gettext_noop
from core.money import quantize
from orders.models import Order
from orders.services.errors import OrderNotFound
from returns.domain.policy import LineVerdict, PolicyDecision
from returns.queries import returnable
from returns.queries.returnable import LineUnits, OrderUnits
from returns.services import policies
from returns.services.policies import LineWant

ALL_ASKED = "ALL_ASKED"
#: Why a line may not come back, in words for the desk, the page and the API.
REFUSALS: dict[str, str] = {
    "NOT_SHIPPED": gettext_noop("It has not been sent yet. Cancel it instead."),
    "NOT_DELIVERED": gettext_noop("It has not arrived yet. Return it once it is delivered."),
    "OUT_OF_WINDOW": gettext_noop("The days for a return are over."),
    "FINAL_SALE": gettext_noop("It was sold as final: it can't be returned."),
    "REFUSED_BY_RULE": gettext_noop("The return policy does not take this item back."),
    "NO_OUTCOME_LEFT": gettext_noop("The return policy offers no outcome for this item."),
    ALL_ASKED: gettext_noop("Every unit of it is in a return already."),
}


@dataclass(frozen=True, slots=True)
class EligibleLine:
    """One order line as a return sees it. `refusal` is "" when units of it may come back.

    `unit_value_amount` is what was paid for one of the units left, `value_left_amount` for all of
    them, in the order's currency. Times are aware UTC.
    """

    order_line_id: int
    shipment_line_ids: tuple[int, ...]
    sku_id: int | None
    sku_code: str
    name: str
    name_zh: str
    kind: str
    kit_position: int | None
    qty: int
    shipped_qty: int
    delivered_qty: int
    returned_qty: int
    left_qty: int
    delivered_at: dt.datetime | None
    unit_value_amount: Decimal
    value_left_amount: Decimal
    verdict: LineVerdict
    refusal: str

    @property
    def refusal_text(self) -> str:
        """Return the English sentence of the refusal, to be translated where it is shown."""
        return REFUSALS.get(self.refusal, "")


@dataclass(frozen=True, slots=True)
class OrderReturns:
    """What of one order may come back."""

    order: Order
    currency: str
    lines: tuple[EligibleLine, ...]
    decision: PolicyDecision

    def line(self, order_line_id: int) -> EligibleLine | None:
        """Return the line, None when nothing of it was sent."""
        return next((one for one in self.lines if one.order_line_id == order_line_id), None)

    @property
    def can_return(self) -> bool:
        """Say whether anything may come back now."""
        return any(not line.refusal for line in self.lines)


def for_order(
    order_id: int, *, at: dt.datetime, wants: Sequence[LineWant] = (), method: str = ""
) -> OrderReturns:
    """Return the order's lines that were sent, with units left, value and the policy's verdict.

    Without `wants` the verdicts say what may be chosen; with them they are those of the choice.
    At most fifteen queries, whatever the number of lines.

    Raises:
        OrderNotFound: no such order.
    """
    order = Order.objects.filter(pk=order_id).select_related("channel").first()
    if order is None:
        raise OrderNotFound
    units = returnable.units_of(order)
    asked = list(wants) or [LineWant(one.line.pk, max(1, one.left_qty)) for one in units.lines]
    decision = policies.decide_order(order_id, asked, at=at, method=method)
    return judged(units, decision)


def judged(units: OrderUnits, decision: PolicyDecision) -> OrderReturns:
    """Put the policy's verdicts beside the units; lines that nobody asked about are left out."""
    known = {verdict.order_line_id for verdict in decision.lines}
    lines = tuple(
        _eligible(one, decision.line(one.line.pk), units.order.currency)
        for one in units.lines
        if one.line.pk in known
    )
    return OrderReturns(units.order, units.order.currency, lines, decision)


def _eligible(one: LineUnits, verdict: LineVerdict, currency: str) -> EligibleLine:
    line, left = one.line, one.left_qty
    refusal = "" if verdict.is_allowed else verdict.refusal
    if not left:
        refusal = ALL_ASKED
    value = one.value_of(left, currency) if left else Decimal(0)
    return EligibleLine(
        order_line_id=line.pk,
        shipment_line_ids=one.shipment_line_ids,
        sku_id=line.sku_id,
        sku_code=line.sku_code,
        name=(line.sku.name if line.sku else "") or line.description or line.sku_code,
        name_zh=line.sku.name_zh if line.sku else "",
        kind=str(line.kind),
        kit_position=line.kit_position,
        qty=line.qty,
        shipped_qty=one.shipped_qty,
        delivered_qty=one.delivered_qty,
        returned_qty=one.returned_qty,
        left_qty=left,
        delivered_at=one.delivered_at,
        unit_value_amount=quantize(value / left, currency) if left else Decimal(0),
        value_left_amount=value,
        verdict=verdict,
        refusal=refusal,
    )

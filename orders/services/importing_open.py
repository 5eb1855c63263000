"""Turn planned orders into drafts and place them: the one way every open order comes in."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from core.imports.fields import SourceRow
from core.imports.kinds import ImportContext
from core.imports.problems import Problem
from customers.domain.drafts import AddressDraft
from orders.domain import import_rules
from orders.domain.drafts import LineDraft, OrderDraft
from orders.services import placing
from orders.services.importing_lookup import Lookup
from orders.services.importing_payments import payments_of, refuse_payment
from orders.services.importing_plan import ZERO, PlannedOrder
from orders.services.order_rows import OrderRefused
from orders.services.paying import PaymentReferenceUsed

PLACED_AT_ONCE = 500


def place_orders(
    plans: Sequence[PlannedOrder], lookup: Lookup, context: ImportContext, *, currency: str
) -> None:
    """Place the orders with goods among the plans, at most 500 in one call of the service.

    An order that the service refuses becomes an error with its reason; the others are placed.
    """
    waiting = {
        plan.key: (plan, _draft(plan, lookup, context, currency)) for plan in plans if plan.goods
    }
    while waiting:
        part = list(waiting)[:PLACED_AT_ONCE]
        try:
            placing.place(
                [waiting[key][1] for key in part],
                actor=context.actor,
                as_of=context.at,
                source=f"import:{context.batch_id}",
            )
        except PaymentReferenceUsed as error:
            plan, _own = waiting.pop(error.data["external_id"])
            refuse_payment(plan, error.data["reference"], error.data["holder"])
        except OrderRefused as error:
            plan, _own = waiting.pop(error.data["external_id"])
            _refuse_order(plan, str(error))
        else:
            for key in part:
                del waiting[key]


def _refuse_order(plan: PlannedOrder, why: str) -> None:
    plan.outcome = "error"
    fix = _("Correct its lines and import the order again.")
    code = import_rules.ORDER_REFUSED
    plan.problems.append(Problem(plan.group.line, "order_id", plan.key, code, why, fix))
    plan.refuse(code)


def _draft(plan: PlannedOrder, lookup: Lookup, context: ImportContext, currency: str) -> OrderDraft:
    first = plan.first
    gift_message = str(first("gift_message"))
    money_in = str(first("currency")).upper() or currency
    paid = first("paid_amount")
    return OrderDraft(
        channel=lookup.channel.code,
        external_id=plan.key,
        lines=tuple(_line(row, is_free) for row, is_free in plan.goods),
        placed_at=plan.placed_at or context.at,
        ship_to=AddressDraft(
            name=str(first("ship_name") or first("customer_name")),
            company=str(first("ship_company")),
            line1=str(first("ship_line1")),
            line2=str(first("ship_line2")),
            city=str(first("ship_city")),
            region=str(first("ship_region")),
            postcode=str(first("ship_postcode")),
            country=str(first("country")),
            phone=str(first("phone")),
        ),
        currency=money_in,
        paid_amount=None if paid == "" else paid,
        payments=payments_of(plan, money_in),
        email=str(first("email")),
        customer_id=lookup.customer_ids.get(str(first("customer_id"))),
        service_code=str(first("service")),
        is_gift=bool(gift_message),
        gift_message=gift_message,
        payload_hash=plan.payload_hash,
        import_batch_id=context.batch_id,
        source_row=plan.group.line,
        note=str(first("note")),
    )


def _line(row: SourceRow, is_free: bool) -> LineDraft:
    values = row.values
    return LineDraft(
        sku=values["sku"],
        qty=values["qty"],
        unit_price=values["unit_price"] or ZERO,
        discount_amount=values["discount_amount"] or ZERO,
        kind="free" if is_free else "goods",
        description=values["description"],
        external_line_id=values["line_id"],
        source_row=row.line,
        set_reason="free" if is_free else "",
    )

"""Turn planned orders into drafts and place them: the one way every open order comes in."""

from __future__ import annotations

from collections.abc import Sequence

from core.imports.fields import SourceRow
from core.imports.kinds import ImportContext
from customers.domain.drafts import AddressDraft
from orders.domain.drafts import LineDraft, OrderDraft
from orders.services import placing
from orders.services.importing_lookup import Lookup
from orders.services.importing_plan import ZERO, PlannedOrder

PLACED_AT_ONCE = 500


def place_orders(
    plans: Sequence[PlannedOrder], lookup: Lookup, context: ImportContext, *, currency: str
) -> None:
    """Place the orders with goods among the plans, at most 500 in one call of the service."""
    drafts = [_draft(plan, lookup, context, currency) for plan in plans if plan.goods]
    for start in range(0, len(drafts), PLACED_AT_ONCE):
        placing.place(
            drafts[start : start + PLACED_AT_ONCE],
            actor=context.actor,
            as_of=context.at,
            source=f"import:{context.batch_id}",
        )


def _draft(plan: PlannedOrder, lookup: Lookup, context: ImportContext, currency: str) -> OrderDraft:
    first = plan.first
    gift_message = str(first("gift_message"))
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
        currency=str(first("currency")).upper() or currency,
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

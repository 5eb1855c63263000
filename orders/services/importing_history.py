"""Write past orders: completed, without stock, promise or shipment; they feed demand only.

A chunk is a handful of statements whatever its size: customers, products, orders, lines, returns
and set-aside lines are each written at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from core import money, numbers
from core.imports.bulk_write import insert_rows
from core.imports.fields import RowReader
from orders.models import Order, OrderLine, ReturnFact, SetAsideLine
from orders.services.importing_lookup import Lookup
from orders.services.importing_plan import ZERO, PlannedOrder

ORDER_COLUMNS = (
    "number",
    "external_id",
    "customer_id",
    "currency",
    "items_amount",
    "discount_amount",
    "total_amount",
    "paid_amount",
    "ship_name",
    "ship_company",
    "ship_line1",
    "ship_line2",
    "ship_city",
    "ship_region",
    "ship_postcode",
    "ship_country",
    "ship_phone",
    "email",
    "name_norm",
    "placed_at",
    "confirmed_at",
    "payload_hash",
    "source_row",
    "note",
)
LINE_COLUMNS = (
    "order_id",
    "position",
    "kind",
    "sku_id",
    "sku_code",
    "description",
    "qty",
    "unit_price",
    "discount_amount",
    "external_line_id",
    "source_row",
    "set_reason",
)
RETURN_COLUMNS = (
    "external_id",
    "source_row",
    "sku_id",
    "sku_code",
    "qty",
    "unit_price",
    "customer_id",
    "at",
)


def write_history(
    plans: Sequence[PlannedOrder],
    lookup: Lookup,
    *,
    batch_id: int,
    currency: str,
    at: dt.datetime,
) -> None:
    """Write the orders with goods among the plans, as completed past orders with their lines.

    The keys must be new to the channel; the unique constraint refuses others.
    """
    fresh = [plan for plan in plans if plan.goods]
    if not fresh:
        return
    insert_rows(
        Order,
        ORDER_COLUMNS,
        _order_rows(fresh, lookup, currency),
        fixed={
            "channel_id": lookup.channel.pk,
            "status": "completed",
            "stage": "delivered",
            "is_history": True,
            "import_batch_id": batch_id,
            "created_at": at,
            "updated_at": at,
        },
    )
    ids = {key: pk for key, (pk, _) in lookup.known_orders([p.key for p in fresh]).items()}
    insert_rows(OrderLine, LINE_COLUMNS, _line_rows(fresh, ids, lookup))


def _order_rows(
    plans: Sequence[PlannedOrder], lookup: Lookup, currency: str
) -> Iterator[tuple[Any, ...]]:
    for plan, number in zip(plans, numbers.take("order", len(plans)), strict=True):
        first = plan.first
        own_currency = str(first("currency")).upper() or currency
        items = ZERO
        discount = ZERO
        for row, _is_free in plan.goods:
            items += (row.values["unit_price"] or ZERO) * row.values["qty"]
            discount += row.values["discount_amount"] or ZERO
        items = money.quantize(items, own_currency)
        discount = min(money.quantize(discount, own_currency), items)
        name = str(first("ship_name") or first("customer_name"))
        yield (
            number,
            plan.key,
            lookup.customer_ids.get(str(first("customer_id"))),
            own_currency,
            items,
            discount,
            items - discount,
            items - discount,
            name,
            first("ship_company"),
            first("ship_line1"),
            first("ship_line2"),
            first("ship_city"),
            first("ship_region"),
            first("ship_postcode"),
            first("country"),
            first("phone"),
            first("email"),
            name.casefold(),
            plan.placed_at,
            plan.placed_at,
            plan.payload_hash,
            plan.group.line,
            first("note"),
        )


def _line_rows(
    plans: Sequence[PlannedOrder], ids: dict[str, int], lookup: Lookup
) -> Iterator[tuple[Any, ...]]:
    sku_ids = lookup.sku_ids
    for plan in plans:
        order_id = ids[plan.key]
        for position, (row, is_free) in enumerate(plan.goods, start=1):
            values = row.values
            yield (
                order_id,
                position,
                "free" if is_free else "goods",
                sku_ids[values["sku"]],
                values["sku"],
                values["description"],
                values["qty"],
                values["unit_price"] or ZERO,
                values["discount_amount"] or ZERO,
                values["line_id"],
                row.line,
                "free" if is_free else "",
            )


def write_returns(plans: Sequence[PlannedOrder], lookup: Lookup, *, batch_id: int) -> None:
    """Write the returned lines of the plans as facts; codes that are no SKU keep their text.

    `qty` is always above zero. A credit note that charges (a positive quantity) keeps its sign in
    the price, so that quantity times price is what was credited.
    """
    rows = [
        (
            plan.key,
            row.line,
            lookup.sku_ids.get(row.values["sku"]),
            row.values["sku"],
            abs(row.values["qty"]),
            _credited_price(row.values["qty"], row.values["unit_price"]),
            lookup.customer_ids.get(str(plan.first("customer_id"))),
            row.values["ordered_at"],
        )
        for plan in plans
        for row in plan.returns
    ]
    fixed = {"channel_id": lookup.channel.pk, "import_batch_id": batch_id}
    insert_rows(ReturnFact, RETURN_COLUMNS, rows, fixed=fixed)


def _credited_price(qty: int, price: Decimal | None) -> Decimal:
    value = ZERO if price is None else price
    return value if qty < 0 else -value


def write_set_aside(
    plans: Sequence[PlannedOrder], reader: RowReader, *, batch_id: int, leave_out: frozenset[str]
) -> None:
    """Keep the lines set aside with their reason and raw cells, but for the reasons left out."""
    rows = [
        (row.line, reason[:40], reader.raw(row))
        for plan in plans
        for row, reason in plan.set_aside
        if reason not in leave_out
    ]
    insert_rows(SetAsideLine, ("source_row", "reason", "raw"), rows, fixed={"batch_id": batch_id})

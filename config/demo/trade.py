"""The demo's orders: 18 months of history in bulk, then open ones through the services.

The open orders are chosen so that every stage and every cause has something to show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from config.demo import company, demand, people, shift
from config.demo.catalog import DemoSku
from config.demo.demand import DemoOrder
from core.actors import SYSTEM
from customers.domain.drafts import AddressDraft, CustomerDraft
from orders.domain.drafts import HoldDraft, LineDraft, OrderDraft, PaymentDraft
from orders.models import Channel
from orders.services import placing

RowT = TypeVar("RowT")

BATCH = 500
BUYERS = 900
HISTORY_DAYS_BACK = 3
MOST_OPEN = 500


def history(rows: Sequence[DemoSku], *, order_count: int, at: dt.datetime) -> int:
    """Load past orders that feed demand and touch no stock; return how many."""
    currencies = dict(Channel.objects.values_list("code", "currency"))
    past = demand.history(
        catalog=rows,
        buyers=people.customers(BUYERS),
        last_day=at.date() - dt.timedelta(days=HISTORY_DAYS_BACK),
        order_count=order_count,
    )
    done = 0
    for batch in _batches(past, BATCH):
        drafts = [_draft(order, currencies, is_history=True) for order in batch]
        done += placing.place(drafts, actor=SYSTEM, as_of=at, source="demo").created
    return done


def open_orders(rows: Sequence[DemoSku], *, order_count: int, at: dt.datetime) -> int:
    """Place open orders of the last days, with every cause of attention among them."""
    currencies = dict(Channel.objects.values_list("code", "currency"))
    recent = list(
        demand.history(
            catalog=rows,
            buyers=people.customers(BUYERS, seed=23),
            last_day=at.date(),
            order_count=max(order_count * 120, 2_000),
            seed=29,
        )
    )[-order_count:]
    drafts = [
        _spoiled(_draft(order, currencies, is_history=False), number, at)
        for number, order in enumerate(recent, 1)
    ]
    done = 0
    for batch in _batches(drafts, 100):
        done += placing.place(batch, actor=SYSTEM, as_of=at, source="demo").created
    return done


def play(*, order_count: int, at: dt.datetime) -> int:
    """Let the staff ship a part of the open orders; return how many left."""
    return shift.play(order_count=order_count, at=at).shipped


def _draft(order: DemoOrder, currencies: dict[str, str], *, is_history: bool) -> OrderDraft:
    buyer = order.customer
    currency = currencies[order.channel]
    total = sum((line.unit_price * line.qty for line in order.lines), Decimal(0))
    address = AddressDraft(
        name=buyer.name,
        line1=buyer.line1,
        city=buyer.city,
        region=buyer.region,
        postcode=buyer.postcode,
        country=buyer.country,
        phone=buyer.phone,
    )
    prefix = "" if is_history else "N"
    return OrderDraft(
        channel=order.channel,
        external_id=f"{prefix}{order.external_id}",
        placed_at=order.placed_at,
        currency=currency,
        email=buyer.email,
        customer=CustomerDraft(
            channel_code=order.channel,
            external_id=buyer.email,
            name=buyer.name,
            email=buyer.email,
            phone=buyer.phone,
            country=buyer.country,
            language=buyer.language,
            address=address,
        ),
        ship_to=address,
        lines=tuple(
            LineDraft(sku=line.sku.code, qty=line.qty, unit_price=line.unit_price)
            for line in order.lines
        ),
        payments=()
        if is_history
        else (PaymentDraft(total, currency, f"pay-{prefix}{order.external_id}", "card"),),
        paid_amount=total if is_history else None,
        is_history=is_history,
    )


def _spoiled(draft: OrderDraft, number: int, at: dt.datetime) -> OrderDraft:
    """Return the draft, every few with something that needs a person."""
    changes: dict[str, Any] = {}
    if number % 37 == 0:
        changes["holds"] = (HoldDraft("FRAUD", "card country differs"),)
    elif number % 41 == 0:
        changes["holds"] = (HoldDraft("HOLD_UNTIL", "gift", at + dt.timedelta(days=2)),)
    elif number % 31 == 0:
        changes["ship_to"] = AddressDraft(name=draft.ship_to.name, country=draft.ship_to.country)
    elif number % 29 == 0:
        changes["lines"] = (*draft.lines, LineDraft("NO-SUCH-SKU", 1, Decimal("5.00")))
    elif number % 23 == 0:
        changes["lines"] = (LineDraft(draft.lines[0].sku, 900, draft.lines[0].unit_price),)
    elif number % 13 == 0:
        changes["lines"] = (*draft.lines, LineDraft(company.KIT_CODE, 1, Decimal("64.00")))
    elif number % 11 == 0:
        changes |= {"is_gift": True, "gift_message": "Happy birthday 生日快乐"}
    return replace(draft, **changes)


def _batches(rows: Iterable[RowT], size: int) -> Iterator[list[RowT]]:
    batch: list[RowT] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch

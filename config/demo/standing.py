"""The demo's subscriptions, and orders of a business customer on a channel of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from config.demo import people
from config.demo.catalog import DemoSku
from config.demo.people import DemoCustomer
from core.actors import SYSTEM
from customers.domain.drafts import AddressDraft
from orders.domain.drafts import LineDraft, OrderDraft
from orders.domain.schedule import Unit
from orders.models import Subscription
from orders.services import channels, placing, subscriptions
from orders.services.channels import ChannelDraft, WarehouseRank
from orders.services.subscriptions import ItemDraft, SubscriptionDraft, Version

TRADE = "trade-eu"
EVERY: tuple[tuple[Unit, int], ...] = (("month", 1), ("week", 2), ("day", 45))


def trade_channel(at: dt.datetime) -> None:
    """Create the channel of business customers: one warehouse, two working days to hand over."""
    channels.save_channel(
        ChannelDraft(
            TRADE,
            "Trade Europe",
            "EUR",
            "b2b",
            handling_days=2,
            warehouses=(WarehouseRank("RTM", 1),),
        ),
        actor=SYSTEM,
        at=at,
    )


def orders(rows: Sequence[DemoSku], *, at: dt.datetime) -> int:
    """Place two orders of businesses, dozens of units each; return how many."""
    firms = buyers("DE", 2)
    drafts = [
        OrderDraft(
            channel=TRADE,
            external_id=f"PO-{4100 + number}",
            placed_at=at,
            ship_to=buyer_address(buyer, company=f"{buyer.name.split()[-1]} Handel GmbH"),
            lines=tuple(
                LineDraft(row.code, 24, (row.list_price * Decimal("0.6")).quantize(Decimal("0.01")))
                for row in rows[number : number + 3]
            ),
        )
        for number, buyer in enumerate(firms)
    ]
    return placing.place(drafts, actor=SYSTEM, as_of=at, source="demo").created


def standing_orders(rows: Sequence[DemoSku], *, at: dt.datetime) -> int:
    """Set up six subscriptions, one of them paused; return how many there are."""
    if Subscription.objects.exists():
        return Subscription.objects.count()
    tea = [row for row in rows if row.category == "Tea"]
    made = [
        subscriptions.create(
            SubscriptionDraft(
                channel="web-eu",
                items=(ItemDraft(tea[number].code, 2, tea[number].list_price),),
                ship_to=buyer_address(buyer),
                first_on=at.date() + dt.timedelta(days=1 + 4 * number),
                interval_unit=EVERY[number % 3][0],
                interval_count=EVERY[number % 3][1],
                email=buyer.email,
            ),
            actor=SYSTEM,
            at=at,
        )
        for number, buyer in enumerate(buyers("DE", 6))
    ]
    away = at.date() + dt.timedelta(days=40)
    subscriptions.pause(Version(made[-1].pk), until=away, actor=SYSTEM, at=at, reason="on vacation")
    return len(made)


def buyers(country: str, count: int) -> list[DemoCustomer]:
    """Return the first customers of one country."""
    found = [buyer for buyer in people.customers(200, seed=31) if buyer.country == country]
    return found[:count]


def buyer_address(buyer: DemoCustomer, *, company: str = "") -> AddressDraft:
    """Return where a buyer's parcel goes."""
    return AddressDraft(
        name=buyer.name,
        company=company,
        line1=buyer.line1,
        city=buyer.city,
        region=buyer.region,
        postcode=buyer.postcode,
        country=buyer.country,
        phone=buyer.phone,
    )

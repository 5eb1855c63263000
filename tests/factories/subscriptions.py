"""Subscriptions through their service."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from core.actors import SYSTEM
from inventory.models import Sku, Warehouse
from orders.models import Subscription
from orders.services import subscriptions
from orders.services.subscriptions import ItemDraft, SubscriptionDraft
from tests.factories import orders as make
from tests.factories.moves import assembled_kit

FIRST = dt.date(2026, 1, 24)


def draft(channel: str = "shop", **more: Any) -> SubscriptionDraft:
    """Return two teas every month from 24 January 2026."""
    fields: dict[str, Any] = {
        "channel": channel,
        "items": (ItemDraft("TEA", 2, Decimal("7.50")),),
        "ship_to": make.address(),
        "first_on": FIRST,
        "interval_unit": "month",
        "interval_count": 1,
        "email": "ada@example.com",
    }
    return SubscriptionDraft(**{**fields, **more})


def subscription(channel: str = "shop", **more: Any) -> Subscription:
    """Set up a subscription; the channel and the SKU TEA exist already."""
    return subscriptions.create(draft(channel, **more), actor=SYSTEM, at=make.NOW)


def kit_of(part: str, *, stock_qty: int, per_kit_qty: int = 3) -> Sku:
    """Return an assembled kit of one SKU, whose units lie in the only warehouse."""
    component = make.sku(part)
    make.put(component, Warehouse.objects.get(), stock_qty)
    return assembled_kit(f"KIT-{part}", {component: per_kit_qty})

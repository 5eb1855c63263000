"""Subscriptions for the access matrix."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from inventory.models import Sku
from orders.models import Subscription
from orders.services.subscriptions import ItemDraft
from tests.access.objects import ABSENT, Objects, kind
from tests.access.objects_orders import Side, both, each
from tests.factories import orders as make
from tests.factories import subscriptions

if TYPE_CHECKING:
    from tests.access.world import World


def _of(where: Side) -> Subscription:
    if not Sku.objects.filter(code=where.sku).exists():
        make.put(make.sku(where.sku), where.place, 60)
    return subscriptions.subscription(
        where.channel, items=(ItemDraft(where.sku, 1, Decimal("9.90")),)
    )


@kind("subscription")
def _subscription(world: World) -> Objects:
    return each(world, _of)


@kind("api-subscription")
def _api_subscription(world: World) -> Objects:
    own, foreign = both(world)
    return Objects(
        {"pk": f"sub_{_of(own).pk}"}, {"pk": f"sub_{_of(foreign).pk}"}, {"pk": f"sub_{ABSENT}"}
    )

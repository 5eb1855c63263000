"""How many units a channel may sell: what its rules of lot life leave of the ATP (X13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from core import settings_store
from inventory.queries import levels_snapshot
from orders.domain import defaults
from orders.services import master_data


def published_qty(
    channel_code: str, sku_ids: Collection[int], *, as_of: dt.datetime
) -> dict[int, int]:
    """Return SKU id -> units the channel may offer, over the warehouses that may serve it.

    Units of lots too short-dated for the channel are left out here and stay for the others;
    expired, held and recalled lots are left out everywhere. Delivery is taken to need the days of
    `orders.published_delivery_days`; country and customer are not known yet, so their rules do
    not count. Three statements at most, beside the master data.

    Raises:
        UnknownChannel: there is no active channel of this code.
    """
    data = master_data.current(as_of)
    channel = data.channel(channel_code)
    sites = [
        site.id
        for site in data.network.sites
        if site.is_active
        and site.id not in channel.fact.refused
        and (not channel.fact.ranks or site.id in channel.fact.ranks)
    ]
    days = int(str(settings_store.get(defaults.PUBLISHED_DELIVERY_DAYS.name)))
    today = as_of.date()
    found = dict.fromkeys(sku_ids, 0)
    for (_site, sku_id), level in levels_snapshot(sku_ids, sites).items():
        terms = data.life_rules.terms(
            sku_id=sku_id,
            channel_id=channel.id,
            country="",
            customer_id=None,
            default=channel.fact.min_life_days,
        )
        until = terms.needed_until(today + dt.timedelta(days=days), today)
        found[sku_id] += max(0, level.usable_atp(until))
    return found

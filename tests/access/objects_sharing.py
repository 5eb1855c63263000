"""Forecasts shared with suppliers, for the access matrix."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING

from core import clock
from core.actors import SYSTEM
from inventory.models import Warehouse
from planning.models import ForecastShare, PackItem, WeeklyPack
from planning.services import forecast_sharing
from suppliers.models import Supplier
from suppliers.services import supplier_links
from tests.access.objects import Objects, by_pk, kind
from tests.factories import purchases as buy
from tests.factories.forecasts import run_of
from tests.factories.inventory import make_sku
from tests.factories.supplier_terms import make_agreement

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)


def shared(code: str) -> ForecastShare:
    """Return what a new supplier with an agreement was shown this week."""
    number, now = next(_numbers), clock.now()
    trade = buy.trade(place=Warehouse.objects.get(code=code), code=f"SHARE-{number}")
    sku = buy.goods(trade, f"SHARED-{number}")
    today = now.date()
    term = {"valid_from": today - dt.timedelta(days=9), "valid_until": today + dt.timedelta(days=9)}
    make_agreement(trade.supplier, {sku: "9"}, **term)
    week_on = forecast_sharing.monday_of(now)
    run_of({(sku, trade.place): [10, 20]}, from_on=week_on, at=now, mark=f"matrix {number}")
    return forecast_sharing.share(trade.supplier.pk, actor=SYSTEM, now=now)


@kind("forecast-share")
def _shares(world: World) -> Objects:
    return by_pk(shared(world.own_warehouse))


@kind("sharing-supplier")
def _suppliers(world: World) -> Objects:
    return by_pk(Supplier.objects.get(pk=shared(world.own_warehouse).supplier_id))


@kind("forecast-share-link")
def _links(world: World) -> Objects:
    share = shared(world.own_warehouse)
    token = supplier_links.issue(share.supplier, actor=SYSTEM, at=clock.now())
    return Objects({"token": token}, None, {"token": "0" * 32})


def _item(code: str) -> PackItem:
    number = next(_numbers)
    pack, _new = WeeklyPack.objects.get_or_create(
        week_on=dt.date(2026, 1, 5),
        defaults={"currency": "USD", "figures": {"series": 2}, "created_at": clock.now()},
    )
    return PackItem.objects.create(
        pack=pack,
        position=pack.items.count() + 1,
        sku=make_sku(f"PACK-{number}"),
        warehouse=Warehouse.objects.get(code=code),
        forecast_qty=10,
        actual_qty=4,
        value_amount=60,
        cause="UNEXPLAINED",
    )


@kind("pack-item")
def _items(world: World) -> Objects:
    return by_pk(_item(world.own_warehouse), _item(world.foreign_warehouse))


@kind("weekly-pack")
def _packs(world: World) -> Objects:
    return by_pk(WeeklyPack.objects.get(items=_item(world.own_warehouse).pk))

"""Forecasts shared with suppliers, for the access matrix."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING

from core import clock
from core.actors import SYSTEM
from inventory.models import Warehouse
from planning.models import ForecastShare
from planning.services import forecast_sharing
from suppliers.models import Supplier
from suppliers.services import supplier_links
from tests.access.objects import Objects, by_pk, kind
from tests.factories import purchases as buy
from tests.factories.forecasts import run_of
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

"""Policies and season plans for the access matrix."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING

from core import clock
from inventory.models import Warehouse
from planning.models import KindProposal, SeasonPlan
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.factories import inventory as stock
from tests.factories import policies as make

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)


@kind("planned-sku")
def _skus(world: World) -> Objects:
    return by_pk(stock.make_sku(f"PLANNED-{next(_numbers)}"))


@kind("sku-policy")
def _policies(world: World) -> Objects:
    own, foreign = (
        make.sku_policy(stock.make_sku(f"DIFFERS-{next(_numbers)}"), _place(code), is_stopped=True)
        for code in (world.own_warehouse, world.foreign_warehouse)
    )
    return by_pk(own, foreign)


@kind("band-override")
def _bands(world: World) -> Objects:
    own, foreign = (
        make.band(stock.make_sku(f"COLOR-{next(_numbers)}"), _place(code))
        for code in (world.own_warehouse, world.foreign_warehouse)
    )
    return by_pk(own, foreign)


@kind("kind-proposal")
def _kinds(world: World) -> Objects:
    row = KindProposal.objects.create(
        category=f"Category {next(_numbers)}", kind="durable", computed_at=clock.now()
    )
    return by_pk(row)


@kind("season-plan")
def _plans(world: World) -> Objects:
    return by_pk(_plan(world.own_warehouse), _plan(world.foreign_warehouse))


@kind("what-if-run")
def _runs(world: World) -> Objects:
    def of(key: str) -> dict[str, object]:
        return {"pk": make.what_if_run(f"MATRIX-{next(_numbers)}", author_key=key).pk}

    def own(principal: str) -> dict[str, object]:
        user = world.users.get(principal)
        return of(f"user:{user.pk}" if user else "user:0")

    return Objects(own, lambda: of("user:0"), {"pk": ABSENT})


def _plan(code: str) -> SeasonPlan:
    from_on = clock.now().date() + dt.timedelta(days=60)
    return make.season_plan(_place(code), f"SEASON-{next(_numbers)}", from_on)


def _place(code: str) -> Warehouse:
    return Warehouse.objects.get(code=code)

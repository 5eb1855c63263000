"""Rounds on a cart and put walls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.access.objects import Objects, kind
from tests.access.objects_orders import each
from tests.factories import rounds

if TYPE_CHECKING:
    from tests.access.world import World


@kind("pick-round")
def _pick_round(world: World) -> Objects:
    return each(world, lambda where: rounds.opened(rounds.planned(where.order())))


@kind("put-wall")
def _put_wall(world: World) -> Objects:
    return each(world, lambda where: rounds.wall(where.order().shipments.get().warehouse))

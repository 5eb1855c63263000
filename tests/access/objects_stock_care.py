"""Counts and adjustments that wait for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.actors import SYSTEM
from inventory.models import CycleCount
from inventory.services import cycle_counts
from tests.access.objects import Objects, by_pk, kind
from tests.factories import inventory as make

if TYPE_CHECKING:
    from tests.access.world import World


def _places(world: World):
    return [
        make.make_bin(make.Warehouse.objects.get(code=code))
        for code in (world.own_warehouse, world.foreign_warehouse)
    ]


@kind("cycle-count")
def _cycle_count(world: World) -> Objects:
    wanted = [cycle_counts.CountRequest(place.pk, "PLAN", make.NOW) for place in _places(world)]
    own, foreign = cycle_counts.request(wanted, actor=SYSTEM, at=make.NOW)
    assert isinstance(own, CycleCount)
    return by_pk(own, foreign)

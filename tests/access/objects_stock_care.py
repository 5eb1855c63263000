"""Counts and adjustments that wait for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.actors import SYSTEM
from inventory.domain.lines import AdjustLine
from inventory.models import CycleCount
from inventory.services import adjusting, cycle_counts
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


@kind("adjustment")
def _adjustment(world: World) -> Objects:
    rows = []
    for place in _places(world):
        sku = make.make_sku()
        make.put_stock(sku, 20, at_bin=place)
        asked = adjusting.adjust(
            AdjustLine(place.pk, sku.pk, -9),
            event_key=make.a_key("access"),
            reason="LOST",
            actor=SYSTEM,
            at=make.NOW,
        )
        rows.append(asked.request)
    return by_pk(*rows)

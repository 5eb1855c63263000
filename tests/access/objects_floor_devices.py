"""Floor devices, and people whose badges a manager looks after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.actors import SYSTEM
from core.services import badges
from inventory.models import Warehouse
from tests.access.objects import Objects, by_pk, kind
from tests.factories import fulfillment as floor
from tests.factories.core import NOW, make_user

if TYPE_CHECKING:
    from tests.access.world import World


@kind("floor-device")
def _floor_device(world: World) -> Objects:
    own, foreign = (
        floor.device(Warehouse.objects.get(code=code))[0]
        for code in (world.own_warehouse, world.foreign_warehouse)
    )
    return by_pk(own, foreign)


@kind("badge-holder")
def _badge_holder(world: World) -> Objects:
    own, foreign = (
        make_user("operator", warehouses=[code])
        for code in (world.own_warehouse, world.foreign_warehouse)
    )
    for person in (own, foreign):
        badges.issue_badge(person.pk, actor=SYSTEM, at=NOW)
    return by_pk(own, foreign)

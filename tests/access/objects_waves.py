"""Rules of wave planning, for the access matrix."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from inventory.models import Warehouse
from tests.access.objects import Objects, by_pk, kind
from tests.factories import waves

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)


@kind("wave-rule")
def _wave_rule(world: World) -> Objects:
    own, foreign = (
        waves.rule(Warehouse.objects.get(code=code), name=f"Rule {next(_numbers)}")
        for code in (world.own_warehouse, world.foreign_warehouse)
    )
    return by_pk(own, foreign)

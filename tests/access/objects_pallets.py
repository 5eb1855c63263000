"""A pallet for the access matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fulfillment.models import Pallet
from tests.access.objects import Objects, kind
from tests.access.objects_orders import Side, each, picked
from tests.factories import orders as make

if TYPE_CHECKING:
    from tests.access.world import World


@kind("pallet")
def _pallet(world: World) -> Objects:
    def made(where: Side) -> Pallet:
        shipment = picked(where)
        return Pallet.objects.create(
            sscc=f"{shipment.pk:018d}",
            warehouse=where.place,
            shipment=shipment,
            number=1,
            opened_at=make.NOW,
            opened_by="user:1",
        )

    return each(world, made)

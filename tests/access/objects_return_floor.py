"""Returned parcels: of warehouses in scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.models import Bin
from returns.models import ReturnArrival
from tests.access.objects import Objects, kind
from tests.access.objects_orders import Side, each
from tests.access.objects_returns import return_of
from tests.factories.core import NOW

if TYPE_CHECKING:
    from tests.access.world import World


def parcel_of(where: Side) -> ReturnArrival:
    """Return an open parcel of a return."""
    place, _made = Bin.objects.get_or_create(
        warehouse=where.place, code="RET-1", defaults={"kind": "quarantine", "is_pickable": False}
    )
    request = return_of(where)
    return ReturnArrival.objects.create(
        event_key=f"test:{request.pk}",
        warehouse=where.place,
        request=request,
        bin=place,
        opened_at=NOW,
        opened_by="test",
    )


@kind("return-parcel")
def _return_parcel(world: World) -> Objects:
    return each(world, parcel_of)


@kind("return-scan-screen")
def _return_scan_screen(world: World) -> Objects:
    return Objects({"screen": "arrivals"}, None, {"screen": "no-screen"})

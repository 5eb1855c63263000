"""Stations, printers and print jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.actors import SYSTEM
from fulfillment.services import printing, problems
from inventory.models import Warehouse
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.factories import fulfillment as floor

if TYPE_CHECKING:
    from fulfillment.models import Station
    from tests.access.world import World


def _stations(world: World) -> tuple[Station, Station]:
    own, foreign = (
        floor.with_printers(floor.station(Warehouse.objects.get(code=code)))
        for code in (world.own_warehouse, world.foreign_warehouse)
    )
    return own, foreign


@kind("station")
def _station(world: World) -> Objects:
    return by_pk(*_stations(world))


@kind("printer")
def _printer(world: World) -> Objects:
    own, foreign = _stations(world)
    return by_pk(own.printers.first().printer, foreign.printers.first().printer)


@kind("print-job")
def _print_job(world: World) -> Objects:
    own, foreign = (
        floor.print_job(row, "bin_label", f"bin:{row.bin_id}") for row in _stations(world)
    )
    return by_pk(own, foreign)


@kind("print-file")
def _print_file(world: World) -> Objects:
    def drawn(code: str) -> dict[str, object]:
        # Each test has files of its own, so the document is drawn where it is asked for.
        place = floor.station(Warehouse.objects.get(code=code))
        job = floor.print_job(place, "bin_label", f"bin:{place.bin_id}")
        printing.open_document(job, at=floor.NOW)
        return {"pk": job.pk}

    return Objects(
        lambda _principal: drawn(world.own_warehouse),
        lambda: drawn(world.foreign_warehouse),
        {"pk": ABSENT},
    )


@kind("problem")
def _problem(world: World) -> Objects:
    own, foreign = (
        problems.report("OTHER", "", task_key="", station_code=row.code, actor=SYSTEM, at=floor.NOW)
        for row in _stations(world)
    )
    return by_pk(own, foreign)

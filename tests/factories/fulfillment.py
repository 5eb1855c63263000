"""The floor: totes and a pack bench, and orders brought up to a stage by the services."""

from __future__ import annotations

from collections.abc import Sequence

from core.actors import SYSTEM
from fulfillment.models import (
    Carton,
    FloorDevice,
    Media,
    PickTask,
    Printer,
    PrintJob,
    Station,
    Wave,
)
from fulfillment.services import (
    devices,
    packing,
    picking,
    print_routes,
    printing,
    stations,
    waves,
)
from fulfillment.services.print_routes import PrinterDraft
from fulfillment.services.stations import StationDraft
from inventory.models import Bin, Warehouse
from orders.models import Order, Shipment
from shipping.models import LabelRequest
from shipping.services import buying
from tests.factories import orders as order_factory

NOW = order_factory.NOW


def tote(place: Warehouse, number: int = 1) -> Bin:
    """Return a tote of the warehouse."""
    return Bin.objects.get_or_create(
        warehouse=place, code=f"T-{number:03d}", defaults={"kind": "tote", "is_pickable": False}
    )[0]


def bench(place: Warehouse) -> Bin:
    """Return the pack bench of the warehouse."""
    return Bin.objects.get_or_create(
        warehouse=place, code="PACK-1", defaults={"kind": "pack", "is_pickable": False}
    )[0]


def station(place: Warehouse, code: str = "") -> Station:
    """Return a pack station of the warehouse, at its bench."""
    draft = StationDraft(
        code=code or f"{place.code}-PACK-1",
        name="Pack bench 1",
        warehouse_id=place.pk,
        bin_id=bench(place).pk,
        kind="pack",
    )
    return stations.save_station(draft, actor=SYSTEM, at=NOW)


def device(place: Warehouse, name: str = "Tablet 1") -> tuple[FloorDevice, str]:
    """Return a registered device at the warehouse's station, and the token its browser keeps."""
    _opened, code = devices.open_device(station(place), name, actor=SYSTEM, at=NOW)
    return devices.register(code, at=NOW)


def release(*rows: Order) -> Wave:
    """Release the orders' shipments as one wave."""
    shipments = list(Shipment.objects.filter(order__in=rows).order_by("pk"))
    outcome = waves.release_wave(
        order=waves.WaveOrder(shipments[0].warehouse_id, [row.pk for row in shipments]),
        actor=SYSTEM,
        at=NOW,
    )
    return outcome.wave


def pick_all(wave: Wave) -> None:
    """Pick every open task of a wave, each shipment into a tote of its own."""
    tasks = list(PickTask.objects.filter(wave=wave, state="open").order_by("sequence", "pk"))
    for task in tasks:
        picking.confirm(
            picked=picking.Picked(task.pk, task.qty, tote(wave.warehouse, task.shipment_id).pk),
            actor=SYSTEM,
            at=NOW,
        )


def pack_all(shipments: Sequence[Shipment]) -> list[Carton]:
    """Pack picked shipments whole and let the carrier print the labels."""
    cartons = packing.pack_whole(
        shipment_ids=[row.pk for row in shipments],
        station_bin_id=bench(shipments[0].warehouse).pk,
        actor=SYSTEM,
        at=NOW,
    )
    wanted = LabelRequest.objects.filter(parcel_id__in=[carton.parcel_id for carton in cartons])
    buying.purchase_many(list(wanted.values_list("pk", flat=True)), now=NOW)
    return cartons


def printer(place: Warehouse, media: str = "small_label", mode: str = "file") -> Printer:
    """Return a printer of the warehouse; a file printer writes into a folder of its own."""
    draft = PrinterDraft(
        code=f"{place.code}-{media}".upper()[:24],
        name=media,
        warehouse_id=place.pk,
        mode=mode,
        media=media,
        address="test" if mode == "file" else "",
    )
    return print_routes.save_printer(draft, actor=SYSTEM, at=NOW)


def with_printers(where: Station, mode: str = "file") -> Station:
    """Give a station one printer for each size of sheets; return the station."""
    printers = {media: printer(where.warehouse, media, mode) for media in Media.values}
    print_routes.set_printers(where, printers, actor=SYSTEM, at=NOW)
    return where


def print_job(where: Station, kind: str, key: str) -> PrintJob:
    """Return a job asked for at a station with printers."""
    with_printers(where)
    return printing.print_document(
        kind, key, station_code=where.code, copies=1, actor=SYSTEM, at=NOW
    )

"""What a closed carton tells shipping: addresses, contents, weight, and what the public may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from core import settings_store
from fulfillment.models import Carton, CartonLine, PickTask
from inventory.models import Warehouse
from orders.models import Order, Shipment
from shipping.domain.defaults import DEFAULT_WEIGHT
from shipping.domain.label import Party
from shipping.services.parcels import ItemDraft, Measured, ParcelDraft

if TYPE_CHECKING:
    from inventory.models import Sku


def expected_weight_g(tasks: Iterable[PickTask]) -> int:
    """Return what the picked units should weigh, in grams; unknown weights count as the setting."""
    fallback = int(str(settings_store.get(DEFAULT_WEIGHT)))
    return sum(
        task.picked_qty * (fallback if task.sku.weight_g is None else task.sku.weight_g)
        for task in tasks
    )


def lines_weight_g(lines: Iterable[CartonLine]) -> int:
    """Return what the units of carton lines should weigh, in grams, as `expected_weight_g`."""
    fallback = int(str(settings_store.get(DEFAULT_WEIGHT)))
    return sum(
        line.qty * (fallback if line.sku.weight_g is None else line.sku.weight_g) for line in lines
    )


def for_cartons(cartons: Sequence[Carton]) -> list[ParcelDraft]:
    """Return one parcel draft for each carton, in their order, in a constant number of queries."""
    shipments = {
        shipment.pk: shipment
        for shipment in Shipment.objects.filter(
            pk__in={carton.shipment_id for carton in cartons}
        ).select_related("order", "warehouse")
    }
    contents: dict[int, list[CartonLine]] = {carton.pk: [] for carton in cartons}
    for line in (
        CartonLine.objects.filter(carton_id__in=list(contents))
        .select_related("sku", "lot")
        .order_by("pk")
    ):
        contents[line.carton_id].append(line)
    living: dict[int, list[int]] = {}
    for shipment_id, number in (
        Carton.objects.filter(shipment_id__in=list(shipments))
        .exclude(state="voided")
        .order_by("number")
        .values_list("shipment_id", "number")
    ):
        living.setdefault(shipment_id, []).append(number)
    return [
        _draft(
            carton,
            shipments[carton.shipment_id],
            contents[carton.pk],
            living[carton.shipment_id],
        )
        for carton in cartons
    ]


def _draft(
    carton: Carton, shipment: Shipment, lines: Sequence[CartonLine], numbers: Sequence[int]
) -> ParcelDraft:
    order = shipment.order
    box: Sku | None = carton.box_sku if carton.box_sku_id else None
    measured = Measured(
        weight_g=carton.weight_g,
        length_mm=box.length_mm if box else None,
        width_mm=box.width_mm if box else None,
        height_mm=box.height_mm if box else None,
    )
    return ParcelDraft(
        owner_key=shipment.key,
        warehouse_code=shipment.warehouse.code,
        service_code=shipment.service_code,
        order_key=order.key,
        order_number=order.number,
        shipment_number=shipment.number,
        position=1 + numbers.index(carton.number),
        parcel_count=len(numbers),
        box_code=box.code if box else "",
        measured=measured,
        ship_from=sender_of(shipment.warehouse),
        ship_to=recipient_of(order),
        items=tuple(
            ItemDraft(
                sku_code=line.sku.code,
                name=line.sku.name,
                name_zh=line.sku.name_zh,
                qty=line.qty,
                lot_code=line.lot.code if line.lot else "",
            )
            for line in lines
        ),
        public_view=_public_view(shipment),
        is_verified=True,
        email=order.email,
    )


def sender_of(warehouse: Warehouse) -> Party:
    """Return a warehouse as the sender of a parcel."""
    return Party(
        name=warehouse.name,
        line1=warehouse.line1,
        line2=warehouse.line2,
        city=warehouse.city,
        region=warehouse.region,
        postcode=warehouse.postcode,
        country=warehouse.country,
    )


def recipient_of(order: Order) -> Party:
    """Return whom an order goes to."""
    return Party(
        name=order.ship_name,
        company=order.ship_company,
        line1=order.ship_line1,
        line2=order.ship_line2,
        city=order.ship_city,
        region=order.ship_region,
        postcode=order.ship_postcode,
        country=order.ship_country,
        phone=order.ship_phone,
    )


def _public_view(shipment: Shipment) -> dict[str, object]:
    return {
        "promised_from": shipment.promised_from.isoformat() if shipment.promised_from else "",
        "promised_by": shipment.promised_by.isoformat() if shipment.promised_by else "",
        "from_country": shipment.warehouse.country,
    }

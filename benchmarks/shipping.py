"""(c) dispatch packed and labeled shipments in manifests of 50, beside the yardstick."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import cpu, installation
from benchmarks.placing import Measured, StatementCounter
from benchmarks.workload import WAREHOUSES

MANIFEST = 50
WAVE = 250


def prepare() -> dict[str, list[int]]:
    """Bring every routed shipment to packed and labeled; return warehouse -> parcel ids."""
    from core.actors import SYSTEM  # noqa: PLC0415  # after django.setup()
    from fulfillment.models import PickTask  # noqa: PLC0415
    from fulfillment.services import packing, picking, waves  # noqa: PLC0415
    from inventory.models import Bin, Warehouse  # noqa: PLC0415
    from orders.models import Shipment  # noqa: PLC0415

    ready: dict[str, list[int]] = {}
    for code in WAREHOUSES:
        place = Warehouse.objects.get(code=code)
        bench = Bin.objects.create(warehouse=place, code="PACK-1", kind="pack", is_pickable=False)
        totes = Bin.objects.bulk_create(
            Bin(warehouse=place, code=f"T-{number:04d}", kind="tote", is_pickable=False)
            for number in range(WAVE)
        )
        planned = list(
            Shipment.objects.filter(warehouse=place, status="planned", order__stage="routed")
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        ready[code] = []
        for start in range(0, len(planned), WAVE):
            outcome = waves.release_wave(
                order=waves.WaveOrder(place.pk, planned[start : start + WAVE]),
                actor=SYSTEM,
                at=installation.AT,
            )
            tasks = list(PickTask.objects.filter(wave=outcome.wave).order_by("pk"))
            slots = {pk: totes[i].pk for i, pk in enumerate(outcome.released)}
            picking.confirm_many(
                picks=[picking.Picked(t.pk, t.qty, slots[t.shipment_id]) for t in tasks],
                actor=SYSTEM,
                at=installation.AT,
            )
            cartons = packing.pack_whole(
                shipment_ids=outcome.released,
                station_bin_id=bench.pk,
                actor=SYSTEM,
                at=installation.AT,
            )
            ready[code] += _labeled([c.parcel_id for c in cartons if c.parcel_id])
    return ready


def _labeled(parcel_ids: Sequence[int]) -> list[int]:
    from shipping.models import LabelRequest, Parcel  # noqa: PLC0415

    # Printing is the carrier's work and not measured: the rows are brought to where it leaves them.
    LabelRequest.objects.filter(parcel_id__in=parcel_ids).update(state="purchased")
    for parcel in Parcel.objects.filter(pk__in=parcel_ids).order_by("pk"):
        parcel.tracking_number, parcel.state = f"B{parcel.pk:011d}", "labelled"
        parcel.save(update_fields=["tracking_number", "state"])
    return list(parcel_ids)


def dispatch_all(ready: dict[str, list[int]], postmaster: int) -> Measured:
    """Hand every parcel over in manifests of 50; return the cost per shipment."""
    from core.actors import SYSTEM  # noqa: PLC0415
    from fulfillment.services import dispatch  # noqa: PLC0415
    from inventory.models import Warehouse  # noqa: PLC0415

    places = dict(Warehouse.objects.values_list("code", "pk"))
    shipped = 0
    counter = StatementCounter()
    with counter.counting(), cpu.measured(postmaster) as usage:
        for code, parcels in ready.items():
            for start in range(0, len(parcels), MANIFEST):
                manifest = dispatch.open_manifest(
                    warehouse_id=places[code],
                    carrier_code="builtin",
                    actor=SYSTEM,
                    at=installation.AT,
                )
                dispatch.add_parcels(
                    manifest_id=manifest.pk,
                    parcel_ids=parcels[start : start + MANIFEST],
                    actor=SYSTEM,
                    at=installation.AT,
                )
                handed = dispatch.close_manifest(
                    manifest_id=manifest.pk, actor=SYSTEM, at=installation.AT
                )
                shipped += len(handed.shipment_ids)
    return Measured.of(usage, shipped, counter.count / shipped)

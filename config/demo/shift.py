"""A shift of the demo's staff: release, pick, pack, label and hand over, all through the services.

Nobody here takes a shortcut: the same functions run as when people scan, in the same order, so a
shift is also a test of the whole way. What can't leave stays in a named state with its reason.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.actors import SYSTEM
from core.permissions import SYSTEM_PRINCIPAL
from fulfillment import queries
from fulfillment.models import Carton, PickTask
from fulfillment.services import dispatch, packing, picking, waves
from fulfillment.services.waves import WaveOrder
from inventory.models import Bin, Warehouse
from inventory.services import places
from orders.models import Order, Shipment
from shipping.models import LabelRequest, Parcel
from shipping.services import buying

WAVE_SIZE = 50


@dataclass(slots=True)
class ShiftReport:
    """What a shift did: shipments that left, and those that wait, counted by reason."""

    shipped: int = 0
    waiting: Counter[str] = field(default_factory=Counter)
    waves: int = 0
    short_picks: int = 0


def play(*, order_count: int, at: dt.datetime) -> ShiftReport:
    """Ship up to `order_count` shipments that may leave; return what happened.

    Urgent ones first. Goods are picked into one tote per shipment, packed at the warehouse's pack
    station and handed over in manifests of one carrier each.
    """
    report = ShiftReport()
    left = order_count
    while left > 0:
        chosen = _next_wave(min(WAVE_SIZE, left))
        if not chosen:
            break
        outcome = waves.release_wave(
            order=WaveOrder(chosen[0].warehouse_id, [row.pk for row in chosen]),
            actor=SYSTEM,
            at=at,
        )
        report.waves += 1
        left -= len(chosen)
        _pick(outcome.wave.pk, chosen[0].warehouse_id, at)
        report.shipped += _pack_and_hand_over(outcome.released, chosen[0].warehouse_id, at)
    report.waiting = waiting_by_reason()
    return report


def waiting_by_reason() -> Counter[str]:
    """Count the open orders that have not left, by stage and the codes that stop them."""
    counts: Counter[str] = Counter()
    rows = Order.objects.filter(status="confirmed", is_history=False).exclude(
        stage__in=("shipped", "delivered")
    )
    for stage, codes in rows.values_list("stage", "attention_codes").iterator():
        for code in codes or ["-"]:
            counts[f"{stage}:{code}" if code != "-" else stage] += 1
    return counts


def _next_wave(size: int) -> list[Shipment]:
    first = queries.ready(SYSTEM_PRINCIPAL).order_by("cutoff_at", "promised_by", "pk").first()
    if first is None:
        return []
    rows = queries.ready(SYSTEM_PRINCIPAL).filter(warehouse_id=first.warehouse_id)
    return list(rows.order_by("cutoff_at", "promised_by", "pk")[:size])


def _pick(wave_id: int, warehouse_id: int, at: dt.datetime) -> None:
    tasks = list(PickTask.objects.filter(wave_id=wave_id, state="open").order_by("sequence", "pk"))
    shipments = list(dict.fromkeys(task.shipment_id for task in tasks))
    totes = dict(zip(shipments, _totes(warehouse_id, len(shipments)), strict=True))
    for chunk in _chunks(tasks, 200):
        picking.confirm_many(
            picks=[picking.Picked(task.pk, task.qty, totes[task.shipment_id]) for task in chunk],
            actor=SYSTEM,
            at=at,
        )


def _pack_and_hand_over(shipment_ids: Sequence[int], warehouse_id: int, at: dt.datetime) -> int:
    packable = [
        row.pk
        for row in queries.to_pack(SYSTEM_PRINCIPAL).filter(pk__in=shipment_ids).order_by("pk")
    ]
    if not packable:
        return 0
    cartons = packing.pack_whole(
        shipment_ids=packable, station_bin_id=_station(warehouse_id), actor=SYSTEM, at=at
    )
    buy_labels(cartons, at)
    return _hand_over(
        [carton.parcel_id for carton in cartons if carton.parcel_id], warehouse_id, at
    )


def buy_labels(cartons: Sequence[Carton], at: dt.datetime) -> None:
    """Let the carriers print the labels that closing these cartons asked for."""
    requests = LabelRequest.objects.filter(
        parcel_id__in=[carton.parcel_id for carton in cartons], state="requested"
    )
    buying.purchase_many(list(requests.order_by("pk").values_list("pk", flat=True)), now=at)


def _hand_over(parcel_ids: Sequence[int], warehouse_id: int, at: dt.datetime) -> int:
    carriers: dict[str, list[int]] = {}
    for parcel in Parcel.objects.filter(pk__in=parcel_ids).select_related("service__carrier"):
        carriers.setdefault(parcel.service.carrier.code, []).append(parcel.pk)
    shipped = 0
    for carrier, ids in sorted(carriers.items()):
        manifest = dispatch.open_manifest(
            warehouse_id=warehouse_id, carrier_code=carrier, actor=SYSTEM, at=at
        )
        dispatch.add_parcels(manifest_id=manifest.pk, parcel_ids=ids, actor=SYSTEM, at=at)
        handed = dispatch.close_manifest(manifest_id=manifest.pk, actor=SYSTEM, at=at)
        shipped += len(handed.shipment_ids)
    return shipped


def _totes(warehouse_id: int, count: int) -> list[int]:
    code = Warehouse.objects.values_list("code", flat=True).get(pk=warehouse_id)
    drafts = [
        places.BinDraft(code=f"T-{code}-{number:03d}", kind="tote")
        for number in range(1, count + 1)
    ]
    made = places.save_bins(warehouse_id, drafts, actor=SYSTEM)
    return [made[draft.code].pk for draft in drafts]


def _station(warehouse_id: int) -> int:
    found = Bin.objects.filter(warehouse_id=warehouse_id, kind="pack").order_by("pk").first()
    if found is not None:
        return found.pk
    made = places.save_bins(
        warehouse_id, [places.BinDraft(code="PACK-1", kind="pack")], actor=SYSTEM
    )
    return made["PACK-1"].pk


def _chunks(rows: Sequence[PickTask], size: int) -> Iterator[Sequence[PickTask]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]

"""Dispatch: parcels are scanned onto a carrier's manifest; closing it lets the stock leave.

Stock leaves at dispatch and not before: closing a manifest moves every unit of its cartons to the
customer, consumes the promises and the cost layers, and marks the shipments shipped, all in one
transaction and with a constant number of statements. The carrier need not be reachable.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from core import audit, events, numbers
from core.actors import Actor
from fulfillment.models import Carton, CartonLine, Manifest, ManifestParcel
from fulfillment.services.errors import (
    BoxesOpen,
    ManifestClosed,
    ManifestEmpty,
    ParcelCancelled,
    ParcelElsewhere,
    ParcelGone,
    ParcelNotReady,
    ParcelRelabelled,
    WrongCarrier,
)
from inventory.domain.demand import DispatchLine
from inventory.services import dispatching
from orders.services import floor
from shipping.models import Parcel
from shipping.services import parcels, readdressing

READY = frozenset({"verified", "labelled", "confirmed"})
GONE = frozenset({"manifested", "in_transit", "delivered", "exception"})


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What left: the manifest, its shipments and parcels, and the units."""

    manifest: Manifest
    shipment_ids: list[int]
    parcel_ids: list[int]
    units_qty: int


def open_manifest(
    *, warehouse_id: int, carrier_code: str, actor: Actor, at: dt.datetime
) -> Manifest:
    """Return the open manifest of a carrier at a warehouse, made if there is none. Idempotent."""
    found = Manifest.objects.filter(
        warehouse_id=warehouse_id, carrier_code=carrier_code, state="open"
    ).first()
    if found is not None:
        return found
    manifest, made = Manifest.objects.get_or_create(
        warehouse_id=warehouse_id,
        carrier_code=carrier_code,
        state="open",
        defaults={"number": numbers.take("manifest")[0], "opened_at": at},
    )
    if made:
        audit.record(
            actor=actor,
            action="fulfillment.manifest_opened",
            target=f"manifest:{manifest.pk}",
            at=at,
        )
    return manifest


@transaction.atomic
def add_parcels(
    *, manifest_id: int, parcel_ids: Sequence[int], actor: Actor, at: dt.datetime
) -> int:
    """Put packed parcels on an open manifest; return how many are new on it. Repeatable.

    Locks the manifest row. All or none.

    Raises:
        ManifestClosed: the manifest was handed over.
        ParcelNotReady: a parcel is not packed.
        ParcelGone: a parcel left on an earlier manifest.
        ParcelElsewhere: a parcel was packed in another warehouse.
        WrongCarrier: a parcel goes with another carrier.
        ParcelCancelled: its shipment is held or cancelled.
    """
    manifest = Manifest.objects.select_for_update(of=("self",)).get(pk=manifest_id)
    if manifest.state != "open":
        raise ManifestClosed(number=manifest.number)
    found = {
        parcel.pk: parcel
        for parcel in Parcel.objects.filter(pk__in=parcel_ids).select_related("service__carrier")
    }
    cartons = {
        carton.parcel_id: carton
        for carton in Carton.objects.filter(
            parcel_id__in=parcel_ids, state="closed"
        ).select_related("shipment")
    }
    stopped = floor.may_proceed(sorted({carton.shipment_id for carton in cartons.values()}))
    for parcel_id in parcel_ids:
        parcel, carton = found.get(parcel_id), cartons.get(parcel_id)
        if parcel is None or carton is None:
            raise ParcelNotReady(parcel=parcel.number if parcel else parcel_id)
        _check_may_load(manifest, parcel, carton)
        if stopped.get(carton.shipment_id):
            raise ParcelCancelled(parcel=parcel.number, why=stopped[carton.shipment_id])
    known = set(
        ManifestParcel.objects.filter(parcel_id__in=parcel_ids).values_list("parcel_id", flat=True)
    )
    rows = [
        ManifestParcel(
            manifest=manifest,
            parcel_id=parcel_id,
            shipment_id=cartons[parcel_id].shipment_id,
            carton=cartons[parcel_id],
            scanned_at=at,
            scanned_by=actor.key,
        )
        for parcel_id in parcel_ids
        if parcel_id not in known
    ]
    ManifestParcel.objects.bulk_create(rows)
    return len(rows)


@transaction.atomic
def close_manifest(*, manifest_id: int, actor: Actor, at: dt.datetime) -> HandedOver:
    """Hand the manifest over: stock leaves, shipments are shipped. Safe to repeat.

    Locks the manifest, then orders and shipments, then levels and bin stock, each in pk order.

    Raises:
        ManifestEmpty: no parcel is on it.
        ParcelCancelled: a shipment was held or cancelled after its scan; take it off first.
        ParcelRelabelled: a label was voided after its scan; the box carries the old one.
        BoxesOpen: another box of one of the shipments is not on it.
    """
    manifest = Manifest.objects.select_for_update(of=("self",)).get(pk=manifest_id)
    entries = list(
        ManifestParcel.objects.filter(manifest=manifest)
        .order_by("pk")
        .values_list("parcel_id", "shipment_id", "carton_id")
    )
    shipment_ids = sorted({entry[1] for entry in entries})
    parcel_ids = [entry[0] for entry in entries]
    if manifest.state == "closed":
        return HandedOver(manifest, shipment_ids, parcel_ids, 0)
    if not entries:
        raise ManifestEmpty(number=manifest.number)
    floor.lock_shipments(shipment_ids)
    _check_none_stopped(entries)
    _check_whole(shipment_ids, [entry[2] for entry in entries])
    lines = _dispatch_lines([entry[2] for entry in entries], manifest.warehouse_id)
    dispatching.dispatch(lines, event_key=f"manifest:{manifest.pk}", actor=actor, at=at)
    floor.ship(shipment_ids, actor=actor, at=at)
    _check_labels(manifest)
    parcels.hand_over(parcel_ids, manifest_number=manifest.number, actor=actor, at=at)
    manifest.state, manifest.closed_at, manifest.closed_by = "closed", at, actor.key
    manifest.save(update_fields=["state", "closed_at", "closed_by"])
    _record(manifest, shipment_ids, actor, at)
    return HandedOver(manifest, shipment_ids, parcel_ids, sum(line.qty for line in lines))


@transaction.atomic
def remove_parcel(*, manifest_id: int, parcel_id: int, actor: Actor, at: dt.datetime) -> None:
    """Take a parcel off an open manifest.

    Raises:
        ManifestClosed: the manifest was handed over.
    """
    manifest = Manifest.objects.select_for_update(of=("self",)).get(pk=manifest_id)
    if manifest.state != "open":
        raise ManifestClosed(number=manifest.number)
    ManifestParcel.objects.filter(manifest=manifest, parcel_id=parcel_id).delete()
    audit.record(
        actor=actor,
        action="fulfillment.parcel_taken_off",
        target=f"manifest:{manifest.pk}",
        after={"parcel": parcel_id},
        at=at,
    )


def _check_may_load(manifest: Manifest, parcel: Parcel, carton: Carton) -> None:
    if parcel.state in GONE:
        raise ParcelGone(parcel=parcel.number)
    if parcel.state not in READY:
        raise ParcelNotReady(parcel=parcel.number)
    if carton.shipment.warehouse_id != manifest.warehouse_id:
        raise ParcelElsewhere(parcel=parcel.number)
    carrier = parcel.service.carrier.code
    if carrier != manifest.carrier_code:
        raise WrongCarrier(parcel=parcel.number, carrier=carrier)


def _check_none_stopped(entries: Sequence[tuple[int, int, int]]) -> None:
    stopped = floor.may_proceed(sorted({shipment_id for _, shipment_id, _ in entries}))
    for parcel_id, shipment_id, _ in entries:
        if stopped.get(shipment_id):
            number = Parcel.objects.values_list("number", flat=True).get(pk=parcel_id)
            raise ParcelCancelled(parcel=number, why=stopped[shipment_id])


def _check_whole(shipment_ids: Sequence[int], carton_ids: Sequence[int]) -> None:
    """Let no shipment leave without one of its boxes: its promise is used up as a whole."""
    missing = (
        Carton.objects.filter(shipment_id__in=shipment_ids)
        .exclude(state="voided")
        .exclude(pk__in=carton_ids)
        .select_related("shipment")
        .order_by("shipment_id", "number")
        .first()
    )
    if missing is not None:
        raise BoxesOpen(number=missing.number, shipment=missing.shipment.number)


def _check_labels(manifest: Manifest) -> None:
    """Let no box leave under a voided label. The orders are locked: no address changes now."""
    rows = ManifestParcel.objects.filter(manifest=manifest).order_by()
    outdated = readdressing.find_outdated(dict(rows.values_list("parcel_id", "scanned_at")))
    if outdated:
        raise ParcelRelabelled(parcel=outdated[0])


def _dispatch_lines(carton_ids: Sequence[int], warehouse_id: int) -> list[DispatchLine]:
    return [
        DispatchLine(
            owner_key=f"shipment_line:{line_id}",
            warehouse_id=warehouse_id,
            sku_id=sku_id,
            lot_id=lot_id,
            qty=qty,
            from_bin_id=bin_id,
        )
        for line_id, sku_id, lot_id, qty, bin_id in CartonLine.objects.filter(
            carton_id__in=carton_ids
        )
        .order_by("pk")
        .values_list("shipment_line_id", "sku_id", "lot_id", "qty", "from_bin_id")
    ]


def _record(manifest: Manifest, shipment_ids: Sequence[int], actor: Actor, at: dt.datetime) -> None:
    audit.record(
        actor=actor,
        action="fulfillment.manifest_closed",
        target=f"manifest:{manifest.pk}",
        after={"shipments": len(shipment_ids)},
        at=at,
    )
    events.publish_many(
        [
            events.EventDraft(
                "fulfillment.shipped",
                target=f"shipment:{shipment_id}",
                at=at,
                payload={"shipment_id": shipment_id},
            )
            for shipment_id in shipment_ids
        ]
    )

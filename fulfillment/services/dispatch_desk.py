"""The dispatch screen's scans: parcels onto a carrier's manifest."""

from __future__ import annotations

import datetime as dt

from core.actors import Actor
from fulfillment.models import Carton, Manifest, ManifestParcel
from fulfillment.services import dispatch
from fulfillment.services.scan_desk import ScanAnswer
from shipping.models import Parcel


def expected(manifest: Manifest) -> list[Parcel]:
    """Return the labeled parcels that wait for this carrier here and are on no manifest yet."""
    loaded = ManifestParcel.objects.values("parcel_id")
    cartons = Carton.objects.filter(
        state="closed", shipment__status="packed", shipment__warehouse_id=manifest.warehouse_id
    )
    return list(
        Parcel.objects.filter(
            pk__in=cartons.values("parcel_id"),
            service__carrier__code=manifest.carrier_code,
            state__in=dispatch.READY,
        )
        .exclude(pk__in=loaded)
        .order_by("pk")[:200]
    )


def scan(manifest: Manifest, raw: str, *, actor: Actor, at: dt.datetime) -> ScanAnswer:
    """Answer one scan at the van: a tracking number or parcel number, or CMD-OK to hand over.

    Raises:
        ParcelNotReady, WrongCarrier, ParcelCancelled, ManifestClosed, ManifestEmpty.
    """
    code = "".join(raw.split()).upper()
    if code == "CMD-OK":
        dispatch.close_manifest(manifest_id=manifest.pk, actor=actor, at=at)
        return ScanAnswer("complete", "TASK_DONE", {"scanned": manifest.number}, "next")
    if code == "CMD-UNDO":
        return _take_off_last(manifest, actor=actor, at=at)
    parcel = (
        Parcel.objects.filter(tracking_number=code).first()
        or Parcel.objects.filter(number=code).first()
    )
    if parcel is None:
        return ScanAnswer("reject", "UNKNOWN_CODE", {"scanned": raw[:64], "wanted": "label"})
    new = dispatch.add_parcels(manifest_id=manifest.pk, parcel_ids=[parcel.pk], actor=actor, at=at)
    data = {
        "scanned": code,
        "loaded": ManifestParcel.objects.filter(manifest=manifest).count(),
        "expected": ManifestParcel.objects.filter(manifest=manifest).count()
        + len(expected(manifest)),
    }
    return ScanAnswer("accept" if new else "warn", "PARCEL_LOADED" if new else "PARCEL_KNOWN", data)


def _take_off_last(manifest: Manifest, *, actor: Actor, at: dt.datetime) -> ScanAnswer:
    last = ManifestParcel.objects.filter(manifest=manifest).order_by("-pk").first()
    if last is None:
        return ScanAnswer("reject", "NOTHING_TO_UNDO")
    dispatch.remove_parcel(manifest_id=manifest.pk, parcel_id=last.parcel_id, actor=actor, at=at)
    return ScanAnswer("accept", "STEP_UNDONE")

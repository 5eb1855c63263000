"""The dispatch screen's scans: parcels onto a carrier's manifest."""

from __future__ import annotations

import datetime as dt
from typing import Final

from core.actors import Actor
from core.scanning import parse_scan
from fulfillment.models import Carton, Manifest, ManifestParcel
from fulfillment.services import dispatch, pallets, scan_desk
from fulfillment.services.scan_desk import ScanAnswer
from orders.services import floor
from shipping.models import Parcel

#: Parcels named in the question before a hand-over; the card lists more.
SHOWN: Final = 3


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

    While parcels of this carrier stay behind, the first CMD-OK names them and the second, with
    nothing scanned in between, hands over without them (W14).

    Raises:
        ParcelNotReady, WrongCarrier, ParcelCancelled, ManifestClosed, ManifestEmpty.
    """
    code = "".join(raw.split()).upper()
    if code == "CMD-OK":
        left = _unconfirmed(manifest, actor)
        if left:
            return ScanAnswer("warn", "PARCELS_LEFT", left)
        dispatch.close_manifest(manifest_id=manifest.pk, actor=actor, at=at)
        return ScanAnswer("complete", "TASK_DONE", {"scanned": manifest.number}, "next")
    if code == "CMD-UNDO":
        return _take_off_last(manifest, actor=actor, at=at)
    on_pallet = pallets.parcels_of(str(parse_scan(raw).get("00") or code), manifest.warehouse_id)
    if on_pallet:
        return _load_pallet(manifest, code, on_pallet, actor=actor, at=at)
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


def _load_pallet(
    manifest: Manifest, code: str, parcel_ids: list[int], *, actor: Actor, at: dt.datetime
) -> ScanAnswer:
    new = dispatch.add_parcels(manifest_id=manifest.pk, parcel_ids=parcel_ids, actor=actor, at=at)
    loaded = ManifestParcel.objects.filter(manifest=manifest).count()
    data = {
        "scanned": code,
        "units": new,
        "loaded": loaded,
        "expected": loaded + len(expected(manifest)),
    }
    return ScanAnswer("accept" if new else "warn", "PALLET_LOADED" if new else "PARCEL_KNOWN", data)


def _unconfirmed(manifest: Manifest, actor: Actor) -> dict[str, int | str]:
    """Return what stays behind, as long as this person was not told just now; else nothing."""
    if manifest.state != "open" or not manifest.entries.exists():
        return {}
    waiting = _may_leave(expected(manifest))
    told = scan_desk.last_answer(actor, task_key=f"manifest:{manifest.pk}")
    just_told = told.get("why") == "PARCELS_LEFT" and told["data"]["left"] == len(waiting)
    if not waiting or just_told:
        return {}
    names = ", ".join(parcel.tracking_number or parcel.number for parcel in waiting[:SHOWN])
    more = f" +{len(waiting) - SHOWN}" if len(waiting) > SHOWN else ""
    return {"left": len(waiting), "parcels": names + more}


def _may_leave(parcels: list[Parcel]) -> list[Parcel]:
    """Keep the parcels that nothing stops; a held one stays behind without a question."""
    rows = Carton.objects.filter(parcel_id__in=[parcel.pk for parcel in parcels])
    shipments = dict(rows.values_list("parcel_id", "shipment_id"))
    stopped = floor.may_proceed(sorted(set(shipments.values())))
    return [parcel for parcel in parcels if not stopped.get(shipments[parcel.pk])]


def _take_off_last(manifest: Manifest, *, actor: Actor, at: dt.datetime) -> ScanAnswer:
    last = ManifestParcel.objects.filter(manifest=manifest).order_by("-pk").first()
    if last is None:
        return ScanAnswer("reject", "NOTHING_TO_UNDO")
    dispatch.remove_parcel(manifest_id=manifest.pk, parcel_id=last.parcel_id, actor=actor, at=at)
    return ScanAnswer("accept", "STEP_UNDONE")

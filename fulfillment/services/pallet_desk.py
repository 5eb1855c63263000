"""Scans at a pallet: a carton's label goes on it, CMD-CLOSEBOX closes it."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet, Sum

from core.actors import Actor
from core.permissions import Principal
from core.scanning import parse_scan
from fulfillment.models import Carton, Pallet, Station
from fulfillment.services import pallets, printing
from fulfillment.services.scan_desk import ScanAnswer
from orders.models.channels import ChannelKind
from shipping.models import Parcel

Cartons = QuerySet[Carton]
#: One on each of two sides. Source: GS1 General Specifications, 6.4 (label location).
LABEL_COPIES = 2


def waiting(principal: Principal) -> Cartons:
    """Return the closed cartons of business orders that stand on no pallet, oldest first."""
    return (
        Carton.objects.visible_to(principal)
        .filter(
            state=Carton.State.CLOSED,
            pallet_entry=None,
            shipment__status="packed",
            shipment__order__channel__kind=ChannelKind.B2B,
        )
        .select_related("shipment__order")
        .order_by("pk")
    )


def left_on_floor(pallet: Pallet) -> int:
    """Count the closed cartons of the pallet's shipment that stand on no pallet."""
    return Carton.objects.filter(
        shipment_id=pallet.shipment_id, state=Carton.State.CLOSED, pallet_entry=None
    ).count()


def weight_g(pallet: Pallet) -> int:
    """Return what the cartons on a pallet weigh together, in grams, without the pallet."""
    total = pallet.entries.aggregate(total=Sum("carton__weight_g"))["total"]
    return int(total or 0)


def open_by_carton(raw: str, *, principal: Principal, at: dt.datetime) -> ScanAnswer:
    """Answer a scan on the pallets' home: a carton or a pallet opens the pallet it belongs to.

    Raises:
        NotForPallets, PalletIsClosed, OnAnotherPallet, PrefixUnusable: as the pallet services.
    """
    pallet = Pallet.objects.visible_to(principal).filter(sscc=_sscc(raw), state="open").first()
    if pallet is not None:
        return ScanAnswer("accept", "OPENED", {"scanned": pallet.sscc}, f"pallet:{pallet.pk}")
    carton = _carton(raw, principal)
    if carton is None:
        return ScanAnswer("reject", "UNKNOWN_CODE", {"scanned": raw[:64], "wanted": "label"})
    pallet = pallets.open_pallet(carton.shipment_id, actor=principal.actor, at=at)
    pallets.add_carton(pallet.pk, carton.pk, actor=principal.actor, at=at)
    return ScanAnswer("accept", "OPENED", {"scanned": pallet.sscc}, f"pallet:{pallet.pk}")


def scan(
    pallet: Pallet, raw: str, *, principal: Principal, station_code: str, at: dt.datetime
) -> ScanAnswer:
    """Answer one scan at a pallet; closing it prints its label at the station, if one is known.

    Raises:
        PalletIsClosed, PalletIsEmpty, OtherShipment, OnAnotherPallet, NotForPallets.
    """
    actor = principal.actor
    code = "".join(raw.split()).upper()
    if code in {"CMD-CLOSEBOX", "CMD-OK"}:
        pallets.close(pallet.pk, actor=actor, at=at)
        _print_label(pallet, station_code, actor, at)
        return ScanAnswer("complete", "PALLET_CLOSED", {"scanned": pallet.sscc}, "next")
    if code == "CMD-UNDO":
        return _undo(pallet, actor, at)
    if code.startswith("CMD-"):
        return ScanAnswer("reject", "COMMAND_NOT_HERE", {"scanned": code})
    carton = _carton(raw, principal)
    if carton is None:
        return ScanAnswer("reject", "UNKNOWN_CODE", {"scanned": raw[:64], "wanted": "label"})
    new = pallets.add_carton(pallet.pk, carton.pk, actor=actor, at=at)
    data = {"scanned": code, "counted": pallet.entries.count()}
    if new is None:
        return ScanAnswer("warn", "CARTON_KNOWN", data)
    return ScanAnswer("accept", "CARTON_ON_PALLET", data)


def _print_label(pallet: Pallet, station_code: str, actor: Actor, at: dt.datetime) -> None:
    if Station.objects.filter(code=station_code, is_active=True).exists():
        printing.print_document(
            "pallet_label",
            f"shipment:{pallet.shipment_id}:{pallet.sscc}",
            station_code=station_code,
            copies=LABEL_COPIES,
            actor=actor,
            at=at,
        )


def _undo(pallet: Pallet, actor: Actor, at: dt.datetime) -> ScanAnswer:
    if pallets.take_off_last(pallet.pk, actor=actor, at=at):
        return ScanAnswer("accept", "STEP_UNDONE")
    return ScanAnswer("reject", "NOTHING_TO_UNDO")


def _carton(raw: str, principal: Principal) -> Carton | None:
    code = "".join(raw.split()).upper()
    parcel = (
        Parcel.objects.filter(tracking_number=code).first()
        or Parcel.objects.filter(number=code).first()
    )
    rows = Carton.objects.visible_to(principal)
    if parcel is not None:
        return rows.filter(parcel_id=parcel.pk).first()
    return rows.filter(pallet_entry__sscc=_sscc(raw)).first()


def _sscc(raw: str) -> str:
    return str(parse_scan(raw).get("00") or "".join(raw.split())[:18])

"""Pallets of B2B shipments: closed cartons are scanned onto them, each gets an SSCC.

A carton stands on one pallet; a closed pallet takes no more. All steps lock the shipment,
so two people at two pallets can't put one carton on both.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core import audit, numbers, settings_store
from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from core.gs1 import sscc
from fulfillment.domain import defaults
from fulfillment.models import Carton, Pallet, PalletCarton
from orders.models import Shipment
from orders.models.channels import ChannelKind


class NotForPallets(StateConflict):
    """Only a closed carton of a B2B order goes on a pallet."""

    code = "NOT_FOR_PALLETS"
    text = gettext_noop("%(carton)s is no closed carton of a business order. Pack it first.")


class OtherShipment(StateConflict):
    """The carton belongs to another shipment than the pallet."""

    code = "OTHER_SHIPMENT"
    text = gettext_noop("This carton goes to %(carton)s, the pallet to %(pallet)s. Put it aside.")


class OnAnotherPallet(StateConflict):
    """The carton stands on another pallet already."""

    code = "ON_ANOTHER_PALLET"
    text = gettext_noop("This carton stands on pallet %(number)s already.")


class PalletIsClosed(StateConflict):
    """The pallet is closed and labelled."""

    code = "PALLET_IS_CLOSED"
    text = gettext_noop("Pallet %(number)s is closed. Start a new one.")


class PalletIsEmpty(StateConflict):
    """A pallet closes with at least one carton."""

    code = "PALLET_IS_EMPTY"
    text = gettext_noop("No carton stands on this pallet yet. Scan one first.")


class PrefixUnusable(InputRefused):
    """The GS1 company prefix of the settings can't make an SSCC."""

    code = "GS1_PREFIX_UNUSABLE"
    text = gettext_noop("The GS1 company prefix %(prefix)s can't be used. Correct the setting.")


@transaction.atomic
def open_pallet(shipment_id: int, *, actor: Actor, at: dt.datetime) -> Pallet:
    """Return the open pallet of a shipment, made with the next number if there is none.

    Locks the shipment.

    Raises:
        NotForPallets: no closed carton of a B2B order belongs to the shipment.
        PrefixUnusable: the company prefix in the settings makes no SSCC.
    """
    pallets = _locked(shipment_id)
    found = next((row for row in pallets if row.state == Pallet.State.OPEN), None)
    if found is not None:
        return found
    carton = (
        Carton.objects.filter(
            shipment_id=shipment_id,
            state=Carton.State.CLOSED,
            shipment__order__channel__kind=ChannelKind.B2B,
        )
        .select_related("shipment")
        .first()
    )
    if carton is None:
        raise NotForPallets(carton=shipment_id)
    pallet = Pallet.objects.create(
        sscc=_next_sscc(),
        warehouse_id=carton.shipment.warehouse_id,
        shipment_id=shipment_id,
        number=max((row.number for row in pallets), default=0) + 1,
        opened_at=at,
        opened_by=actor.key,
    )
    _note(pallet, "pallet_opened", actor, at)
    return pallet


@transaction.atomic
def add_carton(
    pallet_id: int, carton_id: int, *, actor: Actor, at: dt.datetime
) -> PalletCarton | None:
    """Put a closed carton on an open pallet; None when it stands there already. Repeatable.

    Locks the shipment.

    Raises:
        PalletIsClosed, OtherShipment, OnAnotherPallet, NotForPallets: nothing is changed.
        PrefixUnusable: the company prefix in the settings makes no SSCC.
    """
    pallet = _open(pallet_id)
    carton = (
        Carton.objects.select_related("shipment__order__channel")
        .select_for_update(of=("self",))
        .get(pk=carton_id)
    )
    if carton.shipment_id != pallet.shipment_id:
        raise OtherShipment(carton=carton.shipment.number, pallet=pallet.shipment.number)
    if carton.state != Carton.State.CLOSED:
        raise NotForPallets(carton=str(carton))
    entry = PalletCarton.objects.filter(carton=carton).select_related("pallet").first()
    if entry is not None and entry.pallet_id != pallet.pk:
        raise OnAnotherPallet(number=entry.pallet.number)
    if entry is not None:
        return None
    return PalletCarton.objects.create(
        pallet=pallet, carton=carton, sscc=_next_sscc(), scanned_at=at, scanned_by=actor.key
    )


@transaction.atomic
def take_off_last(pallet_id: int, *, actor: Actor, at: dt.datetime) -> bool:
    """Take the carton scanned last off an open pallet; say whether there was one.

    Its SSCC is not used again. Locks the shipment.

    Raises:
        PalletIsClosed: it is closed.
    """
    pallet = _open(pallet_id)
    last = pallet.entries.order_by("-pk").first()
    if last is None:
        return False
    _note(pallet, "pallet_carton_removed", actor, at, carton=last.carton_id)
    last.delete()
    return True


@transaction.atomic
def close(pallet_id: int, *, actor: Actor, at: dt.datetime) -> Pallet:
    """Close a pallet with what stands on it. Locks the shipment.

    Raises:
        PalletIsClosed: somebody closed it before.
        PalletIsEmpty: no carton stands on it.
    """
    pallet = _open(pallet_id)
    count = pallet.entries.count()
    if not count:
        raise PalletIsEmpty
    pallet.state, pallet.closed_at = Pallet.State.CLOSED, at
    pallet.save(update_fields=["state", "closed_at"])
    _note(pallet, "pallet_closed", actor, at, cartons=count)
    return pallet


def parcels_of(code: str, warehouse_id: int) -> list[int]:
    """Return the parcel ids on the closed pallet of this SSCC in a warehouse; empty if none."""
    rows = PalletCarton.objects.filter(
        pallet__sscc=code,
        pallet__state=Pallet.State.CLOSED,
        pallet__warehouse_id=warehouse_id,
    ).order_by("pk")
    return [pk for pk in rows.values_list("carton__parcel_id", flat=True) if pk is not None]


def _locked(shipment_id: int) -> list[Pallet]:
    # The shipment is the lock: before its first pallet there is no other row to meet at.
    list(Shipment.objects.filter(pk=shipment_id).lock().values_list("pk", flat=True))
    rows = Pallet.objects.filter(shipment_id=shipment_id).select_related("shipment")
    return list(rows.order_by("pk"))


def _open(pallet_id: int) -> Pallet:
    shipment_id = Pallet.objects.values_list("shipment_id", flat=True).get(pk=pallet_id)
    pallet = next(row for row in _locked(shipment_id) if row.pk == pallet_id)
    if pallet.state != Pallet.State.OPEN:
        raise PalletIsClosed(number=pallet.number)
    return pallet


def _next_sscc() -> str:
    prefix = str(settings_store.get(defaults.GS1_PREFIX.name))
    try:
        return sscc(prefix, int(numbers.take("sscc")[0]))
    except ValueError as error:
        raise PrefixUnusable(prefix=prefix) from error


def _note(pallet: Pallet, verb: str, actor: Actor, at: dt.datetime, **after: int) -> None:
    audit.record(
        actor=actor,
        action=f"fulfillment.{verb}",
        target=f"shipment:{pallet.shipment_id}",
        after={"pallet": pallet.sscc, **after},
        at=at,
    )

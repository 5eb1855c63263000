"""A new address for parcels that are packed and have not left: the old label must not travel.

The label is voided as a cancellation voids it (`labels.void_label`), the parcel takes the address,
and another label is asked for, all in the caller's transaction; jobs talk to the carrier later.
The box still carries the old paper, so a manifest it was scanned onto before must not close:
`find_outdated` tells which.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from django.db import transaction
from django.db.models import F, Max

from core import audit
from core.actors import Actor
from shipping.domain.label import Party
from shipping.domain.states import HANDED_OVER
from shipping.models import LabelRequest, Parcel
from shipping.services import labels
from shipping.services.labels import LabelAlreadyUsed


@transaction.atomic
def readdress(
    owner_keys: Sequence[str], ship_to: Party, *, reason: str, actor: Actor, at: dt.datetime
) -> list[Parcel]:
    """Write a new address on the living parcels of these owners; return those that changed.

    Locks the parcels in pk order. Idempotent: a parcel with this very address is left alone.

    Raises:
        LabelAlreadyUsed: one of them has left; nothing is changed.
    """
    rows = Parcel.objects.for_owners(owner_keys).exclude(state=Parcel.State.VOIDED).lock()
    address = asdict(ship_to)
    changed = [row for row in rows if row.ship_to != address]
    for row in changed:
        if row.state in HANDED_OVER:
            raise LabelAlreadyUsed(parcel=row.number)
    for row in changed:
        _take_address(row, address, reason, actor, at)
        _renew_label(row, reason, actor, at)
    return changed


def _take_address(
    parcel: Parcel, address: dict[str, object], reason: str, actor: Actor, at: dt.datetime
) -> None:
    Parcel.objects.filter(pk=parcel.pk).update(ship_to=address, version=F("version") + 1)
    parcel.ship_to = address
    audit.record(
        actor=actor,
        action="shipping.parcel_readdressed",
        target=f"parcel:{parcel.pk}",
        at=at,
        reason=reason,
    )


def _renew_label(parcel: Parcel, reason: str, actor: Actor, at: dt.datetime) -> None:
    """Void the label or wish there is, and ask again; a parcel nobody asked for gets none."""
    wishes = LabelRequest.objects.filter(parcel=parcel)
    past = wishes.count()
    if not past:
        return
    if wishes.alive().exists():
        labels.void_label(parcel.pk, reason=reason, actor=actor, at=at)
    key = f"parcel:{parcel.pk}:{past + 1}"
    labels.request_label(parcel.pk, request_key=key, actor=actor, at=at)


def find_outdated(scanned_at: Mapping[int, dt.datetime]) -> list[str]:
    """Return the numbers of parcels that carry a voided label, given when each was last scanned.

    A parcel scanned after its newest label was asked for carries that one. Two statements, one
    when no label was ever voided.
    """
    voided = LabelRequest.objects.filter(
        parcel_id__in=list(scanned_at), state__in=["void_pending", "voided"], label__isnull=False
    )
    suspects = sorted(set(voided.values_list("parcel_id", flat=True).order_by()))
    if not suspects:
        return []
    newest = dict(
        LabelRequest.objects.filter(parcel_id__in=suspects)
        .alive()
        .order_by()
        .values_list("parcel_id")
        .annotate(asked_at=Max("requested_at"))
    )
    outdated = [pk for pk in suspects if pk not in newest or newest[pk] > scanned_at[pk]]
    numbers = Parcel.objects.filter(pk__in=outdated).order_by("pk")
    return list(numbers.values_list("number", flat=True)) if outdated else []

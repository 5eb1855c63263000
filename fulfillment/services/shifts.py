"""Who works at which station: the start of a shift, the change of worker, the end."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Greatest

from core import audit, sessions
from core.actors import Actor
from core.errors import NotPermitted, gettext_noop
from core.models.people import User, UserSession
from core.permissions import Principal, on_shared_device, principal_for_user
from fulfillment.models import FloorDevice, Shift, Station

FLOOR_WORK: Final = ("fulfillment.pick", "fulfillment.pack", "fulfillment.dispatch")
#: Who was not seen for so long is not counted as being at the station.
SEEN_WITHIN: Final = dt.timedelta(minutes=30)


class NoFloorWork(NotPermitted):
    """The person's roles include no work on the floor."""

    code = "NO_FLOOR_WORK"
    text = gettext_noop(
        "%(name)s may not pick, pack or dispatch. An administrator can grant a role that may."
    )


class OtherWarehouse(NotPermitted):
    """The person is not assigned to the warehouse in which the device stands."""

    code = "OTHER_WAREHOUSE"
    text = gettext_noop(
        "%(name)s is not assigned to warehouse %(warehouse)s, where this device stands. "
        "An administrator can assign it."
    )


def principal_at(device: FloorDevice, user: User) -> Principal:
    """Return what a person may do on this device.

    Raises:
        NoFloorWork: the roles include none of the floor's work.
        OtherWarehouse: the device stands where the person is not assigned.
    """
    place = device.station.warehouse.code
    full = principal_for_user(user)
    if not full.may_any(FLOOR_WORK):
        raise NoFloorWork(name=str(user))
    if not full.sees_warehouse(place):
        raise OtherWarehouse(name=str(user), warehouse=place)
    return on_shared_device(full, place)


@transaction.atomic
def end_on_device(device_id: int, *, at: dt.datetime) -> int:
    """End the open shift of a device and the sign-in behind it; return how many. Repeatable."""
    shifts = list(
        Shift.objects.filter(device_id=device_id, ended_at__isnull=True)
        .select_for_update()
        .order_by("pk")
    )
    keys = UserSession.objects.filter(pk__in=[row.session_id for row in shifts if row.session_id])
    sessions.end(list(keys.values_list("session_key", flat=True)))
    return Shift.objects.filter(pk__in=[row.pk for row in shifts]).update(ended_at=_end(at))


@transaction.atomic
def begin_on_device(
    device: FloorDevice, user: User, session: UserSession, *, at: dt.datetime
) -> Shift:
    """Note that a person started a shift on a device. The former one must have ended."""
    shift = Shift.objects.create(
        user=user, station=device.station, device=device, session=session, started_at=at
    )
    audit.record(
        actor=_actor(user),
        action="users.signed_in_by_badge",
        target=f"user:{user.pk}",
        after={"device": device.pk, "station": device.station.code},
        at=at,
    )
    return shift


@transaction.atomic
def settle(user_id: int, session_key: str, station: Station, *, at: dt.datetime) -> None:
    """Note at which station a person with an account of their own works now. Repeatable."""
    session = UserSession.objects.filter(session_key=session_key, user_id=user_id).first()
    if session is None:
        return
    earlier = Shift.objects.filter(session=session, ended_at__isnull=True)
    if earlier.filter(station=station).exists():
        return
    earlier.update(ended_at=_end(at), session=None)
    Shift.objects.create(user_id=user_id, station=station, session=session, started_at=at)


@transaction.atomic
def leave(user: User, session_key: str, *, at: dt.datetime) -> None:
    """End the shift and the sign-in of a browser. Repeatable."""
    open_here = Shift.objects.filter(session__session_key=session_key, ended_at__isnull=True)
    open_here.update(ended_at=_end(at))
    sessions.end([session_key])
    audit.record(actor=_actor(user), action="users.signed_out", target=f"user:{user.pk}", at=at)


def people_at(station: Station, *, now: dt.datetime) -> list[str]:
    """Return the names of those who work at a station now, in the order they came."""
    seen = Q(session__last_seen_at__gte=now - SEEN_WITHIN)
    rows = station.shifts.open().filter(seen).select_related("user").order_by("started_at", "pk")
    return list(dict.fromkeys(str(row.user) for row in rows))


def _end(at: dt.datetime) -> Greatest:
    """Return the end of a shift: never before its start, though servers' clocks differ a little."""
    return Greatest(F("started_at"), Value(at, output_field=DateTimeField()))


def _actor(user: User) -> Actor:
    return Actor("user", user.pk, str(user))

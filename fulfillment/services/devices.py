"""Shared floor devices: registered to a station by a manager, revoked by a manager.

The device itself never sees a manager's password: the manager opens a row in the office and reads
a code out; the device types it once and keeps a token. Stored are hashes only.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Final

from django.db import transaction

from core import audit, sessions
from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from fulfillment.models import FloorDevice, Station
from fulfillment.services import shifts

#: No vowels, no digit that looks like a letter: a code is read here and typed there.
ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ23456789"
CODE_LENGTH: Final = 10
CODE_LIFE: Final = dt.timedelta(minutes=15)


class CodeOver(InputRefused):
    """The registration code was used, is too old or was never given out."""

    code = "REGISTRATION_CODE_OVER"
    text = gettext_noop(
        "This registration code does not work. A code works once and for 15 minutes: "
        "ask a manager for a new one."
    )


class DeviceRevoked(StateConflict):
    """The device was shut while somebody signed in on it."""

    code = "DEVICE_REVOKED"
    text = gettext_noop("This device is not registered any more. Ask a manager to register it.")


def _hash_code(code: str) -> str:
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return sessions.hash_device_token(f"registration:{plain}")


@transaction.atomic
def open_device(
    station: Station, name: str, *, actor: Actor, at: dt.datetime
) -> tuple[FloorDevice, str]:
    """Open a row for a device at a station; return it and the code that registers it once."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    device = FloorDevice.objects.create(
        station=station,
        name=name,
        code_hash=_hash_code(signs),
        code_expires_at=at + CODE_LIFE,
        opened_at=at,
        opened_by_key=actor.key,
    )
    audit.record(
        actor=actor,
        action="fulfillment.device_opened",
        target=f"floor_device:{device.pk}",
        after={"station": station.code, "name": name},
        at=at,
    )
    return device, f"{signs[:5]}-{signs[5:]}"


@transaction.atomic
def register(code: str, *, at: dt.datetime) -> tuple[FloorDevice, str]:
    """Take a registration code; return the device and the token its browser keeps.

    One conditional UPDATE takes the code, so of several browsers that type it one is registered.

    Raises:
        CodeOver: the code does not work, for whatever reason.
    """
    token = secrets.token_urlsafe(32)
    token_hash = sessions.hash_device_token(token)
    # Without a join: a joined UPDATE tests its rows in a subquery, which the second one passes too.
    in_use = Station.objects.filter(is_active=True)
    taken = FloorDevice.objects.filter(
        code_hash=_hash_code(code), code_expires_at__gt=at, station__in=in_use
    ).update(code_hash=None, code_expires_at=None, token_hash=token_hash, registered_at=at)
    if not taken:
        raise CodeOver
    device = FloorDevice.objects.select_related("station__warehouse").get(token_hash=token_hash)
    audit.record(
        actor=actor_of(device),
        action="fulfillment.device_registered",
        target=f"floor_device:{device.pk}",
        after={"station": device.station.code},
        at=at,
    )
    return device, token


@transaction.atomic
def revoke(device_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """Shut a device for good: its token, an open code, and whoever works on it now. Repeatable."""
    changed = FloorDevice.objects.filter(pk=device_id, revoked_at__isnull=True).update(
        revoked_at=at, token_hash=None, code_hash=None, code_expires_at=None
    )
    if not changed:
        return
    shifts.end_on_device(device_id, at=at)
    audit.record(
        actor=actor,
        action="fulfillment.device_revoked",
        target=f"floor_device:{device_id}",
        at=at,
    )


def find(token_hash: str) -> FloorDevice | None:
    """Return the registered device with this hash of a token, its station and warehouse joined."""
    if not token_hash:
        return None
    joined = FloorDevice.objects.in_use().select_related("station__warehouse")
    return joined.filter(token_hash=token_hash).first()


def lock(device: FloorDevice) -> None:
    """Let one sign-in at a time happen on a device. Call it inside a transaction.

    Raises:
        DeviceRevoked: a manager shut it meanwhile.
    """
    rows = FloorDevice.objects.in_use().select_for_update(of=("self",)).order_by("pk")
    if not rows.filter(pk=device.pk, token_hash=device.token_hash).first():
        raise DeviceRevoked


def actor_of(device: FloorDevice) -> Actor:
    """Return who acts where nobody is signed in: the device, known by its name."""
    return Actor("system", None, f"device {device.name}"[:60])

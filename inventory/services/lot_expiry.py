"""Expired lots: never picked, never shipped, and out of ATP from the day after their last one.

`expires_on` is the last usable day, in the zone of the warehouse a lot lies in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final
from zoneinfo import ZoneInfo

from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from inventory.models import Lot, Warehouse
from inventory.services import lots

EXPIRED: Final = "EXPIRED"
#: The last place on earth where a day ends.
LAST_ZONE: Final = dt.timedelta(hours=-12)
BATCH: Final = 200


class LotExpired(StateConflict):
    """The last usable day of a lot is over."""

    code = "LOT_EXPIRED"
    text = gettext_noop("Lot %(lot)s expired on %(expired)s. Leave it where it is, tell the lead.")


def local_day(warehouse: Warehouse | None, at: dt.datetime) -> dt.date:
    """Return the day of an aware moment in a warehouse."""
    return at.astimezone(ZoneInfo(warehouse.timezone if warehouse else "UTC")).date()


def over_everywhere(at: dt.datetime) -> dt.date:
    """Return the day before which every last usable day is over, in all zones."""
    return (at.astimezone(dt.UTC) + LAST_ZONE).date()


def check_not_expired(lots: Iterable[Lot], on: dt.date) -> None:
    """Refuse lots whose last usable day is before `on`.

    Raises:
        LotExpired: names the first of them.
    """
    for lot in lots:
        if lot.expires_on is not None and lot.expires_on < on:
            raise LotExpired(lot=lot.code, expired=lot.expires_on.isoformat(), lot_id=lot.pk)


def expired_lots(at: dt.datetime, *, limit: int = BATCH) -> list[int]:
    """Return good lots with units left whose last usable day is over in every zone."""
    rows = Lot.objects.good().filter(expires_on__lt=over_everywhere(at), bin_stock__qty__gt=0)
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct()[:limit])


def hold_expired(*, actor: Actor, at: dt.datetime) -> int:
    """Hold good lots that have expired, so that no figure counts them; return how many."""
    held = 0
    for lot_id in expired_lots(at):
        lots.hold_lot(
            lot_id, event_key=f"expired:{lot_id}:{at:%Y%m%d}", reason=EXPIRED, actor=actor, at=at
        )
        held += 1
    return held

"""A supervisor's badge on a worker's device: it says yes to one thing and opens nothing.

Nobody is signed in by it: the worker's session goes on, the audit log names both. A badge that
waits after wrong PINs says yes to nothing either.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.models import User
from core.permissions import principal_for_user
from core.services import badges

#: What lets a person say why another lot is taken than planned (X13); one of them is enough.
LOT_RIGHTS = ("fulfillment.decide_short", "inventory.hold_lot")


@dataclass(frozen=True, slots=True)
class Approver:
    """Whose badge was scanned: actor key and name, both empty for a badge nobody has."""

    key: str = ""
    name: str = ""
    may: bool = False


def is_badge(raw: str) -> bool:
    """Return whether a scanned text is a badge, known or not."""
    return raw.strip().upper().startswith(badges.PREFIX)


def read(raw: str, *, warehouse_code: str, rights: tuple[str, ...], at: dt.datetime) -> Approver:
    """Return who a scanned badge belongs to, and whether it may say yes in this warehouse."""
    person = User.objects.filter(badge_code=raw.strip().upper(), is_active=True).first()
    if person is None:
        return Approver()
    principal = principal_for_user(person)
    may = any(principal.may(right) for right in rights)
    may = may and principal.sees_warehouse(warehouse_code)
    may = may and not badges.is_locked(person.pk, at=at)
    return Approver(principal.actor.key, principal.actor.label, may)

"""Take back what a person decided: once, with the audit entry."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models, transaction

from core.actors import Actor
from core.audit.recording import record
from core.errors import StateConflict


def withdraw(
    rows: models.QuerySet[Any], *, target: str, action: str, actor: Actor, now: dt.datetime
) -> None:
    """Set `withdrawn_at` of the one row in `rows` that still counts, and write who did.

    Raises: StateConflict when it was withdrawn before.
    """
    with transaction.atomic():
        if not rows.filter(withdrawn_at__isnull=True).update(withdrawn_at=now):
            raise StateConflict
        record(actor=actor, action=action, target=target, at=now)

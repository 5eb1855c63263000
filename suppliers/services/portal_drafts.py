"""Shipments that suppliers have begun and not announced yet: kept as typed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Final

from django.db import transaction

from core.actors import Actor
from suppliers.models import PortalDraft
from suppliers.services import purchase_rows
from suppliers.services.answer_errors import DraftTooLarge

MOST_BYTES: Final = 512 * 1024


@transaction.atomic
def save(order_id: int, fields: Mapping[str, str], *, actor: Actor, at: dt.datetime) -> PortalDraft:
    """Keep what was typed for the order's next shipment; an older draft is replaced.

    Raises:
        DraftTooLarge: it is larger than any shipment may be.
    """
    kept = {name: value for name, value in fields.items() if value}
    if len(json.dumps(kept)) > MOST_BYTES:
        raise DraftTooLarge
    purchase_rows.lock(order_id)
    draft, _made = PortalDraft.objects.update_or_create(
        order_id=order_id, defaults={"fields": kept, "saved_at": at, "saved_by": actor.key[:64]}
    )
    return draft


def of_order(order_id: int) -> PortalDraft | None:
    """Return the order's unfinished shipment, or None."""
    return PortalDraft.objects.filter(order_id=order_id).first()


def drop(order_id: int) -> int:
    """Forget the order's unfinished shipment; return how many there were (0 or 1). Repeatable."""
    found, _by_model = PortalDraft.objects.filter(order_id=order_id).delete()
    return found

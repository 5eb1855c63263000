"""Pictures of units that came damaged: evidence for the claim against the supplier (X17)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core import audit, settings_store
from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from core.models import StoredFile
from suppliers.domain import defaults
from suppliers.models import ReceiptLine

__all__ = ["NotDamaged", "add_photo", "are_offered"]


class NotDamaged(StateConflict):
    """A picture is taken of a booking that is not, or no longer, one of damaged units."""

    code = "NOT_DAMAGED"
    text = gettext_noop("This booking has no damaged units any more. Open the receipt again.")


def are_offered() -> bool:
    """Say whether the dock offers to photograph damaged units; nobody has to."""
    return bool(settings_store.get(defaults.DAMAGE_PHOTOS))


@transaction.atomic
def add_photo(line_id: int, photo: StoredFile, *, actor: Actor, at: dt.datetime) -> ReceiptLine:
    """Keep a picture of damaged units of a receipt; a later one takes its place.

    Raises:
        NotDamaged: the booking was taken back, or is not one of damaged units.
    """
    rows = ReceiptLine.objects.select_for_update(of=("self",)).select_related("receipt", "sku")
    line = rows.get(pk=line_id)
    if line.kind != "damaged" or line.is_undone:
        raise NotDamaged
    line.photo = photo
    line.save(update_fields=["photo"])
    audit.record(
        actor=actor,
        action="suppliers.damage_photographed",
        target=f"asn:{line.receipt.asn_id}",
        after={"receipt": line.receipt.number, "sku": line.sku.code, "units": line.qty},
        at=at,
    )
    return line

"""A lot's last day moves only with a reason, a document and a second person (M5).

Locks: the request, then the lot. The new day counts for promises, picks and the rules of remaining
life from the moment of the approval. A lot on hold stays on hold: it is released by another act.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import InputRefused, NotFound, StateConflict, gettext_noop
from core.models import StoredFile
from inventory.models import BinStock, Lot, LotExtension
from inventory.services.announcing import announce_stock
from inventory.services.lots import LotMissing

State = LotExtension.State

__all__ = ["ExtensionDraft", "approve", "refuse", "request"]


class ExtensionMissing(NotFound):
    """No such request."""

    code = "EXTENSION_MISSING"
    text = gettext_noop("This extension does not exist. Reload the lot.")


class NotExtendable(StateConflict):
    """A recalled lot, or one without a last day, is not extended."""

    code = "LOT_NOT_EXTENDABLE"
    text = gettext_noop("Lot %(lot)s is recalled or has no expiry. It can't be extended.")


class NotLater(InputRefused):
    """The new day is not behind the one the lot has."""

    code = "EXTENSION_NOT_LATER"
    text = gettext_noop("Lot %(lot)s expires on %(known)s. Enter a later day.")


class ExtensionWaits(StateConflict):
    """Another request for the lot waits for a decision."""

    code = "EXTENSION_WAITS"
    text = gettext_noop("An extension of lot %(lot)s waits already. Decide on that one first.")


class ExtensionDecided(StateConflict):
    """Somebody decided on the request, or the lot's day moved since."""

    code = "EXTENSION_DECIDED"
    text = gettext_noop("This extension is decided already, or the day changed. Reload the lot.")


class OwnExtension(StateConflict):
    """Nobody decides on the own request."""

    code = "OWN_EXTENSION"
    text = gettext_noop("You asked for this extension. Somebody else must decide on it.")


@dataclass(frozen=True, slots=True)
class ExtensionDraft:
    """A later last day for a lot, with the document that says so."""

    lot_id: int
    to_on: dt.date
    reason: str
    document: StoredFile
    note: str = ""


@transaction.atomic
def request(draft: ExtensionDraft, *, actor: Actor, at: dt.datetime) -> LotExtension:
    """Ask for a later last day; nothing changes before somebody else approves it.

    Raises:
        LotMissing, NotExtendable, NotLater, ExtensionWaits: nothing is written.
    """
    lot = _lock_lot(draft.lot_id)
    if lot.expires_on is None or lot.status == Lot.Status.RECALLED:
        raise NotExtendable(lot=lot.code)
    if draft.to_on <= lot.expires_on:
        raise NotLater(lot=lot.code, known=lot.expires_on.isoformat())
    if LotExtension.objects.waiting().filter(lot=lot).exists():
        raise ExtensionWaits(lot=lot.code)
    row = LotExtension.objects.create(
        lot=lot,
        from_on=lot.expires_on,
        to_on=draft.to_on,
        reason=draft.reason,
        document=draft.document,
        note=draft.note[:200],
        requested_at=at,
        requested_by=actor.key,
    )
    _note(row, "lot_extension_asked", actor, at)
    return row


@transaction.atomic
def approve(extension_id: int, *, actor: Actor, at: dt.datetime) -> LotExtension:
    """Give the lot its later last day. Two approvals at once move it once.

    Publishes `inventory.stock_available` where units of a good lot lie: more can be promised now.

    Raises:
        ExtensionMissing, ExtensionDecided, OwnExtension: as named.
        NotExtendable: the lot was recalled meanwhile.
    """
    row = _decide(extension_id, State.APPROVED, actor=actor, at=at)
    lot = _lock_lot(row.lot_id)
    if lot.status == Lot.Status.RECALLED:
        raise NotExtendable(lot=lot.code)
    same = Lot.objects.filter(pk=lot.pk, expires_on=row.from_on)
    if not same.update(expires_on=row.to_on):
        raise ExtensionDecided
    if lot.status == Lot.Status.GOOD:
        held = BinStock.objects.sellable().filter(lot=lot, bin__warehouse__isnull=False)
        keys = held.values_list("bin__warehouse_id", "sku_id").order_by()
        announce_stock(set(keys), at=at)
    _note(row, "lot_extended", actor, at)
    return row


@transaction.atomic
def refuse(extension_id: int, *, actor: Actor, at: dt.datetime, note: str = "") -> LotExtension:
    """Refuse a request of somebody else; the lot keeps its last day.

    Raises:
        ExtensionMissing, ExtensionDecided, OwnExtension: as named.
    """
    row = _decide(extension_id, State.REFUSED, actor=actor, at=at)
    _note(row, "lot_extension_refused", actor, at, note)
    return row


def _lock_lot(lot_id: int) -> Lot:
    lot = Lot.objects.filter(pk=lot_id).lock().first()
    if lot is None:
        raise LotMissing
    return lot


def _decide(extension_id: int, state: str, *, actor: Actor, at: dt.datetime) -> LotExtension:
    rows = LotExtension.objects.select_for_update(of=("self",))
    row = rows.filter(pk=extension_id).first()
    if row is None:
        raise ExtensionMissing
    if row.requested_by == actor.key:
        raise OwnExtension
    waiting = LotExtension.objects.waiting().filter(pk=row.pk)
    if not waiting.update(state=state, decided_at=at, decided_by=actor.key):
        raise ExtensionDecided
    row.state, row.decided_at, row.decided_by = state, at, actor.key
    return row


def _note(row: LotExtension, action: str, actor: Actor, at: dt.datetime, reason: str = "") -> None:
    audit.record(
        actor=actor,
        action=f"inventory.{action}",
        target=f"lot:{row.lot_id}",
        before={"expires_on": row.from_on.isoformat()},
        after={"expires_on": row.to_on.isoformat(), "document": row.document_id},
        reason=reason or row.reason,
        at=at,
    )

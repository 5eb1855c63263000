"""Goods leave the dock for a shelf; what was received becomes sellable there.

Units that came with a receipt lie at the dock in quarantine and count as unsellable. The put-away
turns them good in the same ledger entry that moves them, so the level's ATP grows exactly when a
picker can reach them, and `inventory.stock_available` wakes the orders that wait.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Q

from core import audit, settings_store
from core.actors import Actor
from inventory.domain.put_away import Goods, Suggestion, refusal
from inventory.models import Bin, BinStock, Sku, StockLevel
from inventory.queries.put_away import goods_of as put_away_goods
from inventory.queries.put_away import shelf_bins, suggest_bins
from inventory.services import stock
from inventory.services.retrying import StockMoved
from suppliers.domain import defaults
from suppliers.domain.docks import DOCKS
from suppliers.models import PutAway, ReceiptLine
from suppliers.services.drafts import PutAwayDraft
from suppliers.services.errors import (
    BinRefused,
    NotFreeToPutAway,
    NothingToUndoHere,
    PromisedMeanwhile,
)


def goods_of(sku_id: int, lot_id: int | None) -> Goods:
    """Return the goods with what they demand of a bin, and the company's rule on shared bins."""
    return put_away_goods(sku_id, lot_id, mixed_lots=bool(settings_store.get(defaults.MIXED_LOTS)))


def suggestions(
    warehouse_id: int, sku_id: int, lot_id: int | None, *, limit: int = 3
) -> list[Suggestion]:
    """Return the bins to offer for goods at a dock, best first, each with its reason."""
    return suggest_bins(warehouse_id, goods_of(sku_id, lot_id), limit=limit)


def free_qty(from_bin_id: int, sku_id: int, lot_id: int | None) -> int:
    """Return the units that may leave the dock: received and passed, or good already."""
    received = sum(left for _line, left in _received(from_bin_id, sku_id, lot_id))
    return received + _good_qty(from_bin_id, sku_id, lot_id)


@transaction.atomic
def put_away(draft: PutAwayDraft, *, event_key: str, actor: Actor, at: dt.datetime) -> PutAway:
    """Carry units from a dock to a shelf. A repeated `event_key` returns what it did first.

    Raises:
        NotFreeToPutAway: fewer units may leave: not there, still counted, or not passed.
        BinRefused: the bin is no shelf, closed, of another temperature or hazard class, or holds
            another lot of the SKU.
        BinShort: somebody took the units from the dock.
    """
    known = PutAway.objects.filter(event_key=event_key).first()
    if known is not None:
        return known
    bins = Bin.objects.select_related("zone").in_bulk([draft.from_bin_id, draft.to_bin_id])
    _check_bins(draft, bins[draft.from_bin_id], bins[draft.to_bin_id])
    released = _release(draft)
    rest = draft.qty - released
    if rest > _good_qty(draft.from_bin_id, draft.sku_id, draft.lot_id):
        raise _too_many(draft)
    lines = [
        stock.MoveLine(
            draft.from_bin_id, draft.to_bin_id, draft.sku_id, qty, draft.lot_id, condition, "good"
        )
        for qty, condition in ((released, "quarantine"), (rest, "good"))
        if qty
    ]
    if not lines:
        raise _too_many(draft)
    stock.move(lines, event_key=f"put_away:{event_key}", actor=actor, at=at, reason="PUT_AWAY")
    row = PutAway.objects.create(
        event_key=event_key,
        from_bin_id=draft.from_bin_id,
        to_bin_id=draft.to_bin_id,
        sku_id=draft.sku_id,
        lot_id=draft.lot_id,
        qty=draft.qty,
        released_qty=released,
        at=at,
        actor_key=actor.key,
    )
    _note(row, "goods_put_away", actor, at)
    return row


@transaction.atomic
def undo(put_away_id: int, *, actor: Actor, at: dt.datetime) -> PutAway:
    """Carry the units of a put-away back to their dock.

    Raises:
        NothingToUndoHere: it was undone before.
        PromisedMeanwhile: orders were promised the units since.
        BinShort: the shelf has not enough free units any more.
    """
    if not PutAway.objects.filter(pk=put_away_id, is_undone=False).update(is_undone=True):
        raise NothingToUndoHere
    row = PutAway.objects.select_related("from_bin").get(pk=put_away_id)
    back = ((row.released_qty, "quarantine"), (row.qty - row.released_qty, "good"))
    stock.move(
        [
            stock.MoveLine(
                row.to_bin_id, row.from_bin_id, row.sku_id, qty, row.lot_id, "good", condition
            )
            for qty, condition in back
            if qty
        ],
        event_key=f"put_away:{row.event_key}:undo",
        actor=actor,
        at=at,
        reason="PUT_AWAY_UNDONE",
    )
    level = StockLevel.objects.get(warehouse=row.from_bin.warehouse, sku_id=row.sku_id)
    if row.released_qty and level.atp_qty < 0:
        raise PromisedMeanwhile
    _take_back(row)
    _note(row, "put_away_undone", actor, at)
    return row


def lot_q(lot_id: int | None) -> Q:
    """Return the filter for units of this lot, or for those that have none."""
    return Q(lot__isnull=True) if lot_id is None else Q(lot_id=lot_id)


def _check_bins(draft: PutAwayDraft, origin: Bin, target: Bin) -> None:
    if origin.kind not in DOCKS:
        raise _too_many(draft)
    why = refusal(shelf_bins([target])[0], goods_of(draft.sku_id, draft.lot_id))
    if why:
        sku = Sku.objects.values_list("code", flat=True).get(pk=draft.sku_id)
        raise BinRefused(bin=target.code, sku=sku, why=why)


def _too_many(draft: PutAwayDraft) -> NotFreeToPutAway:
    return NotFreeToPutAway(
        sku=Sku.objects.values_list("code", flat=True).get(pk=draft.sku_id),
        free_qty=free_qty(draft.from_bin_id, draft.sku_id, draft.lot_id),
    )


def _received(
    from_bin_id: int, sku_id: int, lot_id: int | None, *, lock: bool = False
) -> list[tuple[ReceiptLine, int]]:
    rows = ReceiptLine.objects.free_to_put_away().filter(
        lot_q(lot_id), bin_id=from_bin_id, sku_id=sku_id
    )
    if lock:
        rows = rows.select_for_update(of=("self",))
    return [(row, row.qty - row.put_away_qty - row.withdrawn_qty) for row in rows.order_by("pk")]


def _release(draft: PutAwayDraft) -> int:
    """Count units as put away, oldest receipt first; return how many of the draft they are."""
    left = draft.qty
    for row, free in _received(draft.from_bin_id, draft.sku_id, draft.lot_id, lock=True):
        qty = min(left, free)
        if not qty:
            break
        same = ReceiptLine.objects.filter(
            pk=row.pk, put_away_qty=row.put_away_qty, withdrawn_qty=row.withdrawn_qty
        )
        if not same.update(put_away_qty=F("put_away_qty") + qty):
            raise StockMoved
        left -= qty
    return draft.qty - left


def _take_back(row: PutAway) -> None:
    left = row.released_qty
    lines = ReceiptLine.objects.filter(
        lot_q(row.lot_id), bin_id=row.from_bin_id, sku_id=row.sku_id, put_away_qty__gt=0
    )
    for line in lines.select_for_update(of=("self",)).order_by("-pk"):
        qty = min(left, line.put_away_qty)
        if not qty:
            break
        ReceiptLine.objects.filter(pk=line.pk).update(put_away_qty=F("put_away_qty") - qty)
        left -= qty


def _good_qty(from_bin_id: int, sku_id: int, lot_id: int | None) -> int:
    row = BinStock.objects.filter(
        lot_q(lot_id), bin_id=from_bin_id, sku_id=sku_id, condition="good"
    ).first()
    return row.qty - row.reserved if row else 0


def _note(row: PutAway, action: str, actor: Actor, at: dt.datetime) -> None:
    audit.record(
        actor=actor,
        action=f"suppliers.{action}",
        target=f"sku:{row.sku_id}",
        after={"units": row.qty, "from": row.from_bin_id, "to": row.to_bin_id, "lot": row.lot_id},
        at=at,
    )

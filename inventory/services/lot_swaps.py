"""Let a pick take another lot than planned, where it may (X13)."""

from __future__ import annotations

import datetime as dt

from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from inventory.domain.allocation import ANY_DAY, NEVER
from inventory.domain.moves import GOOD
from inventory.domain.picks import IN_HAND
from inventory.models import BinReservation, BinStock, Lot
from inventory.queries.lot_life import read_books
from inventory.queries.promises import promised_until
from inventory.services import claims, level_sql
from inventory.services.carrying import NotClaimed
from inventory.services.event_log import Call, open_event
from inventory.services.lot_expiry import local_day
from inventory.services.retrying import StockMoved, stock_write


class LotSwapRefused(StateConflict):
    """The other lot is not free, not good, too short-dated, or promised to others."""

    code = "LOT_SWAP_REFUSED"
    text = gettext_noop("Lot %(lot)s can't be taken for this order. Take lot %(planned)s.")


@stock_write()
def swap_lot(
    owner_key: str, lot_id: int, *, event_key: str, actor: Actor, at: dt.datetime
) -> BinStock:
    """Give up a pick's claim in its bin for as many units of another lot there; return the row.

    Nothing moves. Locks the level. Idempotent by `event_key`.

    Raises:
        NotClaimed: the pick claims nothing in storage.
        LotSwapRefused: the lot must not go to this customer, or others are promised its units.
    """
    held = _claim(owner_key)
    key = (held.bin_stock.bin.warehouse_id or 0, held.bin_stock.sku_id)
    levels = level_sql.lock_levels([key])
    wanted = BinStock.objects.filter(
        bin_id=held.bin_stock.bin_id, sku_id=key[1], lot_id=lot_id, condition=GOOD
    ).select_related("lot")
    event_id = open_event(Call(event_key, "swap_lot", actor, at, "LATER_LOT", held.demand_key))
    if event_id is None:
        return wanted.get()
    held = _claim(owner_key)
    planned, target = held.bin_stock.lot, wanted.first()
    refusal = LotSwapRefused(
        lot=Lot.objects.values_list("code", flat=True).get(pk=lot_id),
        planned=planned.code if planned else "",
    )
    if target is None or target.lot is None or planned is None:
        raise refusal
    until = promised_until([held.demand_key], [levels[key].level_id]).get((held.demand_key, key))
    needed = max(until or ANY_DAY, local_day(held.bin_stock.bin.warehouse, at))
    expiry = target.lot.expires_on or NEVER
    if target.lot.status != GOOD or expiry < needed or target.qty - target.reserved < held.qty:
        raise refusal
    book = read_books({levels[key].level_id: key})[key]
    spare = book.spare(planned.expires_on or NEVER, expiry)
    if spare is not None and spare < held.qty:
        raise refusal
    _write(held, target, event_id, at)
    return target


def _claim(owner_key: str) -> BinReservation:
    rows = BinReservation.objects.pending().filter(owner_key=owner_key)
    found = (
        rows.exclude(bin_stock__bin__kind__in=IN_HAND)
        .select_related("bin_stock__bin__warehouse", "bin_stock__lot")
        .order_by("pk")
        .first()
    )
    if found is None:
        raise NotClaimed(claimed_qty=0, owner_key=owner_key)
    return found


def _write(held: BinReservation, target: BinStock, event_id: int, at: dt.datetime) -> None:
    changes = {held.bin_stock_id: (0, -held.qty), target.pk: (0, held.qty)}
    claims.give_up([(held, held.qty)])
    if not level_sql.change_bins(changes):
        raise StockMoved
    claim = claims.Claim(held.owner_key, held.demand_key, target.pk, held.qty)
    claims.add([claim], event_id=event_id, at=at)
    target.refresh_from_db()

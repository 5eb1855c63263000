"""Give promised units back: released by their owner, lapsed by time, or moved elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.actors import SYSTEM, Actor
from core.errors import StateConflict, gettext_noop
from inventory.domain.demand import Demand
from inventory.domain.moves import LevelKey
from inventory.models import Reservation, StockEvent
from inventory.querysets.stock import OPEN_QTY
from inventory.services import level_sql, reservations
from inventory.services.announcing import announce_stock
from inventory.services.event_log import Call, open_event
from inventory.services.reservations import BadQuantity
from inventory.services.retrying import StockMoved, stock_write


class NothingPromised(StateConflict):
    """An owner is to give back more units than it has promised and not yet shipped."""

    code = "NOTHING_PROMISED"
    text = gettext_noop("%(owner_key)s holds only %(open_qty)s units. Reload to see them.")


@dataclass(frozen=True, slots=True)
class Released:
    """Units one owner gave back."""

    owner_key: str
    warehouse_id: int
    sku_id: int
    qty: int


class _Open(NamedTuple):
    """A pending promise, read under the lock of its level."""

    pk: int
    owner_key: str
    level_id: int
    warehouse_id: int
    sku_id: int
    open_qty: int


@stock_write(savepoint=False)
def release(
    owner_keys: Collection[str], *, event_key: str, reason: str, actor: Actor, at: dt.datetime
) -> list[Released]:
    """Give back everything the owners still hold; owners without a promise are no error.

    Locks the levels in pk order; a constant number of statements. Publishes
    `inventory.stock_available`. A repeated `event_key` changes nothing and returns nothing.
    """
    owned = _lock_owned(owner_keys)
    if open_event(Call(event_key, "release", actor, at, reason)) is None:
        return []
    return _give_back({row.pk: row.open_qty for row in owned}, owned, at=at)


@stock_write(savepoint=False)
def release_some(
    qty: Mapping[str, int], *, event_key: str, reason: str, actor: Actor, at: dt.datetime
) -> list[Released]:
    """Give back `qty[owner_key]` units of each owner, for an edit or a part cancellation.

    Locks the levels in pk order. A repeated `event_key` changes nothing and returns nothing.

    Raises:
        NothingPromised: an owner holds fewer units; nothing written.
        BadQuantity: a quantity is not positive; nothing written.
    """
    for units in qty.values():
        if type(units) is not int or units < 1:
            raise BadQuantity(qty=units)
    owned = _lock_owned(qty)
    if StockEvent.objects.filter(event_key=event_key).exists():
        return []
    cuts = _cut(qty, owned)
    if open_event(Call(event_key, "release", actor, at, reason)) is None:
        return []
    return _give_back(cuts, owned, at=at)


@stock_write()
def reassign(
    owner_keys: Collection[str],
    demands: Sequence[Demand],
    *,
    event_key: str,
    reason: str,
    actor: Actor,
    at: dt.datetime,
) -> list[Reservation]:  # one call, so that no unit is free in between
    """Replace the owners' promises by `demands`, all or nothing: a re-route, a split, an edit.

    Locks the levels of both sides together in pk order. The units given back count for the new
    demands. A repeated `event_key` returns the first call's promises.

    Raises:
        InsufficientStock: the new demands don't fit; the old promises stay.
        BadQuantity, OwnerTwice: the demands can't be asked like this; nothing changes.
    """
    if StockEvent.objects.filter(event_key=event_key).exists():
        return reservations.first_promises(event_key)
    owned = _lock_owned(owner_keys, demands)
    given = _give_back(
        {row.pk: row.open_qty for row in owned}, owned, at=at, keep={*_keys(demands)}
    )
    promised = reservations.reserve(demands, event_key=event_key, actor=actor, at=at)
    taken: dict[LevelKey, int] = {}
    for need in demands:
        key = (need.warehouse_id, need.sku_id)
        taken[key] = taken.get(key, 0) + need.qty
    freed: dict[LevelKey, int] = {}
    for row in given:
        key = (row.warehouse_id, row.sku_id)
        freed[key] = freed.get(key, 0) + row.qty
    kept = {key for key in _keys(demands) if freed.get(key, 0) > taken[key]}
    announce_stock(kept, at=at)
    return promised


def expire_due(as_of: dt.datetime, *, limit: int = 500) -> list[Released]:
    """Let promises whose `expires_at` has come lapse, the oldest first, at most `limit` of them.

    Repeatable: what lapsed before is not touched again. Publishes `inventory.stock_available`.
    """
    due = (
        Reservation.objects.pending()
        .filter(expires_at__lte=as_of)
        .order_by("expires_at", "pk")
        .values_list("owner_key", "pk")[:limit]
    )
    rows = list(due)
    if not rows:
        return []
    return _expire([key for key, _pk in rows], {pk for _key, pk in rows}, as_of=as_of)


@stock_write()
def _expire(
    owner_keys: Collection[str], wanted: Collection[int], *, as_of: dt.datetime
) -> list[Released]:
    owned = [row for row in _lock_owned(owner_keys) if row.pk in wanted]
    if not owned:
        return []
    open_event(Call(f"expire:{as_of.isoformat()}:{owned[0].pk}", "expire", SYSTEM, as_of))
    cuts = {row.pk: row.open_qty for row in owned}
    return _give_back(cuts, owned, at=as_of, ended="expired")


def _keys(demands: Iterable[Demand]) -> set[LevelKey]:
    return {(need.warehouse_id, need.sku_id) for need in demands}


def _lock_owned(owner_keys: Collection[str], demands: Iterable[Demand] = ()) -> list[_Open]:
    levels = level_sql.lock_owned_levels(owner_keys, _keys(demands))
    owned = [
        _Open._make(row)
        for row in Reservation.objects.pending()
        .filter(owner_key__in=list(owner_keys))
        .annotate(open_qty=OPEN_QTY)
        .order_by("pk")
        .values_list(
            "pk", "owner_key", "level_id", "level__warehouse_id", "level__sku_id", "open_qty"
        )
    ]
    locked = {level.level_id for level in levels.values()}
    if any(row.level_id not in locked for row in owned):
        raise StockMoved
    return owned


def _cut(qty: Mapping[str, int], owned: Sequence[_Open]) -> dict[int, int]:
    """Take units from each owner's promises, the newest first."""
    cuts: dict[int, int] = {}
    for owner_key, units in qty.items():
        mine = [row for row in owned if row.owner_key == owner_key]
        if units > sum(row.open_qty for row in mine):
            raise NothingPromised(owner_key=owner_key, open_qty=sum(row.open_qty for row in mine))
        rest = units
        for row in reversed(mine):
            cut = min(rest, row.open_qty)
            rest -= cut
            if cut:
                cuts[row.pk] = cut
    return cuts


def _give_back(
    cuts: Mapping[int, int],
    owned: Sequence[_Open],
    *,
    at: dt.datetime,
    ended: str = "released",
    keep: Collection[LevelKey] = (),
) -> list[Released]:
    """Write what is given back; announce the levels, except those `keep` reserves again."""
    rows = [row for row in owned if cuts.get(row.pk)]
    if not rows:
        return []
    units: dict[int, tuple[int, int, int]] = {}
    for row in rows:
        units[row.level_id] = (0, 0, units.get(row.level_id, (0, 0, 0))[2] - cuts[row.pk])
    written = level_sql.give_back([(row.pk, cuts[row.pk]) for row in rows], ended=ended)
    if not (written and level_sql.change_levels(units)):
        raise StockMoved
    announce_stock({(row.warehouse_id, row.sku_id) for row in rows} - set(keep), at=at)
    return [Released(row.owner_key, row.warehouse_id, row.sku_id, cuts[row.pk]) for row in rows]

"""Promise stock to owners: all units a caller asks for, or none.

Each call locks all levels it touches in pk order, plans in a pure function and writes with
guards. A promise ends consumed (`dispatching`), released or expired (`releasing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from core.actors import Actor
from core.errors import DomainError, InputRefused, gettext_noop
from inventory.domain.allocation import Slot, plan_groups
from inventory.domain.demand import Demand, Group
from inventory.domain.moves import LevelKey
from inventory.models import MOST_UNITS, Reservation, StockEvent
from inventory.queries.lot_life import read_books
from inventory.services import level_sql
from inventory.services.event_log import Call
from inventory.services.move_facts import BadQuantity
from inventory.services.retrying import StockMoved, stock_write

__all__ = ["BadQuantity", "Demand", "Group", "InsufficientStock", "reserve", "reserve_groups"]


class InsufficientStock(DomainError):
    """Not every demand can be promised, so none was.

    `short_qty` maps (warehouse id, SKU id) to the units missing.
    """

    code = "INSUFFICIENT_STOCK"
    text = gettext_noop(
        "%(units)s units are missing. Reduce the quantity, change the warehouse or wait for stock."
    )

    def __init__(self, message: str = "", *, short_qty: Mapping[LevelKey, int]) -> None:
        super().__init__(message, short_qty=dict(short_qty), units=sum(short_qty.values()))

    @property
    def short_qty(self) -> dict[LevelKey, int]:
        """Return the units missing per (warehouse id, SKU id)."""
        found: dict[LevelKey, int] = self.data["short_qty"]
        return found


class OwnerTwice(InputRefused):
    """One owner asks twice for the same SKU in the same warehouse."""

    code = "OWNER_TWICE"
    text = gettext_noop("%(owner_key)s asks twice for the same SKU. Send one demand for both.")


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What became of one group: its promises, or what it lacks (then nothing was promised)."""

    event_key: str
    reservation_ids: tuple[int, ...] = ()
    short_qty: Mapping[LevelKey, int] | None = None
    repeated: bool = False

    @property
    def reserved(self) -> bool:
        """Return whether every demand of the group is promised."""
        return not self.short_qty


@stock_write(savepoint=False)
def reserve(
    demands: Sequence[Demand], *, event_key: str, actor: Actor, at: dt.datetime
) -> list[Reservation]:
    """Promise every demand or none. A repeated `event_key` returns the first call's promises.

    Locks the levels in pk order; four statements, two more when a SKU is tracked by lot.
    A demand of such a SKU without `usable_until` needs units usable on `at`'s day.

    Raises:
        InsufficientStock: `short_qty` maps each short level to the units missing; nothing written.
        BadQuantity, OwnerTwice: the demands can't be asked like this; nothing written.
    """
    slots, [group] = _lock([Group(event_key, demands)], at)
    [plan] = plan_groups([group], slots)
    if plan.short_qty:
        if StockEvent.objects.filter(event_key=event_key).exists():
            return first_promises(event_key)
        raise InsufficientStock(short_qty=plan.short_qty)
    booked = _book([group], slots, actor, at)
    if not booked:
        return first_promises(event_key)
    return [_promise(row, at) for row in booked[event_key]]


@stock_write(savepoint=False)
def reserve_groups(groups: Sequence[Group], *, actor: Actor, at: dt.datetime) -> list[GroupResult]:
    """Promise each group wholly or not at all, in the given order, in one transaction.

    One result per group, in order; a short group says what it lacks and writes nothing, a group
    whose key was used before returns the first call's promises. Statements do not depend on the
    number of groups (use batches of at most 500).

    Raises:
        BadQuantity, OwnerTwice: a demand can't be asked like this; nothing written.
    """
    slots, dated = _lock(groups, at)
    keys = [group.event_key for group in dated]
    done = set(StockEvent.objects.filter(event_key__in=keys).values_list("event_key", flat=True))
    fresh = {group.event_key: group for group in dated if group.event_key not in done}
    plans = plan_groups(fresh.values(), slots)
    short = {plan.group.event_key: plan.short_qty for plan in plans if plan.short_qty}
    booked = _book([plan.group for plan in plans if not plan.short_qty], slots, actor, at)
    first = _first_ids([key for key in dict.fromkeys(keys) if key not in booked.keys() | short])
    results, seen = [], set(first)
    for key in keys:
        if key in short:
            results.append(GroupResult(key, short_qty=short[key]))
            continue
        ids = first[key] if key in first else tuple(row.reservation_id for row in booked[key])
        results.append(GroupResult(key, ids, repeated=key in seen))
        seen.add(key)
    return results


def _lock(groups: Sequence[Group], at: dt.datetime) -> tuple[dict[LevelKey, Slot], list[Group]]:
    for group in groups:
        _check(group.demands)
    keys = {(need.warehouse_id, need.sku_id) for group in groups for need in group.demands}
    levels = level_sql.lock_levels(keys)
    books = read_books({level.level_id: key for key, level in levels.items() if level.lot_tracked})
    slots = {
        key: Slot(level.level_id, level.atp_qty, books.get(key)) for key, level in levels.items()
    }
    return slots, [_dated(group, slots, at) for group in groups] if books else list(groups)


def _dated(group: Group, slots: Mapping[LevelKey, Slot], at: dt.datetime) -> Group:
    """Expired units are nobody's: without a date, a unit must be usable today (UTC)."""
    today = at.date()
    return Group(
        group.event_key,
        [
            replace(need, usable_until=today)
            if need.usable_until is None and _is_tracked(slots, need)
            else need
            for need in group.demands
        ],
    )


def _is_tracked(slots: Mapping[LevelKey, Slot], need: Demand) -> bool:
    slot = slots.get((need.warehouse_id, need.sku_id))
    return slot is not None and slot.book is not None


def _check(demands: Sequence[Demand]) -> None:
    seen = set()
    for need in demands:
        if type(need.qty) is not int or not 0 < need.qty <= MOST_UNITS:
            raise BadQuantity(qty=need.qty)
        owner = (need.owner_key, need.warehouse_id, need.sku_id)
        if owner in seen:
            raise OwnerTwice(owner_key=need.owner_key)
        seen.add(owner)


def _book(
    groups: Sequence[Group], slots: Mapping[LevelKey, Slot], actor: Actor, at: dt.datetime
) -> dict[str, list[level_sql.Booked]]:
    """Write the promises of admitted groups; a group whose key is taken meanwhile is left out."""
    rows = [
        (group.event_key, _row(need, slots[need.warehouse_id, need.sku_id].level_id))
        for group in groups
        for need in group.demands
    ]
    events = [Call(group.event_key, "reserve", actor, at).row() for group in groups]
    if not rows:
        if events:
            level_sql.insert_events(events)
        return {}
    made = level_sql.book(events, rows, level_sql.moment(at))
    if made is None:
        raise StockMoved
    booked: dict[str, list[level_sql.Booked]] = {}
    for row in made:
        booked.setdefault(row.event_key, []).append(row)
    return booked


def _row(need: Demand, level_id: int) -> level_sql.Row:
    expires_at = need.expires_at and level_sql.moment(need.expires_at)
    return (
        level_id,
        need.owner_key,
        need.purpose,
        need.qty,
        need.priority,
        need.usable_until,
        expires_at,
    )


def _promise(made: level_sql.Booked, at: dt.datetime) -> Reservation:
    columns = level_sql.RESERVATION_COLUMNS[1:-1]
    values = dict(zip(columns, made.row, strict=True))
    return Reservation(pk=made.reservation_id, event_id=made.event_id, created_at=at, **values)


def first_promises(event_key: str) -> list[Reservation]:
    """Return the promises an earlier call under this key made."""
    return list(Reservation.objects.filter(event__event_key=event_key).order_by("pk"))


def _first_ids(event_keys: Collection[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = dict.fromkeys(event_keys, ())
    if event_keys:
        rows = Reservation.objects.filter(event__event_key__in=event_keys).order_by("pk")
        for key, pk in rows.values_list("event__event_key", "pk"):
            found[key] = (*found[key], pk)
    return found

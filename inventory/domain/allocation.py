"""Who may be promised which units, and which bins a pick takes them from.

Lot life. A promise with `usable_until = d` can be kept by any unit that expires on or after d
(or never). Such demands are nested, so by Hall's theorem all promises can be kept together
exactly when, for every date t, the units expiring on or after t cover the promises that need
t or later. Three units, expiring 10 March, 1 May and never, keep two promises until 1 April and
one until 1 March, but not three until 1 April.

FEFO. A pick takes the unit that expires first among those that live long enough. Taking the
earliest eligible unit never breaks the condition above; taking a later one (to keep an order in
one lot, or because the earlier bin is locked) may, so every take is capped by what the promises
of others leave over.

Source: P. Hall, On representatives of subsets, J. London Math. Soc. 10 (1935), for nested sets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from inventory.domain.demand import Demand, Group, PickWant

NEVER = dt.date.max
ANY_DAY = dt.date.min

LevelKey = tuple[int, int]
"""(warehouse id, SKU id)."""


@dataclass(slots=True)
class LifeBook:
    """Units by last usable day against promises by the day they must last to; one level.

    `supply[d]` units expire on day d (NEVER: no expiry); `need[d]` units are promised until d.
    """

    supply: dict[dt.date, int] = field(default_factory=dict)
    need: dict[dt.date, int] = field(default_factory=dict)

    def add_supply(self, expires_on: dt.date | None, qty: int) -> None:
        """Count units that are usable up to and including `expires_on`; None never expires."""
        day = NEVER if expires_on is None else expires_on
        self.supply[day] = self.supply.get(day, 0) + qty

    def add_need(self, usable_until: dt.date | None, qty: int) -> None:
        """Count units promised until `usable_until`; None takes any unit."""
        day = ANY_DAY if usable_until is None else usable_until
        self.need[day] = self.need.get(day, 0) + qty

    def spare(self, after: dt.date, upto: dt.date) -> int | None:
        """Return the least units left over at any promised date t with after < t <= upto.

        None when no promise needs such a date: then nothing limits the caller.
        """
        spares = [self._left(day) for day in self.need if after < day <= upto]
        return min(spares, default=None)

    def room(self, usable_until: dt.date | None) -> int:
        """Return how many more units may be promised until the day; negative when over-promised."""
        until = ANY_DAY if usable_until is None else usable_until
        return min(self._left(day) for day in {until, *(d for d in self.need if d <= until)})

    def _left(self, day: dt.date) -> int:
        supplied = sum(qty for expiry, qty in self.supply.items() if expiry >= day)
        return supplied - sum(qty for until, qty in self.need.items() if until >= day)


@dataclass(slots=True)
class Slot:
    """What one locked level can still promise. `book` is None unless the SKU is tracked by lot."""

    level_id: int
    atp_qty: int
    book: LifeBook | None = None

    def missing(self, demands: Sequence[Demand]) -> int:
        """Return how many units these demands of this level lack; 0 when all can be promised."""
        short = max(0, sum(demand.qty for demand in demands) - self.atp_qty)
        if self.book is None:
            return short
        trial = LifeBook(self.book.supply, dict(self.book.need))
        for demand in demands:
            trial.add_need(demand.usable_until, demand.qty)
        # Only dates the new demands touch: a promise a count broke must not block shorter ones.
        return max(short, *(-trial.room(demand.usable_until) for demand in demands))

    def take(self, demands: Sequence[Demand]) -> None:
        """Book the demands; call it only after `missing` said 0."""
        for demand in demands:
            self.atp_qty -= demand.qty
            if self.book is not None:
                self.book.add_need(demand.usable_until, demand.qty)


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """Whether a group can be promised, and what it lacks per level if not."""

    group: Group
    short_qty: Mapping[LevelKey, int]


def plan_groups(groups: Iterable[Group], slots: Mapping[LevelKey, Slot]) -> list[GroupPlan]:
    """Admit groups in the given order, each wholly or not at all; `slots` is used up on the way.

    A level without a slot has nothing to promise.
    """
    plans = []
    for group in groups:
        by_level: dict[LevelKey, list[Demand]] = {}
        for demand in group.demands:
            by_level.setdefault((demand.warehouse_id, demand.sku_id), []).append(demand)
        short_qty = {}
        for key, demands in by_level.items():
            slot = slots.get(key)
            missing = slot.missing(demands) if slot else sum(demand.qty for demand in demands)
            if missing:
                short_qty[key] = missing
        if not short_qty:
            for key, demands in by_level.items():
                slots[key].take(demands)
        plans.append(GroupPlan(group, short_qty))
    return plans


@dataclass(slots=True)
class BinSlot:
    """Free good units of one SKU and lot in one pickable bin."""

    bin_stock_id: int
    bin_id: int
    lot_id: int | None
    expires_on: dt.date | None
    received_at: dt.datetime | None
    pick_sequence: int
    free_qty: int

    def fefo_key(self) -> tuple[dt.date, str, int, int]:
        """Return the place in the walk: first expired, first received, first passed."""
        received = self.received_at.isoformat() if self.received_at else ""
        return (self.expires_on or NEVER, received, self.pick_sequence, self.bin_stock_id)


@dataclass(frozen=True, slots=True)
class Take:
    """Units one want takes from one bin."""

    want: PickWant
    slot: BinSlot
    qty: int


def plan_takes(
    wants: Sequence[PickWant], slots: Sequence[BinSlot], book: LifeBook | None
) -> list[Take]:
    """Find bins for wants of one level, first-expired-first-out; what is not found is not taken.

    `slots` and `book` are used up on the way. `book` (lot-tracked SKUs) holds all free good units
    of the warehouse against the promises no pick has claimed yet, those of `wants` included; it
    keeps a take from breaking somebody else's promise. A want that fits into one lot stays in one
    lot when it prefers so and the promises of others allow it.
    """
    takes: list[Take] = []
    walk = sorted(slots, key=BinSlot.fefo_key)
    for want in wants:
        chosen = _one_lot(want, walk, book) if want.one_lot_preferred else None
        takes += _walk(want, chosen or walk, book)
    return takes


def _eligible(want: PickWant, slot: BinSlot) -> bool:
    if slot.free_qty <= 0:
        return False
    return want.usable_until is None or (slot.expires_on or NEVER) >= want.usable_until


def _cap(want: PickWant, slot: BinSlot, book: LifeBook | None) -> int:
    if book is None:
        return slot.free_qty
    spare = book.spare(want.usable_until or ANY_DAY, slot.expires_on or NEVER)
    return slot.free_qty if spare is None else max(0, min(slot.free_qty, spare))


def _one_lot(
    want: PickWant, walk: Sequence[BinSlot], book: LifeBook | None
) -> list[BinSlot] | None:
    lots: dict[int | None, list[BinSlot]] = {}
    for slot in walk:
        if _eligible(want, slot):
            lots.setdefault(slot.lot_id, []).append(slot)
    for slots in lots.values():
        free = sum(slot.free_qty for slot in slots)
        if free < want.qty:
            continue
        until, expiry = want.usable_until or ANY_DAY, slots[0].expires_on or NEVER
        spare = None if book is None else book.spare(until, expiry)
        if spare is None or spare >= want.qty:
            return slots
    return None


def _walk(want: PickWant, walk: Sequence[BinSlot], book: LifeBook | None) -> list[Take]:
    takes = []
    rest = want.qty
    for slot in walk:
        if not rest:
            break
        qty = min(rest, _cap(want, slot, book)) if _eligible(want, slot) else 0
        if not qty:
            continue
        slot.free_qty -= qty
        rest -= qty
        if book is not None:
            book.add_supply(slot.expires_on, -qty)
            book.add_need(want.usable_until, -qty)
        takes.append(Take(want, slot, qty))
    return takes

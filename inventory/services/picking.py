"""Find bins for a wave, claim units in them, and carry them along.

A claim (`BinReservation`) follows its units from the bin into the tote and on to the station;
dispatch uses it up. Every function locks the levels it touches, in pk order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from inventory.domain.allocation import Take, plan_takes
from inventory.domain.lines import ConditionLine, MoveLine
from inventory.domain.moves import LevelKey
from inventory.domain.picks import (
    IN_HAND,
    BinHold,
    BinPick,
    BinTake,
    PickWant,
    PutBack,
    Returning,
    Unpick,
)
from inventory.models import BinReservation, BinStock
from inventory.queries.bins import read_slots
from inventory.queries.lot_life import read_books
from inventory.queries.promises import promised_until
from inventory.services import carrying, claims, level_sql, stock
from inventory.services.event_log import Call, first_event_id, open_event
from inventory.services.missing import MissingReport, report_found, report_missing
from inventory.services.move_facts import BadQuantity
from inventory.services.posting import StockResult
from inventory.services.retrying import StockMoved, stock_write

__all__ = [
    "BinHold",
    "BinPick",
    "BinTake",
    "MissingReport",
    "PickWant",
    "PutBack",
    "Returning",
    "Unpick",
    "carry",
    "hold_bins",
    "mark_returning",
    "pick",
    "plan_bins",
    "put_back",
    "release_bins",
    "report_found",
    "report_missing",
    "reserve_bins",
    "unpick",
]


class BinTaken(StateConflict):
    """The free units of a bin are fewer than were to be claimed."""

    code = "BIN_TAKEN"
    text = gettext_noop("Someone else has claimed these units. Plan the wave again.")


class UnknownBinStock(InputRefused):
    """No such bin stock."""

    code = "UNKNOWN_BIN_STOCK"
    text = gettext_noop("These units are not in the bin any more. Plan again.")


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What a call claimed or gave free: the ids of the claims it wrote."""

    event_id: int
    repeated: bool = False
    claim_ids: tuple[int, ...] = ()


@stock_write(savepoint=False)
def plan_bins(wants: Sequence[PickWant], *, on: dt.date | None = None) -> list[BinTake]:
    """Say which bins to take the wants from, first-expired-first-out; nothing is written.

    Call it in the transaction that claims them: the levels stay locked, in pk order. A want that
    is not found wholly gets fewer units, or none. Bins being counted for a SKU, bins that are not
    pickable, held lots and units that expire too early are passed over; a lot lasts at least as
    long as the owner's promise says, and until `on`: an order that waited too long gets no lot
    that has expired meanwhile. At most five statements.
    """
    levels = level_sql.lock_levels({(want.warehouse_id, want.sku_id) for want in wants})
    tracked = {row.level_id: key for key, row in levels.items() if row.lot_tracked}
    books = read_books(tracked)
    if tracked:
        wants = [_at_least(want, on) for want in _lasting(wants, tracked)]
    slots = read_slots(levels)
    takes: list[Take] = []
    for key in sorted(levels):
        mine = [want for want in wants if (want.warehouse_id, want.sku_id) == key]
        takes += plan_takes(mine, slots.get(key, ()), books.get(key))
    order = {id(want): place for place, want in enumerate(wants)}
    takes.sort(key=lambda take: order[id(take.want)])
    return [
        BinTake(
            take.want.owner_key,
            take.slot.bin_stock_id,
            take.slot.bin_id,
            take.slot.lot_id,
            take.want.warehouse_id,
            take.want.sku_id,
            take.qty,
        )
        for take in takes
    ]


@stock_write()
def hold_bins(
    holds: Sequence[BinHold], *, event_key: str, actor: Actor, at: dt.datetime
) -> ClaimResult:
    """Claim free units in bins for picks. Idempotent by `event_key`; all or nothing.

    Raises:
        BinTaken: fewer units are free; UnknownBinStock, BadQuantity: a hold is refused.
    """
    for hold in holds:
        if type(hold.qty) is not int or hold.qty < 1:
            raise BadQuantity(qty=hold.qty)
    _lock_bins(hold.bin_stock_id for hold in holds)
    event_id = open_event(Call(event_key, "claim", actor, at))
    if event_id is None:
        return _repeated(event_key)
    wanted: dict[int, tuple[int, int]] = {}
    for hold in holds:
        wanted[hold.bin_stock_id] = (0, wanted.get(hold.bin_stock_id, (0, 0))[1] + hold.qty)
    if wanted and not level_sql.change_bins(wanted):
        raise BinTaken
    ids = claims.add(
        [
            claims.Claim(
                hold.owner_key, hold.demand_key or hold.owner_key, hold.bin_stock_id, hold.qty
            )
            for hold in holds
        ],
        event_id=event_id,
        at=at,
    )
    return ClaimResult(event_id, claim_ids=tuple(ids))


@stock_write()
def reserve_bins(
    wants: Sequence[PickWant], *, event_key: str, actor: Actor, at: dt.datetime
) -> list[BinTake]:
    """Plan and claim in one call; the claims stand under the wants' own owner keys.

    A repeated `event_key` plans nothing and returns the claims of the first call.
    """
    event_id = level_sql.find_event(event_key)
    if event_id is not None:
        return _claimed(event_id)
    takes = plan_bins(wants, on=at.date())
    holds = [BinHold(take.owner_key, take.bin_stock_id, take.qty) for take in takes]
    result = hold_bins(holds, event_key=event_key, actor=actor, at=at)
    return _claimed(result.event_id) if result.repeated else takes


@stock_write()
def release_bins(
    owner_keys: Collection[str], *, event_key: str, actor: Actor, at: dt.datetime
) -> ClaimResult:
    """Give the picks' claims in storage bins free; what they carry in totes stays claimed.

    Idempotent by `event_key`.
    """
    open_claims = BinReservation.objects.pending().filter(owner_key__in=list(owner_keys))
    _lock_bins(open_claims.values_list("bin_stock_id", flat=True))
    event_id = open_event(Call(event_key, "unclaim", actor, at))
    if event_id is None:
        return _repeated(event_key)
    rows = list(open_claims.exclude(bin_stock__bin__kind__in=IN_HAND).order_by("pk"))
    freed: dict[int, tuple[int, int]] = {}
    for row in rows:
        freed[row.bin_stock_id] = (0, freed.get(row.bin_stock_id, (0, 0))[1] - row.qty)
    claims.give_up([(row, row.qty) for row in rows])
    if freed and not level_sql.change_bins(freed):
        raise StockMoved
    return ClaimResult(event_id, claim_ids=tuple(row.pk for row in rows))


@stock_write()
def pick(picks: Sequence[BinPick], *, event_key: str, actor: Actor, at: dt.datetime) -> StockResult:
    """Move claimed units from storage into a tote; the claim follows. Idempotent by `event_key`.

    Raises:
        NotClaimed: a pick has fewer units claimed in storage; LotFrozen: the lot is held;
        PlaceRefused, OtherWarehouse: the tote can't be used; nothing is written.
    """
    shifts = [carrying.Shift(row.owner_key, row.qty, row.to_bin_id) for row in picks]
    return carrying.shift(shifts, Call(event_key, "pick", actor, at), from_hand=False)


@stock_write()
def carry(
    picks: Sequence[BinPick], *, event_key: str, actor: Actor, at: dt.datetime
) -> StockResult:
    """Move picked units on, from tote to station or dock; the claim follows. Idempotent.

    Raises:
        NotClaimed, LotFrozen, PlaceRefused, OtherWarehouse: see `pick`.
    """
    shifts = [carrying.Shift(row.owner_key, row.qty, row.to_bin_id) for row in picks]
    return carrying.shift(shifts, Call(event_key, "carry", actor, at), from_hand=True)


@stock_write()
def unpick(
    unpicks: Sequence[Unpick], *, event_key: str, actor: Actor, at: dt.datetime
) -> StockResult:
    """Undo a pick: the units go from the tote into a bin and stay claimed there. Idempotent.

    Raises:
        NotClaimed, PlaceRefused, OtherWarehouse: see `pick`.
    """
    shifts = [
        carrying.Shift(
            row.owner_key, row.qty, row.to_bin_id, row.from_bin_id, row.sku_id, (row.lot_id,)
        )
        for row in unpicks
    ]
    call = Call(event_key, "unpick", actor, at)
    return carrying.shift(shifts, call, from_hand=True, frozen_too=True)


def mark_returning(
    returning: Sequence[Returning], *, event_key: str, actor: Actor, at: dt.datetime
) -> StockResult:
    """Take picked units of a recalled shipment out of ATP until they are put back.

    Their claims end: those of the named picks first, then those whose promise has ended.
    Idempotent by `event_key`.

    Raises:
        BinShort: the tote holds fewer units; nothing is written.
    """
    lines = [
        ConditionLine(row.bin_id, row.sku_id, row.qty, "good", "returning", row.lot_id)
        for row in returning
    ]
    return stock.change_condition(
        lines,
        event_key=event_key,
        actor=actor,
        at=at,
        reason="RECALLED",
        first_owners={row.owner_key for row in returning} - {""},
    )


def put_back(
    puts: Sequence[PutBack], *, event_key: str, actor: Actor, at: dt.datetime
) -> StockResult:
    """Move returning units from the tote into a bin, good again. Idempotent by `event_key`.

    Publishes `inventory.stock_available`.

    Raises:
        BinShort: the tote holds fewer returning units; OtherWarehouse, PlaceRefused.
    """
    lines = [
        MoveLine(
            row.from_bin_id, row.to_bin_id, row.sku_id, row.qty, row.lot_id, "returning", "good"
        )
        for row in puts
    ]
    return stock.move(lines, event_key=event_key, actor=actor, at=at, reason="PUT_BACK")


def _lasting(wants: Sequence[PickWant], tracked: Mapping[int, LevelKey]) -> list[PickWant]:
    """Ask for units that last as long as promised, even when a want names an earlier day."""
    promised = promised_until({want.owner_key for want in wants}, tracked)
    lasting = []
    for want in wants:
        until = promised.get((want.owner_key, (want.warehouse_id, want.sku_id)))
        if until is not None and (want.usable_until is None or want.usable_until < until):
            want = replace(want, usable_until=until)  # noqa: PLW2901  # the same want, dated
        lasting.append(want)
    return lasting


def _at_least(want: PickWant, on: dt.date | None) -> PickWant:
    if on is None or (want.usable_until is not None and want.usable_until >= on):
        return want
    return replace(want, usable_until=on)


def _lock_bins(bin_stock_ids: Iterable[int]) -> None:
    """Lock the levels of these bin stock rows."""
    wanted = set(bin_stock_ids)
    rows = BinStock.objects.filter(pk__in=wanted).values_list("bin__warehouse_id", "sku_id", "pk")
    keys: set[LevelKey] = set()
    for warehouse_id, sku_id, pk in rows:
        keys.add((warehouse_id, sku_id))
        wanted.discard(pk)
    if wanted:
        raise UnknownBinStock
    level_sql.lock_levels(keys)


def _repeated(event_key: str) -> ClaimResult:
    event_id = first_event_id(event_key)
    ids = BinReservation.objects.filter(event_id=event_id).order_by("pk")
    return ClaimResult(event_id, True, tuple(ids.values_list("pk", flat=True)))


def _claimed(event_id: int) -> list[BinTake]:
    rows = (
        BinReservation.objects.filter(event_id=event_id)
        .order_by("pk")
        .values_list(
            "owner_key",
            "bin_stock_id",
            "bin_stock__bin_id",
            "bin_stock__lot_id",
            "bin_stock__bin__warehouse_id",
            "bin_stock__sku_id",
            "qty",
        )
    )
    return [BinTake(*row) for row in rows]

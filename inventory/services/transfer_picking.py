"""The source's half of a transfer: bins are chosen, units picked into totes, then shipped.

Shipping moves the units from the totes into TRANSIT: they belong to neither warehouse until the
other end receives them. Lots and costs go with them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F, Max, Q

from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from inventory.domain.demand import DispatchLine
from inventory.domain.picks import BinHold, BinPick, PickWant, Unpick
from inventory.domain.places import TRANSIT
from inventory.models import (
    Bin,
    BinReservation,
    BinStock,
    Reservation,
    Transfer,
    TransferLine,
    TransferPick,
)
from inventory.querysets.stock import OPEN_QTY
from inventory.services import dispatching, missing, picking, releasing, transfers
from inventory.services.transfers import State, TransferStateConflict


class PickIsDone(StateConflict):
    """The visit of this bin was finished meanwhile."""

    code = "TRANSFER_PICK_DONE"
    text = gettext_noop("This pick is %(state)s. Go on with the next one.")


class NothingToShip(StateConflict):
    """A transfer is to leave without goods."""

    code = "NOTHING_TO_SHIP"
    text = gettext_noop("Nothing is picked for this transfer. Pick it, or cancel it in the office.")


class PicksAreOpen(StateConflict):
    """A transfer is to leave before all bins were visited."""

    code = "PICKS_ARE_OPEN"
    text = gettext_noop("%(count)s bins are still to be visited. Pick them, or report them short.")


class ToteHoldsOthers(StateConflict):
    """The tote holds goods of somebody else."""

    code = "TOTE_HOLDS_OTHERS"
    text = gettext_noop("Tote %(tote)s holds other goods. Take an empty tote.")


@transaction.atomic
def start(transfer_id: int, *, actor: Actor, at: dt.datetime) -> list[TransferPick]:
    """Choose bins and lots for an approved transfer and claim them, first expired first.

    Harmless when it is being picked already: the open visits are returned.

    Raises:
        TransferStateConflict: it is neither approved nor being picked.
    """
    transfer = transfers.lock(transfer_id)
    if transfer.state == State.APPROVED:
        transfers.go(transfer, State.PICKING)
        _plan(transfer, _promised(transfer), "start", actor=actor, at=at)
        transfers.note(transfer, "picking", actor=actor, at=at)
    elif transfer.state != State.PICKING:
        raise TransferStateConflict(state=transfer.get_state_display())
    return list(TransferPick.objects.filter(transfer=transfer).open())


@transaction.atomic
def replan(transfer_id: int, *, key: str, actor: Actor, at: dt.datetime) -> list[TransferPick]:
    """Give up the open visits and choose bins anew for what is promised and not in a tote.

    For a plan that was made smaller. `key` names the cause and is used once.

    Raises:
        TransferStateConflict: it is not being picked.
    """
    transfer = transfers.lock(transfer_id)
    if transfer.state != State.PICKING:
        raise TransferStateConflict(state=transfer.get_state_display())
    waiting = list(TransferPick.objects.filter(transfer=transfer).open())
    picking.release_bins(
        [pick.owner_key for pick in waiting], event_key=f"{key}:visits", actor=actor, at=at
    )
    TransferPick.objects.filter(transfer=transfer).open().update(state="cancelled")
    wanted = _promised(transfer)
    for pick in TransferPick.objects.filter(transfer=transfer, picked_qty__gt=0).order_by("pk"):
        line = next((row for row in wanted if row.pk == pick.line_id), None)
        if line is not None:
            wanted[line] -= pick.picked_qty
    left = {line: qty for line, qty in wanted.items() if qty > 0}
    return _plan(transfer, left, f"{key}:again", actor=actor, at=at)


def _promised(transfer: Transfer) -> dict[TransferLine, int]:
    """Return the units each line is still promised; a line that lost them all is left out."""
    promised = dict(
        Reservation.objects.pending()
        .filter(owner_key__in=transfers.owner_keys(transfer))
        .annotate(open_qty=OPEN_QTY)
        .values_list("owner_key", "open_qty")
    )
    lines = TransferLine.objects.filter(transfer=transfer).order_by("pk")
    return {line: promised[line.owner_key] for line in lines if promised.get(line.owner_key)}


@transaction.atomic
def confirm(pick_id: int, *, tote_id: int, actor: Actor, at: dt.datetime) -> TransferPick:
    """Book all units of a visit into the tote.

    Raises:
        PickIsDone, ToteHoldsOthers, and what `picking.pick` raises: nothing is written.
    """
    pick = _lock_pick(pick_id)
    _move(pick, pick.qty, tote_id, actor=actor, at=at)
    pick.state, pick.picked_qty, pick.tote_id = "picked", pick.qty, tote_id
    pick.save(update_fields=["state", "picked_qty", "tote"])
    return pick


@transaction.atomic
def report_short(
    pick_id: int, *, found_qty: int, tote_id: int | None, actor: Actor, at: dt.datetime
) -> list[TransferPick]:
    """Book what the bin held; the rest counts as missing there and is looked for elsewhere.

    Returns the visits that replace the missing units, none when no other bin has any.

    Raises:
        PickIsDone, ToteHoldsOthers, BadQuantity: nothing is written.
    """
    pick = _lock_pick(pick_id)
    if found_qty and tote_id is not None:
        _move(pick, found_qty, tote_id, actor=actor, at=at)
        pick.tote_id = tote_id
    lacking = pick.qty - found_qty
    pick.state, pick.picked_qty = "short", found_qty
    pick.save(update_fields=["state", "picked_qty", "tote"])
    rows = BinStock.objects.filter(bin_id=pick.bin_id, sku_id=pick.line.sku_id, condition="good")
    held = rows.get(lot=None) if pick.lot_id is None else rows.get(lot_id=pick.lot_id)
    key = f"transfer_pick:{pick.pk}:{pick.attempt}"
    picking.release_bins([pick.owner_key], event_key=f"{key}:free", actor=actor, at=at)
    missing.report_missing(
        bin_stock_id=held.pk,
        missing_qty=lacking,
        cause_key=pick.owner_key,
        event_key=f"{key}:short",
        actor=actor,
        at=at,
    )
    return _plan(pick.transfer, {pick.line: lacking}, f"again:{pick.pk}", actor=actor, at=at)


@transaction.atomic
def undo(pick_id: int, *, actor: Actor, at: dt.datetime) -> TransferPick:
    """Bring a picked visit's units back to their bin; the visit is open again.

    Raises:
        PickIsDone: it is not picked; TransferStateConflict: the transfer has left.
    """
    pick = _lock_pick(pick_id, state="picked")
    picking.unpick(
        [
            Unpick(
                pick.owner_key,
                pick.tote_id or 0,
                pick.bin_id,
                pick.line.sku_id,
                pick.lot_id,
                pick.picked_qty,
            )
        ],
        event_key=f"transfer_pick:{pick.pk}:{pick.attempt}:undo",
        actor=actor,
        at=at,
    )
    pick.state, pick.step, pick.tote_id = "open", "bin", None
    pick.picked_qty, pick.counted_qty, pick.attempt = 0, 0, pick.attempt + 1
    pick.save()
    return pick


def store_step(pick_id: int, *, step: str, counted_qty: int, reason: str) -> None:
    """Keep where the picker stands within an open visit.

    Raises:
        PickIsDone: it was finished meanwhile.
    """
    changed = TransferPick.objects.filter(pk=pick_id, state="open").update(
        step=step, counted_qty=counted_qty, reason=reason
    )
    if not changed:
        raise PickIsDone(state=TransferPick.objects.get(pk=pick_id).get_state_display())


@transaction.atomic
def ship(transfer_id: int, *, actor: Actor, at: dt.datetime) -> Transfer:
    """Let the picked units leave into TRANSIT; what was promised and not picked is free again.

    Raises:
        PicksAreOpen, NothingToShip, TransferStateConflict, LotFrozen: nothing is written.
    """
    transfer = transfers.lock(transfer_id)
    if transfer.state != State.PICKING:
        raise TransferStateConflict(state=transfer.get_state_display())
    rows = TransferPick.objects.filter(transfer=transfer).select_related("line")
    picks = list(rows.order_by("pk"))
    waiting = sum(pick.state == "open" for pick in picks)
    if waiting:
        raise PicksAreOpen(count=waiting)
    loads = [pick for pick in picks if pick.picked_qty and pick.state in {"picked", "short"}]
    if not loads:
        raise NothingToShip
    dispatching.dispatch(
        [_load(transfer, pick) for pick in loads],
        event_key=f"transfer:{transfer.pk}:ship",
        actor=actor,
        at=at,
    )
    releasing.release(
        transfers.owner_keys(transfer),
        event_key=f"transfer:{transfer.pk}:rest",
        reason="TRANSFER_SHORT",
        actor=actor,
        at=at,
    )
    for pick in loads:
        TransferLine.objects.filter(pk=pick.line_id).update(
            shipped_qty=F("shipped_qty") + pick.picked_qty
        )
    transfers.go(transfer, State.IN_TRANSIT, shipped_at=at)
    units = sum(pick.picked_qty for pick in loads)
    transfers.note(transfer, "shipped", actor=actor, at=at, after={"units": units})
    return transfer


def _load(transfer: Transfer, pick: TransferPick) -> DispatchLine:
    return DispatchLine(
        pick.line.owner_key,
        transfer.source_id,
        pick.line.sku_id,
        pick.lot_id,
        pick.picked_qty,
        pick.tote_id or 0,
        TRANSIT,
    )


def _lock_pick(pick_id: int, *, state: str = "open") -> TransferPick:
    transfer_id = TransferPick.objects.values_list("transfer_id", flat=True).get(pk=pick_id)
    transfer = transfers.lock(transfer_id)
    if transfer.state != State.PICKING:
        raise TransferStateConflict(state=transfer.get_state_display())
    rows = TransferPick.objects.select_for_update(of=("self",), no_key=True)
    pick = rows.select_related("line", "transfer").get(pk=pick_id)
    if pick.state != state:
        raise PickIsDone(state=pick.get_state_display())
    return pick


def _move(pick: TransferPick, qty: int, tote_id: int, *, actor: Actor, at: dt.datetime) -> None:
    _check_tote(pick.transfer, tote_id)
    picking.pick(
        [BinPick(pick.owner_key, qty, tote_id)],
        event_key=f"transfer_pick:{pick.pk}:{pick.attempt}",
        actor=actor,
        at=at,
    )


def _check_tote(transfer: Transfer, tote_id: int) -> None:
    """Refuse a tote with goods of others; its row is locked, as pickers of orders lock it."""
    tote = Bin.objects.select_for_update(no_key=True).get(pk=tote_id)
    keys = [pick.owner_key for pick in TransferPick.objects.filter(transfer=transfer)]
    foreign = BinReservation.objects.pending().filter(bin_stock__bin=tote)
    loose = BinStock.objects.filter(~Q(qty=F("reserved")), bin=tote)
    if foreign.exclude(owner_key__in=keys).exists() or loose.exists():
        raise ToteHoldsOthers(tote=tote.code)


def _plan(
    transfer: Transfer,
    wanted: Mapping[TransferLine, int],
    key: str,
    *,
    actor: Actor,
    at: dt.datetime,
) -> list[TransferPick]:
    lines = {line.owner_key: line for line in wanted}
    takes = picking.plan_bins(
        [
            PickWant(line.owner_key, transfer.source_id, line.sku_id, qty)
            for line, qty in wanted.items()
        ]
    )
    walk = dict(
        Bin.objects.filter(pk__in=[take.bin_id for take in takes]).values_list(
            "pk", "pick_sequence"
        )
    )
    last = TransferPick.objects.filter(transfer=transfer).aggregate(last=Max("sequence"))["last"]
    ordered = sorted(
        takes, key=lambda take: (walk[take.bin_id], take.bin_id, lines[take.owner_key].pk)
    )
    picks: Sequence[TransferPick] = TransferPick.objects.bulk_create(
        [
            TransferPick(
                transfer=transfer,
                line=lines[take.owner_key],
                bin_id=take.bin_id,
                lot_id=take.lot_id,
                qty=take.qty,
                sequence=(last or 0) + place,
            )
            for place, take in enumerate(ordered, 1)
        ]
    )
    holds = [
        BinHold(pick.owner_key, take.bin_stock_id, take.qty, demand_key=take.owner_key)
        for pick, take in zip(picks, ordered, strict=True)
    ]
    picking.hold_bins(holds, event_key=f"transfer:{transfer.pk}:{key}", actor=actor, at=at)
    return list(picks)

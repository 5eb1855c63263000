"""Transfers between warehouses: planned by one person, approved by another, cancelled.

Picking and shipping: `transfer_picking`. What happens on the way and at the other end: `transit`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core import audit, numbers
from core.actors import Actor
from core.errors import InputRefused, NotFound, StateConflict, gettext_noop
from inventory.domain.demand import Demand
from inventory.models import MOST_UNITS, Sku, Transfer, TransferLine, TransferPick
from inventory.services import picking, releasing, reservations
from inventory.services.move_facts import NOT_STOCKED, BadQuantity, NotStocked, UnknownSku

PURPOSE = "TRANSFER"
#: Orders are kept before transfers when a promise breaks.
PRIORITY = 7

State = Transfer.State
TRANSITIONS: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.APPROVED, State.CANCELLED}),
    State.APPROVED: frozenset({State.PICKING, State.CANCELLED}),
    State.PICKING: frozenset({State.IN_TRANSIT, State.CANCELLED}),
    State.IN_TRANSIT: frozenset({State.PARTIALLY_RECEIVED, State.RECEIVED, State.CANCELLED}),
    State.PARTIALLY_RECEIVED: frozenset({State.RECEIVED}),
    State.RECEIVED: frozenset(),
    State.CANCELLED: frozenset(),
}


class UnknownTransfer(NotFound):
    """No such transfer."""

    code = "UNKNOWN_TRANSFER"
    text = gettext_noop("This transfer does not exist. Scan its number again.")


class TransferStateConflict(StateConflict):
    """The transfer is not where this step begins."""

    code = "TRANSFER_STATE_CONFLICT"
    text = gettext_noop("The transfer is %(state)s. Reload it to see what can be done now.")


class SameWarehouse(InputRefused):
    """A transfer from a warehouse to itself."""

    code = "SAME_WAREHOUSE"
    text = gettext_noop("Choose two warehouses: a transfer goes from one to another.")


class NoTransferLines(InputRefused):
    """A transfer of nothing, or of one SKU twice."""

    code = "NO_TRANSFER_LINES"
    text = gettext_noop("A transfer needs at least one SKU, each once and with a quantity.")


class OwnTransfer(StateConflict):
    """The planner approves the plan."""

    code = "OWN_TRANSFER"
    text = gettext_noop("You planned this transfer. Another person has to approve it.")


class TransferHasPicked(StateConflict):
    """A transfer is cancelled while its goods stand in totes."""

    code = "TRANSFER_HAS_PICKED"
    text = gettext_noop(
        "%(qty)s units are in totes. Undo these picks on the floor, then cancel the transfer."
    )


class UnknownCode(InputRefused):
    """A SKU or bin was typed that does not exist."""

    code = "UNKNOWN_CODE_TYPED"
    text = gettext_noop("Nothing is called %(code_of)s here. Check the code, or scan it.")


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """What is to go where: `lines` are (SKU id, units)."""

    source_id: int
    destination_id: int
    lines: Sequence[tuple[int, int]]
    note: str = ""


@transaction.atomic
def create(draft: TransferDraft, *, actor: Actor, at: dt.datetime) -> Transfer:
    """Plan a transfer. Nothing is promised before another person approves it.

    Raises:
        SameWarehouse, NoTransferLines, BadQuantity, UnknownSku, NotStocked: nothing is written.
    """
    if draft.source_id == draft.destination_id:
        raise SameWarehouse
    _check_lines(draft.lines)
    transfer = Transfer.objects.create(
        number=numbers.take("transfer")[0],
        source_id=draft.source_id,
        destination_id=draft.destination_id,
        note=draft.note[:200],
        created_at=at,
        created_by=actor.key,
    )
    TransferLine.objects.bulk_create(
        [TransferLine(transfer=transfer, sku_id=sku_id, qty=qty) for sku_id, qty in draft.lines]
    )
    note(transfer, "planned", actor=actor, at=at, after={"lines": len(draft.lines)})
    return transfer


@transaction.atomic
def approve(transfer_id: int, *, actor: Actor, at: dt.datetime) -> Transfer:
    """Let a transfer go ahead, and promise its units in the source to it.

    Locks the transfer, then the levels. Of two approvals the second is refused.

    Raises:
        OwnTransfer: the approver planned it.
        TransferStateConflict: it is not a draft any more.
        InsufficientStock: the source can't promise all units; it stays a draft.
    """
    transfer = lock(transfer_id)
    if transfer.created_by == actor.key:
        raise OwnTransfer
    go(transfer, State.APPROVED, approved_at=at, approved_by=actor.key)
    lines = TransferLine.objects.filter(transfer=transfer).order_by("pk")
    reservations.reserve(
        [
            Demand(
                line.owner_key,
                transfer.source_id,
                line.sku_id,
                line.qty,
                purpose=PURPOSE,
                priority=PRIORITY,
            )
            for line in lines
        ],
        event_key=f"transfer:{transfer.pk}:approve",
        actor=actor,
        at=at,
    )
    note(transfer, "approved", actor=actor, at=at)
    return transfer


@transaction.atomic
def cancel(transfer_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> Transfer:
    """Stop a transfer that has not left; its units are free again.

    Goods on the way are brought back or written off instead (`transit`).

    Raises:
        TransferHasPicked: units are in totes; they go back to their bins first.
        TransferStateConflict: it has left, or is closed.
    """
    transfer = lock(transfer_id)
    if transfer.state not in {State.DRAFT, State.APPROVED, State.PICKING}:
        raise TransferStateConflict(state=transfer.get_state_display())
    picks = TransferPick.objects.filter(transfer=transfer)
    held = sum(picks.exclude(state="cancelled").values_list("picked_qty", flat=True))
    if held:
        raise TransferHasPicked(qty=held)
    waiting = list(picks.open())
    _free_bins(transfer, waiting, actor=actor, at=at)
    picks.open().update(state="cancelled")
    releasing.release(
        owner_keys(transfer),
        event_key=f"transfer:{transfer.pk}:cancel",
        reason="TRANSFER_CANCELLED",
        actor=actor,
        at=at,
    )
    go(transfer, State.CANCELLED, reason=reason[:64], closed_at=at)
    note(transfer, "cancelled", actor=actor, at=at, reason=reason)
    return transfer


def lock(transfer_id: int) -> Transfer:
    """Return the transfer, locked.

    Raises:
        UnknownTransfer: there is none.
    """
    rows = Transfer.objects.select_for_update(of=("self",), no_key=True)
    transfer = rows.filter(pk=transfer_id).first()
    if transfer is None:
        raise UnknownTransfer
    return transfer


def go(transfer: Transfer, state: str, **columns: Any) -> None:
    """Bring a locked transfer from the state it was read in to `state`; on SQLite too.

    Raises:
        TransferStateConflict: no step leads there, or somebody was faster.
    """
    if state not in TRANSITIONS[transfer.state]:
        raise TransferStateConflict(state=transfer.get_state_display())
    same = Transfer.objects.filter(pk=transfer.pk, state=transfer.state)
    if not same.update(state=state, **columns):
        raise TransferStateConflict(state=transfer.get_state_display())
    for name, value in {"state": state, **columns}.items():
        setattr(transfer, name, value)


def owner_keys(transfer: Transfer) -> list[str]:
    """Return the keys under which the lines hold promises."""
    return [line.owner_key for line in TransferLine.objects.filter(transfer=transfer)]


def note(
    transfer: Transfer,
    what: str,
    *,
    actor: Actor,
    at: dt.datetime,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write what was done to a transfer into its timeline."""
    audit.record(
        actor=actor,
        action=f"inventory.transfer_{what}",
        target=f"transfer:{transfer.pk}",
        at=at,
        after={"state": str(transfer.state), **(after or {})},
        reason=reason,
    )


def _free_bins(
    transfer: Transfer, waiting: Collection[TransferPick], *, actor: Actor, at: dt.datetime
) -> None:
    picking.release_bins(
        [pick.owner_key for pick in waiting],
        event_key=f"transfer:{transfer.pk}:unclaim",
        actor=actor,
        at=at,
    )


def _check_lines(lines: Sequence[tuple[int, int]]) -> None:
    skus = [sku_id for sku_id, _qty in lines]
    if not lines or len(set(skus)) < len(skus):
        raise NoTransferLines
    known = {sku.pk: sku for sku in Sku.objects.filter(pk__in=skus)}
    for sku_id, qty in lines:
        if type(qty) is not int or not 0 < qty <= MOST_UNITS:
            raise BadQuantity(qty=qty)
        if sku_id not in known:
            raise UnknownSku(sku_id=sku_id)
        if known[sku_id].kind in NOT_STOCKED:
            raise NotStocked(sku=known[sku_id].code)

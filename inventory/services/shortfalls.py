"""Transfers and work orders that lost promised units to a count, a loss or a recall.

A listener raises one open item per promise; a person makes the plan smaller, or the item closes by
itself once the units are covered again or the plan has ended. Orders are planned again by `orders`.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core import audit
from core.actors import SYSTEM, Actor
from core.errors import StateConflict, gettext_noop
from core.events import EventFact
from inventory.models import (
    Reservation,
    Shortfall,
    Transfer,
    TransferLine,
    WorkOrder,
    WorkOrderLine,
)
from inventory.queries.promises import broken_promises
from inventory.services import picking, releasing, transfer_picking, transfers, work_orders

State = Shortfall.State
REASON = "PLAN_CUT"
OWNERS = ("transfer_line:", "work_order_line:", "work_order:")
MOST = 500

__all__ = ["ShortfallSettled", "cut", "on_promise_broken", "on_stock_available", "refresh"]


class ShortfallSettled(StateConflict):
    """Nothing of the shortfall is left to decide."""

    code = "SHORTFALL_SETTLED"
    text = gettext_noop("This shortfall is settled already. Reload the list.")


def on_promise_broken(facts: list[EventFact]) -> None:
    """Raise an item for each transfer and work order whose units are gone; orders see to theirs."""
    mine = [fact for fact in facts if str(fact.payload["owner_key"]).startswith(OWNERS)]
    for fact in mine:
        _raise(fact)
    if mine:
        refresh(at=max(fact.at for fact in mine))


def on_stock_available(facts: list[EventFact]) -> None:
    """Close the items whose units are covered again."""
    skus = {int(fact.payload["sku_id"]) for fact in facts}
    if Shortfall.objects.open().filter(sku_id__in=skus).exists():
        refresh(at=max(fact.at for fact in facts))


@transaction.atomic
def refresh(*, at: dt.datetime) -> int:
    """Look at the open items again: covered, ended, or by how much short. Return how many closed.

    Repeatable; locks the items in pk order.
    """
    rows = list(Shortfall.objects.open().select_for_update(of=("self",)).order_by("pk")[:MOST])
    keys = {(row.warehouse_id, row.sku_id) for row in rows}
    short = {
        (promise.owner_key, promise.warehouse_id, promise.sku_id): promise.short_qty
        for promise in broken_promises(keys)
    }
    owners = [row.owner_key for row in rows]
    alive = set(
        Reservation.objects.pending()
        .filter(owner_key__in=owners)
        .values_list("owner_key", flat=True)
        .order_by()
    )
    closed = 0
    for row in rows:
        left = short.get((row.owner_key, row.warehouse_id, row.sku_id), 0)
        if not left:
            _close(row, State.COVERED if row.owner_key in alive else State.ENDED, SYSTEM, at)
            closed += 1
        elif left != row.short_qty:
            Shortfall.objects.filter(pk=row.pk).update(short_qty=left)
    return closed


@transaction.atomic
def cut(shortfall_id: int, *, actor: Actor, at: dt.datetime) -> Shortfall:
    """Make the plan smaller by the units that are gone: bins are chosen anew for the rest.

    The transfer ships, the work order builds, what is left. Locks the plan, then lots and levels,
    then the item. Two calls at once cut once.

    Raises:
        ShortfallSettled: it is closed, covered again, or its plan has ended.
        TransferStateConflict, WorkOrderStateConflict: the plan is past the point of a change.
    """
    found = Shortfall.objects.filter(pk=shortfall_id).first()
    if found is None or found.state != State.OPEN:
        raise ShortfallSettled
    plan = plan_of(found.owner_key)
    if plan is None:
        raise ShortfallSettled
    if isinstance(plan, Transfer):
        transfers.lock(plan.pk)
    else:
        work_orders.lock(plan.pk)
    row = Shortfall.objects.select_for_update(of=("self",)).get(pk=shortfall_id)
    units = _short_now(row)
    if row.state != State.OPEN or not units:
        raise ShortfallSettled
    key = f"shortfall:{row.pk}"
    if isinstance(plan, WorkOrder):
        picking.release_bins([row.owner_key], event_key=f"{key}:bins", actor=actor, at=at)
    releasing.release_some({row.owner_key: units}, event_key=key, reason=REASON, actor=actor, at=at)
    if isinstance(plan, Transfer):
        if plan.state == Transfer.State.PICKING:
            transfer_picking.replan(plan.pk, key=key, actor=actor, at=at)
    elif plan.state != WorkOrder.State.DRAFT:
        work_orders.claim(plan, f"cut:{row.pk}", actor=actor, at=at)
    row.short_qty = units
    Shortfall.objects.filter(pk=row.pk).update(short_qty=units)
    _close(row, State.CUT, actor, at)
    return row


def plan_of(owner_key: str) -> Transfer | WorkOrder | None:
    """Return the transfer or work order a promise belongs to; None when it is neither."""
    kind, _colon, pk = owner_key.partition(":")
    if kind == "transfer_line":
        line = TransferLine.objects.select_related("transfer").filter(pk=pk).first()
        return line.transfer if line else None
    if kind == "work_order_line":
        part = WorkOrderLine.objects.select_related("work_order").filter(pk=pk).first()
        return part.work_order if part else None
    if kind == "work_order":
        return WorkOrder.objects.filter(pk=pk).first()
    return None


def _short_now(row: Shortfall) -> int:
    promises = broken_promises({(row.warehouse_id, row.sku_id)})
    return sum(found.short_qty for found in promises if found.owner_key == row.owner_key)


def _raise(fact: EventFact) -> None:
    payload = fact.payload
    Shortfall.objects.get_or_create(
        owner_key=str(payload["owner_key"]),
        warehouse_id=int(payload["warehouse_id"]),
        sku_id=int(payload["sku_id"]),
        state=State.OPEN,
        defaults={"short_qty": max(1, int(payload["short_qty"])), "raised_at": fact.at},
    )


def _close(row: Shortfall, state: str, actor: Actor, at: dt.datetime) -> None:
    open_rows = Shortfall.objects.open().filter(pk=row.pk)
    if not open_rows.update(state=state, closed_at=at, closed_by=actor.key):
        raise ShortfallSettled
    row.state, row.closed_at, row.closed_by = state, at, actor.key
    audit.record(
        actor=actor,
        action=f"inventory.shortfall_{state}",
        target=f"sku:{row.sku_id}",
        after={"owner": row.owner_key, "units": row.short_qty},
        at=at,
    )

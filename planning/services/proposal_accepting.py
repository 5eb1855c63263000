"""Proposals turned into drafts: one order per supplier, warehouse and mode; transfers; kits.

Of two people (or two clicks) one makes the drafts and the other gets the same ones: proposals are
locked in the order of their keys, leave their state by a conditional UPDATE, and each draft order
carries a key of its proposals.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core.actors import Actor
from core.audit.recording import AuditDraft, record_many
from inventory.models import Transfer, WorkOrder
from inventory.services import transfers, work_orders
from planning.domain import proposal_states
from planning.models import Proposal
from planning.services.proposal_errors import (
    NothingChosen,
    ProposalDecided,
    ProposalMissing,
    ProposalStale,
    ProposalWithoutSource,
)
from suppliers.models import PurchaseOrder
from suppliers.services.purchase_drafting import create_system_draft
from suppliers.services.purchase_drafts import LineAsk, OrderDraft

#: How many proposals a draft's reason names.
NAMED = 4


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of accepting: drafts in the order they were made.

    `already` were accepted before, by somebody else or by the first of two clicks; their drafts
    stand in the lists too.
    """

    orders: tuple[PurchaseOrder, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    work_orders: tuple[WorkOrder, ...] = ()
    already: tuple[Proposal, ...] = ()


@dataclass
class _Made:
    """What each proposal became, by its key."""

    columns: dict[int, dict[str, Any]]
    orders: list[PurchaseOrder]
    transfers: list[Transfer]
    kits: list[WorkOrder]


@transaction.atomic
def accept(
    ids: Collection[int],
    *,
    actor: Actor,
    now: dt.datetime,
    versions: Mapping[int, int] | None = None,
) -> Accepted:
    """Write the drafts that proposals ask for, all or none.

    Idempotent: proposals that were accepted before bring their drafts back. Locks the proposals in
    pk order.

    Raises:
        NothingChosen, ProposalMissing, ProposalDecided (dismissed or lapsed), ProposalStale (not
        the version that was shown), ProposalWithoutSource, and what drafts of orders, transfers
        and work orders raise: nothing is written.
    """
    rows = _locked(ids)
    already = [row for row in rows if row.state == proposal_states.ACCEPTED]
    fresh = [row for row in rows if row.state != proposal_states.ACCEPTED]
    for row in fresh:
        _refuse(row, (versions or {}).get(row.pk))
    made = _Made({row.pk: {} for row in fresh}, [], [], [])
    _buy(fresh, made, now)
    _transfer(fresh, made, actor, now)
    _build(fresh, made, actor, now)
    for row in fresh:
        _close(row, made.columns[row.pk], actor, now)
    _record(fresh, actor, now)
    return Accepted(
        orders=_unique([*made.orders, *_former(already, "purchase_order", "fast_order")]),
        transfers=_unique([*made.transfers, *_former(already, "transfer")]),
        work_orders=_unique([*made.kits, *_former(already, "work_order")]),
        already=tuple(already),
    )


def _locked(ids: Collection[int]) -> list[Proposal]:
    wanted = sorted(set(ids))
    if not wanted:
        raise NothingChosen
    rows = list(
        Proposal.objects.filter(pk__in=wanted)
        .select_related("sku")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    if len(rows) < len(wanted):
        raise ProposalMissing
    return rows


def _refuse(row: Proposal, expected: int | None) -> None:
    """Refuse what can't be accepted as it stands."""
    if proposal_states.after(row.state, "accept") is None:
        raise ProposalDecided(number=row.number, state=row.get_state_display())
    if expected is not None and expected != row.version:
        changes = (("version", expected, row.version), ("qty", None, row.qty))
        raise ProposalStale(
            number=row.number, qty=row.qty, version=row.version, differences=changes
        )
    if row.source_kind == Proposal.Source.WAIT:
        raise ProposalWithoutSource(number=row.number, sku=row.sku.code)


def _buy(rows: Sequence[Proposal], made: _Made, now: dt.datetime) -> None:
    """Write one draft per supplier, warehouse, mode and currency."""
    groups: dict[tuple[int, int, str, str], list[tuple[Proposal, LineAsk, bool]]] = defaultdict(
        list
    )
    for row in rows:
        if row.source_kind == Proposal.Source.PURCHASE and row.supplier_id is not None:
            for mode, ask, is_fast in _asks(row):
                key = (row.supplier_id, row.warehouse_id, mode, row.currency)
                groups[key].append((row, ask, is_fast))
    for (supplier_id, warehouse_id, mode, currency), parts in sorted(
        groups.items(), key=lambda one: one[0]
    ):
        draft = OrderDraft(
            supplier_id=supplier_id,
            warehouse_id=warehouse_id,
            lines=[ask for _row, ask, _fast in parts],
            currency=currency,
            mode=mode,
            reason=_why([row for row, _ask, _fast in parts]),
        )
        order = create_system_draft(
            draft, source_key=_key([row.pk for row, _ask, _fast in parts], mode), at=now
        )
        made.orders.append(order)
        for row, _ask, is_fast in parts:
            made.columns[row.pk]["fast_order" if is_fast else "purchase_order"] = order


def _asks(row: Proposal) -> list[tuple[str, LineAsk, bool]]:
    """Return (mode, line, is the fast part of a split) of a purchase.

    Computed units are whole packs already and are ordered as they are; a person's are rounded to
    what the supplier sells, unless they are split.
    """
    need = min(int(row.terms.get("need") or row.qty), row.qty)
    if row.mode != Proposal.Mode.SPLIT:
        qty = row.qty if row.override_qty is None else None
        return [(row.mode, LineAsk(row.sku_id, need if qty else row.qty, qty=qty), False)]
    fast = min(row.fast_qty, row.qty)
    parts = [
        (row.fast_mode, fast, min(need, fast), True),
        (row.slow_mode, row.qty - fast, max(0, need - fast), False),
    ]
    return [
        (mode, LineAsk(row.sku_id, wanted, qty=units), is_fast)
        for mode, units, wanted, is_fast in parts
        if units
    ]


def _why(rows: Sequence[Proposal]) -> str:
    """Return why an order is needed, in one line: proposals, goods, last day to order."""
    said = [
        f"{row.number} {row.sku.code}: {row.terms.get('need', row.qty)} needed"
        + (f", order by {row.order_by_on.isoformat()}" if row.order_by_on else "")
        for row in rows[:NAMED]
    ]
    more = len(rows) - len(said)
    return "; ".join(said) + (f"; {more} more" if more else "")


def _key(pks: Sequence[int], mode: str) -> str:
    """Return one word for a draft of these proposals by a mode."""
    named = ",".join(str(pk) for pk in sorted(pks))
    return f"proposals:{mode}:{hashlib.sha256(named.encode()).hexdigest()[:32]}"


def _transfer(rows: Sequence[Proposal], made: _Made, actor: Actor, now: dt.datetime) -> None:
    """Write one draft transfer per pair of warehouses."""
    groups: dict[tuple[int, int], list[Proposal]] = defaultdict(list)
    for row in rows:
        if row.source_kind == Proposal.Source.TRANSFER and row.from_warehouse_id is not None:
            groups[row.from_warehouse_id, row.warehouse_id].append(row)
    for (source_id, destination_id), parts in sorted(groups.items()):
        draft = transfers.TransferDraft(
            source_id, destination_id, [(row.sku_id, row.qty) for row in parts], _why(parts)
        )
        transfer = transfers.create(draft, actor=actor, at=now)
        made.transfers.append(transfer)
        for row in parts:
            made.columns[row.pk]["transfer"] = transfer


def _build(rows: Sequence[Proposal], made: _Made, actor: Actor, now: dt.datetime) -> None:
    """Write one work order per kit."""
    for row in rows:
        if row.source_kind == Proposal.Source.KIT:
            draft = work_orders.WorkOrderDraft(row.sku_id, row.warehouse_id, row.qty)
            order = work_orders.create(draft, actor=actor, at=now)
            made.kits.append(order)
            made.columns[row.pk]["work_order"] = order


def _close(row: Proposal, columns: dict[str, Any], actor: Actor, now: dt.datetime) -> None:
    """Move a locked row to accepted, if nobody was faster; on SQLite too.

    Raises:
        ProposalDecided: it is not as it was read.
    """
    values = {
        **columns,
        "state": proposal_states.ACCEPTED,
        "decided_at": now,
        "decided_by": actor.key,
        "version": row.version + 1,
    }
    same = Proposal.objects.filter(pk=row.pk, state=row.state, version=row.version)
    if not same.update(**values):
        raise ProposalDecided(number=row.number, state=row.get_state_display())
    for name, value in values.items():
        setattr(row, name, value)


def _record(rows: Sequence[Proposal], actor: Actor, now: dt.datetime) -> None:
    record_many(
        [
            AuditDraft(
                actor,
                "planning.proposal_accepted",
                f"proposal:{row.pk}",
                now,
                after={"qty": row.qty, "source": row.source_kind, "mode": row.mode},
                reason=row.override_reason,
            )
            for row in rows
        ]
    )


def _former(rows: Sequence[Proposal], *names: str) -> list[Any]:
    """Return the drafts of proposals that were accepted before."""
    found = [getattr(row, name) for row in rows for name in names]
    return [one for one in found if one is not None]


def _unique(rows: Sequence[Any]) -> tuple[Any, ...]:
    return tuple({row.pk: row for row in rows}.values())

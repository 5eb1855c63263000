"""What buyers make of suppliers' changes: accept through a revision, or reject and tell them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from core import audit
from core.actors import Actor
from suppliers.domain import answering
from suppliers.models import ChangeLine, ChangeProposal, PurchaseOrder
from suppliers.services import (
    answer_asking,
    answer_mails,
    answer_rows,
    purchase_rows,
    purchase_sending,
)
from suppliers.services.answer_errors import NothingLeft, ProposalDecided, ReasonUnknown, StaleOrder
from suppliers.services.purchase_drafts import LineChange
from suppliers.services.purchase_revising import revise


@transaction.atomic
def accept_change(proposal_id: int, *, actor: Actor, at: dt.datetime) -> PurchaseOrder:
    """Make a proposal part of the order.

    Days alone are confirmed at once. Units and prices become a revision under the rules of
    approval: carried over, it goes to the supplier now; else after its approval. Sent, it counts
    as confirmed.

    Raises:
        ProposalDecided: it is open no longer.
        StaleOrder: the order was revised after the proposal.
        NothingLeft: it takes every line away.
    """
    order, proposal = _open(proposal_id)
    if order.revision != proposal.revision:
        raise StaleOrder(number=order.number)
    rows = list(proposal.lines.order_by("pk"))
    if {row.line_id for row in rows if row.qty == 0} == set(
        order.lines.values_list("pk", flat=True)
    ):
        raise NothingLeft
    # Before the revision: what is sent next must find it accepted.
    _decide(proposal, "accept", actor=actor, at=at)
    if any(row.qty is not None or row.unit_price is not None for row in rows):
        order = _revise(order, proposal, rows, actor=actor, at=at)
    else:
        _confirm_days(order, rows, at)
    _note(proposal, "change_accepted", actor, at)
    return order


@transaction.atomic
def reject_change(
    proposal_id: int, *, comment: str, actor: Actor, at: dt.datetime
) -> ChangeProposal:
    """Keep the order as it is; the supplier is told why and its clock starts again.

    Raises:
        ProposalDecided: it is open no longer.
        ReasonUnknown: no word says why.
    """
    comment = comment.strip()
    if not comment:
        raise ReasonUnknown
    order, proposal = _open(proposal_id)
    _decide(proposal, "reject", actor=actor, at=at, comment=comment)
    if order.state == "sent" and order.revision == proposal.revision:
        answer_asking.start_clock(order, at=at)
    letter = answer_mails.Letter(
        template="change_rejected", key=str(proposal.pk), context={"comment": comment[:400]}
    )
    answer_mails.tell_supplier(order, letter, actor=actor, at=at)
    _note(proposal, "change_rejected", actor, at, comment)
    return proposal


@transaction.atomic
def withdraw_change(proposal_id: int, *, actor: Actor, at: dt.datetime) -> ChangeProposal:
    """Take a proposal back, as its supplier; the order waits for another answer.

    Raises:
        ProposalDecided: it is open no longer.
    """
    order, proposal = _open(proposal_id)
    _decide(proposal, "withdraw", actor=actor, at=at)
    if order.state == "sent" and order.revision == proposal.revision:
        answer_asking.start_clock(order, at=at)
    _note(proposal, "change_withdrawn", actor, at)
    return proposal


def _open(proposal_id: int) -> tuple[PurchaseOrder, ChangeProposal]:
    order_id = ChangeProposal.objects.values_list("order_id", flat=True).get(pk=proposal_id)
    order = purchase_rows.lock(order_id)
    proposal = ChangeProposal.objects.get(pk=proposal_id)
    if proposal.state != answering.PROPOSED:
        raise ProposalDecided
    return order, proposal


def _decide(
    proposal: ChangeProposal, move: str, *, actor: Actor, at: dt.datetime, comment: str = ""
) -> None:
    state = answering.TRANSITIONS[move][proposal.state]
    rows = ChangeProposal.objects.filter(pk=proposal.pk, state=proposal.state)
    if not rows.update(
        state=state, decided_at=at, decided_by=actor.key[:64], decision_comment=comment[:400]
    ):
        raise ProposalDecided
    proposal.state, proposal.decided_at, proposal.decision_comment = state, at, comment[:400]


def _revise(
    order: PurchaseOrder,
    proposal: ChangeProposal,
    rows: Sequence[ChangeLine],
    *,
    actor: Actor,
    at: dt.datetime,
) -> PurchaseOrder:
    changes = [
        LineChange(row.line_id, row.qty, row.unit_price)
        for row in rows
        if row.line_id is not None and (row.qty is not None or row.unit_price is not None)
    ]
    revised = revise(
        order.pk,
        changes=changes,
        expected_version=order.version,
        reason="SUPPLIER_CHANGE",
        actor=actor,
        at=at,
    )
    ChangeProposal.objects.filter(pk=proposal.pk).update(agreed_revision=revised.revision)
    if revised.state == "approved":
        return purchase_sending.send(revised.pk, actor=actor, at=at)
    return revised


def _confirm_days(order: PurchaseOrder, rows: Sequence[ChangeLine], at: dt.datetime) -> None:
    for row in rows:
        order.lines.filter(sku_id=row.sku_id).update(confirmed_qty=row.was_qty, confirmed_on=row.on)
    purchase_rows.save(order)
    if answer_rows.confirm_if_complete(order, at=at):
        answer_asking.stop_clock(order, at=at)
    answer_rows.renew_eta(order, at=at)
    letter = answer_mails.Letter(template="change_accepted", key=str(rows[0].proposal_id))
    answer_mails.tell_supplier(order, letter, at=at)


def _note(
    proposal: ChangeProposal, action: str, actor: Actor, at: dt.datetime, reason: str = ""
) -> None:
    audit.record(
        actor=actor,
        action=f"suppliers.{action}",
        target=f"purchase_order:{proposal.order_id}",
        after={"proposal": proposal.pk, "revision": proposal.revision},
        reason=reason[:200],
        at=at,
    )

"""Decisions on proposals: another quantity, later, not at all, or into orders and transfers.

Every step locks the proposal, goes through the table of moves and writes an audit entry. What was
computed stays beside what a person decided (B-64).
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import transaction

from core.actors import Actor
from core.audit.recording import record
from inventory.models import MOST_UNITS
from planning.domain import proposal_states
from planning.models import Proposal
from planning.services.proposal_accepting import Accepted, accept
from planning.services.proposal_errors import (
    ProposalDayRefused,
    ProposalDecided,
    ProposalMissing,
    ProposalQtyRefused,
    ProposalReasonNeeded,
    ProposalStale,
)

__all__ = ["Accepted", "accept", "change_qty", "dismiss", "reopen", "snooze"]

#: A person's quantity counts so long unless a day is named, and never longer than the second.
OVERRIDE_DAYS: Final = 14
MOST_DAYS: Final = 180
REASON_LENGTH: Final = 200


@transaction.atomic
def change_qty(  # noqa: PLR0913  # one decision has this many facts, the page names each
    proposal_id: int,
    qty: int,
    *,
    reason: str = "",
    until: dt.date | None = None,
    expected_version: int | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Proposal:
    """Let a person's units stand in for the computed ones until a day, 14 days on at first.

    The computed units themselves take the person's away again; that needs no reason.

    Raises:
        ProposalMissing, ProposalDecided, ProposalStale, ProposalQtyRefused, ProposalDayRefused,
        ProposalReasonNeeded: nothing is written.
    """
    row = lock(proposal_id)
    refuse_stale(row, expected_version)
    if type(qty) is not int or not 1 <= qty <= MOST_UNITS:
        raise ProposalQtyRefused(most=MOST_UNITS)
    given: dict[str, Any] = dict.fromkeys(("override_qty", "override_until"))
    given |= {"override_reason": "", "override_by": ""}
    if qty != row.computed_qty:
        given = {
            "override_qty": qty,
            "override_until": _day(until, now, first=0, default=OVERRIDE_DAYS),
            "override_reason": _reason(reason),
            "override_by": actor.key,
        }
    before = row.qty
    _move(row, "change", **given)
    _note(row, "qty_changed", {"qty": before}, actor=actor, now=now, reason=reason)
    return row


@transaction.atomic
def snooze(
    proposal_id: int,
    until_on: dt.date,
    *,
    reason: str = "",
    expected_version: int | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Proposal:
    """Put a proposal away until a day (UTC); the review of that day opens it again.

    Raises:
        ProposalMissing, ProposalDecided, ProposalStale, ProposalDayRefused: nothing is written.
    """
    row = lock(proposal_id)
    refuse_stale(row, expected_version)
    before = {"state": row.state}
    _move(row, "snooze", snoozed_until=_day(until_on, now, first=1, default=7))
    _note(row, "snoozed", before, actor=actor, now=now, reason=reason)
    return row


@transaction.atomic
def reopen(
    proposal_id: int,
    *,
    expected_version: int | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Proposal:
    """Take a snoozed proposal out again before its day.

    Raises:
        ProposalMissing, ProposalDecided, ProposalStale: nothing is written.
    """
    row = lock(proposal_id)
    refuse_stale(row, expected_version)
    before = {"state": row.state}
    _move(row, "reopen", snoozed_until=None)
    _note(row, "reopened", before, actor=actor, now=now)
    return row


@transaction.atomic
def dismiss(
    proposal_id: int,
    *,
    reason: str,
    expected_version: int | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Proposal:
    """Say no. The next review may propose the SKU again, when it still needs units.

    Raises:
        ProposalMissing, ProposalDecided, ProposalStale, ProposalReasonNeeded: nothing is written.
    """
    row = lock(proposal_id)
    refuse_stale(row, expected_version)
    before = {"state": row.state}
    why = _reason(reason)
    _move(row, "dismiss", decided_at=now, decided_by=actor.key, decision_reason=why)
    _note(row, "dismissed", before, actor=actor, now=now, reason=why)
    return row


def lock(proposal_id: int) -> Proposal:
    """Return a proposal, locked.

    Raises:
        ProposalMissing: there is none.
    """
    rows = Proposal.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(pk=proposal_id).first()
    if row is None:
        raise ProposalMissing
    return row


def refuse_stale(row: Proposal, expected_version: int | None) -> None:
    """Refuse a decision on a version that was not the one shown; None: nothing was shown.

    Raises:
        ProposalStale: `data["differences"]` names what may have changed, with the values now.
    """
    if expected_version is None or row.version == expected_version:
        return
    raise ProposalStale(
        number=row.number,
        qty=row.qty,
        version=row.version,
        differences=(
            ("version", expected_version, row.version),
            ("state", None, row.state),
            ("qty", None, row.qty),
        ),
    )


def _move(row: Proposal, move: str, **columns: Any) -> None:
    """Change a locked row if the move may start where it stands; on SQLite too.

    Raises:
        ProposalDecided: no step leads there, or somebody was faster.
    """
    state = proposal_states.after(row.state, move)
    values = {**columns, "state": state, "version": row.version + 1}
    same = Proposal.objects.filter(pk=row.pk, state=row.state, version=row.version)
    if state is None or not same.update(**values):
        raise ProposalDecided(number=row.number, state=row.get_state_display())
    for name, value in values.items():
        setattr(row, name, value)


def _reason(text: str) -> str:
    if not text.strip():
        raise ProposalReasonNeeded
    return text.strip()[:REASON_LENGTH]


def _day(day: dt.date | None, now: dt.datetime, *, first: int, default: int) -> dt.date:
    """Return the day, from `first` days ahead on; None: the default one."""
    today = now.date()
    found = day or today + dt.timedelta(days=default)
    if not first <= (found - today).days <= MOST_DAYS:
        raise ProposalDayRefused(most=MOST_DAYS)
    return found


def _note(
    row: Proposal,
    what: str,
    before: dict[str, Any],
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
) -> None:
    record(
        actor=actor,
        action=f"planning.proposal_{what}",
        target=f"proposal:{row.pk}",
        at=now,
        before=before,
        after={"state": str(row.state), "qty": row.qty},
        reason=reason.strip()[:REASON_LENGTH],
    )

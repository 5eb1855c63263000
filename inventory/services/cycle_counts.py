"""Cycle counts: a bin is asked for, counted blind, counted again by somebody else, posted (X18).

Locks: the count, then lots, then levels. Nothing is booked before the end of a count; then the
difference goes onto what is there now, through `counting.post_count`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from core import audit, numbers
from core.actors import Actor
from core.errors import NotFound, StateConflict, gettext_noop
from inventory.domain.cycle_counts import TRANSITIONS
from inventory.models import Bin, CountTask, CycleCount, CycleCountLine, CycleCountRound, StockMove
from inventory.services import count_settling

__all__ = [
    "AnotherPersonCounts",
    "ApproverCounted",
    "CountMissing",
    "CountStateConflict",
    "NotCountable",
    "SamePersonCounts",
    "approve",
    "ask_recount",
    "cancel",
    "finish",
    "leave",
    "request",
    "start",
]

State = CycleCount.State
#: What may be counted: places where goods are stored.
COUNTABLE = frozenset({"pick", "bulk", "receive", "quarantine", "damaged"})
SHIFT = dt.timedelta(hours=8)


class CountMissing(NotFound):
    """No such count."""

    code = "COUNT_MISSING"
    text = gettext_noop("This count does not exist. Reload the list.")


class NotCountable(StateConflict):
    """A tote, station or closed bin is not counted."""

    code = "NOT_COUNTABLE"
    text = gettext_noop("Bin %(bin)s is no storage place. Scan a storage bin.")


class SamePersonCounts(StateConflict):
    """The second count must be somebody else's (X18)."""

    code = "SAME_PERSON_COUNTS"
    text = gettext_noop("You counted %(bin)s last. Somebody else must count it now.")


class AnotherPersonCounts(StateConflict):
    """Somebody stands at the bin and counts it."""

    code = "ANOTHER_PERSON_COUNTS"
    text = gettext_noop("Somebody else is counting %(bin)s. Take another bin.")


class CountStateConflict(StateConflict):
    """A count can't go from its state to the wanted one."""

    code = "COUNT_STATE_CONFLICT"
    text = gettext_noop("Count %(number)s is %(state)s. Reload the page.")


class ApproverCounted(StateConflict):
    """A counter can't approve the own count."""

    code = "APPROVER_COUNTED"
    text = gettext_noop("You counted %(bin)s yourself. Somebody else must approve it.")


@dataclass(frozen=True, slots=True)
class CountRequest:
    """A bin to count: why, until when (aware UTC), and its class where the plan asks."""

    bin_id: int
    reason: str
    due_at: dt.datetime
    abc: str = ""


@transaction.atomic
def request(rows: Sequence[CountRequest], *, actor: Actor, at: dt.datetime) -> list[CycleCount]:
    """Ask for counts of bins; a bin that waits for one already gets no second. Returns new ones.

    Raises:
        NotCountable: a bin is no storage place, closed or unknown; nothing is written.
    """
    wanted = {row.bin_id: row for row in rows}
    places = {place.pk: place for place in Bin.objects.filter(pk__in=wanted).order_by("pk")}
    for bin_id in wanted:
        _check_place(places.get(bin_id), bin_id)
    open_bins = set(
        CycleCount.objects.open().filter(bin_id__in=wanted).values_list("bin_id", flat=True)
    )
    new = [bin_id for bin_id in wanted if bin_id not in open_bins]
    if not new:
        return []
    made = [
        CycleCount(
            number=number,
            warehouse_id=places[bin_id].warehouse_id or 0,
            bin_id=bin_id,
            reason=wanted[bin_id].reason,
            abc=wanted[bin_id].abc,
            due_at=wanted[bin_id].due_at,
            requested_at=at,
            requested_by=actor.key,
        )
        for number, bin_id in zip(numbers.take("cycle_count", len(new)), new, strict=True)
    ]
    # Two planners may ask for the same bin at once; the database keeps the first.
    CycleCount.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
    return list(CycleCount.objects.filter(number__in=[row.number for row in made]).order_by("pk"))


def _check_place(place: Bin | None, bin_id: int) -> None:
    if place is None or place.kind not in COUNTABLE or not place.is_active:
        raise NotCountable(bin=place.code if place else bin_id)


@transaction.atomic
def start(bin_id: int, *, actor: Actor, at: dt.datetime) -> CycleCountRound:
    """Return the actor's open round at a bin, asking for the count first when there is none.

    Raises:
        NotCountable, SamePersonCounts, AnotherPersonCounts: as named.
        CountStateConflict: the count waits for a decision.
    """
    task = CountTask.objects.open().filter(bin_id=bin_id).order_by("due_at", "pk").first()
    reason, due_at = (task.reason, task.due_at) if task else ("FLOOR", at + SHIFT)
    request([CountRequest(bin_id, reason, due_at)], actor=actor, at=at)
    count = CycleCount.objects.open().filter(bin_id=bin_id).lock().get()
    if count.state == State.COUNTING:
        return _own_round(count, actor)
    last = count.rounds.order_by("-round_no").first()
    if last is not None and last.counter_key == actor.key:
        raise SamePersonCounts(bin=_bin_code(count))
    _move(count, State.COUNTING, actor=actor, at=at)
    made: CycleCountRound = count.rounds.create(
        round_no=1 if last is None else last.round_no + 1,
        counter_key=actor.key,
        step=CycleCountRound.Step.ITEM,
        started_at=at,
        started_move_id=_position(),
    )
    return made


def _own_round(count: CycleCount, actor: Actor) -> CycleCountRound:
    running: CycleCountRound = count.rounds.get(finished_at__isnull=True)
    if running.counter_key != actor.key:
        raise AnotherPersonCounts(bin=_bin_code(count))
    return running


def _position() -> int:
    return StockMove.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _bin_code(count: CycleCount) -> str:
    return Bin.objects.values_list("code", flat=True).get(pk=count.bin_id)


@transaction.atomic
def leave(count_id: int, *, actor: Actor, at: dt.datetime) -> CycleCount:
    """Give up the running round: the count waits again, what was scanned is forgotten.

    Raises:
        CountMissing, CountStateConflict: nobody counts it.
    """
    count = locked(count_id)
    _demand(count, State.COUNTING)
    running = count.rounds.get(finished_at__isnull=True)
    back = State.REQUESTED if running.round_no == 1 else State.RECOUNT
    CycleCountLine.objects.filter(round=running).delete()
    running.delete()
    # `recount` follows `counting` only through a finished round; leaving goes one step back.
    _write(count, back, actor=actor, at=at, reason="LEFT")
    return count


@transaction.atomic
def finish(count_id: int, *, actor: Actor, at: dt.datetime) -> CycleCount:
    """End the actor's round: compare with the ledger of this moment and go on (X18).

    Without a difference, or with one that two persons found alike within the limits, the count is
    posted. A difference found once waits for somebody else, one above the limits for approval.

    Raises:
        CountMissing, CountStateConflict, AnotherPersonCounts: nothing is written.
    """
    count = locked(count_id)
    _demand(count, State.COUNTING)
    running = _own_round(count, actor)
    verdict = count_settling.close_round(count, running, position=_position, at=at)
    if verdict == "post":
        _move(count, State.COUNTED, actor=actor, at=at)
        if not count_settling.try_post(count, actor=actor, at=at):
            verdict = "review"
        else:
            _close(count, State.POSTED, actor=actor, at=at)
            return count
    _move(count, State.RECOUNT if verdict == "recount" else State.REVIEW, actor=actor, at=at)
    return count


@transaction.atomic
def approve(count_id: int, *, actor: Actor, at: dt.datetime, note: str = "") -> CycleCount:
    """Post a count above the limits. Two approvals at once post once.

    Raises:
        CountMissing, CountStateConflict: it does not wait for approval.
        ApproverCounted: the actor counted in one of its rounds.
        BinShort: the bin holds fewer units now than are to be booked as lost; count it again.
    """
    count = locked(count_id)
    _demand(count, State.REVIEW)
    if count.rounds.filter(counter_key=actor.key).exists():
        raise ApproverCounted(bin=_bin_code(count))
    count_settling.post(count, actor=actor, at=at)
    _close(count, State.POSTED, actor=actor, at=at, note=note)
    return count


@transaction.atomic
def ask_recount(count_id: int, *, actor: Actor, at: dt.datetime, note: str) -> CycleCount:
    """Send a count that waits for approval back to be counted once more.

    Raises:
        CountMissing, CountStateConflict: it does not wait for approval.
    """
    count = locked(count_id)
    _demand(count, State.REVIEW)
    count_settling.drop_lines(count)
    _move(count, State.RECOUNT, actor=actor, at=at, note=note)
    return count


@transaction.atomic
def cancel(count_id: int, *, actor: Actor, at: dt.datetime, note: str) -> CycleCount:
    """Cancel an open count; nothing is booked, what was counted stays as evidence.

    Raises:
        CountMissing, CountStateConflict: it is closed.
    """
    count = locked(count_id)
    if count.state == State.COUNTING:
        count.rounds.filter(finished_at__isnull=True).update(finished_at=at)
    _close(count, State.CANCELLED, actor=actor, at=at, note=note)
    return count


def locked(count_id: int) -> CycleCount:
    """Return a count, its row locked.

    Raises:
        CountMissing: there is none.
    """
    count = CycleCount.objects.filter(pk=count_id).lock().first()
    if count is None:
        raise CountMissing(count_id=count_id)
    return count


def _demand(count: CycleCount, state: str) -> None:
    if count.state != state:
        raise CountStateConflict(number=count.number, state=count.get_state_display())


def _close(count: CycleCount, state: str, *, actor: Actor, at: dt.datetime, note: str = "") -> None:
    count.closed_at, count.closed_by = at, actor.key
    count_settling.drop_lines(count)
    _move(count, state, actor=actor, at=at, note=note)


def _move(count: CycleCount, state: str, *, actor: Actor, at: dt.datetime, note: str = "") -> None:
    if state not in TRANSITIONS[count.state]:
        raise CountStateConflict(number=count.number, state=count.get_state_display())
    _write(count, state, actor=actor, at=at, reason=note)


def _write(count: CycleCount, state: str, *, actor: Actor, at: dt.datetime, reason: str) -> None:
    before = count.state
    count.state = state
    if reason:
        count.note = reason[:200]
    changed = CycleCount.objects.filter(pk=count.pk, state=before).update(
        state=state, note=count.note, closed_at=count.closed_at, closed_by=count.closed_by
    )
    if not changed:
        raise CountStateConflict(number=count.number, state=count.get_state_display())
    audit.record(
        actor=actor,
        action=f"inventory.count_{state}",
        target=f"cycle_count:{count.pk}",
        at=at,
        before={"state": before},
        after={"state": state, "variance_qty": count.variance_qty},
        reason=reason,
    )

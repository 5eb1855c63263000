"""Declare a level-1 response, carry its steps out, and take it back step by step (B-41).

The small steps are in the transaction of the declaration. Promises of orders move afterwards in
batches, each in a transaction of its own; `carry_on` finishes what a crash left, every 5 minutes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.db import IntegrityError, transaction

from core import audit
from core.actors import Actor
from orders.models import Order
from orders.services import arrival_days, supply_notices
from orders.services.supply_notices import SupplyWords
from planning.models import RiskFlag, RiskResponse, RiskStep
from planning.services import risk_index
from planning.services.risk_errors import RiskChanged, RiskKnown, RiskOver, RiskRefused
from planning.services.risk_plans import SupplyEntry, SupplyPlan, plan
from suppliers.services import supply_delays

#: Orders whose promises move in one transaction.
BATCH: Final = 50
#: Orders that move while the one who confirmed waits; the job moves the rest.
AT_ONCE: Final = 500
DATE: Final = "SHOW_EXPECTED_DATE"
SWITCH: Final = "USE_BACKUP_SUPPLIER"
State = RiskStep.State


def source_key(response_id: int) -> str:
    """Return the key under which other apps keep what a response did there."""
    return f"risk_response:{response_id}"


def declare(entry: SupplyEntry, *, digest: str, actor: Actor, now: dt.datetime) -> RiskResponse:
    """Confirm the preview named by `digest` and carry it out; one is active for each subject.

    Suppliers are switched, later arrivals and words are entered, the flag is raised and the mode
    evaluated in one transaction; then the promises move. Locks suppliers' goods, then orders.

    Raises:
        RiskRefused: the entry says too little.
        RiskChanged: the steps are no longer those that were shown.
        RiskKnown: the subject has an active response.
    """
    shown = plan(entry)
    subject = shown.subject
    active = RiskResponse.objects.filter(
        level=1, subject_key=subject.key, state=RiskResponse.State.ACTIVE
    )
    if active.exists():
        raise RiskKnown(subject=subject.label)
    if shown.digest != digest:
        raise RiskChanged
    try:
        with transaction.atomic():
            response = _write(shown, actor, now)
    except IntegrityError as error:
        if active.exists():
            raise RiskKnown(subject=subject.label) from error
        raise
    carry_on(response.pk, now=now, limit=AT_ONCE)
    return response


def _write(shown: SupplyPlan, actor: Actor, now: dt.datetime) -> RiskResponse:
    entry, subject = shown.entry, shown.subject
    response = RiskResponse.objects.create(
        level=1,
        subject_kind=entry.subject_kind,
        subject_key=subject.key,
        supplier_id=entry.supplier_id if entry.subject_kind == "supplier" else None,
        delay_days=entry.delay_days,
        reason=entry.reason,
        support_en=entry.support_en,
        support_zh=entry.support_zh,
        until_on=entry.until_on,
        declared_at=now,
        declared_by=actor.key,
    )
    steps = [
        RiskStep(
            response=response,
            position=position,
            kind=step.kind,
            undo=step.undo,
            subject_key=step.subject_key,
            before=step.before,
            after=step.after,
            terms=shown.terms.get(step.subject_key, {}),
        )
        for position, step in enumerate(shown.response.steps, start=1)
    ]
    RiskStep.objects.bulk_create(steps, batch_size=500)
    audit.record(
        actor=actor,
        action="planning.risk_declared",
        target=source_key(response.pk),
        at=now,
        after={"subject": subject.key, "days": entry.delay_days, "steps": len(steps)},
        reason=entry.reason,
    )
    _switch_suppliers(response, actor, now)
    key = source_key(response.pk)
    supply_delays.begin(shown.later, source_key=key, actor=actor, at=now)
    words = SupplyWords(key, entry.support_en, entry.support_zh)
    supply_notices.issue(words, shown.sku_ids, actor=actor, at=now)
    _raise_flag(response, entry, actor, now)
    done = response.steps.filter(kind__in=("SEND_SUPPORT_TEXT", "RAISE_INDEX"))
    done.update(state=State.DONE, done_at=now)
    risk_index.evaluate(actor=actor, now=now)
    return response


def _raise_flag(response: RiskResponse, entry: SupplyEntry, actor: Actor, now: dt.datetime) -> None:
    RiskFlag.objects.create(
        subject_kind=entry.subject_kind,
        subject_key=response.subject_key,
        supplier_id=response.supplier_id,
        mode=entry.mode,
        country="" if entry.subject_kind == "supplier" else entry.country,
        warehouse_id=entry.warehouse_id if entry.subject_kind == "lane" else None,
        level=RiskFlag.Level.HIGH,
        delay_days=entry.delay_days,
        reason=entry.reason,
        from_on=now.date(),
        until_on=entry.until_on,
        response=response,
        author_key=actor.key,
        created_at=now,
    )


def _switch_suppliers(response: RiskResponse, actor: Actor, now: dt.datetime) -> None:
    for step in response.steps.filter(kind=SWITCH).order_by("position"):
        moved = supply_delays.rank_first(
            step.terms["goods_id"],
            step.terms["new_rank"],
            expected_rank=step.terms["rank"],
            actor=actor,
            at=now,
        )
        _finish(step, State.DONE if moved else State.OVERTAKEN, now)


def carry_on(response_id: int, *, now: dt.datetime, limit: int | None = None) -> int:
    """Move the promises that a response still has to move; return how many orders it looked at.

    Repeatable, batch by batch; stops by itself once the response is taken back. Locks the
    response, then the orders of a batch by id.
    """
    looked = 0
    while limit is None or looked < limit:
        with transaction.atomic():
            batch = _next_batch(response_id, RiskResponse.State.ACTIVE, State.PLANNED)
            if not batch:
                return looked
            ids = [int(step.terms["order_id"]) for step in batch]
            arrival_days.date_orders(sorted(ids), at=now)
            promised = dict(
                Order.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "promised_by")
            )
            for step in batch:
                day = promised.get(int(step.terms["order_id"]))
                moved = day is not None and day.isoformat() != step.before
                step.after = day.isoformat() if day is not None and moved else step.after
                _finish(step, State.DONE if moved else State.OVERTAKEN, now)
            looked += len(batch)
    return looked


def _next_batch(response_id: int, response_state: str, step_state: str) -> list[RiskStep]:
    rows = RiskResponse.objects.select_for_update().filter(pk=response_id, state=response_state)
    if rows.first() is None:
        return []
    steps = RiskStep.objects.filter(response_id=response_id, kind=DATE, state=step_state)
    return list(steps.order_by("position")[:BATCH])


def reverse(response_id: int, *, reason: str, actor: Actor, now: dt.datetime) -> RiskResponse:
    """Take a level-1 response back, the last step first; the second who tries is told.

    What somebody changed since is left as it is, and the step says so. The conservative mode
    ends when the index has been calm for as long as the settings say.

    Raises:
        RiskRefused: no reason.
        RiskOver: it was taken back before, or never was.
    """
    if not reason.strip():
        raise RiskRefused(what="Reason", why="write why it is taken back.")
    with transaction.atomic():
        done = _end(response_id, reason.strip(), actor, now)
        response = RiskResponse.objects.filter(pk=response_id).first()
        if not done or response is None:
            raise RiskOver(who=response.reversed_by if response else "—")
        _take_back(response, actor, now)
        audit.record(
            actor=actor,
            action="planning.risk_reversed",
            target=source_key(response_id),
            at=now,
            after={"subject": response.subject_key},
            reason=response.reversal_reason,
        )
    carry_back(response_id, now=now, limit=AT_ONCE)
    return response


def _end(response_id: int, reason: str, actor: Actor, now: dt.datetime) -> int:
    """Mark an active response as taken back; 0 when another was quicker."""
    active = RiskResponse.objects.filter(pk=response_id, level=1, state=RiskResponse.State.ACTIVE)
    return active.update(
        state=RiskResponse.State.REVERSED,
        reversed_at=now,
        reversed_by=actor.key,
        reversal_reason=reason,
    )


def _take_back(response: RiskResponse, actor: Actor, now: dt.datetime) -> None:
    key = source_key(response.pk)
    response.flags.filter(cleared_at__isnull=True).update(cleared_at=now, cleared_by=actor.key)
    supply_notices.withdraw(key, actor=actor, at=now)
    supply_delays.end(key, actor=actor, at=now)
    response.steps.filter(kind=DATE, state=State.PLANNED).update(state=State.UNDONE, undone_at=now)
    for step in response.steps.filter(kind=SWITCH, state=State.DONE).order_by("-position"):
        moved = supply_delays.rank_first(
            step.terms["goods_id"],
            step.terms["rank"],
            expected_rank=step.terms["new_rank"],
            actor=actor,
            at=now,
        )
        _finish(step, State.UNDONE if moved else State.OVERTAKEN, now)
    done = response.steps.filter(kind__in=("SEND_SUPPORT_TEXT", "RAISE_INDEX"), state=State.DONE)
    done.update(state=State.UNDONE, undone_at=now)
    risk_index.evaluate(actor=actor, now=now)


def carry_back(response_id: int, *, now: dt.datetime, limit: int | None = None) -> int:
    """Give the orders of a response taken back their earlier promises; return how many.

    A promise that moved on since stays with the arrivals, and its step says so. Repeatable.
    """
    looked = 0
    while limit is None or looked < limit:
        with transaction.atomic():
            batch = _next_batch(response_id, RiskResponse.State.REVERSED, State.DONE)
            if not batch:
                return looked
            for step in sorted(batch, key=lambda one: int(one.terms["order_id"])):
                _finish(step, State.UNDONE if _move_back(step, now) else State.OVERTAKEN, now)
            looked += len(batch)
    return looked


def _move_back(step: RiskStep, now: dt.datetime) -> bool:
    order_id = int(step.terms["order_id"])
    before = dt.date.fromisoformat(step.before) if step.before else None
    expected = dt.date.fromisoformat(step.after)
    if arrival_days.move_back(order_id, expected=expected, before=before, at=now):
        return True
    arrival_days.date_orders([order_id], at=now)
    return before is None


def finish_all(*, now: dt.datetime) -> int:
    """Carry on and back what is left of every response; return how many orders it looked at."""
    left = RiskStep.objects.filter(kind=DATE)
    going = left.filter(state=State.PLANNED, response__state=RiskResponse.State.ACTIVE)
    back = left.filter(state=State.DONE, response__state=RiskResponse.State.REVERSED)
    looked = sum(carry_on(pk, now=now) for pk in _responses(going))
    return looked + sum(carry_back(pk, now=now) for pk in _responses(back))


def _responses(steps: Iterable[RiskStep]) -> list[int]:
    return sorted({step.response_id for step in steps})


def _finish(step: RiskStep, state: str, now: dt.datetime) -> None:
    was, step.state = step.state, state
    if state == State.DONE or was == State.PLANNED:
        step.done_at = now
    else:
        step.undone_at = now
    step.save(update_fields=["state", "after", "done_at", "undone_at"])

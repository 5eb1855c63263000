"""Pick faces are refilled from bulk bins: urgent when picks wait, else below their least (W7).

A task claims nothing: orders may still be promised the units it moves. What a bin no longer has
when the worker comes is refused by the move, and a count is offered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from core import audit
from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from inventory.domain.allocation import BinSlot
from inventory.domain.lines import MoveLine
from inventory.models import Bin, PickFace, ReplenishTask, Warehouse
from inventory.queries.refills import FaceView, bulk_slots, read_faces, waiting_picks
from inventory.services import count_tasks, stock

SHIFT = dt.timedelta(hours=8)
EMPTY = "REFILL_SOURCE_EMPTY"
ENDED = "PICK_FACE_ENDED"


class BadFace(InputRefused):
    """A pick face without room between its least and its most, or in a bin nobody picks from."""

    code = "BAD_FACE"
    text = gettext_noop("A pick face needs a pick bin, and a most above its least.")


class RefillIsDone(StateConflict):
    """The refill was finished meanwhile."""

    code = "REFILL_IS_DONE"
    text = gettext_noop("This refill is %(state)s. Take the next one.")


@dataclass(frozen=True, slots=True)
class FaceDraft:
    """A SKU at a pick bin: refilled below `min_qty`, up to `max_qty`."""

    bin_id: int
    sku_id: int
    min_qty: int
    max_qty: int


@transaction.atomic
def save_faces(drafts: Sequence[FaceDraft], *, actor: Actor, at: dt.datetime) -> list[PickFace]:
    """Create or change pick faces. Safe to repeat.

    Raises:
        BadFace: a draft has no room, or its bin is not picked from; nothing is written.
    """
    bins = Bin.objects.pickable().in_bulk([draft.bin_id for draft in drafts])
    saved = []
    for draft in drafts:
        if draft.bin_id not in bins or not 0 <= draft.min_qty < draft.max_qty:
            raise BadFace
        face, _made = PickFace.objects.update_or_create(
            bin_id=draft.bin_id,
            sku_id=draft.sku_id,
            defaults={"min_qty": draft.min_qty, "max_qty": draft.max_qty, "is_active": True},
        )
        saved.append(face)
    audit.record_many(
        [
            audit.AuditDraft(
                actor,
                "inventory.pick_face_set",
                f"bin:{face.bin_id}",
                at,
                after={"sku": face.sku_id, "min": face.min_qty, "max": face.max_qty},
            )
            for face in saved
        ]
    )
    return saved


@transaction.atomic
def end_face(face_id: int, *, actor: Actor, at: dt.datetime) -> PickFace:
    """Refill a pick face no more; a refill that waits for it is cancelled. Repeatable."""
    rows = PickFace.objects.select_for_update(of=("self",), no_key=True)
    face = rows.get(pk=face_id)
    if not PickFace.objects.filter(pk=face.pk, is_active=True).update(is_active=False):
        return face
    face.is_active = False
    ReplenishTask.objects.open().filter(face=face).update(
        state=ReplenishTask.State.CANCELLED, reason=ENDED, closed_at=at, closed_by=actor.key
    )
    audit.record(
        actor=actor,
        action="inventory.pick_face_ended",
        target=f"bin:{face.bin_id}",
        at=at,
        before={"sku": face.sku_id, "min": face.min_qty, "max": face.max_qty},
    )
    return face


@transaction.atomic
def plan(warehouse_id: int, *, at: dt.datetime) -> list[ReplenishTask]:
    """Make the refills a warehouse needs now, and mark those urgent that picks wait for.

    Locks the warehouse, so that two runs never make the same refill; a second run adds nothing.
    """
    Warehouse.objects.select_for_update(of=("self",), no_key=True).get(pk=warehouse_id)
    faces = read_faces(warehouse_id)
    skus = {view.face.sku_id for view in faces}
    waiting = waiting_picks(warehouse_id, skus)
    free: dict[int, int] = {}
    for view in faces:
        free[view.face.sku_id] = free.get(view.face.sku_id, 0) + view.free_qty
    urgent = {sku_id for sku_id in skus if waiting.get(sku_id, 0) > free[sku_id]}
    open_tasks = ReplenishTask.objects.open().filter(warehouse_id=warehouse_id)
    open_tasks.filter(face__sku_id__in=urgent, is_urgent=False).update(is_urgent=True)
    busy = set(open_tasks.values_list("face_id", flat=True))
    slots = bulk_slots({(warehouse_id, sku_id) for sku_id in skus}) if skus else {}
    made = []
    for view in sorted(faces, key=lambda view: view.face.sku_id not in urgent):
        wanted = _wanted(view, urgent=view.face.sku_id in urgent)
        source = next(iter(slots.get((warehouse_id, view.face.sku_id), ())), None)
        if wanted and source is not None and view.face.pk not in busy:
            made.append(_task(view, source, wanted, view.face.sku_id in urgent, at))
            _use(slots[warehouse_id, view.face.sku_id], made[-1].qty)
    return ReplenishTask.objects.bulk_create(made)


def plan_all(*, at: dt.datetime) -> int:
    """Plan the refills of every warehouse with pick faces; return how many were made."""
    faces = PickFace.objects.filter(bin__warehouse__isnull=False, is_active=True)
    faces = faces.order_by("bin__warehouse_id", "pk")
    places = dict.fromkeys(row.bin.warehouse_id for row in faces.select_related("bin"))
    return sum(len(plan(pk, at=at)) for pk in places if pk)


@transaction.atomic
def confirm(task_id: int, *, qty: int, actor: Actor, at: dt.datetime) -> ReplenishTask:
    """Book the units the worker brought to the face; the task is done, the rest planned anew.

    Raises:
        RefillIsDone: somebody was faster; BinShort: the source has fewer free units.
    """
    task = _lock(task_id)
    stock.move(
        [MoveLine(task.from_bin_id, task.face.bin_id, task.face.sku_id, qty, lot_id=task.lot_id)],
        event_key=f"refill:{task.pk}",
        actor=actor,
        at=at,
        reason="REFILL",
    )
    _close(task, ReplenishTask.State.DONE, actor=actor, at=at, moved_qty=qty)
    return task


@transaction.atomic
def report_empty(task_id: int, *, actor: Actor, at: dt.datetime) -> list[ReplenishTask]:
    """End a refill whose source has nothing: a count of that bin is asked for.

    Returns the refills planned instead; until the bin is counted, no wave takes from it.

    Raises:
        RefillIsDone: somebody was faster.
    """
    task = _lock(task_id)
    count_tasks.ask(
        task.from_bin_id,
        task.face.sku_id,
        reason=EMPTY,
        due_at=at + SHIFT,
        cause_key=f"refill:{task.pk}",
        at=at,
    )
    _close(task, ReplenishTask.State.CANCELLED, actor=actor, at=at, reason=EMPTY)
    return plan(task.warehouse_id, at=at)


def store_step(task_id: int, *, step: str, counted_qty: int) -> None:
    """Keep where the worker stands within an open refill.

    Raises:
        RefillIsDone: it was finished meanwhile.
    """
    changed = ReplenishTask.objects.filter(pk=task_id, state="open").update(
        step=step, counted_qty=counted_qty
    )
    if not changed:
        raise RefillIsDone(state=ReplenishTask.objects.get(pk=task_id).get_state_display())


def _wanted(view: FaceView, *, urgent: bool) -> int:
    if not urgent and view.free_qty >= view.face.min_qty:
        return 0
    return max(0, view.face.max_qty - view.held_qty)


def _task(
    view: FaceView, source: BinSlot, wanted: int, urgent: bool, at: dt.datetime
) -> ReplenishTask:
    return ReplenishTask(
        warehouse_id=view.warehouse_id,
        face=view.face,
        from_bin_id=source.bin_id,
        lot_id=source.lot_id,
        qty=min(wanted, source.free_qty),
        is_urgent=urgent,
        created_at=at,
    )


def _use(slots: list[BinSlot], qty: int) -> None:
    """Take planned units off the first slot, so that the next face gets others."""
    slots[0].free_qty -= qty
    if not slots[0].free_qty:
        slots.pop(0)


def _lock(task_id: int) -> ReplenishTask:
    rows = ReplenishTask.objects.select_for_update(of=("self",), no_key=True)
    task = rows.select_related("face").get(pk=task_id)
    if task.state != ReplenishTask.State.OPEN:
        raise RefillIsDone(state=task.get_state_display())
    return task


def _close(
    task: ReplenishTask,
    state: str,
    *,
    actor: Actor,
    at: dt.datetime,
    moved_qty: int = 0,
    reason: str = "",
) -> None:
    still_open = ReplenishTask.objects.filter(pk=task.pk, state=ReplenishTask.State.OPEN)
    done = still_open.update(
        state=state,
        moved_qty=F("moved_qty") + moved_qty,
        reason=reason,
        closed_at=at,
        closed_by=actor.key,
    )
    if not done:
        raise RefillIsDone(state=task.get_state_display())
    audit.record(
        actor=actor,
        action="inventory.refilled" if moved_qty else "inventory.refill_source_empty",
        target=f"bin:{task.face.bin_id}",
        at=at,
        after={"sku": task.face.sku_id, "units": moved_qty, "from": task.from_bin_id},
        reason=reason,
    )

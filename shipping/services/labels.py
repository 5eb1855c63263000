"""Labels: wished for in one transaction, bought outside of any, recorded in another.

1. `request_labels` writes the wish and queues a job.
2. `purchase_many` claims wishes, asks the carrier (no transaction is open), and records answers.
   A wish that was sent before is looked up at the carrier first: an answer that was lost on its
   way never leads to a second purchase.
3. `void_label` writes the wish to void; `settle_voids` asks the carrier and records its word.

Nothing here stops a parcel from leaving: packing and dispatch go on without a label.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from core import audit, jobs
from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from core.models.documents import StoredFile
from shipping.domain.states import HANDED_OVER
from shipping.models import Label, LabelRequest, Parcel
from shipping.services.parcels import ParcelMoved, ParcelNotFound

PER_JOB = 50
STRANDED_AFTER = dt.timedelta(minutes=10)
BUY_JOB = "shipping.buy_labels"
VOID_JOB = "shipping.void_labels"


class LabelMissing(StateConflict):
    """The parcel has no label."""

    code = "LABEL_MISSING"
    text = gettext_noop("Parcel %(parcel)s has no label yet. Buy one first.")


class LabelAlreadyUsed(StateConflict):
    """The parcel left under this label."""

    code = "LABEL_USED"
    text = gettext_noop("Parcel %(parcel)s has left under this label, so it can't be voided.")


@dataclass(frozen=True, slots=True)
class LabelAsk:
    """A wish for a label. The key is unique for ever, such as `parcel:17:1`."""

    parcel_id: int
    request_key: str


def request_label(
    parcel_id: int, *, request_key: str, actor: Actor, at: dt.datetime
) -> LabelRequest:
    """Return the wish for one parcel's label, written now or before. See `request_labels`."""
    asks = [LabelAsk(parcel_id, request_key)]
    return request_labels(asks, actor=actor, at=at, queue="interactive")[0]


@transaction.atomic
def request_labels(
    asks: Sequence[LabelAsk], *, actor: Actor, at: dt.datetime, queue: str = "normal"
) -> list[LabelRequest]:
    """Write the wishes and queue their purchase; return them in the order of `asks`.

    A constant number of statements per 50. Idempotent: a known key, or a parcel whose label is
    wished for or bought already, yields that wish and buys nothing.

    Raises:
        ParcelNotFound: one of the parcels does not exist.
        ParcelMoved: one of them is voided.
    """
    parcels = Parcel.objects.filter(pk__in=[ask.parcel_id for ask in asks]).in_bulk()
    for ask in asks:
        parcel = parcels.get(ask.parcel_id)
        if parcel is None:
            raise ParcelNotFound(parcel=ask.parcel_id)
        if parcel.state == Parcel.State.VOIDED:
            raise ParcelMoved(parcel=parcel.number, state=parcel.state)
    known = _known(asks)
    fresh = [ask for ask in asks if ask.parcel_id not in known]
    if fresh:
        drafts = {
            ask.parcel_id: LabelRequest(
                parcel_id=ask.parcel_id,
                request_key=ask.request_key,
                requested_by=actor.key,
                requested_at=at,
            )
            for ask in fresh
        }
        rows = list(drafts.values())
        LabelRequest.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        known = _known(asks)
        _queue(BUY_JOB, [known[ask.parcel_id].pk for ask in fresh], actor, queue)
    return [known[ask.parcel_id] for ask in asks]


def _known(asks: Sequence[LabelAsk]) -> dict[int, LabelRequest]:
    """Return the wish of each parcel: the living one, else the one of the very key asked for."""
    by_key = LabelRequest.objects.filter(request_key__in=[ask.request_key for ask in asks])
    found = {row.parcel_id: row for row in by_key.order_by("pk")}
    alive = LabelRequest.objects.filter(parcel_id__in=[ask.parcel_id for ask in asks]).alive()
    return found | {row.parcel_id: row for row in alive.order_by("pk")}


def _queue(job: str, request_ids: Sequence[int], actor: Actor, queue: str = "normal") -> None:
    for start in range(0, len(request_ids), PER_JOB):
        ids = ",".join(str(pk) for pk in request_ids[start : start + PER_JOB])
        jobs.enqueue(job, args={"requests": ids}, queue=queue, started_by=actor.key)


@transaction.atomic
def try_again(parcel_id: int, *, actor: Actor, at: dt.datetime) -> LabelRequest:
    """Ask for the label of a parcel again: after a refusal, or when the carrier is back.

    A wish still open keeps its key and is sent again; after a refusal a new wish is written.
    Repeatable while it works.

    Raises:
        ParcelNotFound, ParcelMoved.
    """
    past = LabelRequest.objects.filter(parcel_id=parcel_id)
    wish = past.filter(state=LabelRequest.State.REQUESTED).first()
    if wish is None:
        key = f"parcel:{parcel_id}:{past.count() + 1}"
        return request_label(parcel_id, request_key=key, actor=actor, at=at)
    _queue(BUY_JOB, [wish.pk], actor, "interactive")
    return wish


@transaction.atomic
def void_label(parcel_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> LabelRequest:
    """Give the label of a parcel back, before the parcel leaves; a job asks the carrier.

    The parcel is without label at once, so another can be bought. Repeatable: a label being voided
    is returned as it stands.

    Raises:
        ParcelNotFound.
        LabelMissing: there is nothing to void.
        LabelAlreadyUsed: the parcel has left.
    """
    parcel = Parcel.objects.filter(pk=parcel_id).lock().first()
    if parcel is None:
        raise ParcelNotFound(parcel=parcel_id)
    if parcel.state in HANDED_OVER:
        raise LabelAlreadyUsed(parcel=parcel.number)
    requests = LabelRequest.objects.filter(parcel_id=parcel_id)
    wish = requests.alive().lock().first()
    if wish is None:
        pending = requests.filter(state=LabelRequest.State.VOID_PENDING).order_by("-pk").first()
        if pending is None:
            raise LabelMissing(parcel=parcel.number)
        return pending
    _free(parcel)
    # What was never sent needs nobody's consent.
    unsent = wish.state == LabelRequest.State.REQUESTED and not wish.attempts
    wish.state = LabelRequest.State.VOIDED if unsent else LabelRequest.State.VOID_PENDING
    wish.settled_at = at if unsent else None
    wish.save(update_fields=["state", "settled_at"])
    if not unsent:
        _queue(VOID_JOB, [wish.pk], actor)
    audit.record(
        actor=actor,
        action="shipping.label_void_asked",
        target=f"parcel:{parcel.pk}",
        at=at,
        after={"request": wish.request_key},
        reason=reason,
    )
    return wish


def _free(parcel: Parcel) -> None:
    labelled = parcel.state in {Parcel.State.LABELLED, Parcel.State.CONFIRMED}
    Parcel.objects.filter(pk=parcel.pk).update(
        state=Parcel.State.VERIFIED if labelled else parcel.state,
        tracking_number=None,
        label_problem="",
        version=F("version") + 1,
    )


def get_label(parcel_id: int) -> Label:
    """Return the valid label of a parcel.

    Raises:
        LabelMissing: none was bought, or it was voided.
    """
    labels = Label.objects.filter(parcel_id=parcel_id, request__state="purchased")
    label = labels.select_related("pdf", "zpl", "parcel").first()
    if label is None:
        raise LabelMissing(parcel=parcel_id)
    return label


@transaction.atomic
def reprint(parcel_id: int, kind: str, *, reason: str, actor: Actor, at: dt.datetime) -> StoredFile:
    """Return the file of a label again, the same bytes, and note who printed it and why.

    Raises:
        LabelMissing: there is no label, or it is not kept in this format.
    """
    label = get_label(parcel_id)
    file = label.pdf if kind == "pdf" else label.zpl
    if file is None:
        raise LabelMissing(parcel=label.parcel.number)
    audit.record(
        actor=actor,
        action="shipping.label_reprinted",
        target=f"parcel:{parcel_id}",
        at=at,
        after={"format": kind, "sha256": file.sha256},
        reason=reason,
    )
    return file


def list_stranded(now: dt.datetime) -> list[int]:
    """Return up to 50 wishes older than ten minutes that are still unanswered, oldest first.

    Their own jobs have given up, or a worker died: the sweep asks again until there is an answer.
    """
    rows = LabelRequest.objects.filter(state="requested", requested_at__lte=now - STRANDED_AFTER)
    rows = rows.exclude(claimed_until__gt=now).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:PER_JOB])


def list_pending_voids(now: dt.datetime) -> list[int]:
    """Return up to 50 voids that are still undecided and that no carrier has refused."""
    rows = LabelRequest.objects.filter(
        state="void_pending", requested_at__lte=now - STRANDED_AFTER
    ).exclude(error_code="VOID_REFUSED")
    return list(rows.order_by("pk").values_list("pk", flat=True)[:PER_JOB])

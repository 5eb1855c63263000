"""Every scan of the floor arrives here: answered once, remembered, answered alike again.

The device gives each scan an id of its own. The scan's record and its effect are written in one
transaction, so a scan that is sent twice (a lost answer, a device that woke up) gets the answer it
got before and changes nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import IntegrityError, transaction

from core.actors import Actor
from core.errors import DomainError
from core.services import badges
from fulfillment.models import ScanRecord
from fulfillment.services import supervisors

#: So many scans of one task an undo may strike off at most.
UNDO_REACH: Final = 50


@dataclass(frozen=True, slots=True)
class IncomingScan:
    """One scan as the device sent it. `raw` is what the scanner typed, uncut."""

    scan_id: uuid.UUID
    screen: str
    raw: str
    task_key: str = ""
    station_code: str = ""


@dataclass(frozen=True, slots=True)
class ScanAnswer:
    """The verdict on a scan and where the floor goes on.

    `why` is a code of `fulfillment.verdicts`; `data` fills its sentence; `next_key` names the task
    or carton whose card comes next (empty: the same one).
    """

    verdict: str
    why: str
    data: Mapping[str, Any] = field(default_factory=dict)
    next_key: str = ""
    undo_key: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the answer as it is stored and sent."""
        return {
            "verdict": self.verdict,
            "why": self.why,
            "data": dict(self.data),
            "next_key": self.next_key,
            "undo_key": self.undo_key,
        }


def answer_once(
    scan: IncomingScan,
    handle: Callable[[], ScanAnswer],
    *,
    actor: Actor,
    at: dt.datetime,
) -> ScanAnswer:
    """Return the answer to a scan; `handle` runs only the first time this scan id arrives.

    A refusal by a service becomes a `reject` with the refusal's code. The record and the effect
    commit together.
    """
    known = _answered(scan.scan_id)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            record = ScanRecord.objects.create(
                scan_id=scan.scan_id,
                station_code=scan.station_code,
                actor_key=actor.key,
                screen=scan.screen,
                task_key=scan.task_key,
                raw=_kept(scan.raw),
                verdict="",
                at=at,
            )
            answer = _handled(handle)
            record.verdict, record.answer = answer.verdict, answer.as_json()
            record.save(update_fields=["verdict", "answer"])
            if answer.why.endswith("_UNDONE"):
                _mark_undone(record, answer)
    except IntegrityError:
        # The same scan arrived twice at once; the other request has written the answer.
        known = _answered(scan.scan_id)
        if known is None:
            raise
        return known
    return answer


def last_scans(actor: Actor, limit: int = 10) -> list[ScanRecord]:
    """Return the actor's latest scans, newest first."""
    return list(ScanRecord.objects.filter(actor_key=actor.key).order_by("-pk")[:limit])


def last_answer(actor: Actor, *, task_key: str) -> dict[str, Any]:
    """Return the answer to the actor's scan before this one, if it was about the same task.

    The scan being answered has no verdict yet, so it is not the one before.
    """
    last = ScanRecord.objects.filter(actor_key=actor.key).exclude(verdict="").order_by("-pk")[:1]
    return next((row.answer for row in last if row.task_key == task_key), {})


def _mark_undone(undo: ScanRecord, answer: ScanAnswer) -> None:
    """Strike off what an undo took back: one scan, or all of the task it led back to."""
    back_to = answer.next_key if ":" in answer.next_key else ""
    key = back_to or undo.task_key
    counted = ScanRecord.objects.filter(
        actor_key=undo.actor_key,
        task_key=key,
        pk__lt=undo.pk,
        is_undone=False,
        verdict__in=("accept", "complete", "warn"),
    ).exclude(raw__istartswith="CMD-UNDO")
    newest = list(counted.order_by("-pk").values_list("pk", flat=True)[:UNDO_REACH])
    gone = newest if back_to else newest[:1]
    ScanRecord.objects.filter(pk__in=[undo.pk, *gone]).update(is_undone=True)


def _kept(raw: str) -> str:
    # A badge opens shifts and says yes to things: the log shows that one was scanned, not which.
    return f"{badges.PREFIX}…" if supervisors.is_badge(raw) else raw[:512]


def _handled(handle: Callable[[], ScanAnswer]) -> ScanAnswer:
    try:
        with transaction.atomic():
            return handle()
    except DomainError as error:
        return ScanAnswer("reject", error.code, {"text": str(error), **_plain(error.data)})


def _answered(scan_id: uuid.UUID) -> ScanAnswer | None:
    record = ScanRecord.objects.filter(scan_id=scan_id).first()
    return ScanAnswer(**record.answer) if record else None


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if isinstance(value, (str, int))}

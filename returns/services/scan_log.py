"""A scan of the return floor is answered once: the record and its effect commit together."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from core.actors import Actor
from core.errors import DomainError
from core.services import badges
from returns.models import ReturnScan


@dataclass(frozen=True, slots=True)
class Scan:
    """What the device sent; `raw` is what the scanner typed."""

    scan_id: uuid.UUID
    screen: str
    raw: str
    task_key: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict on a scan; `data` fills its words; `next_key` names the page that follows."""

    verdict: str
    why: str
    data: Mapping[str, Any] = field(default_factory=dict)
    next_key: str = ""


def answer_once(
    scan: Scan, handle: Callable[[], Answer], *, actor: Actor, at: dt.datetime
) -> Answer:
    """Return the answer to a scan, the first one again when the device sends it twice.

    What a service refuses becomes a rejection with its code and words.
    """
    known = _known(scan.scan_id)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            row = ReturnScan.objects.create(
                scan_id=scan.scan_id,
                actor_key=actor.key,
                screen=scan.screen,
                task_key=scan.task_key,
                raw=_kept(scan.raw),
                at=at,
            )
            answer = _handled(handle)
            row.verdict, row.answer = answer.verdict, {**asdict(answer), "data": dict(answer.data)}
            row.save(update_fields=["verdict", "answer"])
    except IntegrityError:
        # The other request with this scan has written the answer.
        known = _known(scan.scan_id)
        if known is None:
            raise
        return known
    return answer


def last_scans(actor: Actor, limit: int = 5) -> list[ReturnScan]:
    """Return the person's latest scans, the newest first."""
    return list(ReturnScan.objects.filter(actor_key=actor.key).order_by("-pk")[:limit])


def _kept(raw: str) -> str:
    """Return what the log shows: a badge opens shifts, so which one was scanned is not kept."""
    is_badge = raw.strip().upper().startswith(badges.PREFIX)
    return f"{badges.PREFIX}\N{HORIZONTAL ELLIPSIS}" if is_badge else raw[:512]


def _handled(handle: Callable[[], Answer]) -> Answer:
    try:
        with transaction.atomic():
            return handle()
    except DomainError as error:
        facts = {key: value for key, value in error.data.items() if isinstance(value, (str, int))}
        return Answer("reject", error.code, {"text": str(error), **facts})


def _known(scan_id: uuid.UUID) -> Answer | None:
    row = ReturnScan.objects.filter(scan_id=scan_id).first()
    return Answer(**row.answer) if row else None

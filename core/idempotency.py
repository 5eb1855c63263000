"""Let a request that arrives twice have one effect and get one answer.

A row per (scope, key) is committed as `running` before the effect, under a lease; the answer is
written in the transaction of the effect. So a second request finds either the answer, which it
gets again, or the first still at work, and a process that dies leaves neither effect nor answer.
Only answers below 400 are kept: a refusal has no effect and may be tried again as it is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import get_random_string

from core import clock
from core.errors import DomainError, gettext_noop
from core.models.documents import IdempotencyKey

KEPT_FOR: Final = dt.timedelta(hours=72)
#: A request that has run for longer has died; another may take its place.
LEASE: Final = dt.timedelta(seconds=60)
MAX_KEY_LENGTH: Final = 255


class KeyMissing(DomainError):
    """The endpoint needs an Idempotency-Key and got none that it can use."""

    code = "IDEMPOTENCY_KEY_MISSING"
    status = 400
    text = gettext_noop(
        "The header Idempotency-Key is missing. Send a new random value with each new request."
    )


class KeyReused(DomainError):
    """The key belongs to a request with another payload."""

    code = "IDEMPOTENCY_KEY_REUSED"
    status = 422
    text = gettext_noop(
        "This Idempotency-Key was used for another request. Send a new key with a new payload."
    )


class KeyRunning(DomainError):
    """The first request with this key has not ended."""

    code = "IDEMPOTENCY_KEY_RUNNING"
    text = gettext_noop(
        "The first request with this Idempotency-Key still runs. Send it again in a moment."
    )


class KeyLost(DomainError):
    """The lease ran out and another request took over; this one is rolled back."""

    code = "IDEMPOTENCY_KEY_LOST"
    text = gettext_noop("This request took too long and was undone. Send it again.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered: status, headers and body; `is_replay` for a repeated one."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """One request that may be repeated. `scope` names who sends it and where to."""

    scope: str
    key: str
    fingerprint: str


class _Refused(Exception):
    """Carries an answer of 400 or more out of the transaction it must undo."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def fingerprint_of(*parts: bytes | str) -> str:
    """Return the SHA-256 by which two payloads are compared."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def perform(
    submission: Submission,
    effect: Callable[[], Answer],
    *,
    now: dt.datetime,
    wait_seconds: float = 0.0,
) -> Answer:
    """Run `effect` in a transaction unless it was run for this key before; return its answer.

    Call it outside of a transaction. With `wait_seconds`, a repeat waits that long for the first
    to end instead of being refused at once.

    Raises:
        KeyReused: the key came with another payload before.
        KeyRunning: the first request has not ended.
        KeyLost: the effect outlasted its lease and was undone.
    """
    holder = get_random_string(32)
    known = _hold(submission, holder, now, wait_seconds)
    if known is not None:
        return known
    try:
        return _effect_and_answer(submission, holder, effect)
    except _Refused as refused:
        _let_go(submission, holder)
        return refused.answer
    except BaseException:
        _let_go(submission, holder)
        raise


def _effect_and_answer(submission: Submission, holder: str, effect: Callable[[], Answer]) -> Answer:
    with transaction.atomic():
        answer = effect()
        if answer.status >= 400:
            raise _Refused(answer)
        done = _held(submission, holder).update(
            state=IdempotencyKey.State.DONE,
            status_code=answer.status,
            headers=dict(answer.headers),
            body=answer.body,
        )
        if not done:
            raise KeyLost
    return answer


def _hold(
    submission: Submission, holder: str, now: dt.datetime, wait_seconds: float
) -> Answer | None:
    """Take the key, or return the answer it has got already."""
    give_up_at = time.monotonic() + wait_seconds
    while True:
        row = _row_for(submission, holder, now)
        if row.holder == holder:
            return None
        if row.fingerprint != submission.fingerprint:
            raise KeyReused
        if row.status_code is not None:
            answer = Answer(row.status_code, row.headers, bytes(row.body))
            return replace(answer, is_replay=True)
        if time.monotonic() >= give_up_at:
            raise KeyRunning
        time.sleep(0.05)
        now = max(now, clock.now())


def _row_for(submission: Submission, holder: str, now: dt.datetime) -> IdempotencyKey:
    """Return the row of the key: made now, taken over from the dead, or another's."""
    fresh = IdempotencyKey(
        scope=submission.scope,
        key=submission.key,
        fingerprint=submission.fingerprint,
        holder=holder,
        lease_until=now + LEASE,
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    rows = IdempotencyKey.objects.filter(scope=submission.scope, key=submission.key)
    row = rows.first()
    if row is None:
        IdempotencyKey.objects.bulk_create([fresh], ignore_conflicts=True)
        row = rows.get()
    over = row.expires_at <= now
    dead = row.state == IdempotencyKey.State.RUNNING and row.lease_until <= now
    if row.holder == holder or not (over or dead):
        return row
    rows.filter(holder=row.holder).update(
        fingerprint=submission.fingerprint if over else row.fingerprint,
        holder=holder,
        state=IdempotencyKey.State.RUNNING,
        status_code=None,
        lease_until=now + LEASE,
        expires_at=now + KEPT_FOR,
    )
    return rows.get()


def _held(submission: Submission, holder: str) -> QuerySet[IdempotencyKey]:
    return IdempotencyKey.objects.filter(
        scope=submission.scope,
        key=submission.key,
        holder=holder,
        state=IdempotencyKey.State.RUNNING,
    )


def _let_go(submission: Submission, holder: str) -> None:
    _held(submission, holder).delete()


def forget_expired(now: dt.datetime) -> int:
    """Delete answers kept for 72 hours; return how many. Repeatable."""
    deleted, _ = IdempotencyKey.objects.filter(expires_at__lte=now).delete()
    return deleted

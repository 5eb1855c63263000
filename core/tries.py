"""How often one visitor may try a public page: counted in windows, in a table of the caller's."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from core.errors import DomainError, gettext_noop

WINDOW: Final = dt.timedelta(minutes=15)


class TooManyTries(DomainError):
    """A visitor asked too often; `minutes` says how long to wait."""

    code = "TOO_MANY_TRIES"
    status = 429
    text = gettext_noop("Too many tries. Wait %(minutes)s minutes, then search again.")


def count_try(rows: models.QuerySet[Any], bucket: str, *, limit: int, at: dt.datetime) -> None:
    """Count one try of a bucket (page and visitor) in the current quarter of an hour.

    `rows` are the counts: a model with `bucket`, `window_start_at` (unique together) and `tries`.

    Raises:
        TooManyTries: it was one too many.
    """
    start = window_start(at)
    same = rows.filter(bucket=bucket, window_start_at=start)
    if not same.update(tries=F("tries") + 1):
        try:
            with transaction.atomic():
                rows.create(bucket=bucket, window_start_at=start, tries=1)
        except IntegrityError:
            same.update(tries=F("tries") + 1)
    if same.filter(tries__gt=limit).exists():
        left = start + WINDOW - at
        raise TooManyTries(minutes=max(1, -(-int(left.total_seconds()) // 60)))


def forget(rows: models.QuerySet[Any], *, now: dt.datetime) -> int:
    """Delete the counts of past windows; return how many. Repeatable."""
    deleted, _by_model = rows.filter(window_start_at__lt=now - WINDOW).delete()
    return deleted


def visitor_key(address: str, salt: str) -> str:
    """Return a keyed hash of a network address: enough to count tries, not to name anybody."""
    return salted_hmac(salt, address, algorithm="sha256").hexdigest()[:32]


def window_start(at: dt.datetime) -> dt.datetime:
    """Return when the window of a moment began, in UTC."""
    seconds = int(WINDOW.total_seconds())
    return dt.datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, tz=dt.UTC)

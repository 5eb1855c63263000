"""The id that ties log lines, audit entries and error pages of one request or job together."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("quayside_request_id", default="")


def current() -> str:
    """Return the id of the running request or job, or an empty text outside of both."""
    return _current.get()


def fresh() -> str:
    """Return a new id: 32 hexadecimal digits."""
    return uuid.uuid4().hex


@contextmanager
def running(request_id: str) -> Iterator[str]:
    """Make `request_id` current for the block."""
    token = _current.set(request_id)
    try:
        yield request_id
    finally:
        _current.reset(token)

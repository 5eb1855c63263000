"""How a stock service runs: in one transaction, again after a deadlock, never half.

`stock_write` opens the transaction when the caller has none, and tries again (3 times in all)
after a deadlock, a serialization failure or when the stock moved between reading and writing.
Inside a caller's transaction it runs once, in a savepoint: only the caller could repeat the whole.

The services on the hot path (`savepoint=False`) do without the savepoint: they raise each refusal
before they write anything, so the caller may go on after one; any other error marks the caller's
transaction for rollback. Row locks are waited for 3 s (`lock_timeout` of the connection).
"""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

from core.errors import DomainError, StateConflict, gettext_noop

P = ParamSpec("P")
R = TypeVar("R")

MOST_TRIES = 3
_RETRY_STATES = {"40001", "40P01"}
_LOCK_STATE = "55P03"


class LockTimeout(DomainError):
    """Another transaction held the same stock for longer than we wait."""

    code = "LOCK_TIMEOUT"
    text = gettext_noop("Others are changing the same stock right now. Try again in a moment.")


class StockMoved(StateConflict):
    """Stock changed between reading and writing although it was locked: try the whole again."""

    code = "STOCK_MOVED"
    text = gettext_noop("The stock changed at this very moment. Try again.")


def stock_write(*, savepoint: bool = True) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run a stock service atomically; see the module for what is tried again.

    Raises:
        LockTimeout: the lock was not free within 3 s.
    """

    def decorate(service: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(service)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            if not connection.in_atomic_block:
                return _run_alone(service, *args, **kwargs)
            if savepoint:
                return _run_in_savepoint(service, *args, **kwargs)
            return _run_inside(service, *args, **kwargs)

        return run

    return decorate


def _state(error: OperationalError) -> str:
    return str(getattr(error.__cause__, "sqlstate", None) or "")


def _is_lock_wait(error: OperationalError) -> bool:
    return _state(error) == _LOCK_STATE or "database is locked" in str(error)


def _run_in_savepoint(service: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        with transaction.atomic():
            return service(*args, **kwargs)
    except OperationalError as error:
        if _is_lock_wait(error):
            raise LockTimeout from error
        raise


def _run_inside(service: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return service(*args, **kwargs)
    except BaseException as error:
        refused = isinstance(error, DomainError) and not isinstance(error, StockMoved)
        if not refused:
            transaction.set_rollback(True)
        if isinstance(error, OperationalError) and _is_lock_wait(error):
            raise LockTimeout from error
        raise


def _run_alone(service: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    for tries_left in reversed(range(MOST_TRIES)):
        try:
            with transaction.atomic():
                return service(*args, **kwargs)
        except StockMoved:
            if not tries_left:
                raise
        except OperationalError as error:
            if _is_lock_wait(error):
                raise LockTimeout from error
            if _state(error) not in _RETRY_STATES or not tries_left:
                raise
        time.sleep(random.uniform(0.005, 0.05))  # noqa: S311  # spreads competitors, no secret
    raise StockMoved

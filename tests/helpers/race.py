"""Run competitors at the same instant, each on a database connection of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections

#: How long competitors who will all come wait for each other: long, as a busy machine is slow.
ALL_COME_S = 20.0


@dataclass(frozen=True)
class Outcome:
    """What one competitor returned or raised."""

    value: Any = None
    error: BaseException | None = None

    @property
    def won(self) -> bool:
        return self.error is None


class Meeting:
    """A place in the code where competitors wait for each other, once.

    Where a guard holds the others back, the first goes on alone after `patience_s`. A control
    without the guard sets `patience_s = ALL_COME_S`: all look before any writes, however slow the
    machine is.
    """

    def __init__(self, competitors: int = 2, *, patience_s: float = 0.3) -> None:
        self.competitors = competitors
        self.patience_s = patience_s
        self._gate = threading.Condition()
        self._here = 0
        self._is_over = False

    def wait(self) -> None:
        """Wait until all are here, or for the patience of the first."""
        with self._gate:
            self._here += 1
            self._is_over |= self._here >= self.competitors
            self._gate.wait_for(lambda: self._is_over, self.patience_s)
            self._is_over = True
            self._gate.notify_all()

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with a meeting before it."""

        def run(*given: Any, **more: Any) -> Any:
            self.wait()
            return function(*given, **more)

        return run

    def after(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with a meeting after it."""

        def run(*given: Any, **more: Any) -> Any:
            found = function(*given, **more)
            self.wait()
            return found

        return run


class Overtaking:
    """One competitor stops half-way and lets another overtake, if nothing holds that one back.

    As in `Meeting`, a control without the guard sets `patience_s = ALL_COME_S`.
    """

    def __init__(self, *, patience_s: float = 0.3) -> None:
        self.patience_s = patience_s
        self._reached, self._passed = threading.Event(), threading.Event()

    def stop(self) -> None:
        """Say that the place is reached and wait for the other one to pass."""
        self._reached.set()
        self._passed.wait(self.patience_s)

    def overtake(self, competitor: Callable[[], Any]) -> Callable[[], Any]:
        """Return the competitor that starts when the place is reached and passes when it ends."""

        def run() -> Any:
            self._reached.wait(ALL_COME_S)
            try:
                return competitor()
            finally:
                self._passed.set()

        return run


def race(competitors: Sequence[Callable[[], Any]], *, timeout_s: float = 60) -> list[Outcome]:
    """Start all competitors together and return their outcomes in the given order.

    Use it with `@pytest.mark.django_db(transaction=True)`: competitors see committed rows only.

    Raises:
        TimeoutError: a competitor did not end, as in a deadlock that nobody broke.
    """
    barrier = threading.Barrier(len(competitors))
    outcomes: list[Outcome | None] = [None] * len(competitors)

    def run(place: int) -> None:
        try:
            # Connecting takes longer than most of what is raced for. A test without the database
            # is refused one, and needs none.
            with contextlib.suppress(RuntimeError):
                connection.ensure_connection()
            barrier.wait(timeout_s)
            outcomes[place] = Outcome(value=competitors[place]())
        except BaseException as error:  # noqa: BLE001  # the test judges every outcome
            outcomes[place] = Outcome(error=error)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(place,), daemon=True)
        for place in range(len(competitors))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout_s)
    if any(thread.is_alive() for thread in threads):
        raise TimeoutError(f"A competitor still ran after {timeout_s} s.")
    return [outcome or Outcome(error=RuntimeError("no outcome")) for outcome in outcomes]


def wins(outcomes: Sequence[Outcome]) -> int:
    """Return how many competitors ended without an error."""
    return sum(outcome.won for outcome in outcomes)

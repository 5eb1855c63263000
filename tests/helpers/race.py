"""Run competitors at the same instant, each on a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True)
class Outcome:
    """What one competitor returned or raised."""

    value: Any = None
    error: BaseException | None = None

    @property
    def won(self) -> bool:
        return self.error is None


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

"""Where the shards of a run are worked on: here, one after another, or on a Dask cluster.

A stage takes a shard's state and returns it with what has to be added up; states stay where they
are. Sums are added in the order of the shards, so both ways give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

Progress = Callable[[int, int], None]


class Shards(Protocol):
    """Holds the shards of one run at a time."""

    def begin(self, parts: Sequence[Any], stages: int, progress: Progress | None) -> None:
        """Take the shards in their first state; `stages` counts for the progress."""

    def stage(self, work: Callable[..., tuple[Any, Any]], *parameters: Any) -> list[Any]:
        """Run work(state, *parameters) -> (state, sums) on each shard; return all sums."""

    def last(self, work: Callable[..., Any], *parameters: Any) -> list[Any]:
        """Run work(state, *parameters) -> result on each shard, let the states go."""


class LocalShards:
    """Works on one shard after another in this process."""

    def begin(self, parts: Sequence[Any], stages: int, progress: Progress | None) -> None:
        """Take the shards."""
        self.states = list(parts)
        self.done, self.steps, self.progress = 0, (stages + 1) * len(self.states), progress

    def stage(self, work: Callable[..., tuple[Any, Any]], *parameters: Any) -> list[Any]:
        """Run a stage; the states are replaced."""
        sums = []
        for place, state in enumerate(self.states):
            self.states[place], found = work(state, *parameters)
            sums.append(found)
            self._step()
        return sums

    def last(self, work: Callable[..., Any], *parameters: Any) -> list[Any]:
        """Run the last stage."""
        results = []
        for state in self.states:
            results.append(work(state, *parameters))
            self._step()
        self.states = []
        return results

    def _step(self) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.done, self.steps)


class DaskShards:
    """Works on the shards of a Dask cluster (optional extra `distributed`)."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def begin(self, parts: Sequence[Any], stages: int, progress: Progress | None) -> None:
        """Send each shard to one worker."""
        self.states = [self.client.scatter(part) for part in parts]
        self.done, self.steps, self.progress = 0, (stages + 1) * len(self.states), progress

    def stage(self, work: Callable[..., tuple[Any, Any]], *parameters: Any) -> list[Any]:
        """Run a stage where the states are; only the sums travel."""
        pairs = [self.client.submit(work, state, *parameters, pure=False) for state in self.states]
        self.states = [self.client.submit(_first, pair, pure=False) for pair in pairs]
        sums = [self.client.submit(_second, pair, pure=False) for pair in pairs]
        return self._gathered(sums)

    def last(self, work: Callable[..., Any], *parameters: Any) -> list[Any]:
        """Run the last stage and fetch its results."""
        results = [
            self.client.submit(work, state, *parameters, pure=False) for state in self.states
        ]
        self.states = []
        return self._gathered(results)

    def _gathered(self, futures: list[Any]) -> list[Any]:
        found = self.client.gather(futures)
        self.done += len(futures)
        if self.progress:
            self.progress(self.done, self.steps)
        return list(found)


def _first(pair: tuple[Any, Any]) -> Any:
    return pair[0]


def _second(pair: tuple[Any, Any]) -> Any:
    return pair[1]

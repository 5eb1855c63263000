"""A client that keeps a journal: what it asked for, and what it was told has happened."""

from __future__ import annotations

import http.client
import itertools
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.kill.stack import Stack


@dataclass
class Journal:
    """Keys sent, and the answers acknowledged for them."""

    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    failures: int = 0


@dataclass
class Client:
    """One shop that reserves and releases; it repeats each request until it is answered."""

    stack: Stack
    name: str
    warehouse: int
    skus: list[int]
    seed: int
    journal: Journal = field(default_factory=Journal)
    _end: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name=self.name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send nothing new; the last request is repeated until it is answered."""
        self._end.set()
        if self._thread:
            self._thread.join(120)
            assert not self._thread.is_alive(), "the last request was never answered"

    def _work(self) -> None:
        chance = random.Random(self.seed)
        mine: list[str] = []
        for number in itertools.count():
            if self._end.is_set():
                return
            wish = self._next_wish(chance, f"{self.name}-{number}", mine)
            if self._insist(wish) == 201 and wish["kind"] == "reserve":
                mine.append(wish["key"])
            time.sleep(0.02)

    def _next_wish(self, chance: random.Random, key: str, mine: list[str]) -> dict[str, Any]:
        if mine and chance.random() < 0.25:
            return {"key": key, "kind": "release", "of": mine.pop(chance.randrange(len(mine)))}
        return {
            "key": key,
            "kind": "reserve",
            "warehouse": self.warehouse,
            "sku": chance.choice(self.skus),
            "qty": chance.randint(1, 3),
        }

    def _insist(self, wish: dict[str, Any]) -> int:
        """Repeat a request until its outcome is known, as a shop with a queue does."""
        self.journal.sent += 1
        while True:
            try:
                status, answer = self.stack.request("POST", "/kill/writes/", wish)
            except (OSError, http.client.HTTPException, ValueError):
                status, answer = 0, {}
            if status == 201:
                self.journal.acknowledged[wish["key"]] = wish
                return status
            if status == 409 and answer.get("code") != "IDEMPOTENCY_KEY_RUNNING":
                self.journal.refused[wish["key"]] = answer["code"]
                return status
            self.journal.failures += 1
            time.sleep(0.2)

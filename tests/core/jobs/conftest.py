from __future__ import annotations

import pytest

from config import wiring

WORK = ("note", "fail", "count_up", "cancel_midway", "lose_lease", "return_nonsense")


@pytest.fixture(autouse=True)
def wired_work(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WORK:
        monkeypatch.setitem(wiring.JOBS, f"test.{name}", f"tests.core.jobs.work.{name}")

"""The wiring of the shot-at installation: ours, with jobs and a listener of the tests."""

from __future__ import annotations

import config.wiring as ours
from config.wiring import *  # noqa: F403  # the tables of the wiring

_WORK = "tests.kill.work"
JOBS = {
    **ours.JOBS,
    **{
        f"kill.{name}": f"{_WORK}.{name}"
        for name in ("note", "nap", "fail", "hang", "abort", "die", "nonsense", "long_walk")
    },
}
EVENT_HANDLERS = {**ours.EVENT_HANDLERS, "kill.happened": (f"{_WORK}.hear",)}

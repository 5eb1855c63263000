"""Who answers whom: the only place where lower apps are tied to higher ones.

Values are dotted paths, read at run time; tests/architecture/test_wiring.py resolves each of them.
"""

from __future__ import annotations

# Event name -> functions that take a batch of facts.
EVENT_HANDLERS: dict[str, tuple[str, ...]] = {}

# Job name -> function `(job: JobRun, **args) -> dict | None`.
JOBS: dict[str, str] = {}

# Schedule name -> (job name, interval in minutes or a cron line); slots make each run happen once.
SCHEDULES: dict[str, tuple[str, int | str]] = {}

# Carrier kind -> gateway class.
CARRIERS: dict[str, str] = {}

# Channel kind -> gateway class.
CHANNELS: dict[str, str] = {}

# Import kind -> class with `fields`, `check`, `apply` and `undo`.
IMPORT_KINDS: dict[str, str] = {}

# Dataclasses of defaults shown on the settings page.
SETTINGS: tuple[str, ...] = ()

"""What a job's scenario gives: arguments and who started it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

numbers = itertools.count(1)


@dataclass(frozen=True)
class Scene:
    """Arguments for one job and who started it."""

    args: dict[str, Any] = field(default_factory=dict)
    started_by: str = "system"


Scenario = Callable[[Path], Scene]

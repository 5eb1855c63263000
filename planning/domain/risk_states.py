"""Which states a response, its steps and a deviation pass through, and what a flag can say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from planning.domain.risk import WEIGHTS

#: The reading a person enters as a whole, 0-100, beside those of single signals.
MANUAL: Final = "manual"
SIGNALS: Final = (MANUAL, *sorted(WEIGHTS))

SUBJECTS: Final = ("supplier", "lane", "country")
LEVELS: Final = ("low", "medium", "high")
MOST_DELAY_DAYS: Final = 180

RESPONSE_TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "active": frozenset({"reversed"}),
    "reversed": frozenset(),
}
STEP_TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "planned": frozenset({"done", "undone", "overtaken"}),
    "done": frozenset({"undone", "overtaken"}),
    "undone": frozenset(),
    "overtaken": frozenset(),
}
DEVIATION_TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "open": frozenset({"reviewed"}),
    "reviewed": frozenset(),
}

"""The legal moves of campaigns and of rule versions. A pair that is not here is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CAMPAIGN: Final[Mapping[str, frozenset[str]]] = {
    "draft": frozenset({"active", "ended"}),
    "active": frozenset({"paused", "ended"}),
    "paused": frozenset({"active", "ended"}),
    "ended": frozenset(),
}

PACK_RULE: Final[Mapping[str, frozenset[str]]] = {
    "draft": frozenset({"live", "retired"}),
    "live": frozenset({"paused", "retired"}),
    "paused": frozenset({"live", "retired"}),
    # A retired version that was live once can be put back: that is how a rule is rolled back.
    "retired": frozenset({"live"}),
}
